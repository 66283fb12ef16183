"""What a run gave, against the known answer."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from matchers.types import DISPOSITIONS
from streams.records import DeadLetter, FlaggedEvent
from synth.sample_post import SamplePost


@dataclass(frozen=True, slots=True)
class Comparison:
    """Where a run differs from the known answer; all empty when it does not.

    `missing` and `unexpected` are post ids of flags (for dead letters `reason at path`),
    `different` says in words what is otherwise, `dispositions` maps a disposition to
    (expected, seen) where they differ.
    """

    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    dispositions: Mapping[str, tuple[int, int]] | None = None

    @property
    def equal(self) -> bool:
        return not (self.missing or self.unexpected or self.different or self.dispositions)


def expected_dispositions(sample: Iterable[SamplePost]) -> dict[str, int]:
    """How many records of the sample must end in each disposition."""
    counts = Counter(post.expected.disposition for post in sample)
    return {name: counts[name] for name in DISPOSITIONS}


def compare(
    sample: Sequence[SamplePost],
    flags: Iterable[FlaggedEvent],
    letters: Iterable[DeadLetter],
    dispositions: Mapping[str, int],
) -> Comparison:
    """Compare flags by post id (repeats of a flag id count once), dead letters by what they refuse
    and why, and the counts by disposition."""
    expected = {
        post.post_id: post
        for post in sample
        if post.expected.disposition == "flagged" and post.post_id is not None
    }
    seen = {flag.flag_id: flag for flag in flags}
    by_post: dict[str, list[FlaggedEvent]] = {}
    for flag in seen.values():
        by_post.setdefault(flag.post_id, []).append(flag)

    missing = [post_id for post_id in expected if post_id not in by_post]
    unexpected = [post_id for post_id in by_post if post_id not in expected]
    different = [
        text
        for post_id, post in expected.items()
        for text in _differences(post_id, post, by_post.get(post_id, []))
    ]

    refused = Counter(
        (
            sha256(post.value or b"").hexdigest(),
            str(post.expected.reason),
            str(post.expected.path),
        )
        for post in sample
        if post.expected.disposition == "invalid"
    )
    places = {(letter.topic, letter.partition, letter.offset): letter for letter in letters}
    lettered = Counter(
        (letter.sha256, str(letter.reason), letter.path) for letter in places.values()
    )
    missing += _in_words(refused - lettered)
    unexpected += _in_words(lettered - refused)

    wanted = expected_dispositions(sample)
    unlike: dict[str, tuple[int, int]] = {
        name: (wanted[name], dispositions.get(name, 0))
        for name in DISPOSITIONS
        if wanted[name] != dispositions.get(name, 0)
    }
    return Comparison(
        tuple(sorted(missing)), tuple(sorted(unexpected)), tuple(sorted(different)), unlike
    )


def _differences(post_id: str, post: SamplePost, flags: Sequence[FlaggedEvent]) -> list[str]:
    texts = []
    if len(flags) > 1:
        texts.append(f"{post_id} ({post.scene}): {len(flags)} flags instead of 1")
    for flag in flags[:1]:
        rules = tuple(rule.code for rule in flag.rules)
        if rules != post.expected.rules:
            wanted = ", ".join(post.expected.rules)
            texts.append(
                f"{post_id} ({post.scene}, {flag.election.phase}): rules {', '.join(rules)} "
                f"instead of {wanted}"
            )
        if flag.identity.status != post.expected.identity:
            texts.append(
                f"{post_id} ({post.author}): identity {flag.identity.status} instead of "
                f"{post.expected.identity}"
            )
    return texts


def _in_words(letters: Counter[tuple[str, str, str]]) -> list[str]:
    return [
        f"dead letter {reason} at {path} (sha256 {digest[:12]})"
        for digest, reason, path in letters.elements()
    ]
