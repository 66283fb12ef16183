"""When an event happened: the one time that windows and phases are asked about."""

from datetime import datetime

from streams.records import PublicPost


def event_time(post: PublicPost) -> datetime:
    """The time of the action; where a like, follow or join gives none, when it was observed."""
    return post.observed_at if post.created_at is None else post.created_at
