from pathlib import Path

import orjson
import pytest

from matchers.handles import normalise
from streams.codec import decode_post
from streams.records import PLATFORMS, PublicPost, Watchlist
from synth.actors import KINDS, OUTSIDE_KINDS
from synth.author_posts import draw_author_posts
from synth.files import write_author_posts
from synth.population import Population, draw_population


@pytest.fixture(scope="module")
def population() -> Population:
    return draw_population(1_000, 3)


def test_every_post_is_readable_and_names_a_candidate_within_a_phase(
    watchlist: Watchlist, population: Population
) -> None:
    contests = [contest for election in watchlist.elections for contest in election.contests]
    names = [name for c in contests for one in c.candidates for name in one.names]
    phases = [phase for contest in contests for phase in contest.phases]
    drawn = list(draw_author_posts(population, watchlist, KINDS, 10, 1))
    assert len(drawn) == 10 * len(KINDS)
    assert len({one.post.post_id for one in drawn}) == len(drawn)
    for one in drawn:
        assert any(name in (one.post.text or "") for name in names)
        assert one.post.created_at is not None
        assert any(phase.start <= one.post.created_at < phase.end for phase in phases)


def test_files_go_line_by_line_and_name_a_registered_account(
    watchlist: Watchlist, population: Population, tmp_path: Path
) -> None:
    posts, truth = tmp_path / "posts.jsonl", tmp_path / "truth.jsonl"
    drawn = draw_author_posts(population, watchlist, KINDS, 5, 1)
    assert write_author_posts(drawn, posts, truth) == 5 * len(KINDS)
    platforms = [PLATFORMS[code] for code in population.account_platform.tolist()]
    known = set(zip(platforms, population.handles.to_pylist(), strict=True))
    lines = posts.read_bytes().splitlines()
    answers = [orjson.loads(line) for line in truth.read_bytes().splitlines()]
    assert [answer["line"] for answer in answers] == list(range(1, len(lines) + 1))
    for line, answer in zip(lines, answers, strict=True):
        post = decode_post(line)
        assert isinstance(post, PublicPost)
        assert post.post_id == answer["post_id"]
        if answer["kind"] in OUTSIDE_KINDS:
            assert answer["platform"] is answer["handle"] is None
        else:
            assert (answer["platform"], answer["handle"]) in known
            assert answer["platform"] == post.platform
        if answer["kind"].startswith("registered"):
            assert normalise(post.platform, post.actor.handle) == answer["handle"]


def test_unknown_kinds_and_empty_watchlists_are_refused(
    watchlist: Watchlist, population: Population
) -> None:
    with pytest.raises(ValueError, match="friend"):
        draw_author_posts(population, watchlist, ["friend"], 1, 1)
    with pytest.raises(ValueError, match="no campaign"):
        draw_author_posts(population, Watchlist(schema=1, elections=()), KINDS, 1, 1)
