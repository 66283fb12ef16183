"""Every real post as a `PublicPost`, with seeded authors, platforms, actions and times.

The texts are verbatim from the evaluation data and never leave the test's memory and the broker
under test. Authors of the governor posts are the data's pseudonyms; the others are seeded:
registered people, look-alikes that are not registered, reused handles and strangers.
"""

import random
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from streams.records import (
    AccountRef,
    Action,
    Actor,
    Media,
    Platform,
    PublicPost,
    Target,
    Watchlist,
)
from synth.names import draw_name
from synth.register import SourceRow
from tests.realdata.watchlist import NATIONAL, REGIONAL, WIB, Windows, read_rows

REGISTERED = 200
LOOK_ALIKES = 500
PLATFORMS: tuple[Platform, ...] = ("x", "instagram", "facebook", "tiktok")
ACTIONS: tuple[Action, ...] = ("post", "comment", "share", "quote", "like", "follow", "join")
ACTION_WEIGHTS = (48, 16, 10, 8, 12, 4, 2)
AUTHOR_KINDS = ("registered", "registered_no_id", "reused", "look_alike", "stranger")
AUTHOR_WEIGHTS = (46, 6, 5, 18, 25)


def real_register(data: Path, seed: int = 7) -> list[SourceRow]:
    """200 of the pseudonymous authors, with invented names, on every platform of the stream."""
    rng = random.Random(seed)
    authors = sorted({row["author"] for row in _jatim(data) if row["author"].startswith("u_")})
    rows = []
    for number, author in enumerate(rng.sample(authors, REGISTERED)):
        name = draw_name(rng)
        withdrawn = date(2023, 6, 1) if number % 25 == 24 else None
        for platform in PLATFORMS:
            handle = author if platform != "facebook" else author.replace("_", ".")
            rows.append(
                SourceRow(
                    person_id=f"19{number:016d}",
                    name=name,
                    agency_code=f"A{number % 17:02d}",
                    region_code="35",
                    platform=platform,
                    account_id=f"{platform}-{author}" if number % 3 else None,
                    handle=handle,
                    display_name=None,
                    declared_on=date(2023, 1, 2),
                    declaration_ref=f"SPT/{number:04d}/2023",
                    withdrawn_on=withdrawn,
                )
            )
    return rows


def real_posts(data: Path, watchlist: Watchlist, seed: int = 11) -> Iterator[PublicPost]:
    """All 5,950 + 30,000 posts, in file order."""
    rng = random.Random(seed)
    register = real_register(data)
    look_alikes = _look_alikes(register, random.Random(seed + 1))
    accounts = {
        election.id: [
            (account.platform, account.handle)
            for contest in election.contests
            for candidate in contest.candidates
            for account in candidate.accounts
        ]
        for election in watchlist.elections
    }
    for number, row in enumerate(_jatim(data)):
        actor = Actor(handle=row["author"][:50], account_id=f"x-{row['author']}")
        yield _post(
            rng, f"jatim-{number}", row["text"], "x", actor, REGIONAL, accounts["pilkada-2024"]
        )
    for number, row in enumerate(_kaggle(data)):
        registered = rng.choice(register)
        platform = registered.platform
        kind = rng.choices(AUTHOR_KINDS, AUTHOR_WEIGHTS)[0]
        actor = _actor(rng, kind, registered, look_alikes)
        yield _post(
            rng,
            f"kaggle-{number}",
            row["text"],
            platform,
            actor,
            NATIONAL,
            accounts["pilpres-2024"],
        )


def _actor(rng: random.Random, kind: str, registered: SourceRow, look_alikes: list[str]) -> Actor:
    if kind == "registered":
        return Actor(handle=registered.handle, account_id=registered.account_id)
    if kind == "registered_no_id":
        return Actor(handle=registered.handle, display_name=registered.name)
    if kind == "reused":
        return Actor(handle=registered.handle, account_id=f"other-{rng.randrange(10**9)}")
    if kind == "look_alike":
        handle = rng.choice(look_alikes)
        bio = rng.choice([None, "warga jawa timur", "suka kopi"])
        return Actor(handle=handle, display_name=registered.name, bio=bio)
    return Actor(handle=f"warga.{rng.randrange(10**8)}", account_id=f"s-{rng.randrange(10**9)}")


def _post(
    rng: random.Random,
    post_id: str,
    text: str,
    platform: Platform,
    actor: Actor,
    windows: Windows,
    accounts: list[tuple[Platform, str]],
) -> PublicPost:
    action = rng.choices(ACTIONS, ACTION_WEIGHTS)[0]
    created_at = _time(rng, windows)
    official = [handle for where, handle in accounts if where == platform]
    aimed = AccountRef(
        handle=rng.choice(official)
        if official and rng.random() < 0.6
        else f"acak{rng.randrange(99)}"
    )
    fields: dict[str, Any] = {}
    if action == "post":
        fields["text"] = text
        if rng.random() < 0.85:
            fields["media"] = (Media(kind="photo", alt_text=rng.choice([None, "foto bersama"])),)
    elif action in ("comment", "quote"):
        half = len(text) // 2
        fields["text"] = text
        fields["target"] = Target(account=aimed, text=rng.choice([None, text[half:]]))
    elif action == "share":
        fields["text"] = rng.choice([None, text])
        fields["target"] = Target(account=aimed, post_id=f"p-{post_id}", text=text)
    else:
        fields["target"] = Target(account=aimed, post_id=f"p-{post_id}", text=text)
    missing_time = action in ("like", "follow", "join") and rng.random() < 0.2
    return PublicPost(
        schema=1,
        post_id=post_id,
        platform=platform,
        action=action,
        actor=actor,
        created_at=None if missing_time else created_at,
        observed_at=created_at + timedelta(seconds=rng.randrange(120)),
        source="evaluation",
        visibility="followers" if rng.random() < 0.01 else "public",
        mentions=tuple(
            AccountRef(handle=handle) for handle in re.findall(r"@(\w{1,64})", text)[:16]
        ),
        hashtags=tuple(re.findall(r"#(\w{1,64})", text)[:16]),
        url=f"https://example.invalid/{post_id}",
        **fields,
    )


def _time(rng: random.Random, windows: Windows) -> datetime:
    """One time in a random phase, or (one in ten) outside all of them."""
    if rng.random() < 0.1:
        return datetime(2022, 5, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(500_000))
    _, first, last = rng.choice(windows)
    start = datetime.fromisoformat(first).replace(tzinfo=WIB)
    seconds = (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()
    return (start + timedelta(seconds=rng.randrange(int(seconds)))).astimezone(UTC)


def _look_alikes(register: list[SourceRow], rng: random.Random) -> list[str]:
    """500 handles that resemble a registered one and are not registered anywhere."""
    taken = {row.handle for row in register}
    found: set[str] = set()
    while len(found) < LOOK_ALIKES:
        handle = rng.choice(register).handle
        at = rng.randrange(3, len(handle))
        variant = rng.choice(
            [
                handle.replace("_", "__"),
                handle + rng.choice("abcdef0123456789"),
                handle[:at] + handle[at + 1 :],
                handle[:at] + rng.choice("abcdef0123456789") + handle[at + 1 :],
                handle.replace("_", "").replace(".", ""),
            ]
        )
        if variant not in taken:
            found.add(variant)
    return sorted(found)


def _jatim(data: Path) -> list[dict[str, str]]:
    return read_rows(data / "posts/pilgub_jatim2024_relabel.csv")


def _kaggle(data: Path) -> list[dict[str, str]]:
    return read_rows(data / "posts/pilpres2024_anies_ganjar_prabowo_kaggle.csv")
