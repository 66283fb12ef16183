"""Lists and a sample on disk, made once a test process; the real command in its own process."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.demo_lists import build_register
from config.settings import CONFIG_DIR
from lists.watchlist_file import load_watchlist
from synth.files import write_posts
from synth.posts import draw_posts
from synth.register import draw_register
from synth.sample_post import SamplePost

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Lists:
    """A built register, the example watchlist, a file of posts, and their known answers."""

    register: Path
    watchlist: Path
    posts: Path
    sample: list[SamplePost]

    @property
    def options(self) -> list[str]:
        return ["--register", str(self.register), "--watchlist", str(self.watchlist)]


@pytest.fixture(scope="session")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Lists:
    folder = tmp_path_factory.mktemp("lists")
    file = CONFIG_DIR / "elections" / "jatim-2024.yaml"
    watchlist = load_watchlist(file)
    rows = draw_register(300, 5)
    sample = draw_posts(watchlist, rows, 2_000, 5)
    posts = folder / "posts.jsonl"
    write_posts(sample, posts)
    return Lists(build_register(folder, rows, watchlist), file, posts, sample)


@pytest.fixture
def netral(tmp_path: Path) -> Run:
    """Runs `netral` as a user would, in an empty folder and without our settings."""

    def run(
        *arguments: str, env: dict[str, str] | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("NETRAL_")}
        return subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd=tmp_path,
            env={**clean, "PYTHONPATH": str(ROOT), **(env or {})},
            check=False,
        )

    return run
