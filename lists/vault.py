"""The identity vault: who is behind a pseudonym, sealed to the review side's key (invariant 09).

The review side makes a key pair once and gives away its public half, the recipient ``age1…``.
Whoever builds the register seals with the recipient and cannot open what they sealed; only the
key file opens it. Both are of age (https://age-encryption.org/v1, X25519), so that the ``age``
tool reads the key file and opens the vault too.

A vault is one binary age file. All of its content is encrypted and authenticated: an Arrow IPC
stream (zstd), one row a person,

    ref           16 bytes; the `subject_ref` is "s" and their hexadecimal digits
    person_id     the civil-service number, null where only the pseudonym is known
    name          as the source gives it
    agency_code   as the source gives it, or null

and in the metadata of its schema the format, the election, the id of the pseudonym key and the
version of the register. What age does not say is *who* sealed a vault: anybody who has the
recipient could. Take vaults from the register's builder only.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyrage
from pyrage import x25519

from config.errors import RegisterError
from config.secret_file import read_secret_file, write_secret

REF_BYTES: Final = 16
"""As in the register's artifact; the review side needs nothing of the index that it belongs to."""
AGE_LINE: Final = b"age-encryption.org/v1\n"
"""How every binary age file begins."""
FORMAT: Final = "netral-vault-2"
_HEAD_MAX: Final = 8_192
_ROWS_A_BATCH: Final = 65_536
_DRAIN: Final = 1 << 20
_SECRET_PREFIX: Final = "AGE-SECRET-KEY-"  # noqa: S105 - how all of them begin
_COLUMNS: Final = pa.schema(
    [
        pa.field("ref", pa.binary(REF_BYTES), nullable=False),
        pa.field("person_id", pa.string()),
        pa.field("name", pa.string(), nullable=False),
        pa.field("agency_code", pa.string()),
    ]
)
_PEOPLE_COLUMNS: Final = _COLUMNS.remove(0)


@dataclass(frozen=True, slots=True)
class VaultHeader:
    """What a vault belongs to. `key_id` is that of the pseudonym key."""

    election_id: str
    key_id: str
    register_version: str


@dataclass(frozen=True, slots=True)
class SealedPerson:
    """What the vault holds of one person; no `person_id` where a live update brought them."""

    person_id: str | None
    name: str
    agency_code: str | None


class OpenedVault(Mapping[str, SealedPerson]):
    """`subject_ref` → person, in the order of the register's people.

    It stays in columns and makes a `SealedPerson` when asked: five million of them in a dict would
    take more than 2 GB.
    """

    def __init__(self, header: VaultHeader, table: pa.Table) -> None:
        """`table` has the vault's columns."""
        self.header = header
        self._people = table.drop_columns("ref")
        self._refs = _ref_bytes(table["ref"])
        # The leading half of a pseudonym finds its row; a pseudonym is as good as random, so
        # rows that share it are next to none and are told apart by the whole.
        leading = self._refs[:, :8].copy().view(">u8").ravel().astype(np.uint64)
        self._order = np.argsort(leading, kind="stable")
        self._leading = leading[self._order]

    def __getitem__(self, ref: str) -> SealedPerson:
        key = _parse_ref(ref)
        first = np.uint64(int.from_bytes(key[:8], "big"))
        start = np.searchsorted(self._leading, first, "left")
        end = np.searchsorted(self._leading, first, "right")
        for row in self._order[start:end].tolist():
            if self._refs[row].tobytes() == key:
                return SealedPerson(*(column[row].as_py() for column in self._people.columns))
        raise KeyError(ref)

    def __iter__(self) -> Iterator[str]:
        return (f"s{ref.tobytes().hex()}" for ref in self._refs)

    def __len__(self) -> int:
        return len(self._refs)


def make_review_key(path: Path) -> str:
    """Write a new review key, mode 0600, and return its recipient. Refuses to replace a file.

    For the review side. Raises RegisterError where the file exists or cannot be written.
    """
    identity = x25519.Identity.generate()
    recipient = str(identity.to_public())
    secret = f"# public key: {recipient}\n{identity}\n"
    write_secret(path, secret, "review key", RegisterError)
    return recipient


def read_review_key(path: Path) -> Any:
    """The `pyrage.x25519.Identity` of a review key file, which the `age-keygen` tool makes too.

    Raises RegisterError where others may read the file, or it holds anything but one X25519 key.
    """
    command = "netral register review-key FILE"
    content = read_secret_file(path, "review key", f"'{command}' makes one.", error=RegisterError)
    keys = [
        line
        for line in content.decode("ascii", "replace").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    if len(keys) == 1:
        try:
            return x25519.Identity.from_str(keys[0].strip())
        except pyrage.IdentityError:
            pass
    raise RegisterError(
        f"{path}: no review key file: beside comments it must hold one line, {_SECRET_PREFIX}1…. "
        "'netral register review-key FILE' makes one."
    )


def parse_recipient(text: str) -> Any:
    """The `pyrage.x25519.Recipient` that `age1…` says. Raises RegisterError, not quoting `text`."""
    if text.strip().upper().startswith(_SECRET_PREFIX):
        raise RegisterError(
            "recipient refused: that is a review key's secret, which must not leave the review "
            "side. Give the recipient age1… that stands in the key file's comment; if the secret "
            "was seen by others, make a new review key."
        )
    try:
        return x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise RegisterError(
            "recipient refused: it must be age1… and 58 more characters, as "
            "'netral register review-key FILE' printed it on the review side."
        ) from None


def seal_vault(
    vault: Path,
    header: VaultHeader,
    recipient: Any,
    identities: pa.Table,
    refs: npt.NDArray[np.uint8],
) -> None:
    """Seal who is who to `recipient`, as `parse_recipient` gives it; only its key opens it.

    `identities` has person_id, name and agency_code, one row a person; `refs` has shape
    (people, 16), in the same order. Written beside `vault` and renamed, mode 0600; what is not
    encrypted stays in memory. Raises RegisterError where `vault` cannot be written, or is a file
    that is no vault.
    """
    if refs.shape != (identities.num_rows, REF_BYTES):
        raise RegisterError(
            f"{vault}: pseudonyms of shape {refs.shape} for {identities.num_rows} people. "
            f"Give {REF_BYTES} bytes for each."
        )
    plain = _Reader(_Joined(_arrow_stream(header, identities, refs)).read)
    beside = vault.with_name(f".{vault.name}.new")
    try:
        _refuse_to_replace_others(vault)
        # Made anew each time: one that is left over may have another mode.
        beside.unlink(missing_ok=True)
        try:
            with open(beside, "xb", opener=_private) as file:
                pyrage.encrypt_io(plain, file, [recipient])
                file.flush()
                os.fsync(file.fileno())
            beside.replace(vault)
        finally:
            beside.unlink(missing_ok=True)
    except (OSError, pyrage.EncryptError) as error:
        if plain.failure is not None:
            raise plain.failure from None
        # pyrage hands on what a write failed with as text.
        said = getattr(error, "strerror", None) or str(error)
        raise RegisterError(f"{vault}: vault cannot be written ({said}).") from None


def open_vault(vault: Path, review_key_file: Path) -> OpenedVault:
    """Open a vault, all of it or nothing. For the review side only.

    Raises RegisterError, naming the file, where the key file is refused, or the vault is
    unreadable, no vault, sealed to another key, cut short or damaged.
    """
    identity = read_review_key(review_key_file)
    plain = pa.BufferOutputStream()
    try:
        with vault.open("rb") as file:
            head = file.read(_HEAD_MAX)
            if not head.startswith(AGE_LINE):
                raise _no_vault(vault)
            # age's time is the square of the number of recipients; ours has one, and its decoy.
            if len(head) == _HEAD_MAX and b"\n--- " not in head:
                raise RegisterError(
                    f"{vault}: vault is damaged, or sealed to many. Copy it again, or seal it "
                    "again with 'register refs'."
                )
            file.seek(0)
            _decrypt(vault, file, plain, identity, review_key_file)
    except OSError as error:
        raise RegisterError(f"{vault}: vault cannot be read ({error.strerror}).") from None
    # Nothing is parsed before the whole file has proved to be what was sealed.
    return _parse(vault, plain.getvalue())


def find_in_vault(vault: Path, review_key_file: Path, ref: str) -> SealedPerson | None:
    """One person of a vault, None where it has none of that pseudonym; keeps nothing else of it.

    Read through in batches, and only then answered: the whole file must prove to be what was
    sealed. Raises RegisterError as :func:`open_vault` does.
    """
    key = _parse_ref(ref)
    identity = read_review_key(review_key_file)
    reading, writing = os.pipe()
    with (
        ThreadPoolExecutor(1) as beside,
        os.fdopen(reading, "rb") as plain,
    ):
        search = beside.submit(_search, vault, plain, key)
        try:
            with os.fdopen(writing, "wb") as sink, vault.open("rb") as file:
                if file.read(len(AGE_LINE)) != AGE_LINE:
                    raise _no_vault(vault)
                file.seek(0)
                _decrypt(vault, file, sink, identity, review_key_file)
        except OSError as error:
            raise RegisterError(f"{vault}: vault cannot be read ({error.strerror}).") from None
        return search.result()


def _search(vault: Path, plain: IO[bytes], key: bytes) -> SealedPerson | None:
    found = None
    try:
        reader = pa.ipc.open_stream(plain)
        metadata = reader.schema.metadata or {}
        if metadata.get(b"format") != FORMAT.encode() or not reader.schema.equals(_COLUMNS):
            raise _no_vault(vault)
        for batch in reader:
            row = pc.index(batch["ref"], pa.scalar(key, pa.binary(REF_BYTES))).as_py()
            if row >= 0:
                found = SealedPerson(*(batch[name][row].as_py() for name in _PEOPLE_COLUMNS.names))
    except (pa.ArrowException, OSError):
        raise _no_vault(vault) from None
    finally:
        while plain.read(_DRAIN):  # whoever writes must come to its end, and say what it found
            pass
    return found


class _Reader:
    """What age reads from.

    It keeps what a read failed with, an interrupt among them: pyrage would hand on its text only.
    `ended` says that the end was reached.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self.failure: BaseException | None = None
        self.ended = False

    def read(self, size: int = -1) -> bytes:
        try:
            content = self._read(size)
        except BaseException as error:
            self.failure = error
            raise
        self.ended = not content
        return content


class _Joined:
    """Pieces of bytes, made when they are needed, to be read as one file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def read(self, size: int) -> bytes:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = memoryview(piece)
        part, self._rest = self._rest[:size], self._rest[size:]
        return bytes(part)


class _Sink:
    """What Arrow writes to; `take` gives what came since."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: Any) -> int:
        self._parts.append(bytes(part))
        return len(self._parts[-1])

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


def _arrow_stream(
    header: VaultHeader, identities: pa.Table, refs: npt.NDArray[np.uint8]
) -> Iterator[bytes]:
    """The vault's content, a batch at a time, so that it is never there as a whole."""
    schema = _COLUMNS.with_metadata(
        {
            "format": FORMAT,
            "election_id": header.election_id,
            "key_id": header.key_id,
            "register_version": header.register_version,
        }
    )
    sink, done = _Sink(), 0
    with pa.ipc.new_stream(
        sink, schema, options=pa.ipc.IpcWriteOptions(compression="zstd")
    ) as writer:
        people = identities.select(_PEOPLE_COLUMNS.names)
        for batch in people.to_batches(max_chunksize=_ROWS_A_BATCH):
            some = np.ascontiguousarray(refs[done : done + batch.num_rows], dtype=np.uint8)
            column = pa.FixedSizeBinaryArray.from_buffers(
                _COLUMNS.field("ref").type, batch.num_rows, [None, pa.py_buffer(some)]
            )
            writer.write_batch(
                pa.RecordBatch.from_arrays(
                    [column, *batch.cast(_PEOPLE_COLUMNS).columns], schema=schema
                )
            )
            done += batch.num_rows
            yield sink.take()
    yield sink.take()


def _decrypt(
    vault: Path, file: IO[bytes], plain: Any, identity: Any, review_key_file: Path
) -> None:
    sealed = _Reader(file.read)
    try:
        pyrage.decrypt_io(sealed, plain, [identity])
    except (OSError, pyrage.DecryptError) as error:
        if sealed.failure is not None:
            raise sealed.failure from None
        if "No matching keys" in str(error):
            raise RegisterError(
                f"{vault}: not sealed to the review key {review_key_file}, or its first lines are "
                "damaged. Open it with the key whose recipient 'register refs' was given."
            ) from None
        if "truncated" in str(error) or "Incomplete header" in str(error):
            what = "is cut short"
        elif sealed.ended:
            what = "is cut short, or its last part is damaged or was changed"
        else:
            what = "is damaged or was changed"
        raise RegisterError(
            f"{vault}: vault {what}. Copy it again, or seal it again with 'register refs'."
        ) from None


def _parse(vault: Path, plain: pa.Buffer) -> OpenedVault:
    """What was sealed may be anything: anybody who has the recipient can seal."""
    try:
        reader = pa.ipc.open_stream(plain)
        said = {name.decode(): value.decode() for name, value in reader.schema.metadata.items()}
        if said.pop("format") != FORMAT or not reader.schema.equals(_COLUMNS):
            raise _no_vault(vault)
        header = VaultHeader(**said)
        table = reader.read_all()
        table.validate(full=True)
    except (pa.ArrowException, AttributeError, KeyError, OSError, TypeError, UnicodeDecodeError):
        raise _no_vault(vault) from None
    return OpenedVault(header, table)


def _refuse_to_replace_others(vault: Path) -> None:
    """A slip in the command line must not cost a key file."""
    try:
        with vault.open("rb") as file:
            found = file.read(len(AGE_LINE))
    except FileNotFoundError:
        return
    if found != AGE_LINE:
        raise RegisterError(
            f"{vault}: exists and is no vault, so it is not replaced. Name another file."
        )


def _no_vault(vault: Path) -> RegisterError:
    return RegisterError(f"{vault}: no vault of this version. Seal it with 'register refs'.")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _parse_ref(ref: str) -> bytes:
    """The bytes of a `subject_ref`. Raises KeyError where it is written in any other way."""
    try:
        key = bytes.fromhex(ref[1:])
    except (TypeError, ValueError):
        raise KeyError(ref) from None
    if len(key) != REF_BYTES or ref != f"s{key.hex()}":
        raise KeyError(ref)
    return key


def _ref_bytes(column: pa.ChunkedArray) -> npt.NDArray[np.uint8]:
    """Shape (people, 16)."""
    chunks = [
        np.frombuffer(chunk.buffers()[1], np.uint8).reshape(-1, REF_BYTES)[
            chunk.offset : chunk.offset + len(chunk)
        ]
        for chunk in column.chunks
        if len(chunk)
    ]
    return np.concatenate(chunks) if chunks else np.empty((0, REF_BYTES), np.uint8)
