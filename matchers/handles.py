"""Handles in one form for each platform, so that equal accounts have equal strings.

=========  ===========================================  =============  =========================
platform   what a handle may be                         insignificant  example
=========  ===========================================  =============  =========================
x          1–15 of ``a-z 0-9 _``                        case           ``@Budi_88`` → ``budi_88``
instagram  1–30 of ``a-z 0-9 _ .``; no dot first, last  case           ``Budi.S`` → ``budi.s``
           or twice in a row
threads    as instagram: the accounts are the same      case           ``@Budi.S`` → ``budi.s``
facebook   1–50 of ``a-z 0-9`` (old accounts are        case, dots     ``Budi.S`` → ``budis``
           shorter than today's 5), or a bare number
tiktok     2–24 of ``a-z 0-9 _ .``; no dot last         case           ``@Budi.S`` → ``budi.s``
youtube    3–30 letters and digits of any script,       case           ``@Budi-S`` → ``budi-s``
           ``_ - . ·`` but not first or last
bluesky    a domain name of ≤ 128 characters            case           ``Budi.bsky.social`` →
                                                                       ``budi.bsky.social``
mastodon   ``user@host``; user of ``a-z 0-9 _ . -``,    case           ``@Budi@Kita.id`` →
           ``.`` and ``-`` not first or last                           ``budi@kita.id``
=========  ===========================================  =============  =========================

Sources: the platforms' help pages on user names; for bluesky the AT Protocol's "Handle" page
(whose placeholder ``handle.invalid`` names nobody); for mastodon `Account::USERNAME_RE`. A bare
user name says nothing on bluesky and mastodon, where the domain is part of the name.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from streams.records.limits import MAX_HANDLE

_LABEL = r"(?!-)[a-z0-9-]{1,63}+(?<!-)"
_DOMAIN = rf"(?:{_LABEL}\.)++(?=[a-z]){_LABEL}"
_SHORT = rf"(?=.{{1,{MAX_HANDLE}}}\Z)"
_META = r"(?=.{1,30}\Z)[a-z0-9_]++(?:\.[a-z0-9_]++)*+"
_EDGES = " \t\r\n\u00a0\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060\u2066\u2069\ufeff"
"""Space and the invisible marks that copying from an app leaves around a handle."""


@dataclass(frozen=True, slots=True)
class HandleRule:
    """What one platform allows. `normal` matches handles that are already normalised."""

    normal: str
    hosts: frozenset[str]
    path: str
    """Matches an address's path; its first group is the handle."""
    dots_matter: bool = True
    any_script: str | None = None
    """Matches folded handles outside ASCII, where the platform has them."""


_NO_PLACES = (
    "home|people|profile|hashtag|search|explore|i|intent|share|settings|login|watch|groups|events|pages|reel|reels"
    "|stories|story|p|tv|posts|photo|photos|permalink|media|gaming|marketplace|hashtags|sharer"
)
_PLAIN_PATH = rf"/(?!(?i:{_NO_PLACES})(?:\.php)?(?:/|\Z))@?([^/]+)(?:/.*)?"
_AT_PATH = r"/@([^/]+)(?:/.*)?"

RULES: Mapping[str, HandleRule] = {
    "x": HandleRule(
        r"[a-z0-9_]{1,15}",
        frozenset({"x.com", "twitter.com", "mobile.twitter.com", "mobile.x.com"}),
        _PLAIN_PATH,
    ),
    "instagram": HandleRule(
        _META,
        frozenset({"instagram.com", "m.instagram.com"}),
        rf"{_PLAIN_PATH}|/stories/([^/]+)(?:/.*)?",
    ),
    "threads": HandleRule(_META, frozenset({"threads.net", "threads.com"}), _AT_PATH),
    "facebook": HandleRule(
        r"[a-z0-9]{1,50}",
        frozenset(
            {"facebook.com", "m.facebook.com", "web.facebook.com", "id-id.facebook.com", "fb.com"}
        ),
        rf"/(?:people|pages)/[^/]+/([0-9]+)(?:/.*)?|{_PLAIN_PATH}",
        dots_matter=False,
    ),
    "tiktok": HandleRule(
        r"[a-z0-9_.]{1,23}[a-z0-9_]", frozenset({"tiktok.com", "m.tiktok.com"}), _AT_PATH
    ),
    "youtube": HandleRule(
        r"[a-z0-9][a-z0-9_.-]{2,29}(?<![_.-])",
        frozenset({"youtube.com", "m.youtube.com"}),
        _AT_PATH,
        any_script=r"[^\W_][\w.·-]{1,28}[^\W_]",
    ),
    "bluesky": HandleRule(
        rf"{_SHORT}{_DOMAIN}(?<!\.invalid)", frozenset({"bsky.app"}), r"/profile/@?([^/]+)(?:/.*)?"
    ),
    "mastodon": HandleRule(
        rf"{_SHORT}[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?@{_DOMAIN}",
        frozenset(),
        r"(?:/web)?/(?:@|users/)([^/@]+(?:@[^/]+)?)(?:/.*)?",
    ),
}

_IS_NORMAL: dict[str, Callable[[str], re.Match[str] | None]] = {
    platform: re.compile(rule.normal).fullmatch for platform, rule in RULES.items()
}
_PATHS = {platform: re.compile(rule.path).fullmatch for platform, rule in RULES.items()}


def normalise(platform: str, raw: str) -> str | None:
    """The handle in its one form, or None where `raw` cannot be a handle on `platform`.

    Takes a bare handle, one with a leading ``@``, and the address of a profile with or without
    scheme, ``www.`` and query. Idempotent. An unknown platform has no handles.
    """
    is_normal = _IS_NORMAL.get(platform)
    if is_normal is None:
        return None
    if is_normal(raw):
        return raw
    return _normalise_slowly(platform, raw, is_normal)


def _normalise_slowly(
    platform: str, raw: str, is_normal: Callable[[str], re.Match[str] | None]
) -> str | None:
    handle: str | None = raw.strip(_EDGES)
    if handle and "/" in handle:
        handle = _from_address(platform, handle)
    if not handle:
        return None
    handle = handle.removeprefix("@")
    rule = RULES[platform]
    if handle.isascii():
        # Only ASCII may be lowered: the Kelvin sign's lower case is an ordinary k.
        handle = handle.lower()
    elif rule.any_script:
        folded = _fold_any_script(handle)
        return folded if folded and re.fullmatch(rule.any_script, folded) else None
    elif platform == "mastodon":
        handle = _ascii_host(handle)
    else:
        return None
    if handle and not rule.dots_matter:
        handle = handle.replace(".", "")
    return handle if handle and is_normal(handle) else None


def _from_address(platform: str, address: str) -> str | None:
    try:
        parts = urlsplit(address if "://" in address else f"https://{address.removeprefix('//')}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # such as an unfinished IPv6 host
        return None
    if parts.scheme.lower() not in {"http", "https"}:
        return None
    hosts = RULES[platform].hosts
    if hosts and host not in hosts:
        return None
    if platform == "facebook" and parts.path.lower() == "/profile.php":
        return parse_qs(parts.query).get("id", [""])[0]
    matched = _PATHS[platform](unquote(parts.path))
    if matched is None:
        return None
    handle = next(group for group in matched.groups() if group is not None)
    if platform == "mastodon" and "@" not in handle:
        return f"{handle}@{host}"
    return handle


def _fold_any_script(handle: str) -> str | None:
    """Lower case and composed, until it stays as it is: each step can undo the other."""
    for _ in range(4):
        folded = unicodedata.normalize("NFC", handle.casefold())
        if folded == handle:
            return folded
        handle = folded
    return None


def _ascii_host(handle: str) -> str | None:
    """`user@host` with an international host in its wire form (IDNA), None where it has none."""
    user, at, host = handle.partition("@")
    if not (at and user.isascii()):
        return None
    try:
        return f"{user}@{host.encode('idna').decode('ascii')}".lower()
    except UnicodeError:
        return None
