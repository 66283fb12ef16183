"""Small watchlists and posts for the tests of what is said; every name and account is invented."""

import re
from datetime import UTC, datetime
from typing import Any, cast

from config.settings import JudgementSettings
from matchers.ambiguity import OrdinaryText
from matchers.event_time import event_time
from matchers.evidence import gather
from matchers.rules import Rulebook
from matchers.touch import every_hit
from matchers.types import Identity, Lead, RegisteredPerson, RegisterIndex
from matchers.verdict import judge
from matchers.watchlist_index import WatchlistIndex
from streams.records import (
    AccountRef,
    Actor,
    BallotPair,
    Candidate,
    CandidateAccount,
    Contest,
    Election,
    EvidenceItem,
    FlaggedEvent,
    Phase,
    PhaseName,
    PublicPost,
    Target,
    Versions,
    Watchlist,
)

COMMON_WORDS = frozenset(
    [
        "ganjar",
        "amin",
        "pilih",
        "indonesia",
        "maju",
        "indah",
        "permata",
        "hari",
        "ini",
        "saya",
        "dukung",
        "makan",
        "enak",
    ]
)
ORDINARY = OrdinaryText(COMMON_WORDS)
_STARTS: tuple[tuple[PhaseName, datetime], ...] = (
    ("before_determination", datetime(2024, 8, 27, tzinfo=UTC)),
    ("after_determination", datetime(2024, 9, 22, tzinfo=UTC)),
    ("campaign", datetime(2024, 9, 25, tzinfo=UTC)),
    ("quiet", datetime(2024, 11, 24, tzinfo=UTC)),
    ("polling_day", datetime(2024, 11, 27, tzinfo=UTC)),
    ("after_polling", datetime(2024, 11, 28, tzinfo=UTC)),
)
_ENDS = (*(start for _, start in _STARTS[1:]), datetime(2024, 12, 5, tzinfo=UTC))
PHASES = tuple(
    Phase(name=name, start=start, end=end)
    for (name, start), end in zip(_STARTS, _ENDS, strict=True)
)
CAMPAIGN = datetime(2024, 10, 1, tzinfo=UTC)
BEFORE = datetime(2024, 9, 1, tzinfo=UTC)

SARTIKA = Candidate(
    id="sartika",
    ballot_name="Dr. SARTIKA WULANDARI, M.Si.",
    names=("Sartika Wulandari",),
    aliases=("Sartika", "Bu Tika"),
    ambiguous_aliases=("Tika",),
    accounts=(
        CandidateAccount(platform="x", handle="sartika_w", account_id="501"),
        CandidateAccount(platform="instagram", handle="sartika.w"),
        CandidateAccount(platform="x", handle="menang_satu", kind="campaign"),
    ),
    hashtags=("#SartikaBima",),
    slogans=("Provinsi Bersinar",),
)
BIMA = Candidate(id="bima", ballot_name="BIMANTARA SAKTI", names=("Bimantara Sakti",))
GANJAR = Candidate(
    id="ganjar",
    ballot_name="GANJAR PRANOTO",
    names=("Ganjar Pranoto",),
    aliases=("Ganjar",),
    accounts=(CandidateAccount(platform="x", handle="ganjar_p"),),
    hashtags=("#GanjarMenang",),
    slogans=("Indonesia Maju",),
)
INDAH = Candidate(id="indah", ballot_name="INDAH PERMATA", names=("Indah Permata",))

CONTEST = Contest(
    id="contoh-2024",
    name="Pemilihan contoh",
    region_code="99",
    region_names=("Kota Contoh", "Contohan"),
    ballot_status="determined",
    ballot_as_of=datetime(2024, 9, 23, tzinfo=UTC),
    ballot_source="invented",
    ballot=(
        BallotPair(
            number=1,
            names=("SARTIKA WULANDARI", "BIMANTARA SAKTI"),
            parties=("Partai Contoh Raya", "PCR", "Makan"),
        ),
        BallotPair(number=2, names=("GANJAR PRANOTO", "INDAH PERMATA"), parties=("Parlesta",)),
    ),
    candidates=(SARTIKA, BIMA, GANJAR, INDAH),
    phases=PHASES,
)


def a_watchlist(*contests: Contest, election: str = "pemilihan-2024") -> Watchlist:
    chosen = contests or (CONTEST,)
    return Watchlist(schema=1, elections=(Election(id=election, name="Contoh", contests=chosen),))


INDEX = WatchlistIndex(a_watchlist(), ORDINARY)
EVERY_CONTEST = INDEX.contests_at(CAMPAIGN)


def a_post(text: str | None = None, **fields: Any) -> PublicPost:
    defaults: dict[str, Any] = {
        "schema": 1,
        "post_id": "p1",
        "platform": "x",
        "action": "post",
        "actor": Actor(handle="warga", account_id="77"),
        "observed_at": CAMPAIGN,
        "created_at": CAMPAIGN,
        "source": "test",
        "visibility": "public",
    }
    return PublicPost(text=text, **(defaults | fields))


def aimed_at(handle: str | None = None, account_id: str | None = None, **more: Any) -> Target:
    return Target(account=AccountRef(handle=handle, account_id=account_id), **more)


def evidence_in(post: PublicPost, index: WatchlistIndex = INDEX) -> tuple[EvidenceItem, ...]:
    return gather(post, every_hit(post, index.contests_at(CAMPAIGN), index), index)


class NamelessRegister:
    """The part of a register that a verdict asks: pseudonyms, and where everybody is registered."""

    version = "register"
    overlay_offset = -1
    size = 1

    def __init__(self, region_code: str | None = None) -> None:
        self._region_code = region_code

    def person(self, _person: int) -> RegisteredPerson:
        return RegisteredPerson("", 1, 0, self._region_code, None)

    def subject_ref(self, election_id: str, person: int) -> str:
        return f"{election_id}/{person}"


CONCLUSIVE = Identity("bound", row=3, person=9)
JUDGEMENT = JudgementSettings()
VERSIONS = Versions(
    register="r", register_overlay_offset=-1, watchlist="w", rules="u", model="m", settings="s"
)


_NAMED = re.compile(r"(?i)khofifah|risma|luluk|emil|gus hans|anies|ganjar|prabowo")


def naming(post: PublicPost) -> tuple[EvidenceItem, ...]:
    """Sufficient evidence for every name in a post's text, as if all were on one ballot."""
    return tuple(
        EvidenceItem(
            kind="alias",
            field="text",
            start=found.start(),
            end=found.end(),
            surface=found[0],
            entry_id=f"{found[0].lower()}:alias:{found[0].lower()}",
            candidate_id=found[0].lower(),
            contest_id="contest",
            score=10_000,
            method="exact",
            sufficient=True,
        )
        for found in _NAMED.finditer(post.text or "")
    )


def verdict(
    post: PublicPost,
    rulebook: Rulebook,
    finding: Identity | Lead = CONCLUSIVE,
    index: WatchlistIndex = INDEX,
    home: str | None = None,
    **judgement: Any,
) -> tuple[FlaggedEvent, ...]:
    """All stages behind the identity, for one post; `home` is the author's registered region."""
    at = event_time(post)
    hits = every_hit(post, index.contests_at(at), index)
    return judge(
        post,
        finding,
        gather(post, hits, index),
        at=at,
        register=cast(RegisterIndex, NamelessRegister(home)),
        index=index,
        rulebook=rulebook,
        judgement=JudgementSettings(**judgement),
        versions=VERSIONS,
    )
