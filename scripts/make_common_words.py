"""Make `config/common_words.txt` from its sources: python scripts/make_common_words.py DATA_DIR.

DATA_DIR holds the evaluation data. Words come from two MIT-licensed lists; the ordinary posts
(Apache-2.0) only say which of the rarer words are met in daily use.
"""

import csv
import sys
from collections import Counter
from pathlib import Path

from matchers.fold import fold

CERTAIN_RANK = 3_000
RARER_RANK = 12_000
MET_IN_POSTS = 3
NAMES_FROM_RANK = 2_000
BY_HAND = (
    "bangkit", "cagub", "cawagub", "coblos", "ganjar", "gaspol", "gemoy",
    "jatim", "lanjutkan", "menangkan", "nyoblos", "paslon", "pilgub",
    "pilihan", "pilkada", "resik",
)  # fmt: skip
HEAD = """\
# Everyday Indonesian words. A candidate's name, alias or slogan that is one or two of them never
# counts without a second, independent piece of evidence.
#
# Derived, folded and cut, from two lists under the MIT licence (notices: common_words.NOTICE.txt):
# zxcvbn-ts language-id 4.1.1, words of rank up to 3,000 and up to 12,000 where met in three of
# 11,000 ordinary posts, given names left out; stopwords-iso/stopwords-id. Added by hand: words of
# campaigns (coblos, gemoy, ganjar ...). Made by scripts/make_common_words.py.
"""


def common_words(data: Path) -> list[str]:
    """Folded single words, sorted."""
    names = set((data / "names/zxcvbn_id_names.csv").read_text("utf-8").split())
    stop_words = (data / "lexicon/stopwords_iso_id.txt").read_text("utf-8").splitlines()
    posts = (data / "posts/smsa_doc-sentiment-prosa__train_preprocess.tsv").read_text("utf-8")
    met = Counter(
        word for line in posts.splitlines() for word in set(fold(line.rpartition("\t")[0]).split())
    )
    chosen = {*stop_words, *BY_HAND}
    with (data / "lexicon/zxcvbn_id_common_words.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            word, rank = fold(row["word"]), int(row["rank"])
            if not (word.isascii() and word.isalpha() and len(word) > 1):
                continue
            if word in names and word not in stop_words and rank > NAMES_FROM_RANK:
                continue
            if rank <= CERTAIN_RANK or (rank <= RARER_RANK and met[word] >= MET_IN_POSTS):
                chosen.add(word)
    folded = {fold(word) for word in chosen}
    return sorted(word for word in folded if word and " " not in word)


if __name__ == "__main__":
    target = Path(__file__).parent.parent / "config" / "common_words.txt"
    words = common_words(Path(sys.argv[1]))
    target.write_text(HEAD + "\n".join(words) + "\n", encoding="utf-8")
    sys.stdout.write(f"{target}: {len(words)} words\n")
