"""The stages joined: one outcome an event, whatever it is batched with, and never one flag more."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import CONFIG_DIR, JudgementSettings
from lists.rules_file import load_rules
from matchers.active_period import withdrawn_from
from matchers.screening import STAGES, Stages, screen
from matchers.types import DISPOSITIONS, Outcome
from matchers.watchlist_index import WatchlistIndex
from streams.records import AccountRef, Actor, Contest, Phase, PublicPost, Versions
from tests.matchers.build import (
    CAMPAIGN,
    CONTEST,
    ORDINARY,
    PHASES,
    a_post,
    a_watchlist,
    aimed_at,
)
from tests.matchers.model import MODEL
from tests.matchers.people import Row, pseudonym, register_of

BOOK = load_rules(CONFIG_DIR / "rules.yaml")
EAGER = JudgementSettings(base_rate=9_000, lead_threshold=1)
PEOPLE = (
    Row("budi.s", "7", "p1", "Budi Sasmitho", platform="x"),
    Row("sri_wahyuni", None, "p2", "Sri Wahyuni", platform="x"),
)
GONE = date(2024, 9, 1)
ELSEWHEN = (
    Phase(name="campaign", start=PHASES[-1].end, end=PHASES[-1].end + timedelta(days=30)),
    Phase(name="quiet", start=PHASES[0].start - timedelta(days=30), end=PHASES[0].start),
)


def refs_of(people: Sequence[Row]) -> dict[str, dict[str, str]]:
    return {"pemilihan-2024": {row.person: pseudonym(row.person) for row in people}}


def stages_of(
    people: Sequence[Row] = PEOPLE, contests: Sequence[Contest] = (CONTEST,), **more: Any
) -> Stages:
    return Stages(
        register=register_of(*people, refs=refs_of(people)),
        watchlist=_index(tuple(contest.id for contest in contests), contests),
        rulebook=BOOK,
        model=MODEL,
        judgement=EAGER,
        **more,
    )


_indexes: dict[tuple[str, ...], WatchlistIndex] = {}


def _index(key: tuple[str, ...], contests: Sequence[Contest]) -> WatchlistIndex:
    if key not in _indexes:
        _indexes[key] = WatchlistIndex(a_watchlist(*contests), ORDINARY)
    return _indexes[key]


BOUND = Actor(handle="anything", account_id="7")
SUPPORT = "ayo dukung Sartika Wulandari"

ONE_OF_EACH: list[tuple[str, PublicPost | None]] = [
    ("invalid", None),
    ("not_public", a_post(SUPPORT, actor=BOUND, visibility="followers")),
    ("out_of_window", a_post(SUPPORT, actor=BOUND, created_at=PHASES[-1].end)),
    ("untouched", a_post("selamat pagi", actor=BOUND)),
    ("unmatched", a_post(SUPPORT)),
    ("no_rule", a_post("Sartika Wulandari", actor=BOUND)),
    ("flagged", a_post(SUPPORT, actor=BOUND)),
]


@pytest.mark.parametrize(("disposition", "post"), ONE_OF_EACH, ids=[d for d, _ in ONE_OF_EACH])
def test_each_disposition(disposition: str, post: PublicPost | None) -> None:
    (outcome,) = screen([post], stages_of())
    assert outcome.disposition == disposition
    assert bool(outcome.flags) == (disposition == "flagged")


def test_stopped_is_neither_judged_nor_mixed_up_with_what_is_not_ours() -> None:
    outcomes = screen([post for _, post in ONE_OF_EACH], stages_of(stopped=True))
    assert [outcome.disposition for outcome in outcomes] == ["invalid", "not_public"] + [
        "stopped"
    ] * 5


def test_every_disposition_is_seen_here() -> None:
    assert {disposition for disposition, _ in ONE_OF_EACH} | {"stopped"} == set(DISPOSITIONS)


def test_an_empty_batch_and_a_batch_of_nothing_ours() -> None:
    assert screen([], stages_of()) == []
    assert screen([None, None], stages_of()) == [Outcome("invalid")] * 2


def test_the_stages_tick_in_their_order_once_a_batch() -> None:
    ticked: list[str] = []
    screen([post for _, post in ONE_OF_EACH], stages_of(), ticked.append)
    assert ticked == list(STAGES)


def test_a_reused_handle_is_not_looked_up_again_as_a_lead() -> None:
    post = a_post(SUPPORT, actor=Actor(handle="budi.s", account_id="999"))
    assert screen([post], stages_of())[0].disposition == "unmatched"


def test_a_flag_names_the_versions_of_all_that_judged_it() -> None:
    stages = stages_of()
    (outcome,) = screen([a_post(SUPPORT, actor=BOUND)], stages)
    assert outcome.flags[0].versions == stages.versions
    assert stages.versions == Versions(
        register="v1",
        register_overlay_offset=-1,
        watchlist=stages.watchlist.version,
        rules=BOOK.version,
        model="test-model",
        settings=EAGER.digest(),
    )


# Properties, over events that often come close to a flag.

WORDS = st.lists(
    st.sampled_from(
        [
            *("ayo", "dukung", "pilih", "coblos", "jangan", "selamat", "pagi", "nomor", "1", "?"),
            *("Sartika", "Wulandari", "s4rtik4", "Tika", "#SartikaBima", "@sartika_w"),
            *("Ganjar", "Pranoto", "ganjar", "Bimantara", "Sakti", "Contohan"),
        ]
    ),
    min_size=1,
    max_size=8,
).map(" ".join)
ACTORS = st.builds(
    Actor,
    handle=st.sampled_from(["budi.s", "budi_s", "bud1.s", "sri_wahyuni", "sriwahyuni", "warga_x"]),
    account_id=st.sampled_from([None, "7", "8", "9"]),
    display_name=st.sampled_from([None, "Budi Sasmitho", "Sri Wahyuni"]),
    bio=st.sampled_from([None, "staf BKPSDM Surabaya"]),
)
TIMES = st.sampled_from(
    [phase.start for phase in PHASES] + [CAMPAIGN, PHASES[-1].end, PHASES[0].start - timedelta(1)]
)
POSTS = st.builds(
    lambda text, **fields: a_post(text, **fields),
    WORDS,
    actor=ACTORS,
    created_at=TIMES,
    action=st.sampled_from(["post", "comment", "share", "quote", "like", "follow"]),
    target=st.sampled_from([None, aimed_at("sartika_w", "501"), aimed_at("menang_satu")]),
    mentions=st.sampled_from([(), (AccountRef(handle="ganjar_p"),)]),
)
BATCHES = st.lists(st.none() | POSTS, min_size=1, max_size=6)


def encoded(outcomes: Sequence[Outcome]) -> list[tuple[str, bytes]]:
    return [(one.disposition, msgspec.json.encode(one.flags)) for one in outcomes]


@given(BATCHES, st.data())
def test_inv_12_the_verdict_is_deterministic(
    batch: list[PublicPost | None], data: st.DataObject
) -> None:
    """Neither the order of events, nor their company, nor what was judged before, changes it."""
    stages = stages_of()
    alone = [encoded(screen([post], stages))[0] for post in batch]
    assert encoded(screen(batch, stages_of())) == alone
    places = data.draw(st.permutations(range(len(batch))))
    shuffled = encoded(screen([batch[place] for place in places], stages))
    assert shuffled == [alone[place] for place in places]


def flags_by_id(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """Every flag as plain data, but for the versions, which name the changed list."""
    return {
        flag.flag_id: msgspec.to_builtins(flag) | {"versions": None}
        for outcome in outcomes
        for flag in outcome.flags
    }


WITHDRAWN = st.builds(
    Row,
    handle=st.sampled_from(["budi_s", "sriwahyuni", "warga_x", "bud1.s"]),
    account_id=st.sampled_from([None, "8", "9"]),
    person=st.just("p9"),
    name=st.sampled_from(["Budi Sasmitho", "Sri Wahyuni", "Warga"]),
    platform=st.just("x"),
    declared_on=st.dates(date(2000, 1, 1), GONE),
    withdrawn_on=st.just(GONE),
)


@given(BATCHES, WITHDRAWN)
def test_adding_a_withdrawn_entry_never_adds_a_flag(
    batch: list[PublicPost | None], withdrawn: Row
) -> None:
    """Seen at times when the withdrawal stands. Leads may only become rarer: one more bearer."""
    late = [post for post in batch if post is None or _time(post) >= withdrawn_from(GONE)]
    before = flags_by_id(screen(late, stages_of()))
    after = flags_by_id(screen(late, stages_of((*PEOPLE, withdrawn))))
    assert after.keys() <= before.keys()
    for flag_id, flag in after.items():
        assert pseudonym("p9") not in str(flag)
        if flag["identity"]["status"] != "unconfirmed":
            assert flag == before[flag_id]


def _time(post: PublicPost) -> Any:
    return post.created_at or post.observed_at


@cache
def _elsewhen(names: tuple[str, ...], phases: tuple[Phase, ...]) -> Contest:
    """A contest of other people, or of the same names, whose windows hold no event of ours."""
    candidates = tuple(
        msgspec.structs.replace(
            one, id=f"{one.id}-2", names=(name,), aliases=(), accounts=(), hashtags=one.hashtags
        )
        for one, name in zip(CONTEST.candidates, names, strict=True)
    )
    return msgspec.structs.replace(
        CONTEST,
        id="-".join(["other", *names, *(phase.name for phase in phases)]),
        candidates=candidates,
        phases=phases,
    )


@given(
    BATCHES,
    st.tuples(
        *[st.sampled_from(["Sartika Wulandari", "Selamat Pagi", "Warga Contoh", "Ganjar"])] * 4
    ),
    st.sampled_from([ELSEWHEN[:1], ELSEWHEN[1:], ELSEWHEN]),
)
def test_adding_an_out_of_window_entry_never_adds_a_flag(
    batch: list[PublicPost | None], names: tuple[str, ...], phases: tuple[Phase, ...]
) -> None:
    inside = [
        post for post in batch if post is None or PHASES[0].start <= _time(post) < PHASES[-1].end
    ]
    before = flags_by_id(screen(inside, stages_of()))
    after = flags_by_id(screen(inside, stages_of(contests=(CONTEST, _elsewhen(names, phases)))))
    assert after == before
