"""`python -m evaluation`: measure content matching on real posts and write docs/evaluation.md.

python -m evaluation                 measure everything and write the page (two minutes, 2 GB)
python -m evaluation errors VIEW     print what went wrong, for reading
python -m evaluation --check         fail where a headline figure has fallen (under a minute)
python -m evaluation --record        record today's headline figures
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from evaluation import recorded, report
from evaluation.errors import VIEWS, lines
from evaluation.run import FULL, QUICK, Scale, headline, labelled_run, results

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs" / "evaluation.md"
CAUSES: Final = Path(__file__).parent / "causes.md"
BEGIN: Final = "<!-- measured: made by `make eval`, do not edit below -->\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 where `--check` finds a figure that has fallen."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="?", choices=("report", "errors"), default="report")
    parser.add_argument("view", nargs="?", choices=VIEWS, help="errors only; all without it")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--names", type=int, default=FULL.names, help="on the national watchlist")
    parser.add_argument("--seeds", type=int, default=len(FULL.seeds), help="of the disguises")
    parser.add_argument("--seed", type=int, default=1, help="errors only: of what is sampled")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args(arguments)
    if options.what == "errors":
        for view in [options.view] if options.view else VIEWS:
            print(f"# {view}")
            for line in lines(view, options.data, options.names, options.seed):
                print(line)
        return 0
    if options.check:
        return check(options.data)
    scale = Scale(tuple(range(1, options.seeds + 1)), options.names)
    found = results(options.data, scale, _say)
    causes = CAUSES.read_text(encoding="utf-8")
    licences = report.licences_of(options.data / "INDEX.tsv")
    page = "\n".join(report.page(found, causes, licences))
    written = PAGE.read_text(encoding="utf-8").partition(BEGIN)[0]
    PAGE.write_text(f"{written}{BEGIN}\n{page}\n", encoding="utf-8")
    # Imported late: the check in continuous integration draws nothing.
    from evaluation.plots import plots

    plots(found, PAGE.with_suffix(""))
    print(f"written: {PAGE} and its plots")
    if options.record:
        quick = headline(options.data, QUICK, labelled_run(options.data), _say)
        figures = {"quick": recorded.figures(quick), "full": recorded.figures(found.headline)}
        recorded.write(figures)
        print(f"recorded: {recorded.RECORDED}")
    return 0


def check(data: Path) -> int:
    """Hold a quick run against the recorded figures."""
    now = recorded.figures(headline(data, QUICK, labelled_run(data), _say))
    problems = recorded.falls(now, recorded.load("quick"))
    if problems:
        print("worse than recorded by more than the tolerance:", file=sys.stderr)
        for line in problems:
            print(f"  {line}", file=sys.stderr)
        print(
            "Mend the matcher. If the fall is meant, say why in the commit and record anew: "
            "python -m evaluation --record",
            file=sys.stderr,
        )
        return 1
    print(f"{len(now)} figures, none below what was recorded")
    return 0


def _say(what: str) -> None:
    print(f"measuring: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
