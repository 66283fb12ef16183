"""What of a handle survives a disguise, and that disguises of one edit share a blocking key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from matchers.handle_keys import DELETIONS_FROM, blocking_keys, take_apart


@pytest.mark.parametrize(
    ("handle", "bones", "digits"),
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
        ("djokosoesilo", "jokosusilo", ""),
        ("tjahjo", "cahjo", ""),
        ("a1", "a1", "1"),
        ("4747", "4747", "4747"),
    ],
)
def test_skeleton_and_digits(handle: str, bones: str, digits: str) -> None:
    key = take_apart("instagram", handle)
    assert (key.skeleton, key.digits) == (bones, digits)


def test_servers_are_kept_apart() -> None:
    ours = blocking_keys(take_apart("mastodon", "budisantoso@kita.id"))
    theirs = blocking_keys(take_apart("mastodon", "budisantoso@lain.id"))
    assert not set(ours) & set(theirs)
    assert take_apart("bluesky", "budi.bsky.social").skeleton == "budi"
    assert take_apart("bluesky", "budi.id").skeleton == "budid"


@given(st.text("abcdefg", min_size=6, max_size=12), st.data())
def test_skeletons_one_edit_apart_share_a_key(handle: str, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(handle) - 1))
    letter = data.draw(st.sampled_from(["", "k", "l"]))
    other = handle[:position] + letter + handle[position + data.draw(st.integers(0, 1)) :]
    ours, theirs = take_apart("x", handle), take_apart("x", other)
    if (
        min(len(ours.skeleton), len(theirs.skeleton)) >= DELETIONS_FROM
        and Levenshtein.distance(ours.skeleton, theirs.skeleton) <= 1
    ):
        assert set(blocking_keys(ours)) & set(blocking_keys(theirs))


@given(st.text(max_size=30))
def test_no_key_twice(handle: str) -> None:
    keys = blocking_keys(take_apart("youtube", handle))
    assert len(keys) == len(set(keys)) >= 1
