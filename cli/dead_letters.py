"""`netral dead-letters`: which records were refused, where they lie and why."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import invocation, run_quietly

if TYPE_CHECKING:
    from config.settings import Settings
    from streams.records import DeadLetter

app = typer.Typer(help="Records that were refused.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Records that were refused."""


@app.command("list")
def list_letters(
    ctx: typer.Context,
    bootstrap: Annotated[str | None, typer.Option(help="Broker, HOST:PORT.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the dead letters: reason, JSON path and place; never what the record said."""
    settings = invocation(ctx).settings({"kafka": {"bootstrap": bootstrap} if bootstrap else {}})
    letters = run_quietly(read_letters(settings))
    if as_json:
        from streams.codec import encode

        for letter in letters:
            typer.echo(encode(letter).decode())
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("at", "place", "reason", "path", "sha256"):
        table.add_column(column, overflow="fold")
    for letter in letters:
        table.add_row(
            letter.at.isoformat(timespec="seconds"),
            f"{letter.topic}:{letter.partition}:{letter.offset}",
            letter.reason,
            letter.path,
            letter.sha256[:12],
        )
    console = Console(highlight=False)
    if letters:
        console.print(table)
    console.print(f"{len(letters):,} dead letters")


async def read_letters(settings: "Settings") -> list["DeadLetter"]:
    """All dead letters, one a refused record (a record may be refused twice after a crash).

    Ordered by topic, partition and offset of the refused record. Raises BrokerError.
    """
    from cli.topic_reader import open_topic, read_to_end
    from streams.codec import DecodeFailure, decode_dead_letter

    found: dict[tuple[str, int, int], DeadLetter] = {}
    async with open_topic(
        settings.kafka, settings.topics.dead_letters, from_start=True
    ) as consumer:
        async for record in read_to_end(consumer):
            letter = decode_dead_letter(record.value)
            if isinstance(letter, DecodeFailure):
                place = f"{record.topic}:{record.partition}:{record.offset}"
                typer.echo(f"{place}: no dead letter, {letter.reason} at {letter.path}", err=True)
                continue
            found[letter.topic, letter.partition, letter.offset] = letter
    return [found[place] for place in sorted(found)]
