"""Counts words and pairs of words of ordinary Indonesian text: `python -m learning.ordinary_text
--data DIR` writes `config/ordinary_text.tsv`.

The watchlist needs to know how often a name is just a word: `ganjar` is a reward, `indah` is
beautiful, and nobody should be found by them alone. Two collections whose licences permit it:

- SmSA (IndoNLU), reviews, comments and posts, Apache-2.0: every second line, so that the others
  can be measured on;
- IDNER news 2k, development part, MIT, without what is marked as a person's name there: a
  politician in the news is no ordinary word.

Texts that speak of politics are left out of both (`POLITICS`), for the same reason.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from config.settings import CONFIG_DIR
from matchers.fold import fold

SMSA: Final = "posts/smsa_doc-sentiment-prosa__train_preprocess.tsv"
IDNER: Final = "posts/idner2k_dev.txt"
LEAST_TEXTS: Final = 2
"""A word or pair that stands in fewer texts may be a slip, or a name."""
POLITICS: Final = frozenset(
    """
    presiden wapres capres cawapres gubernur wagub cagub bupati walikota menteri menko
    mendagri kabinet partai parpol pdip pdi golkar gerindra nasdem pks pkb ppp psi hanura
    demokrat dpr dprd mpr kpu bawaslu pemilu pilkada pilpres pilgub pileg kampanye caleg
    politik politisi politikus pemerintah pemerintahan oposisi rezim jokowi prabowo sby ahok
    megawati kpk ketum paslon petahana
    """.split()  # noqa: SIM905 - a text of so many words reads better
)
"""A text that holds one of these is about politics."""
_PERSON: Final = "#"
"""Stands for a person's name; no pair reaches over it."""


def smsa_texts(data: Path, *, learned: bool) -> list[str]:
    """The texts that were counted, or those that were not."""
    with (data / SMSA).open(encoding="utf-8") as lines:
        return [
            line.rsplit("\t", 1)[0] for at, line in enumerate(lines) if (at % 2 == 0) is learned
        ]


def news_texts(path: Path, *, people: bool) -> Iterator[str]:
    """Sentences of a file of words with their tags; `people` says whether to keep their names."""
    words: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        parts = line.split()
        if not parts:
            if words:
                yield " ".join(words)
            words = []
            continue
        is_person = len(parts) > 1 and parts[-1].upper().endswith("PER")
        words.append(_PERSON if is_person and not people else parts[0])
    if words:
        yield " ".join(words)


def count(texts: Sequence[str]) -> Counter[str]:
    """In how many texts each word and each pair of neighbours stands, folded."""
    counts: Counter[str] = Counter()
    for text in texts:
        seen: set[str] = set()
        for part in text.split(_PERSON):
            words = [word for word in fold(part).split(" ") if word]
            seen.update(words)
            seen.update(f"{one} {other}" for one, other in pairwise(words))
        counts.update(seen)
    return counts


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=CONFIG_DIR / "ordinary_text.tsv")
    options = parser.parse_args(arguments)
    texts = [
        text
        for text in (
            *smsa_texts(options.data, learned=True),
            *news_texts(options.data / IDNER, people=False),
        )
        if POLITICS.isdisjoint(fold(text).split(" "))
    ]
    counts = count(texts)
    kept = sorted(
        (text, times)
        for text, times in counts.items()
        if times >= LEAST_TEXTS and text[0] != "@" and not text.replace(" ", "").isdigit()
    )
    with options.out.open("w", encoding="utf-8") as file:
        file.write(
            "# How many ordinary Indonesian texts hold a word, or two words side by side.\n"
            "# Made by python -m learning.ordinary_text; see config/ordinary_text.NOTICE.txt.\n"
            f"# texts\t{len(texts)}\n"
        )
        file.writelines(f"{text}\t{times}\n" for text, times in kept)
    print(f"{options.out}: {len(kept):,} words and pairs of {len(texts):,} texts")


if __name__ == "__main__":
    main()
