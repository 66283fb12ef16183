"""Fixture policy: real parts wherever a test can afford them; no patches of our own code.

Tests marked `shared` read the evaluation data beside the checkout. Where it is absent they skip
and say so; where `CI` is set a missing folder is a failure, because a silent skip proves nothing.

Hypothesis has no deadline: the first call of a kernel compiles it, and timing lives in `bench/`.
"""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("netral", deadline=None)
settings.load_profile("netral")

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of evaluation data."""
    data = SHARED / "data"
    if data.is_dir():
        return data
    message = f"evaluation data absent: {data} (posts and names that may not be redistributed)"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
