"""The `netral` command with a bug: its matchers raise on a post whose text holds RACUN.

    python -m tests.cli.poisoned worker

A worker with it ends with exit code 70.
"""

import sys
from collections.abc import Sequence
from typing import Any

import matchers.screening
import matchers.touch
from cli.main import main
from streams.records import PublicPost

_touch_batch: Any = matchers.touch.touch_batch


def touch_batch(posts: Sequence[PublicPost], *rest: Any) -> Any:
    for post in posts:
        if "RACUN" in (post.text or ""):
            raise ZeroDivisionError(post.text)
    return _touch_batch(posts, *rest)


if __name__ == "__main__":
    vars(matchers.screening)["touch_batch"] = touch_batch
    sys.exit(main(sys.argv[1:]))
