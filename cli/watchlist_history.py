"""`netral watchlist history`: every record of `watchlist-updates`, and what became of it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.context import invocation, run_quietly
from cli.watchlist_publish import base_file, new_replay

if TYPE_CHECKING:
    from config.settings import Settings
    from lists.watchlist_history import TopicRecord


def history(
    ctx: typer.Context,
    bootstrap: Annotated[str | None, typer.Option(help="Broker, HOST:PORT.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the records, oldest first: what each changed, and whether it is in force.

    `in force`: the contest is as this record has it. `replaced`: a later record changed the
    contest again. `refused`: workers do not take it, and why.
    """
    from lists.watchlist_file import load_watchlist
    from lists.watchlist_history import newest_by_place, replay_records

    settings = invocation(ctx).settings({"kafka": {"bootstrap": bootstrap} if bootstrap else {}})
    base = load_watchlist(base_file(settings))
    steps = replay_records(new_replay(settings, base), run_quietly(_read(settings)))
    standing = {step.record.offset for step in newest_by_place(steps).values()}
    rows = []
    for step in steps:
        state = "in force" if step.record.offset in standing else "replaced"
        rows.append(_row(step.record, "refused" if step.refused else state, step.refused))
    if as_json:
        import orjson

        for row in rows:
            typer.echo(orjson.dumps(row).decode())
        return
    if not rows:
        typer.echo(f"{settings.topics.watchlist_updates} is empty: the base file is in force")
        return
    typer.echo("sequence  offset  time                  op      entries  state     contest")
    for row in rows:
        typer.echo(_line(row))


async def _read(settings: "Settings") -> "list[TopicRecord]":
    from cli.watchlist_topic import open_updates

    async with open_updates(settings) as topic:
        return await topic.read()


def _row(record: "TopicRecord", state: str, reason: str) -> dict[str, Any]:
    from matchers.watchlist_update import entry_total

    at = datetime.fromtimestamp(record.timestamp / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    update = record.update
    return {
        "sequence": update.sequence if update else None,
        "offset": record.offset,
        "time": at,
        "op": update.op if update else None,
        "election": update.election_id if update else None,
        "contest": update.contest_id if update else None,
        "entries": entry_total(update.contest) if update and update.contest else 0,
        "publication": update.publication if update else None,
        "state": state,
        "reason": reason,
    }


def _line(row: dict[str, Any]) -> str:
    shown = {name: "-" if value is None else value for name, value in row.items()}
    line = (
        f"{shown['sequence']:>8}  {shown['offset']:>6}  {shown['time']}  {shown['op']:<6}  "
        f"{shown['entries']:>7}  {shown['state']:<8}  {shown['contest']}"
    )
    return f"{line}\n          {row['reason']}" if row["reason"] else line
