"""`netral audit`: the record of who looked at what and decided what."""

from typing import Annotated

import typer

from cli.review import opened

app = typer.Typer()


@app.callback()
def group() -> None:
    """The record of every view, unlock, decision and export."""


@app.command()
def verify(
    ctx: typer.Context,
    expect: Annotated[
        str | None,
        typer.Option(metavar="N:LINK", help="An entry and its link, as printed before and kept."),
    ] = None,
) -> None:
    """Walk the whole chain; names the first entry that was changed, is missing or out of order."""
    from config.errors import InvalidInputError
    from review import audit

    kept = None
    if expect is not None:
        number, colon, link = expect.partition(":")
        if not (colon and number.isdigit() and link):
            raise InvalidInputError("--expect is written N:LINK, as 'netral audit verify' prints.")
        kept = (int(number), link)
    with opened(ctx) as desk:
        found = audit.verify(desk, expect=kept)
    typer.echo(
        f"audit: {found.entries:,} entries, {found.bodies:,} with their bodies, unbroken\n"
        f"keep this elsewhere: {found.entries}:{found.head}"
    )
