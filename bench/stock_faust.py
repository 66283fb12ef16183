"""(b) A stock Faust agent, one event at a time, with our matchers and lists.

Run by `bench.pipeline` as `python -m bench.stock_faust TOPIC EVENTS`, settings by environment.
"""

import asyncio
import logging
import sys
import tempfile

import faust
import uvloop

from bench.probe import Stopwatch
from config.settings import load_settings
from lists.in_force import ListsInForce
from matchers.screening import screen
from streams.codec import DecodeFailure, decode_post, encode


async def consume(topic: str, events: int) -> None:
    settings = load_settings()
    lists = ListsInForce(settings)
    app = faust.App(
        "bench-stock-faust",
        broker=f"kafka://{settings.kafka.bootstrap}",
        broker_session_timeout=settings.kafka.session_timeout,
        consumer_auto_offset_reset="earliest",
        topic_disable_leader=True,
        web_enabled=False,
        datadir=tempfile.gettempdir(),
    )
    flagged = app.topic(settings.topics.flagged_events, value_serializer="raw")
    watch = Stopwatch(events)
    finished = asyncio.Event()

    @app.agent(app.topic(topic, value_serializer="raw", key_serializer="raw", value_type=bytes))
    async def stock(stream: faust.StreamT[bytes]) -> None:
        async for value in stream:
            post = decode_post(value)
            batch = [None if isinstance(post, DecodeFailure) else post]
            for outcome in screen(batch, lists.stages):
                for flag in outcome.flags:
                    await flagged.send(key=flag.flag_id, value=encode(flag))
            if watch.count(1):
                finished.set()

    await app.start()
    await finished.wait()
    watch.report()
    await app.stop()


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(consume(sys.argv[1], int(sys.argv[2])))
