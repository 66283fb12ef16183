"""`make bench-register`: every size, the quality of leads, tables and plots in docs/matching.md."""

import argparse
import tempfile
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import orjson
from matplotlib import pyplot as plt

from bench.real_names import real_names
from bench.register import RECALL_GOALS, SEED, measure
from bench.register_quality import quality, real_recall, wrong_attributions
from bench.table import OUT
from config.settings import CONFIG_DIR
from learning.real_pairs import real_pairs
from lists.model_file import load_model

SIZES: Final = (50_000, 500_000, 5_000_000)
"""People; twice as many accounts."""
PAGE: Final = Path(__file__).parent.parent / "docs" / "matching.md"
PLOTS: Final = PAGE.with_suffix("")
BEGIN: Final = "<!-- measured: made by `make bench-register`, do not edit below -->\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, nargs="+", default=SIZES)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--scale", type=float, default=1.0, help="size of the streams of authors")
    parser.add_argument("--outsiders", type=int, default=10_000_000, help="events to attribute")
    parser.add_argument("--write", action="store_true", help="write docs/matching.md and its plots")
    options = parser.parse_args()
    figures = run(options.people, options.data, options.scale, options.outsiders)
    OUT.mkdir(exist_ok=True)
    (OUT / "register.json").write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2))
    page = "\n".join(tables(figures))
    print(page)
    if options.write:
        written = PAGE.read_text(encoding="utf-8").partition(BEGIN)[0]
        PAGE.write_text(written + BEGIN + "\n" + page + "\n", encoding="utf-8")
        plots(figures)


def run(people: list[int], data: Path, scale: float, outsiders: int) -> dict[str, Any]:
    """Everything in one run."""
    sizes = []
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="netral-bench-") as name:
        for count in sorted(people):
            figures, population, register = measure(count, Path(name))
            model = load_model(CONFIG_DIR / "match_model.yaml")
            pairs = real_pairs(data, "learned")
            figures["quality"] = quality(population, register, model, pairs, scale)
            sizes.append(figures)
            print(f"measured {register.account_count:,} accounts", flush=True)
            if count == max(people):
                found["attributions"] = wrong_attributions(population, register, outsiders)
                found["model"] = model.version
    return (
        found
        | {"sizes": sizes, "seed": SEED, "real_pairs": real_recall(data)}
        | {"real_names": real_names(data)}
    )


def tables(figures: dict[str, Any]) -> list[str]:
    """The page's measured part, line by line."""
    sizes = figures["sizes"]
    largest = sizes[-1]
    lines = ["## Size and speed", ""]
    head = ["", *(f"{one['accounts']:,} accounts" for one in sizes), "asked for at 10 million"]
    lines += _rows(
        head, [[name, *(read(one) for one in sizes), goal] for name, read, goal in SPEED]
    )
    lines += ["", "## Recall of the blocking", "", "Share of variants whose true account is among"]
    lines += ["what is compared, before threshold and cut.", ""]
    lines += _rows(
        ["variant", *head[1:-1], "asked for"],
        [
            [kind, *(f"{one['recall'][kind]:.3f}" for one in sizes), f"{goal:.2f}" if goal else "–"]
            for kind, goal in RECALL_GOALS.items()
        ],
    )
    lines += ["", "## What leads are worth", ""]
    lines += [f"At a base rate of {largest['quality']['base_rate']:.1%}, by threshold:", ""]
    lines += _rows(
        ["threshold", *(part for one in sizes for part in _columns(one))],
        [
            [f"{row['threshold'] / 100:.0f} %"]
            + [part for one in sizes for part in _threshold_row(one["quality"]["by_threshold"][at])]
            for at, row in enumerate(largest["quality"]["by_threshold"])
        ],
    )
    lines += ["", "False leads a million events at the default threshold, by kind of outsider:", ""]
    lines += _rows(
        ["outsider", *head[1:-1]],
        [
            [kind, *(f"{one['quality']['false_leads_per_million'][kind]:,.1f}" for one in sizes)]
            for kind in largest["quality"]["false_leads_per_million"]
        ],
    )
    lines += ["", "Right leads at the default threshold, by what was done to the handle:", ""]
    lines += _rows(
        ["variant", *head[1:-1]],
        [
            [kind, *(f"{one['quality']['recall_by_class'][kind]:.3f}" for one in sizes)]
            for kind in largest["quality"]["recall_by_class"]
        ],
    )
    lines += ["", "Expected calibration error of the best candidates:", ""]
    lines += _rows(
        ["mix of events", *head[1:-1]],
        [
            ["the base rate", *(_error(one, "calibration", "expected_error") for one in sizes)],
            [
                "the base rate, only those said to be above 1 %",
                *(_error(one, "calibration", "error_over_one_percent") for one in sizes),
            ],
        ],
    )
    attributions = figures["attributions"]
    lines += ["", f"Wrong `bound` or `declared` attributions in {attributions['events']:,} events"]
    lines += [f"by outsiders: {attributions['wrong']}.", "", "## Real pairs of handles", ""]
    lines += _rows(
        ["level", "share of held-out pairs"],
        [
            [level, f"{share:.3f}" if level != "pairs" else f"{share:,.0f}"]
            for level, share in figures["real_pairs"].items()
        ],
    )
    lines += _real_names(figures["real_names"])
    lines += ["", "![build and look-up by size](matching/growth.svg)"]
    lines += ["![reliability](matching/reliability.svg)", "![leads](matching/leads.svg)"]
    return lines


def _real_names(found: dict[str, Any]) -> list[str]:
    variants, titles, judged = found["variants"], found["titles"], found["judged"]
    lines = ["", "## Real names, none of which was learned from", ""]
    lines += [f"{variants['pairs']} pairs of unequal writings of one Indonesian politician's name:"]
    lines += [""]
    lines += _rows(
        ["level", "share"],
        [[level, f"{share:.3f}"] for level, share in variants.items() if level != "pairs"],
    )
    lines += [
        "",
        f"Of {titles['titled']:,} ballot names with titles {titles['stripped']:.1%} become",
    ]
    lines += ["the name that the commission lists without them. Of"]
    lines += [f"{judged['pairs']} pairs of persons' names that others have judged, those that are"]
    lines += [
        f"alike here are right in {judged['precision']:.1%}, and {judged['recall']:.1%} of the"
    ]
    lines += ["matches are alike (nomenklatura's cases: mostly other languages and scripts)."]
    return lines


def _fuzzy(key: str, form: str = "{:.1f}") -> Any:
    return lambda one: form.format(one["fuzzy"][key])


SPEED: Final = (
    ("build, s", lambda one: f"{one['build']['seconds']:.1f}", "≤ 90"),
    (
        "build, peak of all its processes, MiB",
        lambda one: f"{one['build']['peak_mib']:,.0f}",
        "≤ 6,000",
    ),
    ("artifact, MB", lambda one: f"{one['build']['artifact_bytes'] / 1e6:,.0f}", "≤ 1,200"),
    ("open, s", lambda one: f"{one['open_seconds']:.4f}", "≤ 0.2"),
    ("mapping, MiB a worker of four", lambda one: f"{one['memory']['mapping_mib']:,.0f}", "≤ 350"),
    ("whole process, MiB (proportional)", lambda one: f"{one['memory']['process_mib']:,.0f}", "–"),
    ("its own, MiB", lambda one: f"{one['memory']['unique_mib']:,.0f}", "–"),
    ("exact by handle, µs a key, 256", lambda one: f"{one['exact']['handle_256']:.2f}", "≤ 0.3"),
    ("exact by handle, 2,000", lambda one: f"{one['exact']['handle_2000']:.2f}", "≤ 0.3"),
    ("exact by account id, 256", lambda one: f"{one['exact']['account_id_256']:.2f}", "≤ 0.3"),
    ("exact by account id, 2,000", lambda one: f"{one['exact']['account_id_2000']:.2f}", "≤ 0.3"),
    ("fuzzy, name-derived, µs an event, 256", _fuzzy("name_derived"), "≤ 15"),
    ("fuzzy, unrelated", _fuzzy("unrelated"), "≤ 4"),
    ("fuzzy alone, mean", _fuzzy("single_mean"), "–"),
    ("fuzzy alone, p99", _fuzzy("single_p99"), "≤ 250"),
    ("rows met by a name-derived handle", _fuzzy("rows_an_event"), "–"),
    ("have any candidate", _fuzzy("with_candidates", "{:.2f}"), "–"),
    ("brute force with rapidfuzz, ms", lambda o: f"{o['fuzzy']['brute_force_us'] / 1e3:,.0f}", "–"),
    ("times faster", _fuzzy("speed_up", "{:,.0f}"), "–"),
    ("live update, µs", lambda one: f"{one['overlay']['us_an_update']:.0f}", "–"),
    ("slowest of 10,000, ms", lambda one: f"{one['overlay']['slowest_update_ms']:.2f}", "≤ 50"),
    (
        "10,000 updates: more a proposal, µs",
        lambda one: f"{one['overlay']['more_us_a_proposal']:.2f}",
        "–",
    ),
)


def plots(figures: dict[str, Any]) -> None:
    """Growth, reliability and leads, as SVG beside the page."""
    mpl.rcParams["svg.hashsalt"] = "netral"
    PLOTS.mkdir(exist_ok=True)
    sizes = figures["sizes"]
    accounts = [one["accounts"] for one in sizes]
    figure, axes = plt.subplots(figsize=(7, 4))
    for key in ("name_derived", "unrelated", "single_p99"):
        axes.plot(accounts, [one["fuzzy"][key] for one in sizes], marker="o", label=key)
    axes.plot(
        accounts, [one["fuzzy"]["brute_force_us"] for one in sizes], marker="x", label="brute force"
    )
    axes.set(xscale="log", yscale="log", xlabel="accounts", ylabel="µs an event")
    axes.legend()
    _save(figure, "growth")
    figure, axes = plt.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    for one in sizes:
        curve = one["quality"]["calibration"]
        axes.plot(curve["said"], curve["true"], marker="o", label=f"{one['accounts']:,}")
    axes.set(xlabel="probability said", ylabel="share that is true")
    axes.legend()
    _save(figure, "reliability")
    figure, axes = plt.subplots(figsize=(7, 4))
    rows = sizes[-1]["quality"]["by_threshold"]
    thresholds = [row["threshold"] / 10_000 for row in rows]
    axes.plot(thresholds, [row["precision"] for row in rows], marker="o", label="precision")
    axes.plot(thresholds, [row["recall"] for row in rows], marker="o", label="recall")
    axes.set(xlabel="threshold", ylim=(0, 1.02))
    axes.legend()
    _save(figure, "leads")


def _save(figure: Any, name: str) -> None:
    figure.tight_layout()
    figure.savefig(PLOTS / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)


def _columns(one: dict[str, Any]) -> list[str]:
    size = f"{one['accounts']:,}"
    return [f"precision, {size}", "recall", "leads a million"]


def _threshold_row(row: dict[str, float]) -> list[str]:
    precision = "–" if row["precision"] != row["precision"] else f"{row['precision']:.3f}"
    return [precision, f"{row['recall']:.3f}", f"{row['leads_per_million']:,.1f}"]


def _error(one: dict[str, Any], mix: str, key: str) -> str:
    return f"{one['quality'][mix][key]:.4f}"


def _rows(head: list[str], rows: list[list[str]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


if __name__ == "__main__":
    main()
