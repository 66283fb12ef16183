"""Checks the learned match weights by another way: `python -m learning.crosscheck --data DIR`.

Learning counts, because it knows who every invented author is. Here splink (a development
dependency) gets the same compared pairs without that, and estimates m and u by expectation
maximisation: both, or m alone with u as the outsiders' pairs have it, as splink's users take u from
random pairs. It also estimates the share of true pairs.

EM takes evidence for independent, given a match. It is not quite: who has no bio shows neither
region nor agency, and titles come with a full name. So the two ways agree nearly, not wholly.
50,000 people take half a minute.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from learning.crosscheck_guess import guess
from learning.crosscheck_report import as_markdown, lines_of
from learning.crosscheck_sample import draw_sample
from learning.ground import ground, say, tables_of
from learning.mix import variant_shares
from learning.real_pairs import real_pairs


def crosscheck(data: Path, people: int, seed: int, registered: int, outsiders: int) -> str:
    """Everything in one run, as Markdown; `registered` and `outsiders` are numbers of events.

    Raises FileNotFoundError where `data` has not the collections of :mod:`learning.real_pairs`.
    """
    shares = variant_shares(real_pairs(data, "learned"))
    with ground(people, seed) as stands_on:
        sample = draw_sample(stands_on, shares, registered, outsiders)
    learned = tables_of(sample.matches, sample.outsiders)
    guesses = {}
    for what, given_u in (("m and u", False), ("m, u given", True)):
        say(f"estimating {what}")
        guesses[what] = guess(sample, given_u=given_u)
    lines = lines_of(sample, learned, [one.tables for one in guesses.values()])
    return f"{people:,} invented people, seed {seed}; " + as_markdown(sample, guesses, lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--registered", type=int, default=20_000, help="registered people's events")
    parser.add_argument("--outsiders", type=int, default=200_000, help="outsiders' events")
    options = parser.parse_args(arguments)
    print(
        crosscheck(
            options.data, options.people, options.seed, options.registered, options.outsiders
        ),
        end="",
    )


if __name__ == "__main__":
    main()
