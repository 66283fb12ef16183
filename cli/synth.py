"""`netral synth`: synthetic registers and streams of posts with known truth."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli.progress import counted
from config.errors import InputError

if TYPE_CHECKING:
    from streams.records import Watchlist
    from synth.author_posts import AuthorPost
    from synth.population import Population

SAMPLE_ELECTION = "jatim-2024.yaml"
"""The example election that ships in `config/elections`."""
_POSTS_A_STEP: Final = 1_000
"""Between two steps of the progress bar."""

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

    'synth authors' of the same people and seed are authors for it.
    """
    from synth.population_file import ENDINGS, write_population

    _check_place(out, ENDINGS)
    population = _drawn_population(people, seed)
    with counted("writing accounts", len(population.handles)) as progress:
        count = _written(out, lambda: write_population(population, out, progress))
    typer.echo(f"{out}: {count:,} accounts of {people:,} people")


@app.command()
def authors(
    out: Annotated[Path, typer.Option("-o", "--out", help="File of posts to write (JSONL).")],
    truth: Annotated[
        Path, typer.Option(help="File for the account that each author truly is (JSONL).")
    ],
    kind: Annotated[
        list[str] | None,
        typer.Option(help="Kind of author, such as look_alike; repeatable. Without it all."),
    ] = None,
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, help="How many authors of each kind.")
    ] = 1_000,
    people: PeopleOption = 400,
    seed: SeedOption = 1,
    watchlist: WatchlistOption = None,
) -> None:
    """Write posts by people of 'synth register', their other accounts, and look-alike outsiders.

    Give the people and seed of that register. Every post supports a candidate by name within the
    campaign, so that the posts differ by their authors alone.
    """
    from synth.actors import KINDS
    from synth.author_posts import draw_author_posts

    kinds = tuple(dict.fromkeys(kind or KINDS))
    for one in kinds:
        if one not in KINDS:
            raise InputError(f"{one}: no kind of author. Give one of {', '.join(KINDS)}.")
    for file in (out, truth):
        _check_place(file, (".jsonl",))
    if out.resolve() == truth.resolve():
        raise InputError(f"{out}: posts and truth need a file each. Name two.")
    loaded = _watchlist(watchlist)
    population = _drawn_population(people, seed)
    total = len(kinds) * count
    try:
        with counted("drawing authors", total) as progress:
            drawn = draw_author_posts(population, loaded, kinds, count, seed, progress)
    except ValueError as error:
        raise InputError(str(error)) from None
    with counted("writing posts", total) as progress:
        written = _written(out, lambda: _write_author_posts(drawn, out, truth, progress))
    typer.echo(f"{out}: {written:,} posts by {len(kinds)} kinds of authors, who are in {truth}")


@app.command()
def posts(
    out: Annotated[Path, typer.Option("-o", "--out", help="File of posts to write (JSONL).")],
    truth: Annotated[
        Path | None, typer.Option(help="File for the known answer of each line (JSONL).")
    ] = None,
    register_out: Annotated[
        Path | None, typer.Option(help="Source of the register that the posts fit (CSV).")
    ] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many posts.")] = 4_000,
    people: PeopleOption = 400,
    seed: SeedOption = 1,
    watchlist: WatchlistOption = None,
) -> None:
    """Write posts of every kind by and around the people of a small register of their own.

    That register is --register-out; 'synth register' draws other people. Values that no line can
    hold (null) are left out.
    """
    from synth.files import write_posts
    from synth.posts import draw_posts
    from synth.register import draw_register, write_source

    if register_out is not None:
        _check_place(register_out, (".csv",))
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


def _write_author_posts(
    drawn: "Iterable[AuthorPost]", out: Path, truth: Path, progress: Callable[[int], None]
) -> int:
    """One line a post in both files; returns how many."""
    import orjson

    from streams.codec import encode

    done = 0
    with out.open("wb") as lines, truth.open("wb") as answers:
        for done, one in enumerate(drawn, start=1):
            lines.write(encode(one.post) + b"\n")
            answers.write(orjson.dumps(one.truth()) + b"\n")
            if done % _POSTS_A_STEP == 0:
                progress(done)
    progress(done)
    return done


def _drawn_population(people: int, seed: int) -> "Population":
    from synth.population import draw_population

    try:
        with counted("drawing people", None):  # all at once: only the time can be shown
            return draw_population(people, seed)
    except ValueError as error:
        raise InputError(str(error)) from None


def _watchlist(file: Path | None) -> "Watchlist":
    from config.settings import CONFIG_DIR
    from lists.watchlist_file import load_watchlist

    return load_watchlist(file or CONFIG_DIR / "elections" / SAMPLE_ELECTION)


def _check_place(path: Path, endings: Sequence[str]) -> None:
    """Refuse what cannot be written there before anything is drawn, which may take minutes."""
    if path.suffix not in endings:
        raise InputError(f"{path}: give a file that ends in {' or '.join(endings)}.")
    if not path.parent.is_dir():
        raise InputError(f"{path}: its folder is not there. Name a file in a writable folder.")


def _written(out: Path, write: Callable[[], int]) -> int:
    try:
        return write()
    except OSError as error:
        raise InputError(
            f"{error.filename or out}: {error.strerror or type(error).__name__}. "
            "Name a file in a writable folder."
        ) from None
