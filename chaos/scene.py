"""Lists on disk, the stream of posts, and what must come of it before and after the switch."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from cli.demo_lists import ELECTION_FILE, build_register, make_signing
from config.settings import (
    KafkaSettings,
    ListSettings,
    LogSettings,
    MetricsSettings,
    Settings,
    TopicSettings,
)
from lists.in_force import ListsInForce
from lists.watchlist_file import load_watchlist
from matchers.screening import screen
from streams.codec import DecodeFailure, decode_post, encode
from streams.records import WatchlistUpdate
from synth.posts import draw_posts
from synth.register import draw_register

PEOPLE: Final = 400
SESSION_TIMEOUT: Final = 6.0
PARTITIONS: Final = 6
SOME: Final = 4_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What one record gives: its flags by id, or the reason of its dead letter."""

    flags: dict[str, bytes]
    reason: str | None


@dataclass(frozen=True)
class Scene:
    """`switch`: the first window begins in its middle, so that what was flagged no longer is.
    `values`: the stream; `decoys`: posts that would be flagged, but must never be judged."""

    settings: Settings
    values: Sequence[bytes | None]
    decoys: Sequence[bytes]
    switch: WatchlistUpdate

    def judge(self, values: Sequence[bytes | None], *, switched: bool) -> list[Answer]:
        """The answers under the lists before or after the switch."""
        lists = ListsInForce(self.settings)
        if switched:
            lists.apply_watchlist_update(self.switch)
        limit = self.settings.kafka.message_max_bytes
        decoded = [decode_post(value, limit) for value in values]
        posts = [None if isinstance(post, DecodeFailure) else post for post in decoded]
        return [
            Answer(
                {flag.flag_id: encode(flag) for flag in outcome.flags},
                str(post.reason) if isinstance(post, DecodeFailure) else None,
            )
            for post, outcome in zip(decoded, screen(posts, lists.stages), strict=True)
        ]


def set_scene(folder: Path, bootstrap: str, seed: int, events: int) -> Scene:
    """Build the lists in `folder` and draw the stream. Checks the core against the known answers.

    Raises AssertionError where what the core flags is not what the stream was made to have.
    """
    watchlist = load_watchlist(ELECTION_FILE)
    rows = draw_register(PEOPLE, seed)
    register = build_register(folder, rows, watchlist)
    settings = Settings.model_construct(
        kafka=KafkaSettings(
            bootstrap=bootstrap,
            session_timeout=SESSION_TIMEOUT,
            group="netral-chaos",
            batch_max_records=500,  # many batches, so that faults fall in the midst of some
        ),
        topics=TopicSettings(partitions=PARTITIONS, replication=3),
        lists=ListSettings(register_dir=register, watchlist_file=ELECTION_FILE),
        metrics=MetricsSettings(port=0),
        log=LogSettings(),
        signing=make_signing(folder),
    )
    sample = draw_posts(watchlist, rows, events, seed)
    others = draw_posts(watchlist, rows, max(2_000, events // 20), seed + 1_000_000)
    election = watchlist.elections[0]
    contest = election.contests[0]
    first = contest.phases[0]
    later = msgspec.structs.replace(first, start=first.start + (first.end - first.start) / 2)
    scene = Scene(
        settings,
        [post.value for post in sample],
        [p.value for p in others if p.expected.disposition == "flagged" and p.value is not None],
        WatchlistUpdate(
            schema=1,
            sequence=1,
            op="put",
            election_id=election.id,
            election_name=election.name,
            contest_id=contest.id,
            contest=msgspec.structs.replace(contest, phases=(later, *contest.phases[1:])),
        ),
    )
    for post, answer in zip(sample, scene.judge(scene.values, switched=False), strict=True):
        flagged = post.expected.disposition == "flagged"
        if flagged != bool(answer.flags) or str(post.expected.reason) != str(answer.reason):
            raise AssertionError(f"the core and the known answer differ for a {post.scene} post")
    some = scene.values[:SOME]
    if scene.judge(some, switched=True) == scene.judge(some, switched=False):
        raise AssertionError("the switch of the lists changes no answer")
    return scene
