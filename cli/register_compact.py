"""`netral register compact`: a new base from the register and `register-updates`."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import invocation, run_quietly
from config.errors import BrokerError, InputError, RegisterError

if TYPE_CHECKING:
    from config.settings import Settings
    from streams.records import RegisterUpdate

Updates = list[tuple["RegisterUpdate", int]]


def compact(
    ctx: typer.Context,
    directory: Annotated[Path | None, typer.Argument(metavar="DIR")] = None,
    bootstrap: Annotated[str | None, typer.Option(help="Broker, HOST:PORT.")] = None,
) -> None:
    """Put all of register-updates into the register; workers switch to it by themselves.

    DIR defaults to lists.register_dir.
    """
    from lists.register_artifact import read_manifest
    from lists.register_compact import compact_register

    settings = invocation(ctx).settings({"kafka": {"bootstrap": bootstrap} if bootstrap else {}})
    place = directory or settings.lists.register_dir
    if place is None:
        raise InputError("no register named: give its DIR, or set lists.register_dir.")
    included = read_manifest(place).overlay_offset
    updates, unreadable = run_quietly(read_updates(settings, included))
    report = compact_register(place, updates)
    manifest = report.manifest
    typer.echo(
        f"{place}: {report.applied:,} changes in, {manifest.accounts:,} accounts of "
        f"{manifest.people:,} people, version {manifest.version}, includes offset "
        f"{manifest.overlay_offset}"
    )
    for offset in report.refused:
        typer.echo(f"  offset {offset} refused, as by the workers")
    for offset in unreadable:
        typer.echo(f"  offset {offset} not signed as it must be, or unreadable")


async def read_updates(settings: "Settings", included: int) -> tuple[Updates, list[int]]:
    """Every update behind the offset `included`, and the offsets of records that workers did not
    even read: their signature, its order or their content is bad.

    Raises BrokerError, or RegisterError where the topic is not the one that the register includes
    or records that the register lacks are gone.
    """
    from cli.topic_reader import open_topic, read_to_end
    from streams.codec import DecodeFailure, decode_register_update
    from streams.signature_order import SignatureOrder
    from streams.signing import SignatureRefusedError
    from streams.signing_keys import load_verifier

    topic, limit = settings.topics.register_updates, settings.kafka.message_max_bytes
    order = SignatureOrder(load_verifier(settings))
    updates: Updates = []
    unreadable: list[int] = []
    async with open_topic(settings.kafka, topic, from_start=True) as consumer:
        partitions = consumer.assignment()
        if len(partitions) != 1:
            raise BrokerError(
                f"topic {topic} has {len(partitions)} partitions; its records are in sequence and "
                "need exactly one. Delete it and let the worker make it."
            )
        (partition,) = partitions
        begin = (await consumer.beginning_offsets([partition]))[partition]
        if begin > included + 1:
            raise RegisterError(
                f"{topic} begins at offset {begin}, the register includes {included}: the changes "
                "between are gone. Build the register again from its source."
            )
        async for record in read_to_end(consumer):
            # Those that the register includes count for the order of signatures.
            with suppress(SignatureRefusedError):
                update, _ = order.read(record, decode_register_update, limit)
                if not isinstance(update, DecodeFailure):
                    if record.offset > included:
                        updates.append((update, record.offset))
                    continue
            if record.offset > included:
                unreadable.append(record.offset)
        end = await consumer.position(partition)
        if end <= included:
            raise RegisterError(
                f"{topic} ends before offset {included}, which the register includes: the topic "
                "was made anew. Build the register again from its source."
            )
    return updates, unreadable
