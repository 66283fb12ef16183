"""`netral demo`: the whole pipeline on an embedded broker, with a sample whose answer is known."""

import asyncio
import contextlib
import signal
import tempfile
from pathlib import Path
from typing import Annotated, Final

import typer

from cli.context import run_quietly

SEED: Final = 2024
PEOPLE: Final = 400
POSTS: Final = 4_000
STOPPED_POSTS: Final = 40


def demo(
    leave: Annotated[
        bool, typer.Option("--exit", help="End after the sample; 1 where the answer differs.")
    ] = False,
    posts: Annotated[int, typer.Option(min=1_500, help="How many posts in the sample.")] = POSTS,
    seed: Annotated[int, typer.Option(help="Seed of the sample.")] = SEED,
) -> None:
    """Run broker, worker and a sample stream here, and compare what comes out with what must.

    Everything is invented but the public ballot, runs on this machine only and is gone afterwards.
    """
    raise typer.Exit(run_quietly(_until_signal(posts, seed, leave)))


async def _until_signal(posts: int, seed: int, leave: bool) -> int:
    """Run the demo; a signal ends it in order: worker, broker, files."""
    running = asyncio.create_task(_demo(posts, seed, leave))
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(signum, running.cancel)
    try:
        return await running
    except asyncio.CancelledError:
        return 130


async def _demo(posts: int, seed: int, leave: bool) -> int:
    from cli.demo_lists import ELECTION_FILE, build_register, demo_settings, make_signing
    from cli.demo_sample import run_sample
    from cli.demo_view import DemoView
    from cli.demo_worker import worker_process
    from lists.watchlist_file import load_watchlist
    from streams.embedded import embedded_broker
    from streams.topics import ensure_topics
    from synth.posts import draw_flaggable, draw_posts
    from synth.register import draw_register

    view = DemoView()
    with tempfile.TemporaryDirectory(prefix="netral-demo-") as name:
        folder = Path(name)
        watchlist = load_watchlist(ELECTION_FILE)
        rows = draw_register(PEOPLE, seed)
        sample = draw_posts(watchlist, rows, posts, seed)
        held_back = draw_flaggable(watchlist, rows, STOPPED_POSTS, seed + 1)
        register = build_register(folder, rows, watchlist)
        view.say(f"{len(rows):,} declared accounts of {PEOPLE:,} invented people, {posts:,} posts")
        with embedded_broker(folder / "broker.log") as broker:
            settings = demo_settings(broker, register, make_signing(folder))
            await ensure_topics(settings)
            view.say(f"embedded broker at {broker.bootstrap}")
            with worker_process(settings, folder) as worker:
                await worker.wait_until_ready()
                view.metrics_url = worker.metrics_url
                view.say(f"worker ready, metrics at {worker.metrics_url}")
                comparison = await run_sample(settings, worker, sample, held_back, view)
                view.answer(comparison)
                if not leave:
                    view.say("the worker goes on; Ctrl-C stops everything")
                    await worker.wait_for_end()
    return 0 if comparison.equal else 1
