"""The commands of `netral register` that handle keys: pseudonyms, and the review side's vault.

Two keys, on two sides. Whoever builds the register holds the pseudonym key (`key`); the reviewers
hold the review key (`review-key`) and give away its public half, the recipient, to which `refs`
seals who is who. Workers hold neither.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from lists import refs as register_refs
from lists import vault as register_vault
from lists.register_artifact import read_manifest

Counted = Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]
"""What is counted and how many there are → what is called with the number done so far."""


def add_commands(app: typer.Typer, counted: Counted) -> None:
    """Put `key`, `review-key`, `refs`, `units` and `unit` on `app`; `counted` shows how far
    `refs` is."""

    @app.command()
    def key(path: Annotated[Path, typer.Argument(metavar="KEY", help="The new key file.")]) -> None:
        """Make a key for pseudonyms. It stays where registers are built, away from the workers."""
        typer.echo(f"{path}: new key {register_refs.make_key(path)}")

    @app.command()
    def review_key(
        path: Annotated[Path, typer.Argument(metavar="FILE", help="The new secret key file.")],
    ) -> None:
        """On the review side: make the key that opens vaults; prints the recipient to seal to."""
        typer.echo(register_vault.make_review_key(path))

    @app.command()
    def refs(
        directory: Annotated[Path, typer.Argument(metavar="DIR", help="The register's directory.")],
        election: Annotated[str, typer.Option(metavar="ID", help="The election's id.")],
        key_file: Annotated[Path, typer.Option(metavar="KEY", help="Made by 'register key'.")],
        recipient: Annotated[
            str, typer.Option(metavar="AGE1…", help="Printed by 'register review-key'.")
        ],
        vault: Annotated[Path, typer.Option(metavar="OUT", help="Where the sealed vault goes.")],
        replaces: Annotated[
            str | None,
            typer.Option(
                metavar="KEY-ID", help="The election's key until now, to be given up for this one."
            ),
        ] = None,
    ) -> None:
        """Give every person a pseudonym for one election, and seal who is who into a vault."""
        people = read_manifest(directory).people
        with counted("people", people) as progress:
            manifest = register_refs.write_refs(
                directory, election, key_file, recipient, vault, progress, replaces=replaces
            )
        typer.echo(
            f"{directory}: {people:,} pseudonyms for {election}, key "
            f"{manifest.refs[election].key_id}; vault {vault}, for the holder of {recipient}"
        )

    @app.command()
    def units(
        directory: Annotated[Path, typer.Argument(metavar="DIR", help="The register's directory.")],
        election: Annotated[str, typer.Option(metavar="ID", help="The election's id.")],
        key_file: Annotated[Path, typer.Option(metavar="KEY", help="Made by 'register key'.")],
        out: Annotated[
            Path, typer.Option(metavar="OUT", help="ELECTION.units, for the review side.")
        ],
    ) -> None:
        """Write which unit each pseudonym is of, as keyed hashes: nobody judges a colleague."""
        people = register_refs.write_unit_hashes(directory, election, key_file, out)
        typer.echo(f"{out}: unit hashes of {people:,} people for {election}")

    @app.command()
    def unit(
        code: Annotated[str, typer.Argument(metavar="CODE", help="An agency code.")],
        election: Annotated[str, typer.Option(metavar="ID", help="The election's id.")],
        key_file: Annotated[Path, typer.Option(metavar="KEY", help="Made by 'register key'.")],
    ) -> None:
        """The hash of one unit, for a reviewer's own; the review side cannot compute it."""
        typer.echo(register_refs.unit_of(register_refs.read_key(key_file), election, code))
