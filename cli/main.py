"""The `netral` command: its sub-commands, and what a failure looks like to the caller.

Exit codes: 0 done; 1 the answer is no; 2 wrong use; 3 past retention; 65, 66, 69, 75, 78 as in
`config.errors`; 70 a defect of ours; 130 interrupted.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import demo, explain, produce, replay, rules, screen, skip, stop, tail, worker
from cli.context import Invocation
from cli.lazy_group import NetralGroup
from config.errors import NetralError

EXIT_SOFTWARE = 70
"""EX_SOFTWARE of sysexits.h."""

app = typer.Typer(
    name="netral",
    cls=NetralGroup,
    help="Watch public posts for possible breaches of civil-service election neutrality.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"netral {version('netral')}")
        raise typer.Exit


@app.callback()
def options(
    ctx: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help="Settings file; without it ./netral.toml where there is one."),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Watch public posts for possible breaches of civil-service election neutrality."""
    ctx.obj = Invocation(config_file=config)


app.command("demo")(demo.demo)
app.command("worker")(worker.worker)
app.command("stop")(stop.stop)
app.command("resume")(stop.resume)
app.command("status")(stop.status)
app.command("produce")(produce.produce)
app.command("tail")(tail.tail)
app.command("replay")(replay.replay)
app.command("skip")(skip.skip)
app.command("screen")(screen.screen)
app.command("explain")(explain.explain)
app.add_typer(rules.app, name="rules")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code. Never lets a traceback show decoded data."""
    try:
        app(arguments, prog_name="netral")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except NetralError as error:
        print(f"netral: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - the last resort: says where, not what
        print(_where(error), file=sys.stderr)  # noqa: T201
        return EXIT_SOFTWARE
    return 0


def _where(error: BaseException) -> str:
    """Types and code locations only: an exception's text may hold a post (invariant 02)."""
    from streams.logs import describe

    said = describe(error)
    return "\n".join(
        [
            f"netral: a defect stopped the command: {', '.join(said['errors'])}",
            *(f"  {frame}" for frame in said["frames"]),
            "Please report the lines above; they hold no post data.",
        ]
    )


def run() -> None:
    """Entry point of the `netral` script."""
    sys.exit(main())


if __name__ == "__main__":
    run()
