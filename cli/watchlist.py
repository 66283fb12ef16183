"""`netral watchlist`: make a watchlist, check it, put it in force, take it back."""

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console

from cli.watchlist_history import history
from cli.watchlist_import import import_
from cli.watchlist_publish import publish, rollback
from config.errors import WatchlistError
from config.settings import CONFIG_DIR
from lists.ordinary_text import load_ordinary_text
from lists.watchlist_file import read_watchlist
from matchers.watchlist_check import watchlist_problems, watchlist_warnings
from matchers.watchlist_index import WatchlistIndex

app = typer.Typer(
    help="Make, check and publish watchlists, and take them back.", no_args_is_help=True
)
app.command("import")(import_)
app.command("publish")(publish)
app.command("rollback")(rollback)
app.command("history")(history)

MOST_WARNINGS = 40
"""That are printed; a list of hundreds of contests has thousands. --json has them all."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A watchlist, .yaml or .json.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check schema, ballot symmetry, windows and accounts; warn of ambiguous terms and overlaps.

    Exits 65 where the watchlist is refused.
    """
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    summary: dict[str, object] = {}
    try:
        watchlist = read_watchlist(file)
    except WatchlistError as error:
        errors = (str(error),)
    else:
        errors = watchlist_problems(watchlist)
        ordinary = load_ordinary_text(CONFIG_DIR)
        warnings = watchlist_warnings(watchlist, ordinary)
        if not errors:
            index = WatchlistIndex(watchlist, ordinary)
            summary = {
                "version": index.version,
                "elections": sorted(index.election_ids),
                "entries": index.entry_count,
            }
    if as_json:
        report = {"file": str(file), "ok": not errors, "errors": errors, "warnings": warnings}
        typer.echo(orjson.dumps(report | summary, option=orjson.OPT_INDENT_2).decode())
    else:
        _print(file, errors, warnings, summary)
    if errors:
        raise typer.Exit(WatchlistError.exit_code)


def _print(
    file: Path, errors: tuple[str, ...], warnings: tuple[str, ...], summary: dict[str, object]
) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for line in errors:
        console.print("[red]error[/red]  ", end="")
        console.print(line, markup=False)
    for line in warnings[:MOST_WARNINGS]:
        console.print("[yellow]warning[/yellow]  ", end="")
        console.print(line, markup=False)
    if len(warnings) > MOST_WARNINGS:
        console.print(f"… {len(warnings) - MOST_WARNINGS:,} more warnings; --json has them all.")
    if errors:
        console.print(f"{file}: refused, {len(errors)} error(s).", markup=False)
    else:
        console.print(
            f"{file}: fit to be in force ({summary['entries']} entries, version "
            f"{summary['version']}), {len(warnings)} warning(s).",
            markup=False,
        )
