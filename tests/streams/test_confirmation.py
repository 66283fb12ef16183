"""When flags may go out: against a slow reference, and the cases that matter one by one."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.confirmation import VALID_SECONDS, Asked, Confirmation, clock_through_suspend


@dataclass
class Clock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Scene:
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.confirmation = Confirmation(clock=self.clock, wall=lambda: self.clock.now + 5e8)

    def confirm(self, end: int = 0) -> None:
        asked = self.confirmation.ask()
        self.confirmation.read_to(end, end)
        self.confirmation.answered(asked, end)


def test_nothing_is_allowed_before_the_first_answer() -> None:
    scene = Scene()
    scene.confirmation.read_to(0, 0)
    assert scene.confirmation.age is None
    assert not scene.confirmation.is_fresh
    with pytest.raises(RuntimeError):
        _ = scene.confirmation.wall_time


def test_it_counts_from_the_question_and_not_from_the_answer() -> None:
    scene = Scene()
    asked = scene.confirmation.ask()
    scene.clock.now += VALID_SECONDS
    scene.confirmation.read_to(0, 0)
    scene.confirmation.answered(asked, 0)
    assert scene.confirmation.age == VALID_SECONDS
    assert not scene.confirmation.is_fresh


def test_it_lasts_three_seconds() -> None:
    scene = Scene()
    scene.confirm()
    scene.clock.now += 2.999
    assert scene.confirmation.is_fresh
    scene.clock.now += 0.001
    assert not scene.confirmation.is_fresh


def test_a_record_that_is_not_read_yet_confirms_nothing() -> None:
    scene = Scene()
    asked = scene.confirmation.ask()
    scene.confirmation.read_to(4, 4)
    scene.confirmation.answered(asked, 5)
    assert not scene.confirmation.is_fresh
    scene.confirmation.read_to(5, 5)
    assert scene.confirmation.is_fresh


def test_a_low_answer_is_not_enough_where_the_fetcher_knows_of_more() -> None:
    scene = Scene()
    asked = scene.confirmation.ask()
    scene.confirmation.read_to(4, 6)
    scene.confirmation.answered(asked, 4)
    assert not scene.confirmation.is_fresh


def test_a_topic_that_is_shorter_than_what_was_read_confirms_nothing() -> None:
    scene = Scene()
    asked = scene.confirmation.ask()
    scene.confirmation.read_to(7, 0)
    scene.confirmation.answered(asked, 2)
    assert not scene.confirmation.is_fresh


def test_an_older_answer_does_not_take_anything_back() -> None:
    scene = Scene()
    early = scene.confirmation.ask()
    scene.clock.now += 1
    scene.confirm()
    scene.confirmation.answered(early, 0)
    assert scene.confirmation.age == 0


async def test_those_who_wait_are_woken() -> None:
    import asyncio

    scene = Scene()
    waiting = asyncio.create_task(scene.confirmation.wait_until_fresh())
    await asyncio.sleep(0)
    assert not waiting.done()
    scene.confirm()
    async with asyncio.timeout(5):
        await waiting


def test_the_clock_counts_suspension_and_cannot_be_set() -> None:
    clock = clock_through_suspend()
    first = clock()
    assert clock() >= first


@dataclass
class Reference:
    """Keeps everything, and looks at all of it: was there a question, at most three seconds old,
    below whose answer everything was applied at some time after the answer?"""

    asked: list[tuple[Asked, int]] = field(default_factory=list)
    pairs: list[tuple[Asked, int, int, int]] = field(default_factory=list)

    def is_fresh(self, now: float) -> bool:
        return any(
            position == max(end, high) and now - asked.at < VALID_SECONDS
            for asked, end, position, high in self.pairs
        )


Step = tuple[str, int]


@given(
    st.lists(
        st.tuples(st.sampled_from(["wait", "append", "ask", "read", "apply"]), st.integers(0, 3)),
        max_size=60,
    )
)
def test_as_a_slow_reference_says(steps: list[Step]) -> None:
    """A topic that grows, questions that are answered at once, reading that lags behind."""
    scene, reference = Scene(), Reference()
    end = position = 0
    for what, number in steps:
        if what == "wait":
            scene.clock.now += number / 2
        elif what == "append":
            end += number
        elif what == "ask":
            asked = scene.confirmation.ask()
            scene.confirmation.answered(asked, end)
            reference.asked.append((asked, end))
        else:
            position = min(end, position + number)
            scene.confirmation.read_to(position, position)
        if reference.asked and what in ("ask", "read", "apply") and scene.confirmation._read:
            reference.pairs.append((*reference.asked[-1], position, position))
        assert scene.confirmation.is_fresh == reference.is_fresh(scene.clock.now)
