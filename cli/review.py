"""`netral review`: the reviewers' side at the command line. Whoever can run it owns the host."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import invocation

if TYPE_CHECKING:
    from review.desk import Desk

app = typer.Typer()


@contextmanager
def opened(ctx: typer.Context) -> Iterator["Desk"]:
    """The desk of the settings, closed at the end."""
    from datetime import UTC, datetime

    from review.desk import open_desk

    desk = open_desk(invocation(ctx).settings().review, lambda: datetime.now(UTC))
    try:
        yield desk
    finally:
        desk.store.close()


@app.command()
def key(path: Annotated[Path, typer.Argument(metavar="FILE", help="The new key file.")]) -> None:
    """Make the master key that wraps the cases' keys. Without it no case opens."""
    from review.keys import make_master_key

    make_master_key(path)
    typer.echo(f"{path}: new master key. Keep a copy apart from the store's backups.")


@app.command()
def user(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID")],
    display_name: Annotated[str, typer.Option("--name", help="As colleagues call them.")],
    role: Annotated[
        list[str], typer.Option(help="reviewer, lead, auditor or admin; may be repeated.")
    ],
) -> None:
    """Add a user. What they belong to is told to the console by an admin."""
    from config.errors import InvalidInputError
    from review.actors import ROLES
    from review.people import add_first

    known = {one: one for one in ROLES}
    if not set(role) <= known.keys():
        raise InvalidInputError(f"roles are {', '.join(ROLES)}.")
    with opened(ctx) as desk:
        add_first(desk, name, display_name, [known[one] for one in ROLES if one in role])
    typer.echo(f"{name}: added as {', '.join(role)}")


@app.command()
def follow(ctx: typer.Context) -> None:
    """Take flagged events, send decisions and delete what is due, without pages; until SIGTERM."""
    import asyncio
    import signal

    from review.service import run
    from streams.logs import configure_logging

    settings = invocation(ctx).settings()
    configure_logging(settings.log)

    async def until_told(desk: "Desk") -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await run(desk, settings, stop)

    with opened(ctx) as desk:
        asyncio.run(until_told(desk))


@app.command()
def sweep(ctx: typer.Context) -> None:
    """Delete what is due by now; the console does so by itself every ten minutes."""
    from review.retention import sweep

    with opened(ctx) as desk:
        swept = sweep(desk)
    for policy, cases in swept.cases.items():
        typer.echo(f"{policy:<12} {cases:>8,} cases deleted")
    if not swept.written_over:
        typer.echo("somebody reads an older state: the log is written over at the next sweep")
        raise typer.Exit(1)


@app.command()
def backup(
    ctx: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The new copy of the store.")],
    keys: Annotated[
        Path | None, typer.Option(help="Where the wrapped keys go; replaces the last ones.")
    ] = None,
) -> None:
    """Copy an SQLite store, without the cases' keys unless --keys names a file for them."""
    from review.backup import backup

    with opened(ctx) as desk:
        backup(desk, target, keys=keys)
    typer.echo(f"{target}: written" + (f"; keys in {keys}" if keys else "; no keys"))
