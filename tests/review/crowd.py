"""Simulated reviewers who work as fast as they can, each with a mind of their own."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from config.errors import StaleError, TakenError, WrongStateError
from review import cases, decide, queue
from review.actors import Actor
from review.choices import Verdict
from review.desk import Desk
from tests.review.scene import BREACH, EXEMPT, NOT

DEADLINE = 1_800.0
"""Seconds after which the crowd counts as stuck."""


@dataclass(slots=True)
class Worked:
    """What a crowd did: opinions by reviewer, who opined on which case, and how often one
    was beaten to a seat."""

    opinions: Counter[str] = field(default_factory=Counter)
    by_case: dict[str, list[str]] = field(default_factory=dict)
    beaten: int = 0


def opinion(reviewer: str, case_ref: str) -> Verdict:
    """What a reviewer thinks of a case: always the same; they agree on about four in five."""
    common = sha256(case_ref.encode()).digest()[0]
    own = sha256(f"{reviewer}|{case_ref}".encode()).digest()[0]
    return (BREACH, NOT, EXEMPT)[(common + (own < 26) + (own < 8)) % 3]


def work(
    desk: Desk,
    reviewers: list[Actor],
    *,
    done: Callable[[], bool],
    stop: threading.Event | None = None,
) -> Worked:
    """All at once, until `done` or `stop`. Raises what a reviewer's work raised."""
    worked, lock, failed = Worked(), threading.Lock(), list[BaseException]()
    ended = stop if stop is not None else threading.Event()

    def one(actor: Actor) -> None:
        try:
            while not ended.is_set():
                task = queue.claim_next(desk, actor)
                if task is None:
                    if done():
                        return
                    ended.wait(0.01)  # others hold what is left
                    continue
                try:
                    seen = cases.view(desk, actor, task.case_ref)
                    decide.draft(desk, actor, task.case_ref, opinion(actor.id, task.case_ref))
                    decide.submit(desk, actor, task.case_ref, seen_version=seen.version)
                except (StaleError, TakenError, WrongStateError):
                    with lock:
                        worked.beaten += 1
                    continue
                with lock:
                    worked.opinions[actor.id] += 1
                    worked.by_case.setdefault(task.case_ref, []).append(actor.id)
        except BaseException as error:
            failed.append(error)
            ended.set()
            raise

    threads = [threading.Thread(target=one, args=(actor,), daemon=True) for actor in reviewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
        assert not thread.is_alive(), "a reviewer is stuck"
    if failed:
        raise failed[0]
    return worked
