"""A `netral worker` that takes a batch and never finishes it; its settings come as for any.

python -m tests.docker.hung_worker
"""

import asyncio

import agents.screen
from agents.worker import run_worker
from config.settings import load_settings
from streams.batch_transport import Batch


async def hang(_self: agents.screen.Screener, _batch: Batch) -> None:
    await asyncio.Event().wait()


if __name__ == "__main__":
    agents.screen.Screener.__call__ = hang  # type: ignore[method-assign,assignment]
    raise SystemExit(run_worker(load_settings()))
