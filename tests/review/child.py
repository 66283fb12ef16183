"""A console's process for the test that kills it: follows, decides and relays until the end.

    python -m tests.review.child URL KEY BOOTSTRAP PREFIX FLAGS REVIEWERS

Ends by itself when all FLAGS are taken, every case is settled and the outbox is empty.
"""

import asyncio
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from config.settings import ReviewSettings
from review import outbox, people
from review.desk import Desk, open_desk
from review.service import run
from review.tables import Case, Flag
from tests.review.crowd import work
from tests.streams.wire import settings_for


def main(arguments: list[str]) -> None:
    url, key, bootstrap, prefix, flags, reviewers = arguments
    settings = settings_for(bootstrap, prefix)
    review = ReviewSettings.model_validate(
        {
            "store": url,
            "master_key_file": Path(key),
            "group": f"{prefix}review",
            "compare_units": False,
            "golden_rate": 0,
            "ingest_batch": 20,
            "flood_authors": 100_000,
        }
    )
    desk = open_desk(review, lambda: datetime.now(UTC))
    whole = settings.model_copy(update={"review": review})
    actors = [people.actor(desk, f"r{n}") for n in range(int(reviewers))]
    ended = threading.Event()

    def all_done() -> bool:
        return _done(desk, int(flags))

    async def live() -> None:
        stop = asyncio.Event()
        beside = asyncio.create_task(run(desk, whole, stop))
        deciding = asyncio.create_task(
            asyncio.to_thread(work, desk, actors, done=all_done, stop=ended)
        )
        print("started", flush=True)  # noqa: T201 - the test waits for it
        done, _ = await asyncio.wait({beside, deciding}, return_when=asyncio.FIRST_COMPLETED)
        ended.set()
        for task in done:
            task.result()
        while await asyncio.to_thread(outbox.waiting, desk):  # noqa: ASYNC110 - another task empties it
            await asyncio.sleep(0.05)
        stop.set()
        await beside

    asyncio.run(live())


def _done(desk: Desk, flags: int) -> bool:
    with desk.store.read() as session:
        taken = session.scalar(select(func.count()).select_from(Flag)) or 0
        return taken >= flags and not session.scalar(select(func.count()).where(Case.waiting))


if __name__ == "__main__":
    main(sys.argv[1:])
