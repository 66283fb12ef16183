"""`netral watchlist import`: a watchlist from the ballots of the election commission."""

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from lists.ballot_import import ImportReport


def import_(
    ballot: Annotated[
        Path, typer.Argument(metavar="BALLOT.csv", help="Every pair of every ballot.")
    ],
    calendar: Annotated[
        Path,
        typer.Option(metavar="YAML", help="The election's id, name, phases and ballot source."),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="OUT", help="A .yaml or .json file.")
    ],
    accounts: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="Campaign accounts, and the candidates' own."),
    ] = None,
    form: Annotated[
        Literal["pilkada", "dct"],
        typer.Option(help="pilkada: pairs of regional elections; dct: a legislative list."),
    ] = "pilkada",
    allow_gaps: Annotated[
        bool, typer.Option("--allow-gaps", help="Numbers may be missing: a pair was struck off.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The numbers as JSON.")] = False,
) -> None:
    """Build a watchlist from the ballots, the registered accounts and the election's calendar.

    Every contest is taken with all its pairs. Every bad line is named, with file, line and column,
    and then nothing is written. The formats are described in docs/watchlist.md.
    """
    from cli.progress import staged
    from config.settings import CONFIG_DIR
    from lists.ballot_import import import_ballot
    from lists.ordinary_text import load_ordinary_text
    from lists.watchlist_file import check_format, write_watchlist

    check_format(output)
    started = monotonic()
    ordinary = load_ordinary_text(CONFIG_DIR)
    with staged() as progress:
        watchlist, report = import_ballot(
            ballot,
            calendar,
            accounts,
            ordinary,
            form=form,
            allow_gaps=allow_gaps,
            progress=progress,
        )
        progress("file", 0)
        write_watchlist(output, watchlist)
    if as_json:
        import orjson

        typer.echo(orjson.dumps({"file": str(output)} | report.as_dict()).decode())
        return
    (election,) = watchlist.elections
    typer.echo(
        f"{output}: {election.id}, {report.contests:,} contests, {report.pairs:,} pairs, "
        f"{report.people:,} people, {report.accounts:,} accounts ({monotonic() - started:.1f} s)"
    )
    typer.echo(
        f"  names: {report.people:,} full, {report.short_forms:,} shorter forms, "
        f"{report.nicknames:,} nicknames"
    )
    for warning in _warnings(report):
        typer.echo(f"  warning  {warning}")


def _warnings(report: "ImportReport") -> list[str]:
    """What a person should know of this list before it is put in force."""
    told = (
        (report.empty_boxes, "contests with the empty box; a vote for it is nobody's campaign"),
        (report.one_word_names, "people have a name of one word"),
        (report.ambiguous_names, "people have a full name that does not count alone"),
        (report.shared_names, "people share their full name with another; a hit counts for each"),
        (
            report.without_accounts,
            "people have no account, nor has their pair: likes, follows and joins are not seen",
        ),
        (
            report.unnamed_regions,
            "contests have no name of their region; give them under regions in the calendar",
        ),
    )
    return [f"{count:,} {text}" for count, text in told if count]
