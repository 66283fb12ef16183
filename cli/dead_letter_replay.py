"""`netral dead-letters replay`: judge refused records again where they lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from cli.context import invocation, run_quietly
from config.errors import InputError

if TYPE_CHECKING:
    from aiokafka import AIOKafkaConsumer

    from cli.lists_now import ListsNow
    from cli.rejudge import Judged, Writers
    from cli.spans import Place
    from config.settings import Settings
    from streams.records import DeadLetter

EXIT_CODES: Final = {"expired": 3, "changed": 1, "defect": 70}
"""By status; the highest of those that came up is the command's."""

Status = Literal["judged", "refused", "expired", "changed", "defect"]


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one dead letter. `now` is the disposition, or the reason and path, or where
    our code raised; `new_flags` are those that were not on the topic."""

    place: str
    was: str
    status: Status
    now: str = ""
    new_flags: int = 0


def replay_letters(
    ctx: typer.Context,
    places: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TOPIC:PARTITION:OFFSET]…", help="These only; else all."),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Only those with this reason.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    bootstrap: Annotated[str | None, typer.Option(help="Broker, HOST:PORT.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Judge refused records again, in place, under the lists in force.

    A record that can be read now is judged, and its flags are added as a worker adds them. One
    that is still bad gets a new dead letter. Exits 3 where a record is past retention, 1 where
    another record lies in its place, 70 where our code raised, 75 where flagging is stopped.
    """
    from cli.spans import parse_place

    wanted = {parse_place(text) for text in places or ()}
    settings = invocation(ctx).settings({"kafka": {"bootstrap": bootstrap} if bootstrap else {}})
    done = run_quietly(_replay(settings, wanted, reason, dry_run=dry_run))
    if as_json:
        import orjson

        for each in done:
            typer.echo(orjson.dumps(each).decode())
    else:
        for each in done:
            flags = f", {_counted(each.new_flags, 'new flag')}" if each.new_flags else ""
            typer.echo(f"{each.place}  {each.was}: {each.status} {each.now}".rstrip() + flags)
        typer.echo(
            _counted(len(done), "dead letter") + (", nothing was written" if dry_run else "")
        )
    code = max((EXIT_CODES.get(each.status, 0) for each in done), default=0)
    if code:
        raise typer.Exit(code)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


async def _replay(
    settings: "Settings", wanted: set["Place"], reason: str | None, *, dry_run: bool
) -> list[Replayed]:
    from aiokafka.errors import KafkaError

    from cli.dead_letters import read_letters
    from cli.flag_ids import known_flag_ids
    from cli.lists_now import lists_now
    from cli.rejudge import open_writers
    from cli.topic_reader import open_topic
    from config.errors import BrokerError

    letters = _chosen([each.letter for each in await read_letters(settings)], wanted, reason)
    done: list[Replayed] = []
    try:
        async with lists_now(settings) as lists, open_writers(settings, lists) as writers:
            known = await known_flag_ids(settings)
            again = _Again(settings, lists, known, None if dry_run else writers)
            for topic, group in groupby(letters, key=lambda letter: letter.topic):
                async with open_topic(settings.kafka, topic, from_start=True) as consumer:
                    done.extend([await again.replay(letter, consumer) for letter in group])
    except KafkaError as error:
        raise BrokerError(
            f"the broker at {settings.kafka.bootstrap} cannot be used ({type(error).__name__}). "
            "Some records may be done; replay all of them again, nothing is added twice."
        ) from None
    return done


def _chosen(
    letters: Sequence["DeadLetter"], wanted: set["Place"], reason: str | None
) -> list["DeadLetter"]:
    """Raises InputError for a place without a dead letter, and a reason that there is none of."""
    from cli.spans import Place
    from streams.metrics import REASONS

    if reason is not None and reason not in REASONS:
        raise InputError(f"there is no reason {reason!r}. The reasons are {', '.join(REASONS)}.")
    by_place = {Place(each.topic, each.partition, each.offset): each for each in letters}
    if wanted - by_place.keys():
        raise InputError(
            f"no dead letter is about {', '.join(sorted(map(str, wanted - by_place.keys())))}. "
            "See 'netral dead-letters list'."
        )
    return [
        letter
        for place, letter in sorted(by_place.items())
        if (not wanted or place in wanted) and reason in (None, letter.reason)
    ]


class _Again:
    """Judges the records of dead letters again, one by one. Without writers, for show."""

    def __init__(
        self,
        settings: "Settings",
        lists: "ListsNow",
        known: set[bytes],
        writers: "Writers | None",
    ) -> None:
        from agents.envelopes import Envelopes
        from cli.lists_now import ENGINE_VERSION

        self._settings = settings
        self._lists = lists
        self._known = known
        self._writers = writers
        self._envelopes = Envelopes(settings.topics, ENGINE_VERSION)

    async def replay(self, letter: "DeadLetter", consumer: "AIOKafkaConsumer") -> Replayed:
        """Raises StoppedError, KafkaError."""
        from cli.rejudge import judge, told
        from cli.span_reader import is_expired, read_at
        from cli.spans import Place

        place = Place(letter.topic, letter.partition, letter.offset)
        record = await read_at(consumer, place)
        if record is None:
            expired = await is_expired(consumer, place)
            return Replayed(str(place), letter.reason, "expired" if expired else "changed")
        if sha256(record.value or b"").hexdigest() != letter.sha256:
            return Replayed(str(place), letter.reason, "changed")
        stages = self._lists.stages_on_request
        [found] = judge([record], stages, self._settings.kafka.message_max_bytes)
        if found.outcome is None:
            assert found.defect is not None  # noqa: S101 - one of the two is there
            return Replayed(str(place), letter.reason, "defect", told(found.defect))
        new = await self._write(found)
        if found.failure is not None:
            now = f"{found.failure.reason} at {found.failure.path}"
            return Replayed(str(place), letter.reason, "refused", now)
        return Replayed(str(place), letter.reason, "judged", found.outcome.disposition, new)

    async def _write(self, found: "Judged") -> int:
        """Returns how many flags were not on the topic yet."""
        from cli.rejudge import NewFlag, write_flags, write_letters

        flags = [
            NewFlag(found.record, flag)
            for flag in (found.outcome.flags if found.outcome is not None else ())
            if flag.flag_id.encode() not in self._known
        ]
        if self._writers is not None:
            await write_flags(flags, self._lists, self._writers, self._envelopes)
            if found.failure is not None:
                letter = self._envelopes.letter(found.record, found.failure)
                await write_letters([letter], self._writers)
        self._known.update(new.flag.flag_id.encode() for new in flags)
        return len(flags)
