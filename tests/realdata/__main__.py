"""What becomes of the real posts, in counts: python -m tests.realdata DATA_DIR."""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from matchers.screening import screen
from matchers.types import DISPOSITIONS
from tests.realdata.scene import set_scene

BATCH = 1_000


def main(data: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        scene = set_scene(data, Path(folder))
        stages = scene.stages()
    outcomes = [
        outcome
        for start in range(0, len(scene.posts), BATCH)
        for outcome in screen(scene.posts[start : start + BATCH], stages)
    ]
    flags = [flag for outcome in outcomes for flag in outcome.flags]
    kinds = Counter(outcome.disposition for outcome in outcomes)
    lines = [f"{name:<14}{kinds[name]:>7,}" for name in DISPOSITIONS]
    lines.append(f"{'together':<14}{len(outcomes):>7,}")
    rules = Counter(rule.code for flag in flags for rule in flag.rules)
    statuses = Counter(flag.identity.status for flag in flags)
    lines.append(", ".join(f"{code} {count:,}" for code, count in sorted(rules.items())))
    lines.append(", ".join(f"{name} {count:,}" for name, count in sorted(statuses.items())))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
