"""Pseudonyms beside the index, and the key that they are made with."""

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from config.errors import RegisterError
from lists.refs import key_id, make_key, make_refs, read_key, subject_ref, write_refs
from lists.register_artifact import (
    RegisterContent,
    add_refs,
    open_register,
    read_identities,
    read_manifest,
    read_ref_bytes,
    write_artifact,
)
from lists.register_build import build_register
from lists.vault import SealedPerson, VaultHeader, make_review_key, open_vault
from tests.lists.sources import many, row, write_source

PEOPLE = 4
SECRET = bytes(range(32))


@pytest.fixture
def register(tmp_path: Path) -> Path:
    build_register(write_source(tmp_path / "s.csv", [row(), *many(PEOPLE - 1)]), tmp_path / "reg")
    return tmp_path / "reg"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    make_key(tmp_path / "key")
    return tmp_path / "key"


@pytest.fixture
def recipient(tmp_path: Path) -> str:
    return make_review_key(tmp_path / "review.key")


def test_pseudonyms_stand_beside_the_index_and_the_vault_names_them(
    register: Path, key: Path, recipient: str, tmp_path: Path
) -> None:
    version = read_manifest(register).version
    manifest = write_refs(register, "jatim/2024", key, recipient, tmp_path / "vault")
    assert manifest.version == version, "the index is independent of any election"
    own = key_id(read_key(key))
    assert manifest.refs["jatim/2024"].key_id == own
    index = open_register(register)
    refs = [index.subject_ref("jatim/2024", person) for person in range(PEOPLE)]
    assert len(set(refs)) == PEOPLE
    assert index.elections() == {"jatim/2024"}
    stored = read_ref_bytes(register, "jatim/2024")
    assert stored is not None
    assert [f"s{one.tobytes().hex()}" for one in stored] == refs
    opened = open_vault(tmp_path / "vault", tmp_path / "review.key")
    assert opened.header == VaultHeader("jatim/2024", own, version)
    assert list(opened) == refs
    (found,) = index.rows_by_account_id([("instagram", "7")])
    ref = index.subject_ref("jatim/2024", index.account(found).person)
    assert opened[ref] == SealedPerson("198001", "Drs. Budi Santoso, M.Si.", "BKPSDM")
    assert subject_ref(read_key(key), "jatim/2024", "198001") == ref
    with pytest.raises(RegisterError, match="no pseudonyms for election other"):
        index.subject_ref("other", 0)


def test_pseudonyms_are_steady_by_key_and_unrelated_by_election(
    register: Path, key: Path, recipient: str, tmp_path: Path
) -> None:
    write_refs(register, "a", key, recipient, tmp_path / "v1")
    first = open_register(register)
    write_refs(register, "a", key, recipient, tmp_path / "v1")
    write_refs(register, "b", key, recipient, tmp_path / "v2")
    again = open_register(register)
    assert [first.subject_ref("a", n) for n in range(PEOPLE)] == [
        again.subject_ref("a", n) for n in range(PEOPLE)
    ]
    assert not {again.subject_ref("a", n) for n in range(PEOPLE)} & {
        again.subject_ref("b", n) for n in range(PEOPLE)
    }
    make_key(tmp_path / "other")
    was = key_id(read_key(key))
    with pytest.raises(RegisterError, match=rf"is not that of election a, .* with key {was}\."):
        write_refs(register, "a", tmp_path / "other", recipient, tmp_path / "v1")
    write_refs(register, "a", tmp_path / "other", recipient, tmp_path / "v1", replaces=was)
    assert open_register(register).subject_ref("a", 0) != first.subject_ref("a", 0)
    assert not list(register.glob(f"refs-a-{key_id(read_key(key))}*")), "the replaced ones go"


def test_a_pseudonym_is_what_it_was_in_every_version() -> None:
    """Another answer for the same key would cut reviewers off from what they have decided."""
    assert key_id(SECRET) == "932010c369bb19a7"
    assert subject_ref(SECRET, "pilkada-2024", "198001") == "s4be0cc62bc2f6087fd43584e72a34bd7"


def test_many_are_made_as_one_is() -> None:
    ids = [f"1980{n}" for n in range(70)] + ["é" * 9, ""]
    done: list[int] = []
    refs = make_refs(SECRET, "e1", pa.chunked_array([ids[:3], ids[3:]]), progress=done.append)
    assert refs.shape == (len(ids), 16)
    assert [f"s{ref.tobytes().hex()}" for ref in refs] == [
        subject_ref(SECRET, "e1", one) for one in ids
    ]
    assert done == [len(ids)]
    assert make_refs(SECRET, "e1", pa.chunked_array([], pa.string())).shape == (0, 16)


def test_people_known_by_pseudonym_only_keep_it() -> None:
    ids = pa.chunked_array([["1", None], [None, "2"]])
    known = np.arange(64, dtype=np.uint8).reshape(4, 16)
    refs = make_refs(SECRET, "e1", ids, known)
    assert (refs[1:3] == known[1:3]).all()
    assert f"s{refs[3].tobytes().hex()}" == subject_ref(SECRET, "e1", "2")
    with pytest.raises(RegisterError, match=r"2 people .* pseudonym only; .* election e1 under"):
        make_refs(SECRET, "e1", ids)


def test_a_register_with_people_known_by_pseudonym_only(
    register: Path, key: Path, recipient: str, tmp_path: Path
) -> None:
    """As one that took in live updates: they bring a pseudonym and no number."""
    write_refs(register, "a", key, recipient, tmp_path / "vault")
    before, identities = read_ref_bytes(register, "a"), read_identities(register)
    manifest, updated = read_manifest(register), tmp_path / "updated"
    updated.mkdir()
    numbers = pa.array([None, *identities["person_id"].to_pylist()[1:]], pa.large_string())
    content = RegisterContent(
        open_register(register).arrays,
        manifest.regions,
        manifest.agencies,
        identities.set_column(0, identities.schema.field(0), numbers),
    )
    write_artifact(updated, content, builder="test", source_sha256="", refused={})
    with pytest.raises(RegisterError, match=rf"{updated}: 1 people .* from its whole source"):
        write_refs(updated, "a", key, recipient, tmp_path / "updated.vault")
    assert before is not None
    given = before.copy()
    given[0] = 7
    add_refs(updated, "a", key_id(read_key(key)), given)
    write_refs(updated, "a", key, recipient, tmp_path / "updated.vault")
    after = read_ref_bytes(updated, "a")
    assert after is not None
    assert (after == given).all()
    opened = open_vault(tmp_path / "updated.vault", tmp_path / "review.key")
    assert [one.person_id for one in opened.values()] == numbers.to_pylist()
    make_key(tmp_path / "other")
    own = key_id(read_key(key))
    for election, other in (("b", key), ("a", tmp_path / "other")):
        with pytest.raises(RegisterError, match="known by pseudonym only"):
            write_refs(
                updated, election, other, recipient, tmp_path / "updated.vault", replaces=own
            )
    assert (after == given).all()


def test_the_same_seal_may_be_renewed_and_the_vault_is_written_first(
    register: Path, key: Path, recipient: str, tmp_path: Path
) -> None:
    before = read_manifest(register)
    with pytest.raises(RegisterError, match="cannot be written"):
        write_refs(register, "a", key, recipient, tmp_path / "absent" / "vault")
    with pytest.raises(RegisterError, match="recipient refused"):
        write_refs(register, "a", key, "age1", tmp_path / "vault")
    assert read_manifest(register) == before, "no pseudonyms without a vault that names them"
    write_refs(register, "a", key, recipient, tmp_path / "vault")
    other = make_review_key(tmp_path / "new-review.key")
    write_refs(register, "a", key, other, tmp_path / "vault")
    assert len(open_vault(tmp_path / "vault", tmp_path / "new-review.key")) == PEOPLE


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
    with pytest.raises(RegisterError, match="cannot be written"):
        make_key(tmp_path / "absent" / "key")


@pytest.mark.parametrize("election", ["", "x" * 129, "é" * 60])
def test_election_ids_that_make_no_file_name(
    register: Path, key: Path, recipient: str, tmp_path: Path, election: str
) -> None:
    with pytest.raises(RegisterError, match="election id"):
        write_refs(register, election, key, recipient, tmp_path / "vault")
    assert not (tmp_path / "vault").exists()


def test_a_rebuilt_register_has_no_pseudonyms_until_they_are_made_again(
    register: Path, key: Path, recipient: str, tmp_path: Path
) -> None:
    write_refs(register, "a", key, recipient, tmp_path / "vault")
    build_register(tmp_path / "s.csv", register)
    assert open_register(register).elections() == frozenset()


def test_two_elections_at_once_each_with_a_key_of_its_own(
    register: Path, key: Path, recipient: str, tmp_path: Path
) -> None:
    keys = {"a": key, "b": tmp_path / "b.key"}
    make_key(keys["b"])
    for _ in range(2):  # and again, as after a change of the review key
        for election, own in keys.items():
            write_refs(register, election, own, recipient, tmp_path / f"{election}.vault")
    manifest = read_manifest(register)
    for election, own in keys.items():
        assert manifest.refs[election].key_id == key_id(read_key(own))
        opened = open_vault(tmp_path / f"{election}.vault", tmp_path / "review.key")
        assert opened.header.key_id == key_id(read_key(own))
        secret = read_key(own)
        assert all(
            ref == subject_ref(secret, election, one.person_id)
            for ref, one in opened.items()
            if one.person_id is not None
        )
    for election, other in (("a", keys["b"]), ("b", keys["a"])):
        with pytest.raises(RegisterError, match=key_id(read_key(keys[election]))):
            write_refs(register, election, other, recipient, tmp_path / "crossed.vault")
    assert not (tmp_path / "crossed.vault").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives away")
def test_a_key_of_another_user_is_refused(key: Path) -> None:
    os.chown(key, 12_345, -1)
    with pytest.raises(RegisterError, match=rf"belongs to user 12345.*chown 0 {key}"):
        read_key(key)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666, 0o777])
def test_a_key_that_others_may_touch_is_refused_with_the_remedy(key: Path, mode: int) -> None:
    key.chmod(mode)
    with pytest.raises(RegisterError, match=rf"mode {mode:04o}.*'chmod 600 {key}'"):
        read_key(key)
