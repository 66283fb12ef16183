"""The table of the long runs in docs/reliability.md, between two marks."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from chaos.plan import IN_WORDS
from chaos.run import Report

BEGIN: Final = "<!-- chaos: written by `make chaos`, do not edit -->"
END: Final = "<!-- chaos: end -->"

_HEAD: Final = (
    "| seed | events | faults | flags expected | lost | wrong | duplicates | dead letters | lost "
    "| wrong | uncommitted partitions | longest standstill | memory growth | ended by themselves |"
)


def table(reports: Sequence[Report]) -> str:
    """A row a run, the sum, and how often each fault came."""
    lines = [_HEAD, "|" + "---|" * _HEAD.count(" | ") + "---|"]
    for report in reports:
        v = report.verdict
        share = v.duplicates / max(1, v.records - v.duplicates)
        lines.append(
            f"| {report.seed} | {report.events:,} | {len(report.faults)} | {v.expected:,} "
            f"| {v.lost} | {v.wrong} | {v.duplicates:,} ({share:.1%}) | {v.letters:,} "
            f"| {v.letters_lost} "
            f"| {v.letters_wrong} | {v.not_committed} | {report.stuck:.0f} s "
            f"| {report.memory_growth:.0f} MiB | {len(report.unexpected_ends)} |"
        )
    total = [r.verdict for r in reports]
    duplicates = sum(v.duplicates for v in total)
    different = sum(v.records - v.duplicates for v in total)
    lines.append(
        f"| **all {len(reports)}** | {sum(r.events for r in reports):,} "
        f"| {sum(len(r.faults) for r in reports)} | {sum(v.expected for v in total):,} "
        f"| {sum(v.lost for v in total)} | {sum(v.wrong for v in total)} "
        f"| {duplicates:,} ({duplicates / max(1, different):.1%}) "
        f"| {sum(v.letters for v in total):,} | {sum(v.letters_lost for v in total)} "
        f"| {sum(v.letters_wrong for v in total)} | {sum(v.not_committed for v in total)} "
        f"| {max((r.stuck for r in reports), default=0):.0f} s "
        f"| {max((r.memory_growth for r in reports), default=0):.0f} MiB "
        f"| {sum(len(r.unexpected_ends) for r in reports)} |"
    )
    times = Counter(fault for report in reports for fault in report.faults)
    lines += ["", "| fault | times |", "|---|---|"]
    lines += [f"| {words} | {times[kind]} |" for kind, words in IN_WORDS.items()]
    return "\n".join(lines)


def write_table(reports: Sequence[Report], document: Path) -> None:
    """Put the table between the marks of the document. Raises ValueError where they are missing."""
    text = document.read_text()
    head, mark, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (mark and end):
        raise ValueError(f"{document} has no marks for the table: {BEGIN} and {END}")
    document.write_text(f"{head}{BEGIN}\n{table(reports)}\n{END}{tail}")
