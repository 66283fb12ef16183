"""`netral watchlist publish | rollback | history` on a real Kafka-protocol broker.

What is in force is asked of `ListsInForce`, which reads the topic as a worker does; one test asks a
running worker.
"""

import asyncio
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
import structlog
from typer.testing import CliRunner

from cli.main import main
from cli.topic_reader import open_topic, read_to_end
from cli.watchlist import app
from cli.watchlist_publish import _plan_and_send
from config.errors import BrokerError, ListError, WatchlistError
from config.settings import Settings
from lists.in_force import ListsInForce
from lists.watchlist_file import write_watchlist
from matchers.watchlist_update import entry_total
from streams.codec import decode_watchlist_update, encode
from streams.records import CandidateAccount, Contest, Watchlist, WatchlistUpdate
from streams.topics import ensure_topics
from tests.brokers import Broker
from tests.faults.running import Running, running
from tests.invariants.scene import (
    CONTEST,
    ELECTION,
    EXAMPLE,
    Files,
    contest,
    copied,
    files_in,
    put,
    second_contest,
    watchlist_of,
)
from tests.streams.wire import settings_for, write

pytestmark = pytest.mark.broker

SECOND = second_contest()
RENAMED = msgspec.structs.replace(CONTEST, name="Nama baru")
ENTRIES = entry_total(CONTEST)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return files_in(tmp_path_factory.mktemp("publish") / "lists")


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """The commands set logging up for their process, which here is the tests' own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


@dataclass
class Scene:
    """A topic and lists of one's own."""

    settings: Settings
    files: Files
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.environment = {
            "NETRAL_KAFKA__BOOTSTRAP": self.settings.kafka.bootstrap,
            "NETRAL_TOPICS__WATCHLIST_UPDATES": self.settings.topics.watchlist_updates,
            "NETRAL_LISTS__REGISTER_DIR": str(self.files.settings.register_dir),
            "NETRAL_LISTS__WATCHLIST_FILE": str(self.files.settings.watchlist_file),
        }

    def run(self, *arguments: str) -> str:
        """What the command prints. Raises what the command raises."""
        result = CliRunner().invoke(app, arguments, env=self.environment)
        if result.exception is not None:
            raise result.exception
        return result.output

    def published(self, *contests: Contest, options: Sequence[str] = ()) -> str:
        file = self.files.folder / "wanted.json"
        write_watchlist(file, watchlist_of(*contests))
        return self.run("publish", str(file), *options)

    def sent(self) -> list[bytes]:
        """Every record of the topic."""
        return asyncio.run(self._sent())

    async def _sent(self) -> list[bytes]:
        topic = self.settings.topics.watchlist_updates
        async with open_topic(self.settings.kafka, topic, from_start=True) as consumer:
            return [record.value async for record in read_to_end(consumer)]

    def send(self, *records: msgspec.Struct | bytes) -> None:
        values = [one if isinstance(one, bytes) else encode(one) for one in records]
        topic = self.settings.topics.watchlist_updates
        asyncio.run(write(self.settings.kafka.bootstrap, topic, values))

    def in_force(self) -> ListsInForce:
        """As a worker that starts now."""
        lists = ListsInForce(self.settings)
        for value in self.sent():
            update = decode_watchlist_update(value)
            if isinstance(update, WatchlistUpdate):
                with suppress(ListError):
                    lists.apply_watchlist_update(update)
        return lists

    def contests(self) -> dict[str, Contest]:
        """What is in force."""
        elections = self.in_force()._watchlist.elections
        return {one.id: one for election in elections for one in election.contests}


@pytest.fixture
def scene(broker: Broker, pristine: Files, tmp_path: Path, request: pytest.FixtureRequest) -> Scene:
    files = copied(pristine, tmp_path / "lists")
    prefix = f"p{abs(hash(request.node.name))}-"
    settings = settings_for(broker.bootstrap, prefix).model_copy(update={"lists": files.settings})
    asyncio.run(ensure_topics(settings))
    return Scene(settings, files)


def by_id(*contests: Contest) -> dict[str, Contest]:
    return {one.id: one for one in contests}


def test_a_published_list_is_in_force(scene: Scene) -> None:
    said = scene.published(RENAMED, SECOND)
    assert f"  1  put     jatim-2024  {ENTRIES} entries, {ENTRIES} before" in said
    assert "  2  put     kota-2024  2 entries\n" in said
    assert "sent 2 record(s) to" in said
    assert scene.contests() == by_id(RENAMED, SECOND)
    assert f"has version {scene.in_force().stages.watchlist.version}\n" in said
    assert scene.published(RENAMED, SECOND) == "nothing to send: that list is in force already\n"
    assert len(scene.sent()) == 2
    said = scene.published(CONTEST)
    assert "  3  put     jatim-2024" in said
    assert "  4  remove  kota-2024  2 entries go" in said
    assert scene.contests() == by_id(CONTEST)


def test_a_dry_run_sends_nothing(scene: Scene) -> None:
    said = scene.published(RENAMED, SECOND, options=["--dry-run"])
    assert "  2  put     kota-2024  2 entries" in said
    assert said.splitlines()[-1].startswith("dry run: 2 record(s) for ")
    assert "rollback" not in said
    assert scene.sent() == []


def test_json_for_scripts(scene: Scene) -> None:
    said = orjson.loads(scene.published(CONTEST, SECOND, options=["--json"]))
    assert said["sent"]
    assert said["version"] == scene.in_force().stages.watchlist.version
    assert said["records"] == [
        {
            "sequence": 1,
            "op": "put",
            "election": ELECTION.id,
            "contest": "kota-2024",
            "entries_before": None,
            "entries": 2,
            "for_a_moment": False,
        }
    ]


def test_a_rollback_undoes_the_newest_publish_and_another_that(scene: Scene) -> None:
    scene.published(RENAMED, SECOND)
    said = scene.run("rollback")
    assert "  3  put     jatim-2024" in said
    assert "  4  remove  kota-2024" in said
    assert scene.contests() == by_id(CONTEST)
    scene.run("rollback")
    assert scene.contests() == by_id(RENAMED, SECOND)
    assert len(scene.sent()) == 6, "the topic is never rewritten"


def test_back_to_a_sequence_or_to_the_base(scene: Scene) -> None:
    scene.published(CONTEST, SECOND)
    scene.published(RENAMED, SECOND, second_contest("lain-2024"))
    scene.published(RENAMED)
    scene.run("rollback", "--to", "1")
    assert scene.contests() == by_id(CONTEST, SECOND)
    count = len(scene.sent())
    scene.run("rollback", "--to", "0", "--dry-run")
    assert len(scene.sent()) == count
    scene.run("rollback", "--to", "0")
    assert scene.contests() == by_id(CONTEST)
    with pytest.raises(WatchlistError, match="no record with sequence 99 came into force"):
        scene.run("rollback", "--to", "99")


def test_one_contest_goes_back_alone(scene: Scene) -> None:
    scene.published(RENAMED, SECOND)
    said = scene.run("rollback", "--contest", CONTEST.id)
    assert "sent 1 record(s)" in said
    assert scene.contests() == by_id(CONTEST, SECOND)
    with pytest.raises(WatchlistError, match="no record in force is about contest none"):
        scene.run("rollback", "--contest", "none")
    with pytest.raises(SystemExit):
        scene.run("rollback", "--contest", CONTEST.id, "--to", "1")


def test_what_grew_too_much_can_be_taken_back(scene: Scene) -> None:
    """Workers refuse a contest that lost a fifth; not where it goes back to what it was."""
    many = tuple(f"Nama Karangan {n}" for n in range(40))
    grown = contest(
        candidates=tuple(msgspec.structs.replace(one, aliases=many) for one in CONTEST.candidates)
    )
    scene.published(grown)
    scene.run("rollback")
    assert scene.contests() == by_id(CONTEST)


def shrunk() -> Contest:
    return contest(
        candidates=tuple(
            msgspec.structs.replace(one, accounts=(), hashtags=()) for one in CONTEST.candidates
        )
    )


def test_a_fall_is_published_only_where_it_is_meant(scene: Scene) -> None:
    with pytest.raises(WatchlistError, match=r"fall of more than 20%.*\n.*\n.*contest jatim-2024"):
        scene.published(shrunk())
    assert scene.sent() == []
    scene.published(shrunk(), options=["--allow-shrink"])
    assert scene.contests() == by_id(shrunk())


def test_a_refused_list_sends_nothing(scene: Scene) -> None:
    version = scene.in_force().stages.watchlist.version
    one_sided = msgspec.structs.replace(SECOND, candidates=SECOND.candidates[:1])
    with pytest.raises(WatchlistError, match=r"wanted\.json: watchlist refused.*\n.*one-sided"):
        scene.published(CONTEST, one_sided)
    other = msgspec.structs.replace(ELECTION, id="pilkada-2029", contests=(SECOND,))
    file = scene.files.folder / "other.json"
    write_watchlist(file, Watchlist(schema=1, elections=(ELECTION, other)))
    with pytest.raises(WatchlistError, match="no pseudonyms for election pilkada-2029"):
        scene.run("publish", str(file))
    assert scene.sent() == []
    assert scene.in_force().stages.watchlist.version == version


def test_contests_that_exchange_accounts_are_taken_by_workers(scene: Scene) -> None:
    def of(contest_id: str, handle: str) -> Contest:
        base = second_contest(contest_id)
        first = msgspec.structs.replace(
            base.candidates[0], accounts=(CandidateAccount(platform="x", handle=handle),)
        )
        return msgspec.structs.replace(base, candidates=(first, *base.candidates[1:]))

    scene.published(CONTEST, of("a-2024", "satu"), of("b-2024", "dua"))
    said = scene.published(CONTEST, of("a-2024", "dua"), of("b-2024", "satu"))
    assert "remove  a-2024  out for a moment: it exchanges an account" in said
    assert scene.contests() == by_id(CONTEST, of("a-2024", "dua"), of("b-2024", "satu"))
    assert scene.in_force().refusals == {}
    scene.run("rollback")
    assert scene.contests() == by_id(CONTEST, of("a-2024", "satu"), of("b-2024", "dua"))


def test_records_that_workers_refuse_are_passed_over(scene: Scene) -> None:
    one_sided = msgspec.structs.replace(SECOND, candidates=SECOND.candidates[:1])
    scene.send(put(3, SECOND), put(3, RENAMED), b"{spoilt", put(40, one_sided))
    said = scene.published(RENAMED, SECOND)
    assert "note: 3 of the records" in said
    assert "  41  put     jatim-2024" in said
    assert "sent 1 record(s)" in said
    assert scene.contests() == by_id(RENAMED, SECOND)


def test_the_history_says_what_became_of_every_record(scene: Scene) -> None:
    assert "is empty: the base file is in force" in scene.run("history")
    scene.published(RENAMED, SECOND)
    scene.send(put(2, CONTEST), b"{spoilt")
    scene.run("rollback", "--contest", CONTEST.id)
    said = scene.run("history")
    assert "update 2, contest jatim-2024: not newer than 2" in said
    assert "spoilt" not in said
    rows = [orjson.loads(line) for line in scene.run("history", "--json").splitlines()]
    assert [(row["sequence"], row["state"], row["contest"], row["entries"]) for row in rows] == [
        (1, "replaced", "jatim-2024", ENTRIES),
        (2, "in force", "kota-2024", 2),
        (2, "refused", "jatim-2024", ENTRIES),
        (None, "refused", None, 0),
        (3, "in force", "jatim-2024", ENTRIES),
    ]
    assert [row["offset"] for row in rows] == list(range(5))
    assert [row["publication"] for row in rows] == [1, 1, None, None, 3]
    assert "unreadable: malformed_json" in rows[3]["reason"]
    assert all(row["time"].startswith("20") for row in rows)
    assert len(said.splitlines()) == 1 + 5 + 2


def test_two_publishers_at_once_are_noticed(scene: Scene) -> None:
    def while_another_publishes(_base: Watchlist, _steps: Any) -> Watchlist:
        other = threading.Thread(target=scene.send, args=(put(1, SECOND), put(2, SECOND)))
        other.start()
        other.join()
        return watchlist_of(RENAMED)

    sending = _plan_and_send(scene.settings, EXAMPLE, while_another_publishes, False, False)
    with pytest.raises(WatchlistError, match="somebody else sent records"):
        asyncio.run(sending)
    assert scene.contests() == by_id(CONTEST, SECOND)
    scene.published(RENAMED, options=["--allow-shrink"])
    assert scene.contests() == by_id(RENAMED)


def test_the_base_itself_is_no_news(scene: Scene) -> None:
    base = scene.files.settings.watchlist_file
    said = scene.run("publish", str(base))
    assert "is the base itself: workers that run have it as it was" in said
    scene.published(RENAMED)
    assert "sent 1 record(s)" in scene.run("publish", str(base))
    assert scene.contests() == by_id(CONTEST)


def test_without_a_register_nobody_looks_for_pseudonyms(scene: Scene) -> None:
    scene.environment["NETRAL_LISTS__REGISTER_DIR"] = str(scene.files.folder / "none")
    assert "nobody looked whether the register has pseudonyms" in scene.published(RENAMED)
    assert scene.contests() == by_id(RENAMED)


@pytest.mark.parametrize(
    "command", [("publish", "wanted.json"), ("rollback",), ("history",)], ids=lambda c: c[0]
)
def test_what_is_missing_is_named(
    scene: Scene,
    command: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(scene.files.folder)
    write_watchlist(Path("wanted.json"), watchlist_of(RENAMED))
    for name, value in scene.environment.items():
        monkeypatch.setenv(name, value)

    def refused(code: int, *more: str) -> str:
        assert main(["watchlist", *command, *more]) == code
        error = capsys.readouterr().err
        assert error.startswith("netral: ")
        return error

    assert "127.0.0.1:1 cannot be used" in refused(69, "--bootstrap", "127.0.0.1:1")
    monkeypatch.setenv("NETRAL_TOPICS__WATCHLIST_UPDATES", "no-such-topic")
    assert "no topic no-such-topic" in refused(69)
    monkeypatch.setenv("NETRAL_TOPICS__WATCHLIST_UPDATES", scene.settings.topics.public_posts)
    assert "4 partitions; its records are in sequence" in refused(69)
    monkeypatch.delenv("NETRAL_LISTS__WATCHLIST_FILE")
    assert "lists.watchlist_file must be set" in refused(78)


def test_a_contest_too_large_for_a_record_is_refused(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.environment["NETRAL_KAFKA__MESSAGE_MAX_BYTES"] = "4096"
    with pytest.raises(WatchlistError, match=r"jatim-2024: workers could not read.*too_large"):
        scene.published(RENAMED)
    assert scene.sent() == []


def test_a_broker_that_goes_away_in_between_is_said(scene: Scene) -> None:
    """The topic was read, then nobody answers: the message says how many records are there."""
    from cli.watchlist_topic import encode_updates, send_updates

    away = scene.settings.model_copy(
        update={"kafka": scene.settings.kafka.model_copy(update={"bootstrap": "127.0.0.1:1"})}
    )
    updates = [put(1, RENAMED), put(2, SECOND)]
    with pytest.raises(BrokerError, match=r"0 of 2 records were sent, then the broker at 127"):
        asyncio.run(send_updates(away, updates, encode_updates(away, updates)))


def test_a_running_worker_takes_it_and_goes_back(broker: Broker, tmp_path: Path) -> None:
    with running(broker, "publish-", tmp_path) as worker:
        before = asyncio.run(worker.flag()).versions.watchlist
        scene = Scene(worker.settings, worker.files)
        said = orjson.loads(scene.published(CONTEST, SECOND, options=["--json"]))
        assert said["version"] != before
        assert asyncio.run(judged_by(worker, said["version"])) == said["version"]
        scene.run("rollback")
        assert asyncio.run(judged_by(worker, before)) == before
        assert asyncio.run(worker.refused()) == set()


async def judged_by(worker: Running, version: str) -> str:
    """The watchlist that the next flag names, once the worker says that it has this one."""
    await worker.until("netral_list_info", "version", lambda found: version in found)
    return (await worker.flag()).versions.watchlist
