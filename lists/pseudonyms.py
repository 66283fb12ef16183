"""An election is judged only where the register has pseudonyms for it (invariant 09)."""

from collections.abc import Collection, Set

from config.errors import ListError


def check_pseudonyms(elections: Collection[str], known: Set[str], error: type[ListError]) -> None:
    """Raise `error` where the register, which has those of `known`, lacks one of `elections`."""
    missing = sorted(set(elections) - known)
    if missing:
        which = ", ".join(missing)
        election = missing[0] if len(missing) == 1 else "ID"
        raise error(
            f"the register has no pseudonyms for election {which}. Build them beside it: "
            f"netral register refs DIR --election {election} --key-file KEY --recipient REVIEW_KEY "
            "--vault OUT"
        )
