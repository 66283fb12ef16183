"""Two handles compared: kernel against reference, and no pair that blocking would miss."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers.affix_words import PREFIXES, SUFFIXES
from matchers.blocking import DELETIONS_FROM
from matchers.evidence_levels import DigitLevel, HandleLevel
from matchers.handle_affixes import MOST_CORES
from matchers.handle_pairs import blocking_keys, compare, keys_of_batch, take_apart
from streams.records import PLATFORMS, Platform
from tests.matchers.handles_drawn import handles_of, pairs
from tests.reference.slow_handles import slow_compare

MIRRORED = {
    HandleLevel.INSERTED: HandleLevel.DELETED,
    HandleLevel.DELETED: HandleLevel.INSERTED,
}


@pytest.mark.parametrize(
    ("ours", "theirs", "level", "digits"),
    [
        ("budi.s", "budi.s", HandleLevel.SAME, DigitLevel.NONE),
        ("budi88", "budi88", HandleLevel.SAME, DigitLevel.NONE),
        ("budi.s", "budi_s", HandleLevel.SEPARATORS, DigitLevel.NONE),
        ("budi88", "budi.88", HandleLevel.SEPARATORS, DigitLevel.AGREE),
        ("a_7", "a7", HandleLevel.SEPARATORS, DigitLevel.NONE),
        ("bud1santoso", "budi.santoso", HandleLevel.SKELETON, DigitLevel.NONE),
        ("budi88", "budi89", HandleLevel.SKELETON, DigitLevel.CONFLICT),
        ("budi88", "budi", HandleLevel.SKELETON, DigitLevel.ONE_SIDED),
        ("88budi", "budi88", HandleLevel.SKELETON, DigitLevel.AGREE),
        ("budii8", "budi_80", HandleLevel.SKELETON, DigitLevel.CONFLICT),
        ("budisantso", "budisantoso", HandleLevel.DELETED, DigitLevel.NONE),
        ("budisantoso", "budisantso", HandleLevel.INSERTED, DigitLevel.NONE),
        ("budisatnoso", "budisantoso", HandleLevel.SWAPPED, DigitLevel.NONE),
        ("budisantuso", "budisantoso", HandleLevel.SUBSTITUTED, DigitLevel.NONE),
        ("bud", "budi", HandleLevel.DELETED, DigitLevel.NONE),
        ("real.kurnia", "kurnia", HandleLevel.AFFIX, DigitLevel.NONE),
        ("real_kurnia88", "kurnia.official88", HandleLevel.AFFIX, DigitLevel.AGREE),
        ("itssri", "sri", HandleLevel.AFFIX, DigitLevel.NONE),
        ("annda", "ananda", HandleLevel.DELETED, DigitLevel.NONE),  # folds to `anda`
        ("abd", "abc", HandleLevel.SUBSTITUTED, DigitLevel.NONE),
    ],
)
def test_levels(ours: str, theirs: str, level: HandleLevel, digits: DigitLevel) -> None:
    assert compare("instagram", ours, theirs) == (level, digits)
    assert compare("instagram", theirs, ours) == (MIRRORED.get(level, level), digits)


@pytest.mark.parametrize(
    ("platform", "ours", "theirs"),
    [
        ("instagram", "andi", "andika"),
        ("instagram", "budi", "siti"),
        ("instagram", "ab", "ac"),  # one edit means nothing in two letters
        ("instagram", "budi88", "budo89santoso"),
        ("instagram", "a1", "a2"),
        ("instagram", "aaa", "aaab"),
        ("instagram", "_", "_"),
        ("instagram", "_", "__"),
        ("instagram", "itsud", "ud"),  # two letters are too few for a core
        ("mastodon", "budisantoso@kita.id", "budisantoso@lain.id"),
        ("mastodon", "budisantoso@kita.id", "budisantoso@kita.idn"),
        ("bluesky", "budi.bsky.social", "budi.contoh.org"),
    ],
)
def test_what_is_not_alike(platform: str, ours: str, theirs: str) -> None:
    assert compare(platform, ours, theirs) is None
    assert compare(platform, theirs, ours) is None


@pytest.mark.parametrize("word", PREFIXES)
def test_every_usual_word_before_a_name_is_known(word: str) -> None:
    found = compare("youtube", f"{word}xukurniawan", "xukurniawan")
    assert found in ((HandleLevel.AFFIX, DigitLevel.NONE), (HandleLevel.INSERTED, DigitLevel.NONE))
    assert found == slow_compare("youtube", f"{word}xukurniawan", "xukurniawan")


@pytest.mark.parametrize("word", SUFFIXES)
def test_every_usual_word_behind_a_name_is_known(word: str) -> None:
    found = compare("youtube", f"kurniawanux{word}", "kurniawanux")
    assert found in ((HandleLevel.AFFIX, DigitLevel.NONE), (HandleLevel.INSERTED, DigitLevel.NONE))
    assert found == slow_compare("youtube", f"kurniawanux{word}", "kurniawanux")


@settings(max_examples=500)
@given(pairs())
def test_compare_against_the_reference(pair: tuple[Platform, str, str]) -> None:
    platform, ours, theirs = pair
    found = compare(platform, ours, theirs)
    assert found == slow_compare(platform, ours, theirs)
    mirrored = compare(platform, theirs, ours)
    if found is None:
        assert mirrored is None
    else:
        assert mirrored == (MIRRORED.get(found[0], found[0]), found[1])


@settings(max_examples=500)
@given(pairs())
def test_whoever_is_alike_shares_a_blocking_key(pair: tuple[Platform, str, str]) -> None:
    platform, ours, theirs = pair
    if slow_compare(platform, ours, theirs) is not None:
        assert set(blocking_keys(platform, ours)) & set(blocking_keys(platform, theirs))


@given(st.text("abcdefg", min_size=6, max_size=12), st.data())
def test_skeletons_one_edit_apart_share_a_key(handle: str, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(handle) - 1))
    letter = data.draw(st.sampled_from(["", "k", "l"]))
    other = handle[:position] + letter + handle[position + data.draw(st.integers(0, 1)) :]
    ours, theirs = take_apart("x", handle), take_apart("x", other)
    if not (ours.raw or theirs.raw) and max(len(ours.skeleton), len(theirs.skeleton)) > 3:
        level = slow_compare("x", handle, other)
        if level is not None:
            assert set(blocking_keys("x", handle)) & set(blocking_keys("x", other))


def test_servers_and_platforms_share_no_key() -> None:
    keys = [
        set(blocking_keys(platform, handle))
        for platform, handle in (
            ("mastodon", "budisantoso@kita.id"),
            ("mastodon", "budisantoso@lain.id"),
            ("x", "budisantoso"),
            ("instagram", "budisantoso"),
        )
    ]
    assert sum(map(len, keys)) == len(set().union(*keys))


@given(pairs())
def test_no_key_twice_and_a_key_for_each_letter(pair: tuple[Platform, str, str]) -> None:
    platform, handle, _ = pair
    keys = blocking_keys(platform, handle)
    parts = take_apart(platform, handle)
    assert len(keys) == len(set(keys))
    if not parts.letters:
        assert keys == []
    elif parts.raw or len(parts.skeleton) < DELETIONS_FROM:
        assert len(keys) == 1
    else:
        assert 2 <= len(keys) <= 1 + 2 * len(parts.skeleton) + MOST_CORES


@given(st.data())
def test_the_keys_of_a_batch_are_those_of_each(data: st.DataObject) -> None:
    asked = data.draw(
        st.lists(
            st.sampled_from(PLATFORMS).flatmap(
                lambda platform: st.tuples(st.just(platform), handles_of(platform))
            ),
            min_size=1,
            max_size=6,
        )
    )
    hashes, places = keys_of_batch(asked)
    assert places == sorted(places)
    for place, (platform, handle) in enumerate(asked):
        own = [hashed for hashed, of in zip(hashes, places, strict=True) if of == place]
        assert list(dict.fromkeys(own)) == blocking_keys(platform, handle)


def test_a_batch_of_long_handles_finds_room() -> None:
    long = [("youtube", f"{'абвгдежзий' * 12}{n}"[:128]) for n in range(40)]
    hashes, places = keys_of_batch(long)
    assert len(hashes) > 16 * len(long) + 1_000
    assert set(places) == set(range(len(long)))
