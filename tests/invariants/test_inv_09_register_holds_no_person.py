"""Invariant 09, the register's side: workers see pseudonyms and levels, never who it is."""

from pathlib import Path

import pytest

from config.settings import JudgementSettings
from lists import refs as register_refs
from lists.register_artifact import IDENTITIES, open_register
from lists.register_build import build_register
from matchers.fuzzy_identity import find_lead
from tests.lists.test_register_build import row, write_source
from tests.matchers.people import NOON, post_by

NUMBER = "198001012005011001"
NAME = "Drs. Budi Sasmitho, M.Si."
AGENCY = "BKPSDM"


@pytest.fixture
def register(tmp_path: Path) -> Path:
    source = write_source(
        tmp_path / "s.csv", [row(person_id=NUMBER, name=NAME, agency_code=AGENCY, handle="budi.s")]
    )
    build_register(source, tmp_path / "reg")
    register_refs.make_key(tmp_path / "key")
    register_refs.write_refs(tmp_path / "reg", "e1", tmp_path / "key", tmp_path / "vault")
    return tmp_path / "reg"


def test_inv_09_no_civil_service_number_in_what_workers_open(register: Path) -> None:
    for path in register.iterdir():
        if path.name != IDENTITIES:
            content = path.read_bytes()
            assert NUMBER.encode() not in content, path.name
            assert NAME.encode() not in content, path.name


def test_inv_09_workers_never_open_the_identities(register: Path) -> None:
    (register / IDENTITIES).unlink()
    index = open_register(register)
    assert index.subject_ref("e1", 0).startswith("s")


def test_inv_09_the_key_is_nowhere_but_in_its_file(register: Path, tmp_path: Path) -> None:
    secret = register_refs.read_key(tmp_path / "key")
    for path in [*register.iterdir(), tmp_path / "vault"]:
        content = path.read_bytes()
        assert secret not in content
        assert secret.hex().encode() not in content


def test_inv_09_a_pseudonym_tells_nothing_without_the_key(register: Path, tmp_path: Path) -> None:
    ref = open_register(register).subject_ref("e1", 0)
    register_refs.make_key(tmp_path / "other")
    other = register_refs.read_key(tmp_path / "other")
    own = register_refs.read_key(tmp_path / "key")
    assert register_refs.subject_ref(own, "e1", NUMBER) == ref
    assert register_refs.subject_ref(other, "e1", NUMBER) != ref
    assert register_refs.subject_ref(own, "e2", NUMBER) != ref


def test_inv_09_the_vault_is_sealed(register: Path, tmp_path: Path) -> None:
    content = (tmp_path / "vault").read_bytes()
    assert open_register(register).subject_ref("e1", 0).encode() not in content
    for canary in (NUMBER, NAME, AGENCY):
        assert canary.encode() not in content


def test_inv_09_levels_are_words_never_values(register: Path) -> None:
    eager = JudgementSettings(base_rate=9_999, lead_threshold=1)
    post = post_by("budi_s", "99", name=NAME, bio=f"staf {AGENCY} Surabaya")
    index = open_register(register)
    lead = find_lead(post_by("budi.s", None, name=NAME, bio=post.actor.bio), index, eager, NOON)
    assert lead is not None
    said = " ".join(lead.candidates[0].levels).lower()
    for value in (NUMBER, "sasmitho", AGENCY.lower(), "35.78", "surabaya", "budi.s"):
        assert value not in said
