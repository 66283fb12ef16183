"""The comparison itself: that it sees every way in which a run can differ."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import msgspec
import pytest

from matchers.types import DISPOSITIONS
from streams.records import (
    Author,
    DeadLetter,
    ElectionContext,
    FiredRule,
    FlaggedEvent,
    IdentityFinding,
    Versions,
)
from synth.answer import Comparison, compare, expected_dispositions
from synth.sample_post import Expected, SamplePost

AT = datetime(2024, 11, 1, tzinfo=UTC)
SAMPLE = [
    SamplePost("support", "registered_id", "p1", b"1", Expected("flagged", ("D2",), "bound")),
    SamplePost("everyday", "unrelated", "p2", b"2", Expected("untouched")),
    SamplePost(
        "no JSON", "unrelated", None, b"{", Expected("invalid", reason="malformed_json", path="$")
    ),
]
COUNTS: dict[str, int] = {
    **dict.fromkeys(map(str, DISPOSITIONS), 0),
    "flagged": 1,
    "untouched": 1,
    "invalid": 1,
}
LETTER = DeadLetter(
    reason="malformed_json",
    path="$",
    topic="public-posts",
    partition=0,
    offset=2,
    sha256=sha256(b"{").hexdigest(),
    at=AT,
)


def _flag(post_id: str = "p1") -> FlaggedEvent:
    return FlaggedEvent(
        schema=1,
        flag_id=f"flag-{post_id}",
        rules=(
            FiredRule(code="D2", wording_version="1", legal_basis="law", severity_class="berat"),
        ),
        election=ElectionContext(
            id="e", phase="campaign", phase_from=AT, phase_to=AT, contest_ids=("c",)
        ),
        identity=IdentityFinding(status="bound", subject_ref="s1"),
        author=Author(handle="budi"),
        evidence=(),
        cues=(),
        exemptions=(),
        missing=(),
        platform="x",
        post_id=post_id,
        action="post",
        created_at=AT,
        content_sha256="0" * 64,
        versions=Versions(
            register="r",
            register_overlay_offset=-1,
            watchlist="w",
            rules="r",
            model="m",
            settings="s",
        ),
        status="needs_review",
    )


def test_equal_when_all_is_as_known() -> None:
    assert compare(SAMPLE, [_flag()], [LETTER], COUNTS).equal


def test_repeats_of_a_flag_and_a_letter_count_once() -> None:
    assert compare(SAMPLE, [_flag(), _flag()], [LETTER, LETTER], COUNTS).equal


@pytest.mark.parametrize(
    ("run", "shows"),
    [
        (lambda: compare(SAMPLE, [], [LETTER], COUNTS), lambda c: c.missing == ("p1",)),
        (
            lambda: compare(SAMPLE, [_flag(), _flag("p2")], [LETTER], COUNTS),
            lambda c: c.unexpected == ("p2",),
        ),
        (
            lambda: compare(
                SAMPLE,
                [msgspec.structs.replace(_flag(), identity=IdentityFinding(status="declared"))],
                [LETTER],
                COUNTS,
            ),
            lambda c: "identity declared instead of bound" in c.different[0],
        ),
        (
            lambda: compare(SAMPLE, [msgspec.structs.replace(_flag(), rules=())], [LETTER], COUNTS),
            lambda c: "instead of D2" in c.different[0],
        ),
        (
            lambda: compare(
                SAMPLE,
                [_flag(), msgspec.structs.replace(_flag(), flag_id="other")],
                [LETTER],
                COUNTS,
            ),
            lambda c: "2 flags instead of 1" in c.different[0],
        ),
        (
            lambda: compare(SAMPLE, [_flag()], [], COUNTS),
            lambda c: c.missing[0].startswith("dead letter malformed_json at $"),
        ),
        (
            lambda: compare(
                SAMPLE,
                [_flag()],
                [msgspec.structs.replace(LETTER, path="$.text")],
                COUNTS,
            ),
            lambda c: len(c.missing) == len(c.unexpected) == 1,
        ),
        (
            lambda: compare(SAMPLE, [_flag()], [LETTER], {**COUNTS, "no_rule": 1}),
            lambda c: c.dispositions == {"no_rule": (0, 1)},
        ),
    ],
)
def test_each_difference_is_seen(
    run: Callable[[], Comparison], shows: Callable[[Comparison], bool]
) -> None:
    comparison = run()
    assert not comparison.equal
    assert shows(comparison)


def test_expected_dispositions_count_the_sample() -> None:
    stopped = [replace(post, expected=Expected("stopped")) for post in SAMPLE]
    assert expected_dispositions(SAMPLE) == COUNTS
    assert expected_dispositions(stopped)["stopped"] == 3
