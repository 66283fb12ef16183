"""`netral produce`: send a file of posts to the topic, line by line, as they are."""

from pathlib import Path
from typing import Annotated

import typer

from cli.context import invocation, run_quietly
from cli.input_file import watched_lines


def produce(
    ctx: typer.Context,
    posts: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="One post a line.")],
    topic: Annotated[str | None, typer.Option(help="Topic to send to.")] = None,
    bootstrap: Annotated[str | None, typer.Option(help="Broker, HOST:PORT.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The counts as JSON.")] = False,
) -> None:
    """Send every line as one record and wait until the brokers have them all.

    Lines are not checked or changed: what is bad becomes a dead letter, as from any producer.
    Blank lines are passed over. Records for a list or control topic are signed
    (signing.private_key); each needs its `sequence`.
    """
    settings = invocation(ctx).settings(
        {
            "kafka": {"bootstrap": bootstrap} if bootstrap else {},
            "topics": {"public_posts": topic} if topic else {},
        }
    )
    from cli.post_sender import send_all

    with watched_lines(posts, "sending") as lines:
        records = (line for raw in lines if (line := raw.rstrip(b"\r\n")).strip())
        count, size = run_quietly(send_all(records, settings))
    if as_json:
        import orjson

        typer.echo(orjson.dumps({"records": count, "bytes": size}).decode())
    else:
        typer.echo(f"sent {count:,} records ({size:,} bytes) to {settings.topics.public_posts}")
