"""`netral keys`: the keys that sign control records and list updates."""

from pathlib import Path
from typing import Annotated

import typer

from config.errors import InputError
from streams.signing_keys import (
    SIGNED_TOPICS,
    SignedTopic,
    make_signing_key,
    read_signing_key,
    trusted_entry,
)

app = typer.Typer(no_args_is_help=True, help="Make the keys that sign control and list records.")


@app.command()
def new(path: Annotated[Path, typer.Argument(metavar="FILE", help="The new key file.")]) -> None:
    """Make a private key, readable by you only. It stays with who sends the records."""
    typer.echo(f"{path}: new key {make_signing_key(path)}")


@app.command()
def public(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Made by 'keys new'.")],
    topic: Annotated[
        list[str] | None,
        typer.Option(help=f"Good for this topic only: {', '.join(SIGNED_TOPICS)}."),
    ] = None,
    name: Annotated[str, typer.Option(help="Says to people whose key it is.")] = "",
) -> None:
    """Print the key's entry for the file that workers read as signing.trusted_keys."""
    topics = tuple(_topic(given) for given in topic) if topic else SIGNED_TOPICS
    typer.echo(trusted_entry(read_signing_key(path).public_key(), topics, name), nl=False)


def _topic(given: str) -> SignedTopic:
    for known in SIGNED_TOPICS:
        if given == known:
            return known
    raise InputError(f"{given}: no signed topic. Name one of {', '.join(SIGNED_TOPICS)}.")
