"""The watchlist at national size: loading, memory, and the time of a post, beside other searches.

    python -m bench.watchlist [--legislative N] [--rounds R]

Everything in one process on one core. Posts are made of everyday words, so they touch nothing;
those that hit hold a candidate's name and the region. The other searches look for the exact names
alone: ahocorasick-rs, pyahocorasick, and one regular expression of a tenth of the names. Times are
the least of the rounds, as others use the machine.
"""

import argparse
import gc
import re
import sys
import time
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final

import ahocorasick
import ahocorasick_rs
import msgspec

from bench.events import everyday_words
from bench.pipeline import pin
from bench.probe import resident_mib
from bench.table import publish
from bench.watchlist_lists import PHASES, national_watchlist
from config.settings import CONFIG_DIR
from lists.ordinary_text import load_ordinary_text
from matchers.evidence import gather
from matchers.fold import fold
from matchers.touch import every_hit, touch, touch_batch
from matchers.watchlist_check import watchlist_problems
from matchers.watchlist_index import WatchlistIndex
from streams.records import Actor, PublicPost, Watchlist

SEED: Final = 5
BATCH: Final = 500
POSTS: Final = 4_000
SOME: Final = 10
"""The regular expression is of one name in so many; more do not compile in a minute."""
WORST: Final[dict[str, str]] = {
    "one letter": "a" * 65_536,
    "letters apart": "a " * 32_768,
    "digits and letters": "1a" * 32_768,
    "10,000 hashtags": " ".join(f"#tag{number}" for number in range(10_000))[:65_536],
    "joined hashtags": "#dukungsemuacalonbersamakita " * 2_300,
    "handles": "@a." * 21_000,
    "links": "https://" * 8_192,
    "quotation marks": '"' * 65_536,
    "nested quotes": '"kata "' * 9_000,
    "combining marks": "\u0301" * 65_536,
    "foreign letters": "\u0430" * 65_536,
    "numbers": "nomor urut 2 " * 5_000,
}


def measure(legislative: int, rounds: int) -> dict[str, Any]:
    ordinary = load_ordinary_text(CONFIG_DIR)
    small = WatchlistIndex(national_watchlist(0, SEED), ordinary)
    small.warm_up()
    encoded = msgspec.json.encode(national_watchlist(legislative, SEED))
    touch_batch(_posts(["Wilayah 1", "a1b"]), [1, 1], small)
    del small
    gc.collect()
    before = resident_mib()
    start = time.perf_counter()
    watchlist = msgspec.json.decode(encoded, type=Watchlist)
    read = time.perf_counter()
    problems = watchlist_problems(watchlist)
    checked = time.perf_counter()
    index = WatchlistIndex(watchlist, ordinary)
    built = time.perf_counter()
    gc.collect()
    memory = resident_mib() - before
    assert not problems, problems[:3]
    figures: dict[str, Any] = {
        "entries": index.entry_count,
        "read_s": read - start,
        "check_s": checked - read,
        "index_s": built - checked,
        "load_s": built - start,
        "memory_mib": memory,
        "update_s": _update(watchlist, index),
    }
    names = [
        name
        for e in watchlist.elections
        for c in e.contests
        for k in c.candidates
        for name in k.names
    ]
    texts = {size: _everyday(size) for size in (180, 280)}
    figures |= {f"nothing_{size}_us": _least(_ours(index, texts[size]), rounds) for size in texts}
    figures["hits_us"] = _least(_with_hits(index, watchlist), rounds)
    figures |= _others(names, texts[180], rounds)
    figures["worst_ms"] = _worst(index, rounds)
    return figures


def _posts(texts: Sequence[str]) -> list[PublicPost]:
    return [
        PublicPost(
            schema=1, post_id=f"p{number}", platform="x", action="post",
            actor=Actor(handle="warga"), created_at=PHASES[0].start, observed_at=PHASES[0].start,
            source="bench", visibility="public", text=text,
        )
        for number, text in enumerate(texts)
    ]  # fmt: skip


def _everyday(size: int) -> list[str]:
    """Posts of about so many characters."""
    rng = Random(size)
    words = everyday_words(CONFIG_DIR)
    texts = []
    for _ in range(POSTS):
        text = ""
        while len(text) < size:
            text += f" {rng.choice(words)}"
        texts.append(text[1 : size + 1])
    return texts


def _every_contest(index: WatchlistIndex) -> int:
    return (1 << len(index.contest_ids)) - 1


def _ours(index: WatchlistIndex, texts: Sequence[str]) -> Callable[[], int]:
    """Fold, search and decide, by batches, as a worker does; microseconds a post are asked for."""
    posts = _posts(texts)
    batches = [posts[at : at + BATCH] for at in range(0, len(posts), BATCH)]
    mask = _every_contest(index)

    def run() -> int:
        for batch in batches:
            touch_batch(batch, [mask] * len(batch), index)
        return len(posts)

    return run


def _with_hits(index: WatchlistIndex, watchlist: Watchlist) -> Callable[[], int]:
    """Posts with a name and its region: everything, to the evidence with its spans."""
    rng = Random(SEED)
    contests = watchlist.elections[0].contests
    texts = []
    for text in _everyday(140)[:1_000]:
        contest = rng.choice(contests)
        name = max((one.names[0] for one in contest.candidates), key=len)
        texts.append(f"dukung {name} di {contest.region_names[0]} {text}")
    posts = _posts(texts)
    mask = _every_contest(index)

    def run() -> int:
        for at in range(0, len(posts), BATCH):
            batch = posts[at : at + BATCH]
            for post, hits in zip(
                batch, touch_batch(batch, [mask] * len(batch), index), strict=True
            ):
                assert gather(post, hits, index)
        return len(posts)

    return run


def _others(names: Sequence[str], texts: Sequence[str], rounds: int) -> dict[str, float]:
    """Other searches of the exact names, the folding included."""
    padded = [f" {fold(name)} " for name in dict.fromkeys(names)]
    rust = ahocorasick_rs.AhoCorasick(
        padded, matchkind=ahocorasick_rs.MatchKind.Standard, store_patterns=False
    )
    plain = ahocorasick.Automaton()
    for name in padded:
        plain.add_word(name, name)
    plain.make_automaton()
    expression = re.compile("|".join(re.escape(name) for name in padded[::SOME]))

    def over(search: Callable[[str], object], some: Sequence[str]) -> Callable[[], int]:
        def run() -> int:
            for text in some:
                search(f" {fold(text)} ")
            return len(some)

        return run

    return {
        "ahocorasick_rs_us": _least(
            over(lambda text: rust.find_matches_as_indexes(text, overlapping=True), texts), rounds
        ),
        "pyahocorasick_us": _least(over(lambda text: list(plain.iter(text)), texts), rounds),
        "regex_of_a_tenth_us": _least(over(expression.findall, texts[:20]), 1),
    }


def _update(watchlist: Watchlist, index: WatchlistIndex) -> float:
    """Seconds from one changed contest to an index of the whole list."""
    first, *rest = watchlist.elections
    contest = msgspec.structs.replace(first.contests[0], name="changed")
    changed = msgspec.structs.replace(first, contests=(contest, *first.contests[1:]))
    start = time.perf_counter()
    WatchlistIndex(
        msgspec.structs.replace(watchlist, elections=(changed, *rest)), index.ordinary, index
    )
    return time.perf_counter() - start


def _worst(index: WatchlistIndex, rounds: int) -> dict[str, float]:
    """Milliseconds of posts made to be slow."""
    mask = _every_contest(index)
    found = {}
    for name, text in WORST.items():
        (post,) = _posts([text])
        times = []
        for _ in range(rounds):
            start = time.perf_counter()
            touch(post, mask, index)
            times.append(time.perf_counter() - start)
        found[name] = min(times) * 1e3
        every_hit(post, mask, index)
    return found


def _least(run: Callable[[], int], rounds: int) -> float:
    """Microseconds a post, the best of the rounds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        posts = run()
        times.append((time.perf_counter() - start) / posts)
    return min(times) * 1e6


def rows_of(figures: dict[str, Any]) -> list[tuple[str, ...]]:
    """The table a person reads."""
    worst = max(figures["worst_ms"], key=figures["worst_ms"].get)
    parts = ", ".join(f"{figures[part]:.1f}" for part in ("read_s", "check_s", "index_s"))
    return [
        ("what", "measured", "goal"),
        ("entries", f"{figures['entries']:,}", ""),
        ("loading, s (read, check, index)", f"{figures['load_s']:.1f} ({parts})", "≤ 10"),
        ("memory, MiB", f"{figures['memory_mib']:,.0f}", "≤ 400"),
        ("one contest changed, s", f"{figures['update_s']:.2f}", "≤ 5"),
        ("180 characters that touch nothing, µs", f"{figures['nothing_180_us']:.1f}", "≤ 7"),
        ("280 characters", f"{figures['nothing_280_us']:.1f}", "≤ 12"),
        ("a name and its region, to the spans, µs", f"{figures['hits_us']:.0f}", "≤ 150"),
        ("fold and ahocorasick-rs, exact names alone", f"{figures['ahocorasick_rs_us']:.1f}", ""),
        ("fold and pyahocorasick, the same", f"{figures['pyahocorasick_us']:.1f}", ""),
        ("a regular expression of a tenth of them", f"{figures['regex_of_a_tenth_us']:,.0f}", ""),
        ("slowest post of 64 KiB, ms", f"{figures['worst_ms'][worst]:.1f} ({worst})", "≤ 20"),
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--legislative", type=int, default=250_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    if sys.platform != "linux":
        raise SystemExit("the benchmark pins itself and reads /proc: it runs on Linux only")
    pin(0)
    figures = measure(options.legislative, options.rounds)
    publish("watchlist", figures, rows_of(figures))


if __name__ == "__main__":
    main()
