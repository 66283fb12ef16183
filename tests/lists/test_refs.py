"""Pseudonyms beside the index, the sealed vault, and the key that stays away from both."""

from pathlib import Path

import pytest

from config.errors import RegisterError
from lists.refs import SealedPerson, key_id, make_key, open_vault, read_key, subject_ref, write_refs
from lists.register_artifact import open_register, read_manifest
from lists.register_build import build_register
from tests.lists.test_register_build import many, row, write_source

PEOPLE = 4


@pytest.fixture
def register(tmp_path: Path) -> Path:
    build_register(write_source(tmp_path / "s.csv", [row(), *many(PEOPLE - 1)]), tmp_path / "reg")
    return tmp_path / "reg"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    make_key(tmp_path / "key")
    return tmp_path / "key"


def test_pseudonyms_stand_beside_the_index_and_the_vault_names_them(
    register: Path, key: Path, tmp_path: Path
) -> None:
    version = read_manifest(register).version
    manifest = write_refs(register, "jatim/2024", key, tmp_path / "vault")
    assert manifest.version == version, "the index is independent of any election"
    assert manifest.refs["jatim/2024"].key_id == key_id(read_key(key))
    index = open_register(register)
    refs = [index.subject_ref("jatim/2024", person) for person in range(PEOPLE)]
    assert len(set(refs)) == PEOPLE
    assert index.elections() == {"jatim/2024"}
    opened = open_vault(tmp_path / "vault", key)
    assert set(opened) == set(refs)
    (found,) = index.rows_by_account_id([("instagram", "7")])
    ref = index.subject_ref("jatim/2024", index.account(found).person)
    assert opened[ref] == SealedPerson("198001", "Drs. Budi Santoso, M.Si.", "BKPSDM")
    assert subject_ref(read_key(key), "jatim/2024", "198001") == ref
    with pytest.raises(RegisterError, match="no pseudonyms for election other"):
        index.subject_ref("other", 0)


def test_pseudonyms_are_steady_by_key_and_unrelated_by_election(
    register: Path, key: Path, tmp_path: Path
) -> None:
    write_refs(register, "a", key, tmp_path / "v1")
    first = open_register(register)
    write_refs(register, "a", key, tmp_path / "v1")
    write_refs(register, "b", key, tmp_path / "v2")
    again = open_register(register)
    assert [first.subject_ref("a", n) for n in range(PEOPLE)] == [
        again.subject_ref("a", n) for n in range(PEOPLE)
    ]
    assert not {again.subject_ref("a", n) for n in range(PEOPLE)} & {
        again.subject_ref("b", n) for n in range(PEOPLE)
    }
    make_key(tmp_path / "other")
    write_refs(register, "a", tmp_path / "other", tmp_path / "v1")
    assert open_register(register).subject_ref("a", 0) != first.subject_ref("a", 0)
    assert len(list(register.glob("refs-a-*"))) == 1


def test_a_vault_opens_with_its_key_only_and_unchanged_only(
    register: Path, key: Path, tmp_path: Path
) -> None:
    vault = tmp_path / "vault"
    write_refs(register, "a", key, vault)
    assert vault.stat().st_mode & 0o077 == 0
    make_key(tmp_path / "other")
    with pytest.raises(RegisterError, match="sealed with key"):
        open_vault(vault, tmp_path / "other")
    whole = vault.read_bytes()
    header = whole.index(b"\n", 20)
    for damaged, message in (
        (whole[:-1], "damaged"),
        (whole[:-1] + bytes([whole[-1] ^ 1]), "damaged"),
        (whole.replace(b'"election_id":"a"', b'"election_id":"b"'), "damaged"),
        (whole[: header + 1], "damaged"),
        (whole[:header], "no vault"),
        (b"NETRALVAULT1\n{}\nxx", "no vault"),
        (b"", "no vault"),
    ):
        vault.write_bytes(damaged)
        with pytest.raises(RegisterError, match=message):
            open_vault(vault, key)
    with pytest.raises(RegisterError, match="cannot be read"):
        open_vault(tmp_path / "absent", key)


def test_keys(tmp_path: Path, key: Path) -> None:
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_bytes()
    with pytest.raises(RegisterError, match="never replaced"):
        make_key(key)
    assert key.read_bytes() == before
    key.chmod(0o640)
    with pytest.raises(RegisterError, match="mode 0640"):
        read_key(key)
    for content in (b"", b"zz" * 32, b"00" * 31, b"\xff" * 64):
        key.write_bytes(content)
        key.chmod(0o600)
        with pytest.raises(RegisterError, match="64 hexadecimal digits"):
            read_key(key)
    with pytest.raises(RegisterError, match="register key"):
        read_key(tmp_path / "absent")


@pytest.mark.parametrize("election", ["", "x" * 129, "é" * 60])
def test_election_ids_that_make_no_file_name(
    register: Path, key: Path, tmp_path: Path, election: str
) -> None:
    with pytest.raises(RegisterError, match="election id"):
        write_refs(register, election, key, tmp_path / "vault")
    assert not (tmp_path / "vault").exists()


def test_a_rebuilt_register_has_no_pseudonyms_until_they_are_made_again(
    register: Path, key: Path, tmp_path: Path
) -> None:
    write_refs(register, "a", key, tmp_path / "vault")
    build_register(tmp_path / "s.csv", register)
    assert open_register(register).elections() == frozenset()
