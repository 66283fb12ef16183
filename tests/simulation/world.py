"""A consumer group in miniature around the real :class:`streams.accounting.BatchAccounting`.

The broker keeps the group's generation and its committed offsets, and refuses the commit of a
member of an older generation, as Kafka does. A worker calls the books as
`streams/batch_transport.py` does; its methods name those that they stand for. Whatever takes time
there (an agent's work, a commit on its way, its answer) is a step of its own here, so that a
schedule decides what comes first.

The broker checks what it stores: nothing committed may lie past a record that nobody has judged,
and an offset never goes back. At the end what is left is worked off: every record must be judged,
and every partition committed exactly to its end.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from streams.accounting import BatchAccounting, BatchTicket
from tests.simulation.schedule import Schedule, Step

Books = Callable[[], BatchAccounting]
WORKERS: Final = 2
TOPIC: Final = "posts"


class ViolationError(Exception):
    """A promise was broken; `kind` names which one."""

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(f"{kind}: {what}")
        self.kind = kind


@dataclass(eq=False)
class Request:
    """A commit on its way. `stored` is None until the broker has looked at it."""

    generation: int
    offsets: dict[int, int]
    stored: bool | None = None


class Broker:
    """The log, the group, and what is committed."""

    def __init__(self, logs: tuple[tuple[int, ...], ...]) -> None:
        self.logs = logs
        self.generation = 0
        self.committed: dict[int, int] = {}
        self.judged: list[set[int]] = [set() for _ in logs]
        """By partition, the offsets whose flags the brokers have acknowledged."""
        self.queue: deque[Request] = deque()

    def begin(self, partition: int) -> int:
        """Where the group reads on; the first record where nothing is committed."""
        log = self.logs[partition]
        return self.committed.get(partition, log[0] if log else 0)

    def store(self, request: Request) -> None:
        """Store a commit, or refuse one of an older generation."""
        request.stored = request.generation == self.generation
        if not request.stored:
            return
        for partition, offset in request.offsets.items():
            for record in self.logs[partition]:
                if record < offset and record not in self.judged[partition]:
                    raise ViolationError(
                        "lost", f"{partition}:{record} is not judged, committed is {offset}"
                    )
            before = self.committed.get(partition, 0)
            if offset < before:
                raise ViolationError("back", f"partition {partition}: {offset} after {before}")
            self.committed[partition] = offset


@dataclass(eq=False)
class InHand:
    """A batch that an agent has."""

    ticket: BatchTicket
    partition: int
    records: tuple[int, ...]


class Worker:
    """One process from its start to its death."""

    def __init__(self, broker: Broker, books: Books) -> None:
        self._broker = broker
        self.accounting = books()
        self.generation = -1
        self.position: dict[int, int] = {}
        """The partitions that it believes it holds, and the next offset to read of each."""
        self.hand: list[InHand] = []
        self.asked: Request | None = None
        self.suspended = False

    def fetch(self, partition: int, most: int, *, cut: bool = False) -> str:
        """`BatchConsumer.getmany`. `cut`: a rebalance begins (`stop_flow`) while the batch is on
        its way to the agent (`_hand_out`): its ticket stays open, and nothing is fetched until
        the partitions are assigned anew."""
        if self.suspended:
            return "fetches nothing before it is assigned anew"
        log = self._broker.logs[partition]
        start = bisect_left(log, self.position[partition])
        records = log[start : start + most]
        if not records:
            return "nothing there"
        ticket = self.accounting.start((TOPIC, partition), records[0], records[-1])
        self.position[partition] = records[-1] + 1
        if cut:
            self.suspended = True
            return f"batch {records[0]}..{records[-1]} does not reach its agent"
        self.hand.append(InHand(ticket, partition, records))
        return f"batch {records[0]}..{records[-1]}"

    def rewind(self, partition: int) -> str:
        """`perform_seek`: within an assignment, with batches in hand."""
        self.position[partition] = self._broker.begin(partition)
        return f"reads again from {self.position[partition]}"

    def finish(self, which: int) -> str:
        """`Screener.__call__` has returned: written and acknowledged; then `BatchConsumer.ack`."""
        batch = self.hand.pop(which % len(self.hand))
        self._broker.judged[batch.partition].update(batch.records)
        counted = self.accounting.finish(batch.ticket)
        said = "" if counted else ", of an assignment that is over"
        return f"batch {batch.partition}:{batch.records[0]}..{batch.records[-1]} is judged{said}"

    def commit(self) -> str:
        """`BatchConsumer.commit`: one at a time, and only what is not committed yet."""
        if self.asked is not None:
            return "one is on its way"
        offsets = {}
        for _, partition in self.accounting.partitions():
            offset = self.accounting.to_commit((TOPIC, partition))
            if offset is not None:
                offsets[partition] = offset
        if not offsets:
            return "nothing new"
        self.asked = Request(self.generation, offsets)
        self._broker.queue.append(self.asked)
        return f"asks for {offsets}"

    def answer(self) -> str:
        """The end of `BatchConsumer._commit_offsets`: the broker's word, or no word in time."""
        asked, self.asked = self.asked, None
        if asked is None:
            return "none is waited for"
        if asked.stored is None:
            return "gives up waiting"
        if not asked.stored:
            return "is told that it was refused"
        for partition, offset in asked.offsets.items():
            self.accounting.committed((TOPIC, partition), offset)
        return f"is told that {asked.offsets} is stored"

    def revoked(self, fate: int) -> None:
        """`on_partitions_revoked`: the last commit arrives and is answered, or arrives only, or
        neither (it is left to the queue)."""
        self.commit()
        if self.asked is not None and fate % 3 < 2:
            while self.asked.stored is None:
                self._broker.store(self._broker.queue.popleft())
        if fate % 3 == 0:
            self.answer()
        self.asked = None
        self.accounting.revoke([(TOPIC, partition) for partition in self.position])

    def assigned(self, partitions: list[int]) -> None:
        """`on_partitions_assigned`. What agents still have in hand they will finish, too late."""
        self.generation = self._broker.generation
        self.suspended = False
        self.accounting.revoke(self.accounting.partitions())
        self.accounting.assign([(TOPIC, partition) for partition in partitions])
        self.position = {partition: self._broker.begin(partition) for partition in partitions}


class World:
    """Broker and workers. `trace` says what each step did."""

    def __init__(self, schedule: Schedule, books: Books = BatchAccounting) -> None:
        self._schedule = schedule
        self._books = books
        self.broker = Broker(schedule.logs)
        self.workers: list[Worker | None] = [Worker(self.broker, books) for _ in range(WORKERS)]
        self.trace: list[str] = []
        self._rebalance()

    def run(self) -> None:
        """Take every step, work off what is left, and check. Raises ViolationError."""
        for step in self._schedule.steps:
            self.trace.append(f"{step.kind:9} ")  # stands where the step does not return
            self.trace[-1] += self._take(step)
        self.trace.append("at the end")
        self._work_off()
        for partition, log in enumerate(self.broker.logs):
            left = sorted(set(log) - self.broker.judged[partition])
            if left:
                raise ViolationError("unjudged", f"records {left} of partition {partition}")
            end = log[-1] + 1 if log else None
            if self.broker.committed.get(partition) != end:
                raise ViolationError(
                    "not to the end",
                    f"partition {partition} ends at {end}, committed is "
                    f"{self.broker.committed.get(partition)}",
                )

    def _take(self, step: Step) -> str:
        number = step.which % WORKERS
        if step.kind in ("store", "lose"):
            return self._store(lost=step.kind == "lose")
        if step.kind == "rebalance":
            # Every third time one member is not heard of: it goes on, and does not know.
            return self._rebalance(
                expired=number if step.partition % 3 == 2 else None, by=step.size
            )
        if step.kind == "start":
            return self._start(number, step.size)
        worker = self.workers[number]
        if worker is None:
            return f"worker {number} is dead"
        return f"worker {number} {self._act(step, number, worker)}"

    def _act(self, step: Step, number: int, worker: Worker) -> str:
        if step.kind in ("fetch", "cut", "rewind"):
            if not worker.position:
                return "holds nothing"
            partition = sorted(worker.position)[step.partition % len(worker.position)]
            if step.kind == "rewind":
                done = worker.rewind(partition)
            else:
                done = worker.fetch(partition, 1 + step.size, cut=step.kind == "cut")
            return f"partition {partition}: {done}"
        if step.kind == "finish":
            return worker.finish(step.size) if worker.hand else "has no batch in hand"
        if step.kind == "commit":
            return worker.commit()
        if step.kind == "answer":
            return worker.answer()
        self.workers[number] = None
        return f"is killed with {len(worker.hand)} batches in hand"

    def _store(self, *, lost: bool = False) -> str:
        if not self.broker.queue:
            return "no commit is on its way"
        request = self.broker.queue.popleft()
        if lost:  # the connection broke, or the coordinator was not there
            request.stored = False
            return f"{request.offsets} does not arrive"
        self.broker.store(request)
        return f"broker {'stores' if request.stored else 'refuses'} {request.offsets}"

    def _start(self, number: int, by: int) -> str:
        if self.workers[number] is not None:
            return f"worker {number} runs already"
        self.workers[number] = Worker(self.broker, self._books)
        return f"worker {number}; " + self._rebalance(by=by)

    def _rebalance(self, expired: int | None = None, by: int = 0) -> str:
        """Members give up everything and are dealt the partitions anew (Faust's eager way)."""
        members = {
            number: worker
            for number, worker in enumerate(self.workers)
            if worker is not None and number != expired
        }
        for worker in members.values():
            if worker.generation == self.broker.generation:
                worker.revoked(by)
            else:  # it was given up for dead, or is new: its commit would be refused
                worker.revoked(2)
        self.broker.generation += 1
        dealt: dict[int, list[int]] = {number: [] for number in members}
        for partition in range(len(self.broker.logs)):
            if members:
                dealt[sorted(members)[(partition + by) % len(members)]].append(partition)
        for number, worker in members.items():
            worker.assigned(dealt[number])
        return f"generation {self.broker.generation}: {dealt}"

    def _work_off(self) -> None:
        """Nothing more goes wrong: whoever is missing comes back, and everything is read."""
        while self.broker.queue:
            self._store()
        for number, worker in enumerate(self.workers):
            if worker is None:
                self.workers[number] = Worker(self.broker, self._books)
            else:
                worker.answer()
        workers = list(filter(None, self.workers))
        if any(each.suspended or each.generation != self.broker.generation for each in workers):
            self._rebalance()
        for worker in workers:
            for partition in worker.position:
                worker.fetch(partition, len(self.broker.logs[partition]))
            while worker.hand:
                worker.finish(len(worker.hand) - 1)
            worker.commit()
            while self.broker.queue:
                self._store()
            worker.answer()
