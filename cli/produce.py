"""`netral produce`: send a file of posts to the topic, line by line, as they are."""

import asyncio
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import msgspec
import typer

from cli.context import invocation, run_quietly
from cli.screen import open_input

if TYPE_CHECKING:
    from config.settings import Settings


class _KeyActor(msgspec.Struct):
    handle: str
    account_id: str | None = None


class _KeyFields(msgspec.Struct):
    platform: str
    actor: _KeyActor


_decode_key = msgspec.json.Decoder(_KeyFields).decode


def produce(
    ctx: typer.Context,
    posts: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="One post a line.")],
    topic: Annotated[str | None, typer.Option(help="Topic to send to.")] = None,
    bootstrap: Annotated[str | None, typer.Option(help="Broker, HOST:PORT.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The counts as JSON.")] = False,
) -> None:
    """Send every line as one record and wait until the brokers have them all.

    Lines are not checked or changed: what is bad becomes a dead letter, as from any producer.
    Blank lines are passed over.
    """
    settings = invocation(ctx).settings(
        {
            "kafka": {"bootstrap": bootstrap} if bootstrap else {},
            "topics": {"public_posts": topic} if topic else {},
        }
    )
    with open_input(posts) as file, _progress(file, posts) as lines:
        records = (line for raw in lines if (line := raw.rstrip(b"\r\n")).strip())
        count, size = run_quietly(send_all(records, settings))
    if as_json:
        import orjson

        typer.echo(orjson.dumps({"records": count, "bytes": size}).decode())
    else:
        typer.echo(f"sent {count:,} records ({size:,} bytes) to {settings.topics.public_posts}")


async def send_all(records: Iterable[bytes | None], settings: "Settings") -> tuple[int, int]:
    """Send records in order and wait for all acknowledgements; returns records and bytes sent.

    Raises BrokerError where the brokers cannot be reached or refuse a record.
    """
    from aiokafka import AIOKafkaProducer
    from aiokafka.errors import KafkaError

    from config.errors import BrokerError

    kafka = settings.kafka
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka.bootstrap,
        acks="all",
        linger_ms=20,
        max_batch_size=262_144,
        max_request_size=kafka.message_max_bytes,
    )
    count = size = 0
    pending = []
    try:
        await producer.start()
        for value in records:
            pending.append(
                await producer.send(settings.topics.public_posts, value, key=record_key(value))
            )
            count += 1
            size += len(value or b"")
            if len(pending) >= 5_000:
                await asyncio.gather(*pending)
                pending.clear()
        await producer.flush()
        await asyncio.gather(*pending)
    except KafkaError as error:
        raise BrokerError(
            f"after {count:,} records the broker at {kafka.bootstrap} cannot be used "
            f"({type(error).__name__}). Check that it runs and that kafka.bootstrap is right."
        ) from None
    finally:
        await producer.stop()
    return count, size


def record_key(value: bytes | None) -> bytes | None:
    """Platform and actor's id or handle, as the topic's contract says; None where unreadable.

    Reads only those fields, so that a record that is bad elsewhere keeps its place. A null value
    has an empty key: the client refuses a record that has neither.
    """
    if value is None:
        return b""
    try:
        post = _decode_key(value)
    except (ValueError, RecursionError):
        return None
    return f"{post.platform}:{post.actor.account_id or post.actor.handle}".encode()


@contextmanager
def _progress(file: "BinaryIO", path: Path) -> Iterator[Iterable[bytes]]:
    if not sys.stderr.isatty():
        yield file
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(f"sending {path.name}", total=path.stat().st_size)

        def watched() -> Iterator[bytes]:
            for line in file:
                progress.advance(bar, len(line))
                yield line

        yield watched()
