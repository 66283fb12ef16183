"""What is ordinary in Indonesian text: everyday words, and how often words stand in such texts."""

from pathlib import Path

from config.errors import WatchlistError
from lists.common_words import load_common_words
from matchers.ambiguity import OrdinaryText


def load_ordinary_text(config_dir: Path) -> OrdinaryText:
    """Read `common_words.txt` and `ordinary_text.tsv`. Raises WatchlistError naming the line."""
    path = config_dir / "ordinary_text.tsv"
    counts: dict[str, int] = {}
    texts = 0
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WatchlistError(
            f"ordinary text {path}: {type(error).__name__}. It ships with Netral: reinstall it."
        ) from None
    for number, line in enumerate(lines, 1):
        text, tab, times = line.partition("\t")
        if text.startswith("#") and text != "# texts":
            continue
        if not tab or not times.isdecimal():
            raise WatchlistError(
                f"ordinary text {path}, line {number}: not a text, a tab and a number. "
                "It ships with Netral: reinstall it."
            )
        if text == "# texts":
            texts = int(times)
        else:
            counts[text] = int(times)
    if not texts:
        raise WatchlistError(
            f"ordinary text {path}: it does not say of how many texts. It ships with Netral: "
            "reinstall it."
        )
    return OrdinaryText(load_common_words(config_dir / "common_words.txt"), counts, texts)
