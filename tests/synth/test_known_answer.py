"""The core against answers that were known before it ran."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from cli.demo_lists import build_register
from config.settings import CONFIG_DIR, ListSettings, Settings
from lists.in_force import ListsInForce
from matchers.screening import screen
from matchers.types import DISPOSITIONS
from streams.codec import decode_post
from streams.records import FlaggedEvent, PublicPost, Watchlist
from synth.answer import compare
from synth.posts import draw_posts
from synth.register import draw_register


def _judge(
    values: Sequence[bytes | None], settings: Settings
) -> tuple[list[FlaggedEvent], dict[str, int]]:
    stages = ListsInForce(settings).stages
    posts = [decode_post(value) for value in values]
    outcomes = screen([p if isinstance(p, PublicPost) else None for p in posts], stages)
    counts: dict[str, int] = dict.fromkeys(map(str, DISPOSITIONS), 0)
    for outcome in outcomes:
        counts[outcome.disposition] += 1
    return [flag for outcome in outcomes for flag in outcome.flags], counts


@pytest.mark.parametrize("seed", [2024, 17, 40])
def test_the_core_gives_the_known_answer(seed: int, watchlist: Watchlist, tmp_path: Path) -> None:
    rows = draw_register(400, seed)
    sample = draw_posts(watchlist, rows, 4_000, seed)
    valid = [post for post in sample if post.expected.disposition != "invalid"]
    settings = Settings.model_construct(
        lists=ListSettings(
            register_dir=build_register(tmp_path, rows, watchlist),
            watchlist_file=CONFIG_DIR / "elections" / "jatim-2024.yaml",
        )
    )
    flags, counts = _judge([post.value for post in valid], settings)
    comparison = compare(valid, flags, [], counts)
    assert comparison.missing == ()
    assert comparison.unexpected == ()
    assert comparison.different == ()
    assert comparison.equal
