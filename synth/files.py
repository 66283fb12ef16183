"""Synthetic streams on disk: the records, one a line, and the truth beside them."""

from collections.abc import Sequence
from pathlib import Path

import orjson

from synth.sample_post import SamplePost


def write_posts(sample: Sequence[SamplePost], posts: Path, truth: Path | None = None) -> int:
    """Write the records' bytes and, line for line, their known answers; returns how many.

    Records that no line can hold (a null value, a line break) are left out of both files.
    """
    in_file = [post for post in sample if post.value is not None and b"\n" not in post.value]
    posts.write_bytes(b"".join((post.value or b"") + b"\n" for post in in_file))
    if truth is not None:
        truth.write_bytes(
            b"".join(
                orjson.dumps({"line": line, **post.truth()}) + b"\n"
                for line, post in enumerate(in_file, start=1)
            )
        )
    return len(in_file)
