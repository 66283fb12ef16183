"""The benchmark's register and events: sizes and shares as stated, everything else invented.

500-byte events, 5 % by registered authors, 30 % with a handle derived from an invented name that
nobody registered, the rest with unrelated handles; a given share touches the watchlist. Outsiders
have a display name, one in three a bio.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import msgspec

from lists.common_words import load_common_words
from lists.register_artifact import open_register
from matchers.types import NO_ROW
from streams.codec import encode
from streams.records import Actor, Platform, PublicPost, Watchlist
from synth.names import draw_name
from synth.register import SourceRow, draw_handle, full_handle

EVENT_BYTES = 500
REGISTERED_SHARE = 0.05
NAME_DERIVED_SHARE = 0.30
PLATFORMS: tuple[Platform, ...] = ("x", "instagram", "facebook", "tiktok", "threads", "youtube")
IN_CAMPAIGN = datetime(2024, 10, 20, tzinfo=UTC)
BIO_SHARE = 1 / 3
"""Of outsiders; without a bio most cannot be a lead, and are not looked up at any length."""
BIOS = (
    "warga biasa",
    "anak Surabaya",
    "ASN di Jatim",
    "suka kopi dan bola",
    "Malang",
    "ibu dua anak",
)
_CUES = ("dukung", "ayo coblos", "menangkan", "terima kasih", "acara bersama", "berita tentang")


@dataclass(frozen=True, slots=True)
class Source:
    """What events are drawn from. `register_dir` holds the built register of `rows`."""

    rows: list[SourceRow]
    register_dir: Path
    watchlist: Watchlist
    words: tuple[str, ...]


def everyday_words(config_dir: Path) -> tuple[str, ...]:
    """Words to write ordinary posts with, none of them a name on the watchlist."""
    return tuple(sorted(load_common_words(config_dir / "common_words.txt")))


def draw_events(source: Source, count: int, touching: float, seed: int) -> Iterator[bytes]:
    """`count` encoded posts; `touching` is the share (0 to 1) that names a candidate."""
    rng = Random(f"bench:{seed}")
    names = [
        name
        for election in source.watchlist.elections
        for contest in election.contests
        for candidate in contest.candidates
        for name in (*candidate.names, *candidate.aliases)
    ]
    register = open_register(source.register_dir)
    for number in range(count):
        text = " ".join(rng.choices(source.words, k=12))
        if rng.random() < touching:
            text = f"{rng.choice(_CUES)} {rng.choice(names)} {text}"
        post = PublicPost(
            schema=1,
            post_id=f"b{number:09d}",
            platform="x",
            action=rng.choices(("post", "comment", "share"), (6, 3, 1))[0],
            actor=Actor(handle="nobody"),
            created_at=IN_CAMPAIGN + timedelta(seconds=number % 86_400),
            observed_at=IN_CAMPAIGN + timedelta(seconds=number % 86_400 + 2),
            source="bench",
            visibility="public",
            text=text,
            url=f"https://example.invalid/p/{number}",
        )
        platform, actor = _author(rng, source.rows)
        if not isinstance(actor, Actor):
            while register.rows_by_handle([(platform, actor)])[0] != NO_ROW:
                actor += str(rng.randrange(10))
            actor = Actor(
                handle=actor,
                account_id=f"o{rng.randrange(10**12)}",
                display_name=draw_name(rng),
                bio=rng.choice(BIOS) if rng.random() < BIO_SHARE else None,
            )
        yield _pad(msgspec.structs.replace(post, platform=platform, actor=actor), source.words, rng)


def _author(rng: Random, rows: list[SourceRow]) -> tuple[Platform, Actor | str]:
    kind = rng.random()
    if kind < REGISTERED_SHARE:
        row = rng.choice(rows)
        return row.platform, Actor(
            handle=row.handle, account_id=row.account_id, display_name=row.display_name
        )
    platform = rng.choice(PLATFORMS)
    if kind < REGISTERED_SHARE + NAME_DERIVED_SHARE:
        return platform, full_handle(platform, draw_handle(rng, platform, draw_name(rng)))
    letters = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randrange(6, 13)))
    return platform, f"{letters}{rng.randrange(100)}"


def _pad(post: PublicPost, words: tuple[str, ...], rng: Random) -> bytes:
    """Lengthen the text with everyday words until the event has its size."""
    text = post.text or ""
    short = EVENT_BYTES - len(encode(post))
    while short > 0:
        word = rng.choice(words)
        text += f" {word}"
        short -= len(word) + 1
    return encode(msgspec.structs.replace(post, text=text))
