"""A small register, the example election and the shipped rules; posts as the tables write them.

Every author, handle and number is invented; the candidates' accounts are the example's.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

from config.settings import CONFIG_DIR, JudgementSettings
from lists.ordinary_text import load_ordinary_text
from lists.rules_file import load_rules
from lists.watchlist_file import load_watchlist
from matchers.rules import Reading
from matchers.screening import Stages, screen
from matchers.types import Outcome
from matchers.watchlist_index import WatchlistIndex
from streams.records import AccountRef, Actor, Media, PublicPost, Target
from tests.matchers.model import MODEL
from tests.matchers.people import Row, pseudonym, register_of

BOOK = load_rules(CONFIG_DIR / "rules.yaml")
EXAMPLE = load_watchlist(CONFIG_DIR / "elections" / "jatim-2024.yaml")
ELECTION = EXAMPLE.elections[0]

WHEN: Final = {
    "too_early": "2024-07-15T19:30:00+07:00",
    "before": "2024-09-05T19:30:00+07:00",
    "last second before": "2024-09-21T23:59:59+07:00",
    "first second after": "2024-09-22T00:00:00+07:00",
    "determined": "2024-09-23T12:05:00+07:00",
    "campaign": "2024-10-20T20:15:00+07:00",
    "quiet": "2024-11-25T06:10:00+07:00",
    "polling": "2024-11-27T08:40:00+07:00",
    "after": "2024-12-01T16:00:00+07:00",
    "too_late": "2025-01-20T10:00:00+07:00",
}
"""Inside and outside the example's phases; candidates are determined on 22 September."""
OUTSIDE: Final = {"too_early", "too_late"}

BIO = "Staf BKPSDM Kota Surabaya"
NAME = "Slamet Riyantomo Kusumo"
WHO: Final = {
    "bound": Actor(handle="ganti_nama_uji", account_id="7001"),
    "declared": Actor(handle="slamet_uji"),
    "lead": Actor(handle="slametuji", display_name=NAME, bio=BIO),
    "reused": Actor(handle="dwi_astuti_uji", account_id="9999"),
    "namesake": Actor(handle="kusumo_jaya", display_name=NAME, bio=BIO),
    "stranger": Actor(handle="warga_biasa_uji", account_id="4242", display_name="Warga Biasa"),
}
"""By immutable id; by declared handle; by a similar handle; a declared handle under another id; the
same name under another handle; nobody."""


@cache
def stages(reading: Reading = "narrow", official: tuple[str, ...] = ()) -> Stages:
    people = [
        Row(handle, account_id, person, name, platform)
        for platform in ("x", "instagram", "facebook")
        for handle, account_id, person, name in (
            ("dwi_astuti_uji", "7001", "dwi", "Dwi Astuti Prameswari"),
            ("slamet_uji", None, "slamet", NAME),
        )
    ]
    refs = {ELECTION.id: {person: pseudonym(person) for person in ("dwi", "slamet")}}
    return Stages(
        register=register_of(*people, refs=refs),
        watchlist=_index(),
        rulebook=BOOK,
        model=MODEL,
        judgement=JudgementSettings(e4_reading=reading, official_accounts=official),
    )


@cache
def _index() -> WatchlistIndex:
    return WatchlistIndex(EXAMPLE, load_ordinary_text(CONFIG_DIR))


def post_of(fields: Mapping[str, Any]) -> PublicPost:
    """A post from a row of a table; `docs/rules.md` says what the fields mean."""
    platform = fields.get("platform", "x")
    at = datetime.fromisoformat(WHEN[fields["when"]])
    return PublicPost(
        schema=1,
        post_id="post-1",
        platform=platform,
        action=fields.get("action", "post"),
        actor=WHO[fields.get("who", "bound")],
        text=fields.get("text"),
        target=_target(platform, fields.get("target"), fields.get("parent")),
        hashtags=tuple(fields.get("hashtags", ())),
        mentions=tuple(AccountRef(handle=handle) for handle in fields.get("mentions", ())),
        media=tuple(Media(kind=kind) for kind in fields.get("media", ())),
        created_at=at,
        observed_at=at,
        source="test",
        visibility="public",
    )


def _target(platform: str, account: Any, parent: str | None) -> Target | None:
    """`account`: `khofifah own`, `risma campaign`, or a handle (with an id) of somebody else."""
    if account is None:
        return Target(text=parent) if parent else None
    if isinstance(account, Mapping):
        return Target(account=AccountRef(**account), post_id="parent-1", text=parent)
    candidate_id, kind = account.split()
    candidate = next(c for c in ELECTION.contests[0].candidates if c.id == candidate_id)
    found = next(a for a in candidate.accounts if (a.platform, a.kind) == (platform, kind))
    ref = AccountRef(handle=found.handle, account_id=found.account_id)
    return Target(account=ref, post_id="parent-1", text=parent)


def outcome(
    post: PublicPost, reading: Reading = "narrow", official: tuple[str, ...] = ()
) -> Outcome:
    (found,) = screen([post], stages(reading, official))
    return found
