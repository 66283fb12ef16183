"""`netral stop | resume | status`: the switch of all flagging, on every worker."""

import getpass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.context import invocation, run_quietly

if TYPE_CHECKING:
    from cli.control_topic import Action, Obeyed
    from config.settings import Settings

Reason = Annotated[str, typer.Option(help="Why; it stays in the topic.")]
NO_REASON = "no reason given"
By = Annotated[str | None, typer.Option(help="Who; the user's name unless given.")]
Bootstrap = Annotated[str | None, typer.Option(help="Broker, HOST:PORT.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

GUARANTEE = (
    "no flag is written later than 5 s after that, by any worker; workers that start later obey "
    "it too. Posts are read on and not judged; a replay judges them on request."
)


def stop(
    ctx: typer.Context,
    reason: Reason = NO_REASON,
    by: By = None,
    bootstrap: Bootstrap = None,
    as_json: Json = False,
) -> None:
    """Stop all flagging, on every worker, within five seconds; it holds until `resume`.

    Returns when the record is on enough replicas of the control topic, and is the newest there.
    """
    _send(ctx, "stop", reason, by, bootstrap, as_json)


def resume(
    ctx: typer.Context,
    reason: Reason = NO_REASON,
    by: By = None,
    bootstrap: Bootstrap = None,
    as_json: Json = False,
) -> None:
    """Let all workers flag again; what was not judged meanwhile is judged by a replay only."""
    _send(ctx, "resume", reason, by, bootstrap, as_json)


def status(
    ctx: typer.Context,
    worker: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST:PORT", help="Ask this worker too (its metrics port)."),
    ] = None,
    bootstrap: Bootstrap = None,
    as_json: Json = False,
) -> None:
    """Say whether flagging is stopped, since when, by whose record; exit 1 while it is stopped.

    With --worker, also what these workers have confirmed of the control topic.
    """
    from cli.control_topic import read_control
    from cli.worker_state import ask_workers

    settings = _settings(ctx, bootstrap)
    topic = run_quietly(read_control(settings))
    workers = run_quietly(ask_workers(worker or []))
    stopped = topic.in_force is not None and topic.in_force.record.action == "stop"
    if as_json:
        import orjson

        state = {
            "stopped": stopped,
            "in_force": None if topic.in_force is None else _as_json(topic.in_force),
            "next_sequence": topic.next_sequence,
            "refused": [{"offset": offset, "reason": why} for offset, why in topic.refused],
            "workers": workers,
        }
        typer.echo(orjson.dumps(state, option=orjson.OPT_INDENT_2).decode())
    else:
        if topic.in_force is None:
            typer.echo("not stopped: no control record was ever obeyed")
        else:
            typer.echo(f"{'stopped' if stopped else 'not stopped'}: {_told(topic.in_force)}")
        for offset, why in topic.refused:
            typer.echo(f"  offset {offset} is refused by workers: {why}")
        for name, answer in workers.items():
            typer.echo(f"  worker {name}: {_told_worker(answer)}")
    if stopped:
        raise typer.Exit(1)


def _send(
    ctx: typer.Context,
    action: "Action",
    reason: str,
    by: str | None,
    bootstrap: str | None,
    as_json: bool,
) -> None:
    from cli.control_topic import send_control

    settings = _settings(ctx, bootstrap)
    sent = run_quietly(send_control(settings, action, reason, by or getpass.getuser()))
    if as_json:
        import orjson

        typer.echo(orjson.dumps(_as_json(sent), option=orjson.OPT_INDENT_2).decode())
        return
    done = "flagging is stopped" if action == "stop" else "flagging is resumed"
    typer.echo(f"{done}: {settings.topics.control} {_told(sent)}")
    if action == "stop":
        typer.echo(GUARANTEE)


def _settings(ctx: typer.Context, bootstrap: str | None) -> "Settings":
    return invocation(ctx).settings({"kafka": {"bootstrap": bootstrap} if bootstrap else {}})


def _time(obeyed: "Obeyed") -> str:
    at = datetime.fromtimestamp(obeyed.timestamp / 1_000, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _told(obeyed: "Obeyed") -> str:
    clock = "broker's clock" if obeyed.is_broker_time else "sender's clock"
    signed = f"signed by key {obeyed.signed_by}" if obeyed.signed_by else "not signed"
    return (
        f"offset {obeyed.offset}, {_time(obeyed)} ({clock}), sequence {obeyed.record.sequence}, "
        f"{signed}, by {obeyed.record.by}: {obeyed.record.reason}"
    )


def _as_json(obeyed: "Obeyed") -> dict[str, Any]:
    return {
        "action": obeyed.record.action,
        "sequence": obeyed.record.sequence,
        "offset": obeyed.offset,
        "time": _time(obeyed),
        "is_broker_time": obeyed.is_broker_time,
        "signed_by": obeyed.signed_by,
        "by": obeyed.record.by,
        "reason": obeyed.record.reason,
    }


def _told_worker(answer: dict[str, Any] | None) -> str:
    if answer is None:
        return "does not answer"
    control = answer.get("control", {})
    age = control.get("confirmed")
    confirmed = "nothing confirmed yet" if age is None else f"confirmed {age:.1f} s ago"
    sends = "sends flags" if control.get("may_flag") else "sends no flags"
    return f"{sends}, {confirmed}, obeys sequence {control.get('sequence') or 'none'}"
