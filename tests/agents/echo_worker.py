"""A worker whose judgement is trivial, so that delivery can be tested by itself: every record of
the input is written to `flagged-events` as it is. Everything else is the real thing.

    python -m tests.agents.echo_worker BOOTSTRAP PREFIX SECONDS_A_BATCH

A record that holds BOOM raises an exception whose message is that record.
"""

import asyncio
import sys

from agents.screen import attach
from config.settings import Settings
from streams.app import create_app
from streams.batch_transport import Batch
from streams.logs import configure_logging
from streams.producer import FlagsHeldError, Outgoing, RecordProducer
from streams.runner import run, serve, serve_again
from streams.topics import ensure_topics
from tests.streams.wire import settings_for


async def work(settings: Settings, stop: asyncio.Event, pause: float) -> None:
    async def attempt() -> None:
        await ensure_topics(settings)
        async with RecordProducer(settings.kafka, lambda: None) as producer:

            async def echo(batch: Batch) -> None:
                for record in batch.records:
                    if record.value is not None and b"BOOM" in record.value:
                        raise ValueError(f"refused: {record.value!r}")
                await asyncio.sleep(pause)
                flags = [
                    Outgoing(settings.topics.flagged_events, b"key", record.value or b"")
                    for record in batch.records
                ]
                while True:
                    try:
                        await producer.write(flags)
                    except FlagsHeldError:  # the broker finds them too old: written again, as new
                        await asyncio.sleep(0.2)
                    else:
                        return

            app = create_app(settings)
            attach(app, settings.topics.public_posts, echo)
            await serve(app, stop, settings.kafka.drain_timeout)

    await serve_again(settings, stop, attempt)


def main(bootstrap: str, prefix: str, pause: float) -> int:
    settings = settings_for(bootstrap, prefix, batch_max_records=50, commit_interval=0.2)
    configure_logging(settings.log)
    return run(lambda stop: work(settings, stop, pause))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
