"""`PublicPost`: one public post or interaction, as it comes in."""

from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct

from streams.records.limits import (
    MAX_LIST,
    Handle,
    Hashtag,
    Ident,
    Instant,
    Label,
    Note,
    Text,
    Url,
)

Platform = Literal[
    "x", "instagram", "facebook", "tiktok", "youtube", "threads", "bluesky", "mastodon"
]
Action = Literal["post", "comment", "share", "quote", "like", "follow", "join"]
PLATFORMS: tuple[Platform, ...] = get_args(Platform)
ACTIONS: tuple[Action, ...] = get_args(Action)


class Actor(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Who acted. `account_id` is the platform's immutable id, where the platform gives one."""

    handle: Handle
    account_id: Ident | None = None
    display_name: Label | None = None
    bio: Note | None = None


class AccountRef(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An account that is acted on or mentioned."""

    handle: Handle | None = None
    account_id: Ident | None = None
    display_name: Label | None = None


class Target(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What a comment answers, a share repeats, a like or follow is for."""

    account: AccountRef | None = None
    post_id: Ident | None = None
    text: Text | None = None


class Media(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    kind: Literal["photo", "video", "audio", "other"]
    alt_text: Note | None = None


class PublicPost(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One event of the topic `public-posts` (key: platform + actor id or handle).

    `created_at` is the time of the action. Only a like, follow or join may lack it: then
    `observed_at` stands for it, and the flagged event's `missing` says so.
    """

    schema: Literal[1]
    post_id: Ident
    platform: Platform
    action: Action
    actor: Actor
    observed_at: Instant
    source: Label
    visibility: Annotated[str, Meta(max_length=32)]
    created_at: Instant | None = None
    text: Text | None = None
    target: Target | None = None
    mentions: Annotated[tuple[AccountRef, ...], Meta(max_length=MAX_LIST)] = ()
    hashtags: Annotated[tuple[Hashtag, ...], Meta(max_length=MAX_LIST)] = ()
    urls: Annotated[tuple[Url, ...], Meta(max_length=MAX_LIST)] = ()
    media: Annotated[tuple[Media, ...], Meta(max_length=MAX_LIST)] = ()
    url: Url | None = None
