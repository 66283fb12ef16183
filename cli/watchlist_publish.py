"""`netral watchlist publish | rollback`: records that put a list, or an earlier one, in force."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.context import invocation, run_quietly
from config.errors import SettingsError, WatchlistError

if TYPE_CHECKING:
    from config.settings import Settings
    from lists.watchlist_history import Step
    from lists.watchlist_plan import Change, Plan
    from streams.records import Watchlist

Bootstrap = Annotated[str | None, typer.Option(help="Broker, HOST:PORT.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the records, send nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

Wanted = Callable[["Watchlist", Sequence["Step"]], "Watchlist"]
"""The list to put in force, given the base and all that the topic's records did."""


def publish(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The whole watchlist, .yaml or .json.")],
    dry_run: DryRun = False,
    allow_shrink: Annotated[
        bool,
        typer.Option("--allow-shrink", help="A fall by more than lists.max_shrink is meant."),
    ] = False,
    bootstrap: Bootstrap = None,
    as_json: Json = False,
) -> None:
    """Put FILE in force in running workers: one record for each contest that differs.

    FILE is compared with what a worker has: lists.watchlist_file and the records of
    watchlist-updates over it. What a worker would refuse is refused before anything is sent.
    """
    from lists.watchlist_file import load_watchlist

    settings = _settings(ctx, bootstrap)
    wanted = load_watchlist(file)
    result = _send(settings, lambda _base, _steps: wanted, allow_shrink, dry_run, as_json)
    base = settings.lists.watchlist_file
    is_base = base is not None and base.exists() and base.samefile(file)
    if is_base and not result.plan.changes and not as_json:
        typer.echo(
            f"{file} is the base itself: workers that run have it as it was at their start, or at "
            "their last reload. SIGHUP makes them read it again."
        )


def rollback(
    ctx: typer.Context,
    to: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="SEQUENCE", help="The list as it was after that record; 0: base."
        ),
    ] = None,
    contest: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Only this contest, as it was before its newest."),
    ] = None,
    dry_run: DryRun = False,
    bootstrap: Bootstrap = None,
    as_json: Json = False,
) -> None:
    """Put an earlier version in force again; without an option, that before the newest publish.

    The topic is never rewritten: the earlier version goes out in new records. So a second rollback
    undoes the first; to go further back, name the sequence.
    """
    from lists import watchlist_history as history

    if to is not None and contest is not None:
        raise typer.BadParameter("give --to or --contest, not both")

    def wanted(base: "Watchlist", steps: "Sequence[Step]") -> "Watchlist":
        if to is not None:
            return history.at_sequence(base, steps, to)
        if contest is not None:
            return history.before_newest_of(steps, contest)
        return history.before_newest_publication(steps)

    # What was in force before may be in force again, however much smaller it is.
    _send(_settings(ctx, bootstrap), wanted, True, dry_run, as_json)


@dataclass(frozen=True, slots=True)
class _Result:
    plan: "Plan"
    records_before: int
    refused_before: int
    wanted: "Watchlist"
    sent: bool


def _send(
    settings: "Settings", wanted: Wanted, may_shrink: bool, dry_run: bool, as_json: bool
) -> _Result:
    from lists.watchlist_file import load_watchlist

    base = load_watchlist(base_file(settings))
    result = run_quietly(_plan_and_send(settings, base, wanted, may_shrink, dry_run))
    if as_json:
        import orjson

        typer.echo(orjson.dumps(_as_json(settings, result), option=orjson.OPT_INDENT_2).decode())
    else:
        _print(settings, result)
    return result


async def _plan_and_send(
    settings: "Settings", base: "Watchlist", wanted: Wanted, may_shrink: bool, dry_run: bool
) -> _Result:
    from cli.progress import counted
    from cli.watchlist_topic import encode_updates, open_updates, send_updates
    from lists.watchlist_history import replay_records
    from lists.watchlist_plan import plan
    from lists.watchlist_replay import says_the_same

    async with open_updates(settings) as topic:
        records = await topic.read()
        replay = new_replay(settings, base)
        steps = replay_records(replay, records)
        target = wanted(base, steps)
        # Above every number that was ever used with a trusted key, refused ones too.
        used = (record.update.sequence for record in records if record.update and not record.unfit)
        newest = max([topic.newest_signed, *used])
        planned = plan(
            replay,
            target,
            max_shrink=settings.lists.max_shrink,
            may_shrink=may_shrink,
            first_sequence=newest + 1,
        )
        refused = sum(bool(step.refused) for step in steps)
        result = _Result(planned, len(records), refused, target, sent=False)
        values = encode_updates(settings, planned.updates)
        if dry_run or not values:
            return result
        with counted("records", len(values)) as progress:
            await send_updates(settings, planned.updates, values, progress)
        records += await topic.read_until(planned.updates[-1].sequence)
        replay = new_replay(settings, base)
        replay_records(replay, records)
        if not says_the_same(replay.watchlist, target):
            raise WatchlistError(
                f"{len(values)} records were sent, but somebody else sent records to "
                f"{settings.topics.watchlist_updates} at the same time, and what is in force now "
                "is not the list that was asked for. Look at 'netral watchlist history', and send "
                "it again."
            )
    return _Result(planned, len(records), refused, target, sent=True)


def base_file(settings: "Settings") -> Path:
    """The file that workers start with. Raises SettingsError where it is not named."""
    if settings.lists.watchlist_file is None:
        raise SettingsError(
            "lists.watchlist_file must be set: what is in force is that file and the records over "
            "it. Name the file that workers start with, in netral.toml or by "
            "NETRAL_LISTS__WATCHLIST_FILE."
        )
    return settings.lists.watchlist_file


def new_replay(settings: "Settings", base: "Watchlist") -> Any:
    """What a worker has at its start, ready to take records."""
    from lists.register_artifact import read_manifest
    from lists.watchlist_replay import WatchlistReplay

    register = settings.lists.register_dir
    elections = None
    if register is not None and register.exists():
        elections = frozenset(read_manifest(register).refs)
    return WatchlistReplay(base, max_shrink=settings.lists.max_shrink, elections=elections)


def _settings(ctx: typer.Context, bootstrap: str | None) -> "Settings":
    return invocation(ctx).settings({"kafka": {"bootstrap": bootstrap} if bootstrap else {}})


def _print(settings: "Settings", result: _Result) -> None:
    topic = settings.topics.watchlist_updates
    if result.refused_before:
        typer.echo(
            f"note: {result.refused_before:,} of the records in {topic} are refused by workers; "
            "'netral watchlist history' says why"
        )
    if settings.lists.register_dir is None or not settings.lists.register_dir.exists():
        typer.echo(
            "note: lists.register_dir is not there, so nobody looked whether the register has "
            "pseudonyms for the elections"
        )
    if not result.plan.changes:
        typer.echo("nothing to send: that list is in force already")
        return
    for change, update in zip(result.plan.changes, result.plan.updates, strict=True):
        typer.echo(f"{update.sequence:>8}  {change.op:<6}  {change.place[1]}  {_told(change)}")
    count = len(result.plan.updates)
    numbers = f"{result.plan.updates[0].sequence} to {result.plan.updates[-1].sequence}"
    if result.sent:
        typer.echo(
            f"sent {count:,} record(s) to {topic}, sequences {numbers}; every worker that reads "
            f"them has version {_version(result.wanted)}"
        )
    else:
        typer.echo(f"dry run: {count:,} record(s) for {topic}, sequences {numbers}; nothing sent")


def _told(change: "Change") -> str:
    from matchers.watchlist_update import entry_total

    before = None if change.before is None else entry_total(change.before)
    if change.passing:
        return "out for a moment: it exchanges an account or a candidate with another contest"
    if change.after is None:
        return f"{before} entries go"
    if change.before == change.after:
        return f"unchanged; its election is called {change.election_name}"
    after = entry_total(change.after)
    return f"{after} entries" + ("" if before is None else f", {before} before")


def _as_json(settings: "Settings", result: _Result) -> dict[str, Any]:
    from matchers.watchlist_update import entry_total

    def total(contest: Any) -> int | None:
        return None if contest is None else entry_total(contest)

    return {
        "topic": settings.topics.watchlist_updates,
        "sent": result.sent,
        "version": _version(result.wanted),
        "records": [
            {
                "sequence": update.sequence,
                "op": change.op,
                "election": change.place[0],
                "contest": change.place[1],
                "entries_before": total(change.before),
                "entries": total(change.after),
                "for_a_moment": change.passing,
            }
            for change, update in zip(result.plan.changes, result.plan.updates, strict=True)
        ],
    }


def _version(watchlist: "Watchlist") -> str:
    """What `netral_list_info` and every flag name this list by."""
    from config.settings import CONFIG_DIR
    from lists.ordinary_text import load_ordinary_text
    from matchers.watchlist_index import WatchlistIndex

    return WatchlistIndex(watchlist, load_ordinary_text(CONFIG_DIR)).version
