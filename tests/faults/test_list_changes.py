"""A refused change leaves a running worker as it was, is seen from outside, and can be mended."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from matchers.ambiguity import OrdinaryText
from matchers.watchlist_index import WatchlistIndex
from streams.codec import encode
from streams.records import ControlRecord, FlaggedEvent, RegisterUpdate
from tests.brokers import Broker
from tests.faults.running import Running, running
from tests.invariants.live import CANARY, flaggable
from tests.invariants.scene import CONTEST, EXAMPLE, put, second_contest, watchlist_of
from tests.lists.test_in_force import (
    EMPTY,
    FALL,
    ONE_SIDED,
    OVERLAPPING,
    REFUSED_RELOADS,
    SHRUNK,
    control,
    register_update,
)
from tests.streams.wire import read_to_end, write

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def worker(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(broker, "lists-", tmp_path_factory.mktemp("lists")) as one:
        yield one


ENTRIES = len(WatchlistIndex(EXAMPLE, OrdinaryText(frozenset())).entries)
Change = Callable[[int], msgspec.Struct | bytes]
"""Makes a record with a sequence number."""


def bare_date(sequence: int) -> bytes:
    return encode(put(sequence, second_contest())).replace(
        b'"2024-11-24T00:00:00+07:00"', b'"2024-11-24"'
    )


def one_sided(sequence: int) -> msgspec.Struct:
    second = second_contest("sepihak-2024")
    return put(sequence, msgspec.structs.replace(second, candidates=second.candidates[:1]))


REFUSED_UPDATES: list[tuple[str, str, Change, str]] = [
    ("watchlist", "one-sided", one_sided, "one-sided; on the ballot but not a candidate"),
    ("watchlist", "one-sided and shrunk", lambda n: put(n, ONE_SIDED), FALL),
    ("watchlist", "overlapping windows", lambda n: put(n, OVERLAPPING), "overlap"),
    ("watchlist", "bare date", bare_date, "invalid_value at $.contest.phases"),
    ("watchlist", "emptied", lambda n: put(n, EMPTY), FALL),
    ("watchlist", "shrunk", lambda n: put(n, SHRUNK), FALL),
    (
        "watchlist",
        "not there",
        lambda n: put(n, CONTEST, op="remove", contest=None, contest_id="lain-2024"),
        "no such contest",
    ),
    ("watchlist", "old", lambda _: put(0, second_contest()), "not newer"),
    (
        "watchlist",
        "no pseudonyms",
        lambda n: put(n, second_contest("lain-2024"), election_id="pilkada-2029"),
        "no pseudonyms for election pilkada-2029",
    ),
    (
        "register",
        "no declaration",
        lambda n: register_update(n, declared_on=None, name=CANARY, handle=CANARY),
        "no declaration",
    ),
    (
        "register",
        "no pseudonym",
        lambda n: register_update(n, subject_refs=(), handle=CANARY),
        "lacks the pseudonym",
    ),
    (
        "register",
        "unknown account",
        lambda n: register_update(n, op="bind", handle=CANARY),
        "no such account",
    ),
    ("register", "no JSON", lambda _: f"{CANARY} {{".encode(), "malformed_json at $"),
    ("register", "unknown platform", lambda _: of_platform(CANARY), "unknown_platform"),
    ("control", "unreadable", lambda _: b'{"schema": 1, "action": "halt"}', " at $"),
]


def of_platform(platform: str) -> bytes:
    record = json.loads(encode(register_update(1)))
    return json.dumps(record | {"platform": platform}).encode()


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [(name, change, reason) for name, _, change, reason in REFUSED_UPDATES],
    ids=[f"{name}: {what}" for name, what, _, _ in REFUSED_UPDATES],
)
async def test_a_refused_update_keeps_the_old_list(
    worker: Running, name: str, change: Change, reason: str
) -> None:
    count = (await worker.refusals())[name]
    topics = worker.settings.topics
    topic = {
        "watchlist": topics.watchlist_updates,
        "register": topics.register_updates,
        "control": topics.control,
    }[name]
    if name == "watchlist":  # so that 0 is an old number
        await worker.change(topic, put(next(worker.numbers), second_contest()))
        await worker.until("netral_list_entries", "list", lambda found: found[name] > ENTRIES)
    before = await worker.versions()
    await worker.change(topic, change(next(worker.numbers)))
    await seen_as_refused(worker, name, count, reason)
    await still_judging_by(worker, before)
    await accept(worker, name)


async def seen_as_refused(worker: Running, name: str, count: float, reason: str) -> None:
    # A register may be refused twice: as asked, and when the worker looks for one by itself.
    await worker.until("netral_list_refusals_total", "list", lambda found: found[name] > count)
    assert await worker.refused() == {name}
    answer = await worker.readyz()
    assert answer["ready"]
    assert answer["refused_lists"].keys() == {name}
    assert reason in answer["refused_lists"][name]["reason"]
    assert CANARY not in json.dumps(answer)
    assert CANARY not in worker.worker.log_file.read_text()


async def still_judging_by(worker: Running, versions: set[str]) -> None:
    flag = await worker.flag()
    assert await worker.versions() == versions
    assert {flag.versions.register, flag.versions.watchlist, flag.versions.rules} == versions


async def accept(worker: Running, name: str) -> None:
    """A good change of the same list clears what stands refused."""
    topics = worker.settings.topics
    number = next(worker.numbers)
    good: dict[str, tuple[str, RegisterUpdate | ControlRecord]] = {
        "register": (
            topics.register_updates,
            register_update(number, op="bind", handle="budi_uji", account_id="7001"),
        ),
        "control": (topics.control, control(number, "resume")),
    }
    if name in good:
        await worker.change(*good[name])
    else:
        await worker.change(topics.watchlist_updates, put(number, second_contest()))
    await worker.none_refused()
    assert (await worker.readyz())["refused_lists"] == {}


@pytest.mark.parametrize(
    ("name", "spoil", "reason"),
    REFUSED_RELOADS,
    ids=[f"{name}: {reason}" for name, _, reason in REFUSED_RELOADS],
)
async def test_a_refused_reload_keeps_all_three(
    worker: Running, name: str, spoil: Any, reason: str
) -> None:
    before = await worker.versions()
    count = (await worker.refusals())[name]
    spoil(worker.files)
    worker.reload()
    first = reason.split("|")[0]
    await seen_as_refused(worker, name, count, "RFC3339" if first == "zone" else first)
    await still_judging_by(worker, before)
    await worker.mend()
    assert await worker.versions() == before


async def test_a_good_reload_is_in_force_and_named_by_the_next_flag(worker: Running) -> None:
    before = (await worker.flag()).versions
    worker.files.write_watchlist(watchlist_of(CONTEST, second_contest("muat-2024")))
    worker.files.write_rules(("wording_version: skb-2022.1", "wording_version: skb-2022.2"))
    worker.reload()
    await worker.until("netral_list_info", "version", lambda found: before.watchlist not in found)
    flag = await worker.flag()
    assert flag.versions.watchlist != before.watchlist
    assert flag.versions.rules != before.rules
    assert {rule.wording_version for rule in flag.rules} == {"skb-2022.2"}
    info = await worker.worker.samples("netral_list_info", "version")
    assert {flag.versions.watchlist, flag.versions.rules, flag.versions.register} <= info.keys()
    await worker.mend()


async def test_a_change_comes_between_two_batches(worker: Running) -> None:
    """In each partition: flags under the old watchlist, then flags under the new one."""
    topics = worker.settings.topics
    before = (await worker.flag()).versions.watchlist
    posts = [json.dumps(flaggable(f"stream-{n}")).encode() for n in range(200)]
    await write(worker.settings.kafka.bootstrap, topics.public_posts, posts[:100], 4)
    await worker.change(
        topics.watchlist_updates, put(next(worker.numbers), second_contest("antara-2024"))
    )
    await worker.until("netral_list_info", "version", lambda found: before not in found)
    await write(worker.settings.kafka.bootstrap, topics.public_posts, posts[100:], 4)
    after = (await worker.flag()).versions.watchlist
    assert after != before
    seen: dict[str, dict[int, str]] = {}
    while sum(map(len, seen.values())) < len(posts):
        for record in await read_to_end(worker.settings.kafka.bootstrap, topics.flagged_events):
            flag = msgspec.json.decode(record.value, type=FlaggedEvent)
            if flag.post_id.startswith("stream-"):
                headers = {key: value.decode() for key, value in record.headers}
                partition = seen.setdefault(headers["source-partition"], {})
                partition[int(headers["source-offset"])] = flag.versions.watchlist
    for partition in seen.values():
        versions = [version for _, version in sorted(partition.items())]
        assert versions == sorted(versions, key=[before, after].index)
        assert versions[-25:] == [after] * 25
    assert len(set(map(len, seen.values()))) == 1
