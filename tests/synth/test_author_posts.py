"""Posts by authors of every kind: readable, in the campaign, and true about their authors."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from config.settings import CONFIG_DIR, ListSettings, Settings
from lists.in_force import ListsInForce
from lists.refs import make_key, write_refs
from lists.register_build import build_register
from lists.vault import make_review_key
from matchers.handles import normalise
from matchers.screening import screen
from streams.codec import decode_post, encode
from streams.records import PLATFORMS, PublicPost, Watchlist
from synth.actors import KINDS, OUTSIDE_KINDS
from synth.author_posts import AuthorPost, draw_author_posts
from synth.population import Population
from synth.population_file import write_population

COUNT = 20
CONCLUSIVE = {
    "registered_id": ("flagged", "bound"),
    "changed_handle": ("flagged", "bound"),
    "registered_handle": ("flagged", "declared"),
    "reused_handle": ("unmatched", None),
}
"""Whose posts must be flagged, by what identity, and whose must not; the others may be leads."""


@pytest.fixture(scope="module")
def drawn(watchlist: Watchlist, population: Population) -> list[AuthorPost]:
    return list(draw_author_posts(population, watchlist, KINDS, COUNT, 3))


def test_same_seed_same_posts(
    watchlist: Watchlist, population: Population, drawn: list[AuthorPost]
) -> None:
    assert drawn == list(draw_author_posts(population, watchlist, KINDS, COUNT, 3))
    assert drawn != list(draw_author_posts(population, watchlist, KINDS, COUNT, 4))


def test_every_kind_comes_as_often_as_asked_in_mixed_order(drawn: list[AuthorPost]) -> None:
    kinds = [one.kind for one in drawn]
    assert {kind: kinds.count(kind) for kind in kinds} == dict.fromkeys(KINDS, COUNT)
    changes = sum(one != behind for one, behind in pairwise(kinds))
    assert changes > 0.8 * len(kinds)
    assert len({one.post.post_id for one in drawn}) == len(drawn)


def test_an_id_says_nothing_of_the_kind(watchlist: Watchlist, population: Population) -> None:
    """The ids are the same whoever the authors are."""
    ids = [
        [one.post.post_id for one in draw_author_posts(population, watchlist, kinds, 10, 3)]
        for kinds in (("unrelated", "look_alike"), ("registered_id", "namesake"))
    ]
    assert ids[0] == ids[1]


def test_a_kind_named_twice_is_drawn_once(watchlist: Watchlist, population: Population) -> None:
    told: list[int] = []
    kinds = ("namesake", "unrelated", "namesake")
    posts = draw_author_posts(population, watchlist, kinds, 5, 1, told.append)
    assert told == [5, 10]
    assert len(list(posts)) == 10


def test_every_post_can_be_read_and_supports_a_candidate_in_the_campaign(
    watchlist: Watchlist, drawn: list[AuthorPost]
) -> None:
    (contest,) = watchlist.elections[0].contests
    (campaign,) = (phase for phase in contest.phases if phase.name == "campaign")
    names = {name for candidate in contest.candidates for name in candidate.names if " " in name}
    said = set()
    for one in drawn:
        post = decode_post(encode(one.post))
        assert isinstance(post, PublicPost)
        assert post == one.post
        assert (post.action, post.visibility) == ("post", "public")
        assert post.created_at is not None
        assert campaign.start < post.created_at < campaign.end
        assert timedelta() < post.observed_at - post.created_at < timedelta(hours=2)
        named = {name for name in names if name in (post.text or "")}
        assert named
        assert "{" not in (post.text or "")
        said |= named
    assert said == names


def test_truth_names_the_registered_account_or_none(
    population: Population, drawn: list[AuthorPost]
) -> None:
    platforms = [PLATFORMS[code] for code in population.account_platform.tolist()]
    ids = dict(
        zip(
            zip(platforms, population.handles.to_pylist(), strict=True),
            population.account_ids.to_pylist(),
            strict=True,
        )
    )
    for one in drawn:
        truth = one.truth()
        assert list(truth) == ["post_id", "kind", "platform", "handle"]
        assert (truth["post_id"], truth["kind"]) == (one.post.post_id, one.kind)
        if one.kind in OUTSIDE_KINDS:
            assert one.account is truth["platform"] is truth["handle"] is None
            continue
        assert truth["platform"] == one.post.platform
        known = ids[truth["platform"], truth["handle"]]
        actor = one.post.actor
        if one.kind in ("registered_id", "changed_handle"):
            assert actor.account_id == known is not None
        shown = normalise(one.post.platform, actor.handle)
        is_own = one.kind in ("registered_id", "registered_handle", "variant:case")
        assert (shown == truth["handle"]) == is_own


def test_the_core_finds_those_whose_identity_is_certain(
    watchlist: Watchlist, population: Population, drawn: list[AuthorPost], tmp_path: Path
) -> None:
    directory = tmp_path / "register"
    write_population(population, tmp_path / "register.parquet")
    build_register(tmp_path / "register.parquet", directory)
    make_key(tmp_path / "election.key")
    recipient = make_review_key(tmp_path / "review.key")
    for election in watchlist.elections:
        key = tmp_path / "election.key"
        write_refs(directory, election.id, key, recipient, tmp_path / "identities.vault")
    lists = ListSettings(
        register_dir=directory, watchlist_file=CONFIG_DIR / "elections" / "jatim-2024.yaml"
    )
    stages = ListsInForce(Settings.model_construct(lists=lists)).stages
    outcomes = screen([one.post for one in drawn], stages)
    found = {kind: set[tuple[str, str | None]]() for kind in KINDS}
    for one, outcome in zip(drawn, outcomes, strict=True):
        statuses: set[str | None] = {flag.identity.status for flag in outcome.flags}
        found[one.kind] |= {(outcome.disposition, status) for status in statuses or {None}}
    assert {kind: found[kind] for kind in CONCLUSIVE} == {
        kind: {answer} for kind, answer in CONCLUSIVE.items()
    }
    # Nobody else is taken for certain, and what they said counts like everybody's.
    for kind in OUTSIDE_KINDS:
        assert found[kind] <= {("unmatched", None), ("flagged", "unconfirmed")}


def test_what_cannot_be_drawn_is_refused_at_once(
    watchlist: Watchlist, population: Population
) -> None:
    with pytest.raises(ValueError, match="friend: no kind"):
        draw_author_posts(population, watchlist, ["friend"], 1, 1)
    with pytest.raises(ValueError, match="no campaign"):
        draw_author_posts(population, Watchlist(schema=1, elections=()), KINDS, 1, 1)
    (election,) = watchlist.elections
    (contest,) = election.contests
    phases = tuple(phase for phase in contest.phases if phase.name != "campaign")
    change = msgspec.structs.replace
    quiet = change(election, contests=(change(contest, phases=phases),))
    with pytest.raises(ValueError, match="no campaign"):
        draw_author_posts(population, change(watchlist, elections=(quiet,)), KINDS, 1, 1)
