"""What of a handle survives a disguise; the kernel against regular expressions."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matchers.affix_words import PREFIXES, SUFFIXES
from matchers.handle_pairs import HandleParts, take_apart
from matchers.handles import normalise
from streams.records import PLATFORMS, Platform
from tests.matchers.handles_drawn import LIMITS, pairs
from tests.reference.slow_handles import slow_parts


def parts(platform: str, handle: str) -> tuple[str, str, str, bool]:
    found = take_apart(platform, handle)
    return (found.letters.decode(), found.skeleton.decode(), found.digits.decode(), found.raw)


@pytest.mark.parametrize(
    ("handle", "skeleton", "digits"),
    [
        ("budi.santoso", "budisantoso", ""),
        ("b_u_d_i_santoso", "budisantoso", ""),
        ("bud1santoso", "budisantoso", ""),
        ("budiisantoso", "budisantoso", ""),
        ("boedisantoso", "budisantoso", ""),
        ("budi88", "budi", "88"),
        ("88budi", "budi", "88"),
        ("budi_8", "budi", "8"),
        ("budi88santoso", "budisantoso", "88"),
        ("budi9santoso", "budisantoso", "9"),
        ("b4nd4ng", "bandang", ""),
        ("djokosoesilo", "jokosusilo", ""),
        ("tjahjo", "cahjo", ""),
        ("sjahrir", "sahrir", ""),
        ("khoirul", "koirul", ""),
        ("yudhi", "iudi", ""),
        ("zulfiqar", "sulfikar", ""),
        ("sophia", "sofia", ""),
        ("diannaa", "diana", ""),
        ("vina", "fina", ""),
        ("rama5ofc", "ramaofc", "5"),  # before a word that people put behind a name
        ("rama5ofcx", "ramasofcx", ""),
    ],
)
def test_skeleton_and_digits(handle: str, skeleton: str, digits: str) -> None:
    assert parts("instagram", handle)[1:] == (skeleton, digits, False)


@pytest.mark.parametrize("handle", ["a", "a1", "4747", "aaa", "aa_aa", "7_7"])
def test_too_few_letters_stand_for_themselves(handle: str) -> None:
    letters = handle.replace("_", "")
    assert parts("instagram", handle) == (letters, letters, "", True)


@pytest.mark.parametrize(
    ("platform", "handle", "skeleton"),
    [
        ("bluesky", "budi.bsky.social", "budi"),
        ("bluesky", "budi.id", "budid"),
        ("mastodon", "budi.s@kita.id", "budis"),
        ("youtube", "буди·са", "будиса"),
        ("youtube", "budi-s", "budis"),
        ("x", "___", ""),
    ],
)
def test_the_servers_part_is_no_letter_of_the_persons(
    platform: str, handle: str, skeleton: str
) -> None:
    assert normalise(platform, handle) == handle
    assert parts(platform, handle)[1] == skeleton


@pytest.mark.parametrize(
    ("platform", "handle"),
    [(platform, handle) for platform, handles in LIMITS.items() for handle in handles],
)
def test_what_a_platform_allows_at_most_is_taken_apart_whole(platform: str, handle: str) -> None:
    assert normalise(platform, handle) == handle
    assert _as_bytes(platform, handle) == take_apart(platform, handle)


def _as_bytes(platform: str, handle: str) -> HandleParts:
    letters, skeleton, digits, raw = slow_parts(platform, handle)
    return HandleParts(
        letters.encode("latin-1"), skeleton.encode("latin-1"), digits.encode("latin-1"), raw
    )


@given(pairs())
def test_handles_against_the_reference(pair: tuple[Platform, str, str]) -> None:
    platform, *handles = pair
    for handle in handles:
        assert take_apart(platform, handle) == _as_bytes(platform, handle)


SPELLINGS = "aehjoydtkcpsfqvz17.·_"


@given(
    st.sampled_from(PLATFORMS),
    st.text(SPELLINGS, max_size=128) | st.text(max_size=128),
)
@example("bluesky", ".bsky.social")
@example("bluesky", "xbsky.social")
@example("mastodon", "budi@a@b")
@example("youtube", "\U0010ffff" * 128)
def test_any_text_against_the_reference(platform: str, text: str) -> None:
    """Also what no platform allows: a kernel must not stumble over it."""
    assert take_apart(platform, text) == _as_bytes(platform, text)


@given(st.text("abcdefg", min_size=3, max_size=12))
def test_a_skeleton_folds_to_itself(name: str) -> None:
    _, skeleton, _, raw = parts("youtube", name)
    if not raw:
        assert parts("youtube", skeleton)[1] == skeleton


def test_the_words_around_a_name_stand_there_once() -> None:
    for words in (PREFIXES, SUFFIXES):
        assert len(words) == len(set(words))
        assert all(word.isascii() and word.isalpha() and word.islower() for word in words)
