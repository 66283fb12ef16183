"""How two names and two sets of titles compare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchers.evidence_levels import AGREEING_NAMES, NameLevel, TitleLevel
from matchers.name_levels import name_level, title_level
from matchers.names import TITLES, parse_name


@pytest.mark.parametrize(
    ("ours", "theirs", "bearers", "level"),
    [
        ("budi sasmitho", "budi sasmitho", 1, NameLevel.ONE),
        ("budi agus sasmitho", "budi agus sasmitho", 1, NameLevel.ONE_LONG),
        ("budi sasmitho", "budi sasmitho", 3, NameLevel.FEW),
        ("budi agus sasmitho", "budi agus sasmitho", 2, NameLevel.FEW_LONG),
        ("sri hartono", "sri hartono", 4, NameLevel.SOME),
        ("sri dwi hartono", "sri dwi hartono", 100, NameLevel.SOME),
        ("sri wahyuni", "sri wahyuni", 101, NameLevel.MANY),
        ("sasmitho budi", "budi sasmitho", 1, NameLevel.REORDERED),
        ("budi budi sri", "sri budi budi", 1, NameLevel.REORDERED),
        ("muhammad budi santoso", "budi santoso", 1, NameLevel.PART),
        ("budi santoso", "muhammad budi santoso", 1, NameLevel.PART),
        ("santoso budi", "muhammad budi santoso", 1, NameLevel.PART),
        ("budi s", "budi santoso", 1, NameLevel.INITIALS),
        ("b santoso", "budi santoso", 1, NameLevel.INITIALS),
        ("b s", "budi santoso", 1, NameLevel.DIFFERS),
        ("budi t", "budi santoso", 1, NameLevel.DIFFERS),
        ("budi s a", "budi santoso", 1, NameLevel.DIFFERS),
        ("sri wahyunii", "sri wahyuni", 1, NameLevel.SIMILAR),
        ("wahyunii sri", "sri wahyuni", 1, NameLevel.SIMILAR),
        ("budi budi", "budi santoso", 1, NameLevel.DIFFERS),
        ("toko berkah", "budi santoso", 1, NameLevel.DIFFERS),
        ("suharto", "suharto", 1, NameLevel.SILENT),
        ("suharto", "suharto adi", 1, NameLevel.SILENT),
        ("suharto adi", "suharto", 1, NameLevel.SILENT),
        ("", "budi santoso", 1, NameLevel.SILENT),
        ("budi santoso", "", 0, NameLevel.SILENT),
    ],
)
def test_name_levels(ours: str, theirs: str, bearers: int, level: NameLevel) -> None:
    assert name_level(ours, theirs, bearers) is level


WORDS = st.lists(
    st.sampled_from(["budi", "sri", "santoso", "santosa", "wahyuni", "b", "s", "muhammad"]),
    max_size=4,
).map(" ".join)


@given(WORDS, WORDS, st.integers(1, 200))
def test_the_level_is_the_same_from_either_side(ours: str, theirs: str, bearers: int) -> None:
    assert name_level(ours, theirs, bearers) is name_level(theirs, ours, bearers)


@given(WORDS, WORDS, st.integers(1, 200))
def test_a_name_agrees_by_its_words_and_no_single_word_says_anything(
    ours: str, theirs: str, bearers: int
) -> None:
    level = name_level(ours, theirs, bearers)
    same_words = sorted(ours.split()) == sorted(theirs.split())
    single = min(len(ours.split()), len(theirs.split())) < 2
    assert (level is NameLevel.SILENT) == single
    assert (level in AGREEING_NAMES) == (same_words and not single)


TITLED = st.lists(st.sampled_from(TITLES)).map(
    lambda titles: sum(1 << TITLES.index(title) for title in set(titles))
)


@given(TITLED, TITLED)
def test_titles_agree_in_one_of_them(ours: int, theirs: int) -> None:
    names = [
        {title for bit, title in enumerate(TITLES) if titles >> bit & 1}
        for titles in (ours, theirs)
    ]
    if not all(names):
        expected = TitleLevel.SILENT
    else:
        expected = TitleLevel.AGREE if names[0] & names[1] else TitleLevel.OTHER
    assert title_level(ours, theirs) is expected


def test_titles_as_they_are_written() -> None:
    registered = parse_name("Dra. Hj. Siti Rahma, M.Si.").titles
    for written, level in (
        ("Hj. Siti Rahma", TitleLevel.AGREE),
        ("Hajjah Siti Rahma", TitleLevel.AGREE),
        ("Siti Rahma MSi", TitleLevel.AGREE),
        ("Siti Rahma, S.Kep., Ns.", TitleLevel.OTHER),
        ("Siti Rahma", TitleLevel.SILENT),
        ("Pdt. Siti Rahma", TitleLevel.SILENT),  # a title that a register does not keep
    ):
        assert title_level(parse_name(written).titles, registered) is level, written
