"""`make chaos`: runs over many seeds, one JSON line each, and the table in docs/reliability.md.

python -m chaos --seeds 1-20 [--short | --events N] [--out FILE] [--keep DIR] [--table]
"""

import argparse
import logging
import shutil
import signal
import sys
from dataclasses import replace
from pathlib import Path

import msgspec

from chaos.run import LONG, SHORT, Report, run
from chaos.table import write_table

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--seeds", default="1-20", help="one seed, or first-last")
    parser.add_argument("--short", action="store_true", help="the form that CI runs")
    parser.add_argument("--events", type=int, help="how many, instead of the form's own number")
    parser.add_argument("--out", type=Path, default=Path("chaos/out/runs.jsonl"))
    parser.add_argument("--keep", type=Path, help="keep what a failed run left in this folder")
    parser.add_argument("--worker", default="cli.main worker", help="a module that runs instead")
    parser.add_argument("--table", action="store_true", help=f"only write {DOCUMENT.name} anew")
    options = parser.parse_args()
    if options.table:
        write_table(reports(options.out), DOCUMENT)
        return 0
    first, _, last = options.seeds.partition("-")
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it is told of every fault
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # brokers and disks are put away
    options.out.parent.mkdir(parents=True, exist_ok=True)
    failed = False
    size = SHORT if options.short else LONG
    if options.events:
        size = replace(
            size, events=options.events, compacted=min(size.compacted, options.events // 20)
        )
    for seed in range(int(first), int(last or first) + 1):
        keep = options.keep / f"seed-{seed}" if options.keep else None
        report = run(seed, size, keep=keep, worker=options.worker.split())
        with options.out.open("ab") as file:
            file.write(msgspec.json.encode(report) + b"\n")
        sys.stdout.write(f"{report}\n")
        sys.stdout.flush()
        failed = failed or not report.passed
        if keep is not None and report.passed:
            shutil.rmtree(keep)
    return 1 if failed else 0


def reports(file: Path) -> list[Report]:
    lines = file.read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Report) for line in lines]


if __name__ == "__main__":
    raise SystemExit(main())
