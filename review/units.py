"""Which unit a pseudonym belongs to, as a keyed hash: enough to keep colleagues apart.

The register's builder writes one file an election (`netral register units`). The review side
holds no key and learns no unit from it; a user's own hash is made by the builder too.
"""

from pathlib import Path

from config.errors import RegisterError, SettingsError
from lists.unit_hashes import UnitFile, open_units


class UnitHashes:
    """Looks up `ELECTION.units` in a folder. With `compare` False it says that it need not know."""

    def __init__(self, folder: Path | None, *, compare: bool = True) -> None:
        """Raises SettingsError where units are to be compared and no folder is named."""
        if compare and folder is None:
            raise SettingsError(
                "review.units_dir is not set, so nobody could be kept from cases of their own "
                "unit. Name the folder with 'netral register units' files, or set "
                "review.compare_units = false where that is meant."
            )
        self._folder = folder if compare else None
        self._files: dict[str, UnitFile | None] = {}

    @property
    def compared(self) -> bool:
        return self._folder is not None

    def of(self, election_id: str, refs: list[str]) -> tuple[frozenset[str], bool]:
        """The units' hashes of these pseudonyms, and whether all of them are known."""
        if self._folder is None:
            return frozenset(), True
        file = self._file(self._folder, election_id)
        if file is None:
            return frozenset(), False
        found, known = set(), True
        for ref in refs:
            unit = file.unit_of(ref)
            if unit is None:
                known = False
            elif unit:
                found.add(unit)
        return frozenset(found), known

    def _file(self, folder: Path, election_id: str) -> UnitFile | None:
        if election_id not in self._files:
            try:
                self._files[election_id] = open_units(folder, election_id)
            except FileNotFoundError:
                return None  # asked again at the next flag: it may be copied here while we run
            except RegisterError as error:
                raise SettingsError(f"review.units_dir: {error}") from None
        return self._files[election_id]
