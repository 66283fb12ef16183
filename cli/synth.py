"""`netral synth`: synthetic registers and post streams with known truth."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from config.errors import InputError

SAMPLE_ELECTION = "jatim-2024.yaml"
"""The example election that ships in `config/elections`."""

app = typer.Typer(
    help="Make synthetic registers and post streams with known truth.", no_args_is_help=True
)

PeopleOption = Annotated[int, typer.Option(min=1, help="How many invented people.")]
SeedOption = Annotated[int, typer.Option(help="The same seed gives the same bytes.")]


@app.command()
def register(
    out: Annotated[Path, typer.Option("-o", "--out", help="Source file to write (CSV).")],
    people: PeopleOption = 400,
    seed: SeedOption = 1,
) -> None:
    """Write a register source of invented people, for 'netral register build'."""
    from synth.register import draw_register, write_source

    count = _written(out, lambda: write_source(draw_register(people, seed), out))
    typer.echo(f"{out}: {count:,} accounts of {people:,} people")


@app.command()
def posts(
    out: Annotated[Path, typer.Option("-o", "--out", help="File of posts to write (JSONL).")],
    truth: Annotated[
        Path | None, typer.Option(help="File for the known answer of each line (JSONL).")
    ] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many posts.")] = 4_000,
    people: PeopleOption = 400,
    seed: SeedOption = 1,
    watchlist: Annotated[
        Path | None, typer.Option(help="Watchlist file; without it the example election.")
    ] = None,
) -> None:
    """Write posts of every kind by and around the people of 'synth register' of the same seed.

    Values that no line can hold (null) are left out.
    """
    from config.settings import CONFIG_DIR
    from lists.watchlist_file import load_watchlist
    from synth.files import write_posts
    from synth.posts import draw_posts
    from synth.register import draw_register

    loaded = load_watchlist(watchlist or CONFIG_DIR / "elections" / SAMPLE_ELECTION)
    try:
        sample = draw_posts(loaded, draw_register(people, seed), count, seed)
    except ValueError as error:
        raise InputError(str(error)) from None
    written = _written(out, lambda: write_posts(sample, out, truth))
    typer.echo(f"{out}: {written:,} posts{f', known answers in {truth}' if truth else ''}")


def _written(out: Path, write: Callable[[], int]) -> int:
    try:
        return write()
    except OSError as error:
        raise InputError(
            f"{error.filename or out}: {error.strerror or type(error).__name__}. "
            "Name a file in a writable folder."
        ) from None
