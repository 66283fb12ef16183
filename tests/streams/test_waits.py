"""The longest wait under way, by a plain list of beginnings."""

from contextlib import ExitStack

import pytest

from streams import waits
from streams.waits import Waits


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    clock = [100.0]
    monkeypatch.setattr(waits, "monotonic", lambda: clock[0])
    return clock


def test_the_oldest_of_several_counts_and_what_ended_does_not(now: list[float]) -> None:
    kept = Waits()
    assert kept.longest() == 0.0
    with ExitStack() as stack:
        with kept.under_way():
            now[0] += 2
            stack.enter_context(kept.under_way())
            now[0] += 3
            assert kept.longest() == 5.0
        assert kept.longest() == 3.0
    assert kept.longest() == 0.0


def test_a_wait_that_fails_has_ended(now: list[float]) -> None:
    kept = Waits()
    with pytest.raises(ValueError, match="broken"), kept.under_way():
        raise ValueError("broken")
    now[0] += 7
    assert kept.longest() == 0.0
