"""Learns the match model and writes it: `python -m learning.learn --data DIR`.

1. A register of invented people is drawn and built as an operator would build it.
2. Authors of every kind are drawn; what they meet in the register gives the match weights.
3. Other authors are scored with these weights; isotonic regression gives the calibration.

`--data` is a folder with the two collections of real handles (:mod:`learning.real_pairs`). Five
million people take about 20 minutes and 6 GB.
"""

import argparse
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

from config.settings import CONFIG_DIR, JudgementSettings
from learning.calibration import Scored, calibrate
from learning.ground import AS_IT_IS, Ground, Tables, ground, model_of, say, tables_of
from learning.mix import OUTSIDERS, variant_shares
from learning.observations import Observation
from learning.real_pairs import LEGISLATORS, MEIU22, real_pairs
from learning.scoring import score
from learning.weights import Counts
from learning.write import write_model
from matchers.match_model import Calibration, MatchModel


class Learner:
    """One register, the authors around it, and what is learned from them."""

    def __init__(self, stands_on: Ground, scale: float) -> None:
        self._ground = stands_on
        self._scale = scale

    def tables(self, shares: dict[str, float]) -> Tables:
        """The match weights, from authors of one seed."""
        matches, outsiders = Counts(), Counts()
        for kind, share in shares.items():
            matches.add(self._observed(f"variant:{kind}", 20_000), share, matches=True)
        for kind, share in OUTSIDERS.items():
            count = 400_000 if kind == "name_derived" else 100_000
            outsiders.add(self._observed(kind, count), share, matches=False)
        return tables_of(matches, outsiders)

    def calibration(self, model: MatchModel, shares: dict[str, float]) -> Calibration:
        """What the sum of the weights is worth, from authors of another seed."""
        raw: list[int] = []
        matches: list[bool] = []
        weights: list[float] = []
        kinds = {f"variant:{kind}": (share, 10_000) for kind, share in shares.items()}
        kinds |= {
            kind: (share, 600_000 if kind == "name_derived" else 100_000)
            for kind, share in OUTSIDERS.items()
        }
        stands_for = 0.0
        for kind, (share, count) in kinds.items():
            actors = self._ground.authors(kind, self._scaled(count), self._ground.seed + 1)
            scored = score(
                actors,
                self._ground.population,
                self._ground.register,
                model,
                JudgementSettings(),
            )
            sums = [one.raw for one in scored]
            raw += sums
            is_match = kind.startswith("variant:")
            matches += [is_match] * len(sums)
            weights += [share / len(sums)] * len(sums)
            if not is_match:
                stands_for = max(stands_for, len(sums) / share)
            say(f"calibrating on {kind}")
        return calibrate(
            Scored(np.array(raw), np.array(matches), np.array(weights)), int(stands_for)
        )

    def _observed(self, kind: str, count: int) -> Iterator[Observation]:
        say(f"learning from {kind}")
        return self._ground.observed(kind, self._scaled(count))

    def _scaled(self, count: int) -> int:
        return max(100, int(count * self._scale))


def learn(data: Path, people: int, seed: int, scale: float, out: Path) -> MatchModel:
    """Everything in one run; writes the model to `out`. `scale` makes all streams smaller."""
    pairs = real_pairs(data, "learned")
    shares = variant_shares(pairs)
    say(f"{len(pairs):,} real pairs; drawing {people:,} people")
    with ground(people, seed) as stands_on:
        accounts = stands_on.register.account_count
        learner = Learner(stands_on, scale)
        tables = learner.tables(shares)
        uncalibrated = model_of(tables, AS_IT_IS)
        calibration = learner.calibration(uncalibrated, shares)
        write_model(
            out,
            tables,
            calibration,
            {
                "made_by": f"python -m learning.learn --people {people} --seed {seed}",
                "netral": version("netral"),
                "register": f"{accounts:,} accounts of {people:,} invented people",
                "real_pairs": {
                    MEIU22: "osome-iu/MEIU22@b81de64d, MIT",
                    LEGISLATORS: "unitedstates/congress-legislators@dfa96222, CC0",
                    "used": f"{len(pairs)} unequal pairs of half of the people, for proportions",
                },
                "variants": {kind: round(share, 4) for kind, share in shares.items()},
                "outsiders": dict(OUTSIDERS),
                "names": "mutiawsr/indonesian-names and @zxcvbn-ts/language-id, MIT",
            },
        )
    return model_of(tables, calibration)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--people", type=int, default=5_000_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--scale", type=float, default=1.0, help="size of the streams")
    parser.add_argument("--out", type=Path, default=CONFIG_DIR / "match_model.yaml")
    options = parser.parse_args(arguments)
    learn(options.data, options.people, options.seed, options.scale, options.out)


if __name__ == "__main__":
    main()
