from collections import Counter
from pathlib import Path
from typing import get_args

import orjson
import pytest

from config.settings import CONFIG_DIR
from lists.rules_file import load_rules
from matchers.types import DISPOSITIONS
from streams.codec import DecodeFailure, decode_post
from streams.records import ACTIONS, PhaseName, PublicPost, Watchlist
from synth.authors import AuthorKind
from synth.bad_records import BAD_RECORDS
from synth.files import write_posts
from synth.posts import draw_flaggable, draw_posts
from synth.register import SourceRow
from synth.sample_post import SamplePost
from synth.scenes import TOUCHING, UNTOUCHED


def test_same_seed_same_bytes(watchlist: Watchlist, rows: list[SourceRow]) -> None:
    first = draw_posts(watchlist, rows, 1_500, 6)
    assert first == draw_posts(watchlist, rows, 1_500, 6)
    assert [post.value for post in first] != [
        post.value for post in draw_posts(watchlist, rows, 1_500, 7)
    ]


def test_every_disposition_but_stopped_occurs(sample: list[SamplePost]) -> None:
    counts = Counter(post.expected.disposition for post in sample)
    assert sum(counts.values()) == len(sample) == 4_000
    assert set(counts) == set(DISPOSITIONS) - {"stopped"}


def test_every_observable_rule_and_identity_occurs(sample: list[SamplePost]) -> None:
    rulebook = load_rules(CONFIG_DIR / "rules.yaml")
    fired = {rule for post in sample for rule in post.expected.rules}
    assert fired == {rule.code for rule in rulebook.rules if rule.observable}
    statuses = {post.expected.identity for post in sample}
    assert statuses == {None, "bound", "declared", "unconfirmed"}


def test_every_scene_author_action_and_phase_occurs(sample: list[SamplePost]) -> None:
    scenes = {scene.name for scene in (*TOUCHING, *UNTOUCHED)}
    assert {post.scene for post in sample} == scenes | {bad.name for bad in BAD_RECORDS}
    assert {post.author for post in sample} == set(get_args(AuthorKind))
    posts = [decode_post(post.value) for post in sample]
    assert {post.action for post in posts if isinstance(post, PublicPost)} == set(ACTIONS)


def test_answers_are_complete(sample: list[SamplePost]) -> None:
    ids = [post.post_id for post in sample if post.post_id is not None]
    assert len(ids) == len(set(ids))
    for post in sample:
        expected = post.expected
        flagged = expected.disposition == "flagged"
        assert bool(expected.rules) == flagged == (expected.identity is not None)
        assert (expected.reason is not None) == (expected.disposition == "invalid")
        decoded = decode_post(post.value)
        if isinstance(decoded, DecodeFailure):
            assert (decoded.reason, decoded.path) == (expected.reason, expected.path)
        else:
            assert expected.disposition != "invalid"
            assert decoded.post_id == post.post_id


def test_scenes_fire_in_the_rules_phases() -> None:
    rulebook = {rule.code: rule for rule in load_rules(CONFIG_DIR / "rules.yaml").rules}
    for scene in TOUCHING:
        for phase in get_args(PhaseName):
            for code in scene.rules_in(phase):
                assert phase in rulebook[code].phases
                assert scene.action in rulebook[code].actions


def test_flaggable_posts_would_all_be_flagged(watchlist: Watchlist, rows: list[SourceRow]) -> None:
    posts = draw_flaggable(watchlist, rows, 40, 1)
    assert [post.expected.disposition for post in posts] == ["flagged"] * 40


def test_truth_file_goes_line_by_line(sample: list[SamplePost], tmp_path: Path) -> None:
    posts, truth = tmp_path / "posts.jsonl", tmp_path / "truth.jsonl"
    count = write_posts(sample, posts, truth)
    lines = posts.read_bytes().splitlines()
    answers = [orjson.loads(line) for line in truth.read_bytes().splitlines()]
    assert count == len(lines) == len(answers)
    assert [answer["line"] for answer in answers] == list(range(1, count + 1))
    for line, answer in zip(lines, answers, strict=True):
        decoded = decode_post(line)
        if isinstance(decoded, PublicPost):
            assert decoded.post_id == answer["post_id"]
        else:
            assert decoded.reason == answer["reason"]


def test_a_watchlist_without_contest_is_refused(rows: list[SourceRow]) -> None:
    with pytest.raises(ValueError, match="no contest"):
        draw_posts(Watchlist(schema=1, elections=()), rows, 10, 1)


def test_a_register_that_is_too_small_is_refused(
    watchlist: Watchlist, rows: list[SourceRow]
) -> None:
    with pytest.raises(ValueError, match="too small"):
        draw_posts(watchlist, rows[:2], 2_000, 1)
