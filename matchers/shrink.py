"""A list that lost much at once is more often a broken export than a decision."""

from decimal import Decimal

from config.errors import ListError


def refuse_shrunk(
    what: str, before: int, after: int, max_shrink: float, error: type[ListError] = ListError
) -> None:
    """Raise `error` where `after` entries are fewer than `before` by more than `max_shrink`.

    `max_shrink` is a share from 0 to 1.
    """
    # Decimal, because 18 % of 150 are 27 and not a little less.
    if before - after > before * Decimal(str(max_shrink)):
        raise error(
            f"{what}: {after} entries where {before} are in force, a fall of more than "
            f"{max_shrink:.0%}. Give the whole list, or raise lists.max_shrink if that is meant."
        )
