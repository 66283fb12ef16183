"""A list may lose up to the set share at once, and not one entry more."""

import pytest

from config.errors import ListError, RegisterError
from matchers.shrink import refuse_shrunk


@pytest.mark.parametrize(
    ("before", "after", "max_shrink"),
    [
        (10, 8, 0.2),
        (5, 4, 0.2),
        (1_000, 800, 0.2),
        (10, 30, 0.0),
        (7, 0, 1.0),
        (0, 0, 0.2),
        (150, 123, 0.18),
    ],
)
def test_up_to_the_share_passes(before: int, after: int, max_shrink: float) -> None:
    refuse_shrunk("list", before, after, max_shrink)


@pytest.mark.parametrize(
    ("before", "after", "max_shrink"),
    [(10, 7, 0.2), (5, 3, 0.2), (1_000, 799, 0.2), (10, 9, 0.0), (7, 0, 0.99)],
)
def test_one_more_is_refused_with_both_sizes(before: int, after: int, max_shrink: float) -> None:
    with pytest.raises(ListError, match=rf"^list: {after} entries where {before} are in force"):
        refuse_shrunk("list", before, after, max_shrink)


def test_the_error_is_of_the_list_that_shrank() -> None:
    with pytest.raises(RegisterError):
        refuse_shrunk("register", 10, 1, 0.2, RegisterError)
