"""The ways to name a ballot number.

A number alone says nothing. With a word of the vote (`paslon 2`) it counts where the contest is
known besides, from another entry or its region; without one (`no 2`, which may be a house or a
rank) only another entry of the contest will do.
"""

from collections.abc import Iterator
from typing import Final

_WORDS: Final = (
    "", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh",
)  # fmt: skip
_OF_THE_VOTE: Final = (
    "paslon {}",
    "paslon no {}",
    "paslon nomor {}",
    "nomor urut {}",
    "nomer urut {}",
    "no urut {}",
    "coblos {}",
    "coblos no {}",
    "coblos nomor {}",
    "nyoblos {}",
    "nyoblos no {}",
    "pilih no {}",
    "pilih nomor {}",
    "cagub no {}",
    "cagub nomor {}",
    "calon nomor {}",
    "salam {} jari",
)
_LOOSE: Final = ("nomor {}", "nomer {}", "no {}")


def number_phrases(number: int, *, loose: bool = False) -> Iterator[str]:
    """Every way to name the number, folded; with a word of the vote, or `loose`, without."""
    forms = [str(number), f"{number:02d}"]
    if number < len(_WORDS):
        forms.append(_WORDS[number])
    for form in dict.fromkeys(forms):
        for cue in _LOOSE if loose else _OF_THE_VOTE:
            yield cue.format(form)
