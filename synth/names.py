"""Invented Indonesian names from licence-permitted tokens, skewed as real names are (Zipf).

Tokens and their licence: `synth/data/NOTICE.txt`.
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from random import Random

_TOKENS = Path(__file__).parent / "data" / "name_tokens.txt"
_ZIPF_EXPONENT = 0.8
"""Flatter than 1: the lists are short, and their head would otherwise be half of everybody."""
_TITLES_FRONT = ("Drs.", "Dra.", "Ir.", "dr.", "H.", "Hj.")
_TITLES_BACK = ("S.Pd.", "S.E.", "S.H.", "S.Sos.", "S.T.", "M.Si.", "M.Pd.", "A.Md.", "S.Kom.")
_MALE_PREFIXES = ("Muhammad", "Moh.", "Ahmad")
_FEMALE_PREFIXES = ("Siti", "Sri", "Nur")


@dataclass(frozen=True, slots=True)
class TokenList:
    """Tokens in the order of their ranks, with the running sum of their weights."""

    tokens: tuple[str, ...]
    running_weight: tuple[float, ...]

    def draw(self, rng: Random) -> str:
        return rng.choices(self.tokens, cum_weights=self.running_weight)[0]


def _zipf(tokens: list[str]) -> TokenList:
    # The sources are alphabetical and say nothing of frequency, so ranks are dealt out by hash.
    tokens = sorted(tokens, key=lambda token: sha256(token.encode()).digest())
    weights = accumulate(1.0 / (rank**_ZIPF_EXPONENT) for rank in range(1, len(tokens) + 1))
    return TokenList(tuple(tokens), tuple(weights))


@lru_cache(maxsize=1)
def token_lists() -> dict[str, TokenList]:
    """The lists `first-male`, `first-female`, `last-male`, `last-female` and `any`."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in _TOKENS.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            current.append(line)
    both = {
        f"{part}-{sex}": sections[f"{part}-{sex}"] + sections[f"{part}-neutral"]
        for part in ("first", "last")
        for sex in ("male", "female")
    }
    return {name: _zipf(tokens) for name, tokens in {**both, "any": sections["any"]}.items()}


def draw_name(rng: Random) -> str:
    """One name without titles: one word in 20, else two or three, no token twice."""
    lists = token_lists()
    sex = rng.choice(("male", "female"))
    words = [lists[f"first-{sex}"].draw(rng)]
    shape = rng.random()
    if shape >= 0.05:
        words.append(lists["any" if rng.random() < 0.3 else f"last-{sex}"].draw(rng))
    if shape >= 0.65:
        words.append(lists["any"].draw(rng))
    if rng.random() < 0.08 and len(words) > 1:
        words.insert(0, rng.choice(_MALE_PREFIXES if sex == "male" else _FEMALE_PREFIXES))
    return " ".join(dict.fromkeys(words))


def with_titles(rng: Random, name: str) -> str:
    """The name as an office writes it: with titles before or behind, two times in five."""
    if rng.random() >= 0.4:
        return name
    front = f"{rng.choice(_TITLES_FRONT)} " if rng.random() < 0.4 else ""
    back = "".join(f", {title}" for title in rng.sample(_TITLES_BACK, rng.choice((1, 1, 2))))
    return f"{front}{name}{back}"
