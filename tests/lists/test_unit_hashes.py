"""Unit hashes: found by binary search, told apart by key and election, refused when damaged."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import RegisterError
from lists import refs as register_refs
from lists.register_build import build_register
from lists.unit_hashes import FORMAT, UnitHeader, open_units, unit_hash, write_units
from tests.lists.sources import row, write_source


@given(
    st.dictionaries(
        st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16), max_size=40
    ),
    st.binary(min_size=16, max_size=16),
)
def test_every_pseudonym_is_found_and_no_other(
    tmp_path_factory: pytest.TempPathFactory, units: dict[bytes, bytes], other: bytes
) -> None:
    folder = tmp_path_factory.mktemp("units")
    refs = np.frombuffer(b"".join(units), np.uint8).reshape(-1, 16)
    header = UnitHeader(format=FORMAT, election_id="e", key_id="k", people=len(units))
    write_units(folder / "e.units", header, refs, list(units.values()))
    opened = open_units(folder, "e")
    for ref, unit in units.items():
        assert opened.unit_of(f"s{ref.hex()}") == (f"u{unit.hex()}" if any(unit) else "")
    if other not in units:
        assert opened.unit_of(f"s{other.hex()}") is None
    assert opened.unit_of("nonsense") is None


def test_hashes_differ_by_key_and_election(tmp_path: Path) -> None:
    one, other = bytes(32), bytes(31) + b"1"
    hashes = {
        register_refs.unit_of(secret, election, "BKPSDM")
        for secret in (one, other)
        for election in ("e1", "e2")
    }
    assert len(hashes) == 4
    assert unit_hash(one, "BKPSDM") == unit_hash(one, "BKPSDM")


def test_it_needs_pseudonyms_under_the_same_key(tmp_path: Path) -> None:
    build_register(write_source(tmp_path / "s.csv", [row()]), tmp_path / "reg")
    register_refs.make_key(tmp_path / "key")
    with pytest.raises(RegisterError, match="register refs' first"):
        register_refs.write_unit_hashes(
            tmp_path / "reg", "e1", tmp_path / "key", tmp_path / "e1.units"
        )


@pytest.mark.parametrize("damage", [b"", b"{}\n", b"x" * 100])
def test_a_damaged_file_is_refused(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "e.units").write_bytes(damage)
    with pytest.raises(RegisterError, match="netral register units"):
        open_units(tmp_path, "e")


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    header = UnitHeader(format=FORMAT, election_id="e", key_id="k", people=2)
    refs = np.arange(32, dtype=np.uint8).reshape(2, 16)
    write_units(tmp_path / "e.units", header, refs, [bytes(16)] * 2)
    whole = (tmp_path / "e.units").read_bytes()
    (tmp_path / "e.units").write_bytes(whole[:-1])
    with pytest.raises(RegisterError, match="cut short"):
        open_units(tmp_path, "e")
    (tmp_path / "f.units").write_bytes(whole)
    with pytest.raises(RegisterError, match="for election 'e'"):
        open_units(tmp_path, "f")
