"""Invariant 09, the register's side: workers see pseudonyms and levels, never who it is."""

from hashlib import md5, sha1, sha256
from pathlib import Path

import pytest

from config.errors import RegisterError
from config.settings import JudgementSettings
from lists import refs as register_refs
from lists import vault as register_vault
from lists.register_artifact import IDENTITIES, open_register
from lists.register_build import build_register
from tests.lists.sources import row, write_source
from tests.matchers.model import lead_for
from tests.matchers.people import post_by

NUMBER = "198001012005011001"
NAME = "Drs. Budi Sasmitho, M.Si."
AGENCY = "BKPSDM"


@pytest.fixture
def builder(tmp_path: Path) -> Path:
    """The side that builds: source, register, pseudonym key and two sealed vaults.

    The review side is the folder beside it; all that left it is the recipient.
    """
    folder, review = tmp_path / "builder", tmp_path / "review"
    folder.mkdir()
    review.mkdir()
    source = write_source(
        folder / "s.csv", [row(person_id=NUMBER, name=NAME, agency_code=AGENCY, handle="budi.s")]
    )
    build_register(source, folder / "reg")
    recipient = register_vault.make_review_key(review / "key")
    register_refs.make_key(folder / "key")
    for election in ("e1", "e2"):
        register_refs.write_refs(
            folder / "reg", election, folder / "key", recipient, folder / f"{election}.vault"
        )
    return folder


@pytest.fixture
def register(builder: Path) -> Path:
    return builder / "reg"


@pytest.fixture
def review_key(builder: Path) -> Path:
    return builder.parent / "review" / "key"


def workers_files(register: Path) -> list[Path]:
    found = [path for path in register.rglob("*") if path.is_file() and path.name != IDENTITIES]
    assert found
    return found


def written(value: str) -> set[bytes]:
    """A value as it could stand in a file, by itself or as a hash that anybody can compute."""
    hashes = {digest(value.encode()) for digest in (md5, sha1, sha256)}
    plain = {value.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-32-le")}
    return (
        plain
        | {one.digest()[:16] for one in hashes}
        | {one.hexdigest()[:32].encode() for one in hashes}
    )


def test_inv_09_no_civil_service_number_in_what_workers_open(register: Path) -> None:
    for path in workers_files(register):
        content = path.read_bytes()
        for value in (NUMBER, NAME):
            for canary in written(value):
                assert canary not in content, path.name


def test_inv_09_the_canaries_are_found_where_they_are(builder: Path, review_key: Path) -> None:
    """The search above would find them: they are in the source and, once opened, in the vault."""
    assert NUMBER.encode() in (builder / "s.csv").read_bytes()
    opened = register_vault.open_vault(builder / "e1.vault", review_key)
    ref = open_register(builder / "reg").subject_ref("e1", 0)
    assert opened[ref] == register_vault.SealedPerson(NUMBER, NAME, AGENCY)


def test_inv_09_workers_never_open_the_identities(register: Path) -> None:
    (register / IDENTITIES).unlink()
    index = open_register(register)
    assert index.subject_ref("e1", 0).startswith("s")


def test_inv_09_the_key_is_nowhere_but_in_its_file(builder: Path) -> None:
    secret = register_refs.read_key(builder / "key")
    for path in builder.rglob("*"):
        if path.is_file() and path.name != "key":
            content = path.read_bytes()
            assert secret not in content, path
            assert secret.hex().encode() not in content, path


def test_inv_09_the_builder_holds_no_review_secret(builder: Path, review_key: Path) -> None:
    lines = review_key.read_text().splitlines()
    (secret,) = (line for line in lines if line.startswith("AGE-SECRET-KEY-1"))
    for path in builder.rglob("*"):
        if path.is_file():
            content = path.read_bytes().upper()
            assert b"AGE-SECRET-KEY" not in content, path
            assert secret[16:].encode() not in content, path


def test_inv_09_the_builder_cannot_open_what_it_sealed(builder: Path) -> None:
    for path in [*builder.rglob("*")]:
        if path.is_file():
            path.chmod(0o600)
            with pytest.raises(RegisterError, match="no review key file"):
                register_vault.open_vault(builder / "e1.vault", path)


def test_inv_09_another_review_key_opens_nothing(builder: Path, tmp_path: Path) -> None:
    register_vault.make_review_key(tmp_path / "other")
    with pytest.raises(RegisterError, match="not sealed to the review key"):
        register_vault.open_vault(builder / "e1.vault", tmp_path / "other")


def test_inv_09_a_pseudonym_tells_nothing_without_the_key(builder: Path, tmp_path: Path) -> None:
    ref = open_register(builder / "reg").subject_ref("e1", 0)
    register_refs.make_key(tmp_path / "other")
    other = register_refs.read_key(tmp_path / "other")
    own = register_refs.read_key(builder / "key")
    assert register_refs.subject_ref(own, "e1", NUMBER) == ref
    assert register_refs.subject_ref(other, "e1", NUMBER) != ref


def test_inv_09_one_person_has_unrelated_pseudonyms_in_two_elections(
    builder: Path, review_key: Path
) -> None:
    index = open_register(builder / "reg")
    first, second = index.subject_ref("e1", 0), index.subject_ref("e2", 0)
    shared = sum(one == other for one, other in zip(first[1:], second[1:], strict=True))
    assert shared < 16, "32 random digits share 2"
    one = register_vault.open_vault(builder / "e1.vault", review_key)
    other = register_vault.open_vault(builder / "e2.vault", review_key)
    assert one[first] == other[second]
    assert first not in other
    assert second not in one


def test_inv_09_the_vault_is_sealed(builder: Path) -> None:
    content = (builder / "e1.vault").read_bytes()
    ref = open_register(builder / "reg").subject_ref("e1", 0)
    for canary in written(NUMBER) | written(NAME) | {ref.encode(), bytes.fromhex(ref[1:])}:
        assert canary not in content
    assert AGENCY.encode() not in content


def test_inv_09_what_names_people_is_for_its_owner_only(builder: Path, review_key: Path) -> None:
    for path in (
        builder / "key",
        builder / "e1.vault",
        builder / "reg" / IDENTITIES,
        review_key,
    ):
        assert path.stat().st_mode & 0o077 == 0, path


def test_inv_09_levels_are_words_never_values(register: Path) -> None:
    eager = JudgementSettings(base_rate=9_999, lead_threshold=1)
    post = post_by("budi_s", "99", name=NAME, bio=f"staf {AGENCY} Surabaya")
    index = open_register(register)
    lead = lead_for(post_by("budi.s", None, name=NAME, bio=post.actor.bio), index, eager)
    assert lead is not None
    said = " ".join(lead.candidates[0].levels).lower()
    for value in (NUMBER, "sasmitho", AGENCY.lower(), "35.78", "surabaya", "budi.s"):
        assert value not in said
