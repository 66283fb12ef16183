"""`netral worker`: one screening process, until it is told to stop."""

import typer

from cli.context import invocation


def worker(ctx: typer.Context) -> None:
    """Consume public posts and send what must be reviewed, until SIGTERM or Ctrl-C."""
    settings = invocation(ctx).settings()
    from agents.worker import run_worker

    raise typer.Exit(run_worker(settings))
