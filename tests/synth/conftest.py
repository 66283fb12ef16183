"""One sample and one population for all tests of this folder; drawing them takes a moment each."""

import pytest

from config.settings import CONFIG_DIR
from lists.watchlist_file import load_watchlist
from streams.records import Watchlist
from synth.population import Population, draw_population
from synth.posts import draw_posts
from synth.register import SourceRow, draw_register
from synth.sample_post import SamplePost


@pytest.fixture(scope="session")
def watchlist() -> Watchlist:
    return load_watchlist(CONFIG_DIR / "elections" / "jatim-2024.yaml")


@pytest.fixture(scope="session")
def rows() -> list[SourceRow]:
    return draw_register(400, 2024)


@pytest.fixture(scope="session")
def sample(watchlist: Watchlist, rows: list[SourceRow]) -> list[SamplePost]:
    return draw_posts(watchlist, rows, 4_000, 2024)


@pytest.fixture(scope="session")
def population() -> Population:
    """2,000 people of a register of national make."""
    return draw_population(2_000, 2024)
