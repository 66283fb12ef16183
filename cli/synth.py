"""`netral synth`: synthetic registers and streams of posts with known truth."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.progress import staged
from config.errors import InputError

if TYPE_CHECKING:
    from streams.records import Watchlist

SAMPLE_ELECTION = "jatim-2024.yaml"
"""The example election that ships in `config/elections`."""

app = typer.Typer(
    help="Make synthetic registers and streams of posts with known truth.", no_args_is_help=True
)

PeopleOption = Annotated[int, typer.Option(min=1, help="How many invented people.")]
SeedOption = Annotated[int, typer.Option(help="The same seed gives the same bytes.")]
WatchlistOption = Annotated[
    Path | None, typer.Option(help="Watchlist file; without it the example election.")
]


@app.command()
def register(
    out: Annotated[
        Path, typer.Option("-o", "--out", help="Source file: .csv, .jsonl or .parquet.")
    ],
    people: PeopleOption = 400,
    seed: SeedOption = 1,
) -> None:
    """Write a register source of invented people, for 'netral register build'.

    Five million people take about a minute. 'synth authors' of the same people and seed fits it.
    """
    from synth.population import draw_population
    from synth.population_file import ENDINGS, write_population

    if out.suffix not in ENDINGS:
        raise InputError(f"{out}: give a file that ends in {', '.join(ENDINGS)}.")
    _check_writable(out)
    with staged() as progress:
        progress("drawing people", 0)
        population = draw_population(people, seed)
        count = _written(
            out,
            lambda: write_population(population, out, partial(progress, "writing accounts")),
        )
    typer.echo(f"{out}: {count:,} accounts of {people:,} people")


@app.command()
def authors(
    out: Annotated[Path, typer.Option("-o", "--out", help="File of posts to write (JSONL).")],
    truth: Annotated[
        Path, typer.Option(help="File for the true author of each line, or null (JSONL).")
    ],
    kind: Annotated[
        list[str] | None, typer.Option(help="Kind of author, may be repeated. [default: all]")
    ] = None,
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, help="How many authors of each kind.")
    ] = 1_000,
    people: PeopleOption = 400,
    seed: SeedOption = 1,
    watchlist: WatchlistOption = None,
) -> None:
    """Write a post by each of many authors, registered or not, beside 'synth register'.

    Use the people and seed of 'synth register'. Every post supports a candidate by full name.
    """
    from synth.actors import KINDS
    from synth.author_posts import draw_author_posts
    from synth.files import write_author_posts
    from synth.population import draw_population

    kinds = list(dict.fromkeys(kind or KINDS))
    unknown = [one for one in kinds if one not in KINDS]
    if unknown:
        raise InputError(
            f"{', '.join(unknown)}: no kind of author. Give one of {', '.join(KINDS)}."
        )
    if out.resolve() == truth.resolve():
        raise InputError(f"{out}: posts and truth need a file each. Name two.")
    loaded = _watchlist(watchlist)
    for file in (out, truth):
        _check_writable(file)
    with staged() as progress:
        progress("drawing people", 0)
        population = draw_population(people, seed)
        try:
            drawn = draw_author_posts(
                population, loaded, kinds, count, seed, partial(progress, "drawing authors")
            )
        except ValueError as error:
            raise InputError(str(error)) from None
        progress("writing posts", 0)
        written = _written(out, lambda: write_author_posts(drawn, out, truth))
    typer.echo(f"{out}: {written:,} posts, their authors in {truth}")


@app.command()
def posts(
    out: Annotated[Path, typer.Option("-o", "--out", help="File of posts to write (JSONL).")],
    truth: Annotated[
        Path | None, typer.Option(help="File for the known answer of each line (JSONL).")
    ] = None,
    register_out: Annotated[
        Path | None, typer.Option(help="Register source that the posts fit, to write (CSV).")
    ] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many posts.")] = 4_000,
    people: PeopleOption = 400,
    seed: SeedOption = 1,
    watchlist: WatchlistOption = None,
) -> None:
    """Write posts of every kind by and around the people of a small register of their own.

    That register comes with --register-out; 'synth register' draws other people. Values that no
    line can hold (null) are left out.
    """
    from synth.files import write_posts
    from synth.posts import draw_posts
    from synth.register import draw_register, write_source

    rows = draw_register(people, seed)
    try:
        sample = draw_posts(_watchlist(watchlist), rows, count, seed)
    except ValueError as error:
        raise InputError(str(error)) from None
    if register_out is not None:
        source = register_out
        accounts = _written(source, lambda: write_source(rows, source))
        typer.echo(f"{source}: {accounts:,} accounts of {people:,} people")
    written = _written(out, lambda: write_posts(sample, out, truth))
    typer.echo(f"{out}: {written:,} posts{f', known answers in {truth}' if truth else ''}")


def _watchlist(file: Path | None) -> "Watchlist":
    from config.settings import CONFIG_DIR
    from lists.watchlist_file import load_watchlist

    return load_watchlist(file or CONFIG_DIR / "elections" / SAMPLE_ELECTION)


def _check_writable(out: Path) -> None:
    """Before a minute's drawing, not behind it."""

    def opened() -> int:
        with out.open("ab"):
            return 0

    _written(out, opened)


def _written(out: Path, write: Callable[[], int]) -> int:
    try:
        return write()
    except OSError as error:
        raise InputError(
            f"{error.filename or out}: {error.strerror or type(error).__name__}. "
            "Name a file in a writable folder."
        ) from None
