"""The identity vault: sealed by those who cannot open it, opened whole or not at all."""

import resource
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyrage import x25519

from config.errors import RegisterError
from lists.refs import make_key, read_key
from lists.vault import (
    AGE_LINE,
    SealedPerson,
    VaultHeader,
    make_review_key,
    open_vault,
    parse_recipient,
    read_review_key,
    seal_vault,
)

HEADER = VaultHeader("jatim/2024", "00112233aabbccdd", "15c18cb596968c3c")
CHUNK = 65_536 + 16
"""Age encrypts by 64 KiB and an authentication tag."""


def people(count: int) -> tuple[pa.Table, npt.NDArray[np.uint8]]:
    """Identities and pseudonyms that look random, as real ones do."""
    text = pa.large_string()
    numbers = [str(198_001_000 + n) for n in range(count)]
    table = pa.table(
        {
            "person_id": pa.array(numbers, text),
            "name": pa.array([f"Budi Sasmitho {n}" for n in range(count)], text),
            "agency_code": pa.array([None if n % 3 else f"A{n}" for n in range(count)], text),
        }
    )
    return table, np.random.default_rng(5).integers(0, 256, (count, 16)).astype(np.uint8)


@dataclass(frozen=True)
class Sealed:
    """A vault of five people and the key that opens it."""

    folder: Path
    vault: Path
    key: Path
    recipient: str

    def reseal(self, content: bytes) -> Path:
        """A file with the given content, sealed by somebody who knows the recipient only."""
        path = self.folder / "other.vault"
        path.write_bytes(pyrage.encrypt(content, [parse_recipient(self.recipient)]))
        return path


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    folder = tmp_path_factory.mktemp("vault")
    recipient = make_review_key(folder / "review.key")
    seal_vault(folder / "vault", HEADER, parse_recipient(recipient), *people(5))
    return Sealed(folder, folder / "vault", folder / "review.key", recipient)


def refused(content: bytes, key: Path) -> str:
    """What the refusal of a vault with that content says."""
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder) / "damaged.vault"
        vault.write_bytes(content)
        with pytest.raises(RegisterError) as error:
            open_vault(vault, key)
    assert str(vault) in str(error.value), "the message names the file"
    return str(error.value)


def test_what_is_sealed_is_what_is_opened(sealed: Sealed) -> None:
    opened = open_vault(sealed.vault, sealed.key)
    assert opened.header == HEADER
    table, refs = people(5)
    keys = [f"s{ref.tobytes().hex()}" for ref in refs]
    assert (list(opened), len(opened)) == (keys, 5)
    assert list(opened.values()) == [SealedPerson(**one) for one in table.to_pylist()]
    assert opened[keys[3]] == SealedPerson("198001003", "Budi Sasmitho 3", "A3")
    for strange in ("", "s", keys[0].upper(), keys[0][1:], f"{keys[0]}00", "s" + "0" * 32, "szz"):
        assert strange not in opened
    assert None not in opened


def test_look_alike_pseudonyms_are_told_apart(tmp_path: Path) -> None:
    table, refs = people(40)
    refs[:, :8] = refs[0, :8]
    recipient = make_review_key(tmp_path / "review.key")
    seal_vault(tmp_path / "vault", HEADER, parse_recipient(recipient), table, refs)
    opened = open_vault(tmp_path / "vault", tmp_path / "review.key")
    assert [opened[ref].person_id for ref in opened] == table["person_id"].to_pylist()


def test_nobody_and_people_without_a_number(tmp_path: Path) -> None:
    recipient = parse_recipient(make_review_key(tmp_path / "review.key"))
    table, refs = people(2)
    unknown = table.set_column(0, "person_id", pa.array([None, "7"], pa.large_string()))
    seal_vault(tmp_path / "vault", HEADER, recipient, unknown, refs)
    opened = open_vault(tmp_path / "vault", tmp_path / "review.key")
    assert [one.person_id for one in opened.values()] == [None, "7"]
    seal_vault(tmp_path / "vault", HEADER, recipient, table[:0], refs[:0])
    assert dict(open_vault(tmp_path / "vault", tmp_path / "review.key")) == {}
    with pytest.raises(RegisterError, match=r"shape \(1, 16\) for 2 people"):
        seal_vault(tmp_path / "vault", HEADER, recipient, table, refs[:1])


def test_only_the_review_key_opens_it(sealed: Sealed, tmp_path: Path) -> None:
    make_review_key(tmp_path / "other.key")
    with pytest.raises(RegisterError, match=r"not sealed to the review key .*other\.key"):
        open_vault(sealed.vault, tmp_path / "other.key")
    make_key(tmp_path / "pseudonyms.key")
    with pytest.raises(RegisterError, match="no review key file"):
        open_vault(sealed.vault, tmp_path / "pseudonyms.key")
    with pytest.raises(RegisterError, match="cannot be read"):
        open_vault(tmp_path / "absent", sealed.key)
    with pytest.raises(RegisterError, match="review-key"):
        open_vault(sealed.vault, tmp_path / "absent")


@given(st.data())
def test_any_changed_byte_is_refused(sealed: Sealed, data: st.DataObject) -> None:
    content = bytearray(sealed.vault.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    refused(bytes(content), sealed.key)


@given(st.data())
def test_any_cut_or_added_byte_is_refused(sealed: Sealed, data: st.DataObject) -> None:
    content = sealed.vault.read_bytes()
    cut = content[: data.draw(st.integers(0, len(content) - 1))]
    assert "cut short" in refused(cut, sealed.key) or len(cut) < len(AGE_LINE)
    refused(content + data.draw(st.binary(min_size=1, max_size=40)), sealed.key)


def test_each_kind_of_damage_is_called_by_its_name(tmp_path: Path) -> None:
    key = tmp_path / "review.key"
    recipient = parse_recipient(make_review_key(key))
    seal_vault(tmp_path / "vault", HEADER, recipient, *people(20_000))
    whole = (tmp_path / "vault").read_bytes()
    # The rest of the header is 16 bytes of nonce; then the first of several chunks.
    body = whole.index(b"\n", whole.index(b"\n---") + 1) + 1 + 16
    assert len(whole) > body + 3 * CHUNK
    changed = bytearray(whole)
    changed[body + CHUNK + 100] ^= 1
    swapped = whole[:body] + whole[body + CHUNK : body + 2 * CHUNK] + whole[body : body + CHUNK]
    for content, message in (
        (b"", "no vault"),
        (b"NETRALVAULT1\n{}\n", "no vault"),
        (pyrage.encrypt(b"x", [recipient], armored=True), "no vault"),
        (whole[:100], "vault is cut short"),
        (whole[: body + CHUNK], "vault is cut short"),
        (whole[: body + CHUNK + 9_999], "cut short, or its last part is damaged"),
        (bytes(changed), "vault is damaged or was changed"),
        (swapped + whole[body + 2 * CHUNK :], "vault is damaged or was changed"),
        (whole.replace(b"\n---", b"\n---x"), "damaged"),
    ):
        assert message in refused(content, key)


def test_what_is_sealed_but_no_vault_is_refused(sealed: Sealed) -> None:
    """Anybody who has the recipient can seal; what they sealed need not be a vault."""
    plain = pyrage.decrypt(sealed.vault.read_bytes(), [read_review_key(sealed.key)])
    good = pa.ipc.open_stream(plain).read_all()
    metadata = {"format": "netral-vault-2", "election_id": "a", "key_id": "b"}
    full = metadata | {"register_version": "c"}

    def stream(table: pa.Table, said: dict[str, str] | None) -> bytes:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema.with_metadata(said)) as writer:
            writer.write_table(table)
        return bytes(sink.getvalue())

    def with_names(text: bytes, ends: list[int]) -> pa.Table:
        offsets = pa.array([0, *ends], pa.int32()).buffers()[1]
        names = pa.StringArray.from_buffers(5, offsets, pa.py_buffer(text))
        return good.set_column(2, good.schema.field("name"), names)

    as_it_should_be = with_names(b"abcde", [1, 2, 3, 4, 5])
    opened = open_vault(sealed.reseal(stream(as_it_should_be, full)), sealed.key)
    assert opened.header == VaultHeader("a", "b", "c")
    assert [one.name for one in opened.values()] == list("abcde")
    for content in (
        b"",
        b"not an Arrow stream",
        stream(good, full)[:-200],
        stream(good, None),
        stream(good, metadata),
        stream(good, full | {"more": "d"}),
        stream(good, full | {"format": "netral-vault-3"}),
        stream(good.drop_columns("ref"), full),
        stream(good.set_column(2, "name", pa.array([b"x"] * 5)), full),
        stream(with_names(b"abc\xff\xfe", [1, 2, 3, 4, 5]), full),
        stream(with_names(b"abcde", [1, 2_000_000, 3, 4, 5]), full),
    ):
        with pytest.raises(RegisterError, match="no vault of this version"):
            open_vault(sealed.reseal(content), sealed.key)


def test_the_file_shows_nothing_and_is_for_its_owner(sealed: Sealed) -> None:
    content = sealed.vault.read_bytes()
    _, refs = people(5)
    for canary in (b"Sasmitho", b"198001", HEADER.election_id.encode(), HEADER.key_id.encode()):
        assert canary not in content
    assert not any(ref.tobytes() in content for ref in refs)
    assert sealed.vault.stat().st_mode & 0o777 == 0o600


def test_sealing_leaves_the_old_vault_or_the_new_one(sealed: Sealed, tmp_path: Path) -> None:
    recipient = parse_recipient(sealed.recipient)
    vault = tmp_path / "vault"
    left_over = tmp_path / ".vault.new"
    left_over.write_bytes(b"half")
    left_over.chmod(0o644)
    seal_vault(vault, HEADER, recipient, *people(2))
    before = vault.read_bytes()
    seal_vault(vault, HEADER, recipient, *people(3))
    assert vault.read_bytes() != before
    assert vault.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["vault"]
    left_over.mkdir()
    with pytest.raises(RegisterError, match="vault: vault cannot be written"):
        seal_vault(vault, HEADER, recipient, *people(4))
    assert len(open_vault(vault, sealed.key)) == 3


def test_a_file_that_is_no_vault_is_not_replaced(sealed: Sealed, tmp_path: Path) -> None:
    make_key(tmp_path / "election.key")
    secret = read_key(tmp_path / "election.key")
    with pytest.raises(RegisterError, match="no vault, so it is not replaced"):
        seal_vault(tmp_path / "election.key", HEADER, parse_recipient(sealed.recipient), *people(2))
    assert read_key(tmp_path / "election.key") == secret


def test_a_file_that_cannot_grow_is_said(sealed: Sealed, tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, before[1]))
    try:
        with pytest.raises(RegisterError, match=r"vault cannot be written .*File too large"):
            seal_vault(
                tmp_path / "vault", HEADER, parse_recipient(sealed.recipient), *people(9_000)
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_review_keys(tmp_path: Path) -> None:
    path = tmp_path / "review.key"
    recipient = make_review_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    comment, secret = path.read_text().splitlines()
    assert comment == f"# public key: {recipient}"
    assert secret.startswith("AGE-SECRET-KEY-1")
    assert str(read_review_key(path).to_public()) == recipient
    with pytest.raises(RegisterError, match="a review key is never replaced"):
        make_review_key(path)
    assert path.read_text().splitlines() == [comment, secret]
    # As `age-keygen` writes it, and edited on another system.
    path.write_text(f"# created: 2024-11-25T09:58:00Z\r\n{comment}\r\n\r\n{secret}\r\n")
    assert str(read_review_key(path).to_public()) == recipient
    path.chmod(0o604)
    with pytest.raises(RegisterError, match="review key has mode 0604, others may read"):
        read_review_key(path)
    path.chmod(0o600)
    another = str(x25519.Identity.generate())
    for content in ("", recipient, secret[:-1], f"{secret}\n{another}\n", "ü", "00" * 32):
        path.write_text(content)
        with pytest.raises(RegisterError, match="no review key file") as error:
            read_review_key(path)
        assert secret[16:24] not in str(error.value)
    with pytest.raises(RegisterError, match="netral register review-key"):
        read_review_key(tmp_path / "absent")


def test_recipients() -> None:
    identity = x25519.Identity.generate()
    recipient = str(identity.to_public())
    assert str(parse_recipient(f" {recipient}\n")) == recipient
    for text in ("", "age1", recipient[:-1], recipient[:-1] + "b", "ssh-ed25519 AAAA", "é"):
        with pytest.raises(RegisterError, match="58 more characters"):
            parse_recipient(text)
    for text in (str(identity), str(identity).lower()):
        with pytest.raises(RegisterError, match="must not leave the review side") as error:
            parse_recipient(text)
        assert text[20:40] not in str(error.value)
