"""Everyday Indonesian words: a name that is one of them never counts alone."""

from pathlib import Path

from config.errors import WatchlistError


def load_common_words(path: Path) -> frozenset[str]:
    """Read one word a line; lines that begin with `#` are the notice. Raises WatchlistError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WatchlistError(
            f"common words {path}: {type(error).__name__}. It ships with Netral: reinstall it."
        ) from None
    return frozenset(word for line in lines if (word := line.strip()) and not word.startswith("#"))
