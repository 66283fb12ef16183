"""`netral explain`: one post through every stage, with what held and what failed."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.input_file import open_input
from cli.screen import RegisterOption, WatchlistOption, open_stages


def explain(
    ctx: typer.Context,
    post: Annotated[Path, typer.Argument(metavar="POST.json", help="One post; - reads stdin.")],
    register: RegisterOption,
    watchlist: WatchlistOption,
    as_json: Annotated[bool, typer.Option("--json", help="The stages as JSON.")] = False,
) -> None:
    """Say for one post why it would be flagged or not. Nothing is written or kept."""
    from cli.explanation import explain_value

    stages = open_stages(ctx, register, watchlist)
    if str(post) == "-":
        value = sys.stdin.buffer.read()
    else:
        with open_input(post) as file:
            value = file.read()
    steps = explain_value(value.strip(), stages)
    if as_json:
        import orjson

        typer.echo(orjson.dumps(steps, option=orjson.OPT_INDENT_2).decode())
        return
    for number, step in enumerate(steps, start=1):
        typer.echo(f"{number}. {step.stage}: {step.result}")
        for line in step.lines:
            typer.echo(f"   {line}")
