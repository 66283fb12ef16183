"""Normalised handles of every platform, drawn close to each other: what a register must tell apart.

Few stems, separators and digits, so that clashes are common; and whatever else a platform allows.
"""

from hypothesis import strategies as st

from matchers.affix_words import PREFIXES, SUFFIXES
from matchers.handles import normalise
from streams.records import PLATFORMS, Platform

STEMS = (
    *("budi", "boedi", "buddi", "santoso", "santozo", "sri", "wahyuni", "djoko", "joko"),
    *("khoirul", "koirul", "zulfiqar", "sophia", "aa", "ab", "x", "haji", "real", "official"),
    *("ofc", "id", "kurnia", "буди", "буда", "ßen", "李小龙", "é"),
)
PIECES = st.sampled_from([*STEMS, ".", "_", "-", "·", "1", "3", "7", "9", "88", "89", "2024"])
HOSTS = ("kita.id", "lain.id", "server.contoh.org")
DOMAINS = (".bsky.social", ".my.id", ".contoh.org")


def _completed(platform: Platform, local: str, server: int) -> str:
    if platform == "mastodon":
        return f"{local}@{HOSTS[server]}"
    return f"{local}{DOMAINS[server]}" if platform == "bluesky" else local


@st.composite
def handles_of(draw: st.DrawFn, platform: Platform) -> str:
    """A handle in its platform's normal form."""
    local = "".join(draw(st.lists(PIECES, min_size=1, max_size=5)))
    handle = normalise(platform, _completed(platform, local, draw(st.integers(0, 2))))
    return handle if handle is not None else draw(st.sampled_from(LIMITS[platform]))


LIMITS: dict[Platform, list[str]] = {
    "x": ["a", "_", "___", "7", "a" * 15, "0123456789"],
    "instagram": ["a", "_", "a" * 30, "7.7", "a_b.c"],
    "threads": ["a", "_", "a" * 30, "7.7", "a_b.c"],
    "facebook": ["a", "100012345678901", "a" * 50],
    "tiktok": ["__", "ab", "7_", "a" * 24],
    "youtube": ["aba", "a·b", "буд", "李小龙", "б" * 30, "\U0001042b" * 30, "a" * 30, "777"],
    "bluesky": ["a.id", "1.bsky.social", f"{'a' * 63}.{'b' * 60}.id", "a.b.id"],
    "mastodon": ["_@kita.id", "a@kita.id", f"{'ab' * 60}@lain.id", "7@kita.id"],
}
"""The shortest, the longest and the oddest that each platform allows."""


@st.composite
def alike(draw: st.DrawFn, platform: Platform, handle: str) -> str:
    """The handle with a few letters, digits, words and separators put in, out or elsewhere."""
    changed = handle
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(changed)))
        front, letter, back = changed[:at], changed[at : at + 1], changed[at + 1 :]
        changed = draw(
            st.sampled_from(
                [
                    front + draw(PIECES) + letter + back,
                    front + draw(st.sampled_from("abiu1")) + back,
                    front + back,
                    front + back[:1] + letter + back[1:],
                    front + letter + letter + back,
                    draw(st.sampled_from(PREFIXES)) + changed,
                    _behind(platform, changed, draw(st.sampled_from(SUFFIXES))),
                ]
            )
        )
    return normalise(platform, changed) or handle


def _behind(platform: Platform, handle: str, word: str) -> str:
    """The handle with a word behind the person's part of it."""
    end = {"mastodon": "@", "bluesky": "."}.get(platform)
    local, mark, host = handle.partition(end) if end else (handle, "", "")
    return local + word + mark + host


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Platform, str, str]:
    """A platform and two of its handles, mostly alike."""
    platform = draw(st.sampled_from(PLATFORMS))
    ours = draw(handles_of(platform))
    return platform, ours, draw(st.one_of(alike(platform, ours), handles_of(platform)))
