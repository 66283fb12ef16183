"""`netral dead-letters`: which records were refused, where they lie and why."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import invocation, run_quietly
from cli.dead_letter_replay import replay_letters

if TYPE_CHECKING:
    from config.settings import Settings
    from streams.records import DeadLetter

app = typer.Typer(help="Records that were refused.", no_args_is_help=True)
app.command("replay")(replay_letters)


@dataclass(frozen=True, slots=True)
class ListedLetter:
    """A dead letter; where somebody let the record go, the reason that was given."""

    letter: "DeadLetter"
    skip_reason: str | None = None


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

        for each in letters:
            typer.echo(encode(each.letter).decode())
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("at", "place", "reason", "path, or why it was skipped", "sha256"):
        table.add_column(column, overflow="fold")
    for each in letters:
        letter = each.letter
        table.add_row(
            letter.at.isoformat(timespec="seconds"),
            f"{letter.topic}:{letter.partition}:{letter.offset}",
            letter.reason,
            each.skip_reason or letter.path,
            letter.sha256[:12],
        )
    console = Console(highlight=False)
    if letters:
        console.print(table)
    console.print(f"{len(letters):,} dead letters")


async def read_letters(settings: "Settings") -> list[ListedLetter]:
    """All dead letters, one a refused record (a record may be refused twice after a crash).

    Ordered by topic, partition and offset of the refused record. Raises BrokerError.
    """
    from agents.envelopes import SKIP_REASON
    from cli.topic_reader import open_topic, read_to_end
    from streams.codec import DecodeFailure, decode_dead_letter

    found: dict[tuple[str, int, int], ListedLetter] = {}
    async with open_topic(
        settings.kafka, settings.topics.dead_letters, from_start=True
    ) as consumer:
        async for record in read_to_end(consumer):
            letter = decode_dead_letter(record.value)
            if isinstance(letter, DecodeFailure):
                place = f"{record.topic}:{record.partition}:{record.offset}"
                typer.echo(f"{place}: no dead letter, {letter.reason} at {letter.path}", err=True)
                continue
            why = dict(record.headers).get(SKIP_REASON)
            found[letter.topic, letter.partition, letter.offset] = ListedLetter(
                letter, None if why is None else why.decode(errors="replace")
            )
    return [found[place] for place in sorted(found)]
