"""`netral screen`: the same core on a file, without a broker."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final

import typer

from cli.context import invocation
from cli.input_file import watched_lines
from config.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from matchers.screening import Stages
    from matchers.types import Outcome
    from streams.codec import DecodeFailure
    from streams.records import PublicPost

BATCH: Final = 1_000
SHOWN_FAILURES: Final = 20

RegisterOption = Annotated[
    Path, typer.Option("--register", help="Register built by 'netral register build'.")
]
WatchlistOption = Annotated[Path, typer.Option("--watchlist", help="Watchlist file.")]


@dataclass(frozen=True, slots=True)
class InvalidLine:
    """Where a bad line is and why it was refused; never what it says. Lines count from 1."""

    line: int
    reason: str
    path: str


@dataclass(slots=True)
class Summary:
    """Counts by disposition (they add up to `lines`), flags by rule and by identity status."""

    lines: int = 0
    dispositions: dict[str, int] = field(default_factory=dict)
    rules: dict[str, int] = field(default_factory=dict)
    identities: dict[str, int] = field(default_factory=dict)
    invalid: list[InvalidLine] = field(default_factory=list)

    def add(self, outcome: "Outcome") -> None:
        """Count one post and its flags."""
        self.lines += 1
        self.dispositions[outcome.disposition] += 1
        for flag in outcome.flags:
            status = flag.identity.status
            self.identities[status] = self.identities.get(status, 0) + 1
            for rule in flag.rules:
                self.rules[rule.code] = self.rules.get(rule.code, 0) + 1


def new_summary() -> Summary:
    """Every disposition at 0. Imported late so that `--help` stays quick."""
    from matchers.types import DISPOSITIONS

    return Summary(dispositions=dict.fromkeys(DISPOSITIONS, 0))


def screen(
    ctx: typer.Context,
    posts: Annotated[Path, typer.Argument(metavar="POSTS.jsonl", help="One post a line.")],
    register: RegisterOption,
    watchlist: WatchlistOption,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Flagged events; else standard output.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Summary as JSON.")] = False,
) -> None:
    """Screen a file of posts; write the flagged events, one a line, and a summary.

    The same input and lists give the same bytes. The summary goes to standard output where -o is
    given, else to standard error.
    """
    from rich.console import Console

    stages = open_stages(ctx, register, watchlist)
    summary = new_summary()
    with watched_lines(posts, "screening") as lines, _output(out) as sink:
        for flag in screen_lines(lines, stages, summary):
            sink.write(flag)
            sink.write(b"\n")
    if as_json:
        import orjson

        document = orjson.dumps(summary, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode()
        typer.echo(document, err=out is None)
    else:
        print_summary(summary, Console(stderr=out is None, highlight=False))


def open_stages(ctx: typer.Context, register: Path, watchlist: Path) -> "Stages":
    """The snapshot that a worker with these lists would start with. Raises ListError."""
    from lists.in_force import ListsInForce

    settings = invocation(ctx).settings(
        {"lists": {"register_dir": register, "watchlist_file": watchlist}}
    )
    return ListsInForce(settings).stages


def screen_lines(lines: Iterable[bytes], stages: "Stages", summary: Summary) -> Iterator[bytes]:
    """Judge lines in batches; yields the flagged events' bytes in the order of the lines.

    Blank lines are passed over. `summary` is filled as it goes.
    """
    from matchers.screening import screen as judge_batch
    from streams.codec import DecodeFailure, decode_post, encode

    numbered = ((number, line.rstrip(b"\r\n")) for number, line in enumerate(lines, start=1))
    records = ((number, line) for number, line in numbered if line.strip())
    while chunk := list(islice(records, BATCH)):
        decoded = [decode_post(line) for _, line in chunk]
        batch: list[PublicPost | None] = []
        for (number, _), result in zip(chunk, decoded, strict=True):
            if isinstance(result, DecodeFailure):
                summary.invalid.append(_invalid_line(number, result))
                batch.append(None)
            else:
                batch.append(result)
        for outcome in judge_batch(batch, stages):
            summary.add(outcome)
            yield from map(encode, outcome.flags)


def print_summary(summary: Summary, console: "Console") -> None:
    """Show the counts as a small table, and the first invalid lines."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("disposition")
    table.add_column("posts", justify="right")
    for disposition, count in summary.dispositions.items():
        table.add_row(disposition, f"{count:,}")
    table.add_row("together", f"{summary.lines:,}")
    console.print(table)
    for title, counts in (("rules", summary.rules), ("identity", summary.identities)):
        if counts:
            parts = ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))
            console.print(f"flags by {title}: {parts}", markup=False)
    for bad in summary.invalid[:SHOWN_FAILURES]:
        console.print(f"line {bad.line}: {bad.reason} at {bad.path}", markup=False)
    if (more := len(summary.invalid) - SHOWN_FAILURES) > 0:
        console.print(f"and {more:,} more invalid lines (--json lists them all)")


def _invalid_line(number: int, failure: "DecodeFailure") -> InvalidLine:
    return InvalidLine(number, failure.reason, failure.path)


def _output(out: Path | None) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdout.buffer) if out is None else _ReplacedWhole(out)


class _ReplacedWhole(AbstractContextManager[BinaryIO]):
    """A file that appears under its name only when all of it is written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._partial = path.with_name(f"{path.name}.partial")

    def __enter__(self) -> BinaryIO:
        try:
            self._file = self._partial.open("wb")
        except OSError as error:
            raise InputError(
                f"{self._path}: {error.strerror or type(error).__name__}. "
                "Name a file in a writable folder."
            ) from None
        return self._file

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._file.close()
        if kind is None:
            os.replace(self._partial, self._path)
        else:
            self._partial.unlink(missing_ok=True)
