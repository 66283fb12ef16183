"""The artifact: the same content is the same bytes, and whatever is off is refused by name."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from config.errors import RegisterError
from lists.array_files import file_names, map_array, named_arrays, write_array
from lists.register_artifact import (
    FORMAT,
    IDENTITIES,
    IDENTITY_COLUMNS,
    MANIFEST,
    Manifest,
    RegisterContent,
    add_refs,
    open_register,
    read_identities,
    read_manifest,
    read_ref_bytes,
    verify_register,
    write_artifact,
)
from lists.register_build import build_register
from matchers.register import Register
from matchers.register_arrays import RegisterArrays
from matchers.types import NO_ROW
from tests.lists.sources import many, row, write_source
from tests.matchers.people import Row, pseudonym, register_of

ARRAYS = sorted(file_names(RegisterArrays))
REFS = ("refs-e1-k.refs.npy", "refs-e1-k.order.npy")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Accounts on several platforms, one withdrawn, with pseudonyms for one election."""
    folder = tmp_path_factory.mktemp("pristine")
    rows = [row(), *many(5), row(platform="x", handle="budi", withdrawn_on="2024-02-01")]
    build_register(write_source(folder / "s.csv", rows), folder / "reg")
    people = read_manifest(folder / "reg").people
    refs = np.random.default_rng(1).integers(0, 256, (people, 16), np.uint8)
    add_refs(folder / "reg", "e1", "k", refs)
    return folder / "reg"


@pytest.fixture
def directory(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "reg"))


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 0x01
    path.write_bytes(content)


def change_manifest(directory: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    path = directory / MANIFEST
    manifest = json.loads(path.read_bytes())
    change(manifest)
    path.write_text(json.dumps(manifest))


def replace_array(directory: Path, name: str, array: np.ndarray[Any, Any]) -> None:
    """Another array in the file's place, with a manifest that says its size."""
    write_array(directory / name, array)
    size = (directory / name).stat().st_size
    change_manifest(directory, lambda manifest: manifest["files"][name].update(size=size))


def assert_refused(directory: Path, name: str) -> None:
    with pytest.raises(RegisterError, match=name.replace(".", r"\.")) as error:
        open_register(directory)
    assert str(directory) in str(error.value)
    with pytest.raises(RegisterError):
        verify_register(directory)


# Whole


def test_every_file_is_listed_and_whole(directory: Path) -> None:
    manifest = verify_register(directory)
    assert sorted(manifest.files) == sorted([*ARRAYS, *REFS, IDENTITIES])
    assert {path.name for path in directory.iterdir()} == {*manifest.files, MANIFEST}
    read: list[int] = []
    verify_register(directory, read.append)
    assert read == sorted(read)
    assert read[-1] == sum(file.size for file in manifest.files.values())


def test_a_mapped_register_answers_as_the_one_in_memory(tmp_path: Path) -> None:
    rows = [
        Row("budi.s", "7"),
        Row("budi_s", None, "p2", "Sri Wahyuni"),
        Row("буди", None, "p2", "Sri Wahyuni", platform="youtube"),
        Row("a7", "8", "p3", "Suharto", region=None, agency=None),
    ]
    memory = register_of(*rows, overlay_offset=3)
    written(tmp_path, memory)
    mapped = open_register(tmp_path)
    keys = [("instagram", "budis"), ("youtube", "буда"), ("instagram", "a_7"), ("x", "budis")]
    exact = [(one.platform, one.handle) for one in rows]
    assert mapped.propose(keys) == memory.propose(keys)
    assert mapped.rows_by_handle([*keys, *exact]) == memory.rows_by_handle([*keys, *exact])
    ids = [("instagram", "7"), ("instagram", "8"), ("x", "7")]
    assert mapped.rows_by_account_id(ids) == memory.rows_by_account_id(ids)
    for number in range(4):
        assert mapped.account(number) == memory.account(number)
    for number in range(3):
        assert mapped.person(number) == memory.person(number)
    assert (mapped.size, mapped.account_count, mapped.person_count) == (4, 4, 3)
    assert mapped.overlay_offset == 3
    assert mapped.elections() == frozenset()


def written(directory: Path, register: Register) -> Manifest:
    people = register.person_count
    return write_artifact(
        directory,
        RegisterContent(
            register.arrays,
            ["", "35.78"],
            ["", "BKPSDM"],
            pa.table([[None] * people, [""] * people, [None] * people], schema=IDENTITY_COLUMNS),
        ),
        builder="test",
        source_sha256="",
        refused={},
        overlay_offset=register.overlay_offset,
    )


def test_mapped_arrays_cannot_be_written(directory: Path) -> None:
    for name, array in named_arrays(open_register(directory).arrays):
        assert not array.flags.writeable, name
        assert type(array) is np.ndarray, f"{name}: the mapped class is slow to look at"


def test_an_empty_register_is_written_and_read(tmp_path: Path) -> None:
    written(tmp_path, register_of())
    add_refs(tmp_path, "e1", "k", np.empty((0, 16), np.uint8))
    assert verify_register(tmp_path).accounts == 0
    register = open_register(tmp_path)
    assert (register.size, register.account_count, register.person_count) == (0, 0, 0)
    assert register.propose([("x", "budi")]) == [[]]
    assert register.rows_by_handle([("x", "budi")]) == [NO_ROW]
    assert register.rows_by_account_id([("x", "7")]) == [NO_ROW]
    assert register.person_by_ref("e1", pseudonym("p1")) == NO_ROW
    assert register.elections() == {"e1"}
    assert read_identities(tmp_path).num_rows == 0


def test_the_same_content_is_the_same_bytes(directory: Path, tmp_path: Path) -> None:
    source = write_source(
        tmp_path / "s.csv",
        [row(), *many(5), row(platform="x", handle="budi", withdrawn_on="2024-02-01")],
    )
    build_register(source, tmp_path / "again")
    before, after = read_manifest(directory), read_manifest(tmp_path / "again")
    assert before.version == after.version, "pseudonyms are no part of the version"
    for name in (*ARRAYS, IDENTITIES):
        assert (directory / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Sri Wahyuni"},
        {"handle": "budi.x"},
        {"account_id": "8"},
        {"declared_on": "2024-01-06"},
        {"withdrawn_on": "2024-03-01"},
        {"region_code": "51"},
        {"agency_code": "BKN"},
        {"person_id": "2"},
    ],
)
def test_other_content_is_another_version(tmp_path: Path, changes: dict[str, str]) -> None:
    versions = {
        build_register(
            write_source(tmp_path / f"{n}.csv", [one]), tmp_path / str(n)
        ).manifest.version
        for n, one in enumerate((row(), row(**changes)))
    }
    assert len(versions) == 2


# Pseudonyms


def test_pseudonyms_are_added_and_replaced(directory: Path) -> None:
    people = read_manifest(directory).people
    refs = np.arange(people * 16, dtype=np.uint8).reshape(people, 16)
    before = open_register(directory)
    add_refs(directory, "e/2", "k", refs)
    add_refs(directory, "e1", "other", refs)
    manifest = verify_register(directory)
    assert sorted(manifest.refs) == ["e/2", "e1"]
    assert not (directory / REFS[0]).exists(), "the replaced ones go"
    register = open_register(directory)
    for person in range(people):
        ref = f"s{refs[person].tobytes().hex()}"
        for election in ("e/2", "e1"):
            assert register.subject_ref(election, person) == ref
            assert register.person_by_ref(election, ref) == person
    # Who has the old files open still reads them.
    assert before.subject_ref("e1", 0) != register.subject_ref("e1", 0)
    stored = read_ref_bytes(directory, "e1")
    assert stored is not None
    assert (stored == refs).all()
    assert read_ref_bytes(directory, "e9") is None


def test_pseudonyms_of_another_register_are_refused(directory: Path) -> None:
    before = (directory / MANIFEST).read_bytes()
    for shape in ((3, 16), (read_manifest(directory).people, 15)):
        with pytest.raises(RegisterError, match=r"pseudonyms of shape .* 16 bytes for each"):
            add_refs(directory, "e1", "k", np.zeros(shape, np.uint8))
    assert (directory / MANIFEST).read_bytes() == before


# Damaged files


@pytest.mark.parametrize("name", [*ARRAYS, *REFS, IDENTITIES])
def test_a_flipped_bit_is_found_wherever_it_is(directory: Path, name: str) -> None:
    path = directory / name
    whole = path.read_bytes()
    for at in {0, 7, 30, 90, len(whole) // 2, len(whole) - 1}:
        flip(path, at)
        with pytest.raises(RegisterError, match=name.replace(".", r"\.")):
            verify_register(directory)
        path.write_bytes(whole)
    verify_register(directory)


@pytest.mark.parametrize("name", [*ARRAYS, *REFS])
def test_a_file_cut_short_or_too_long_or_absent_is_refused_at_once(
    directory: Path, name: str
) -> None:
    path = directory / name
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[:60], b"", whole + b"\0"):
        path.write_bytes(damaged)
        assert_refused(directory, name)
        with pytest.raises(RegisterError, match=f"{len(damaged)} bytes where .* says {len(whole)}"):
            open_register(directory)
    path.unlink()
    assert_refused(directory, name)
    path.mkdir()
    assert_refused(directory, name)


def test_workers_need_no_identities_but_verifying_does(directory: Path) -> None:
    whole = (directory / IDENTITIES).read_bytes()
    for damaged in (whole[:-9], whole + b"\0", None):
        (directory / IDENTITIES).unlink()
        if damaged is not None:
            (directory / IDENTITIES).write_bytes(damaged)
        assert open_register(directory).size
        for read in (read_identities, verify_register):
            with pytest.raises(RegisterError, match=r"identities\.arrow"):
                read(directory)
        (directory / IDENTITIES).write_bytes(whole)


@pytest.mark.parametrize("content", [b"x" * 300, pa.BufferOutputStream().getvalue().to_pybytes()])
def test_identities_that_are_no_arrow_file(directory: Path, content: bytes) -> None:
    (directory / IDENTITIES).write_bytes(content)
    change_manifest(
        directory, lambda manifest: manifest["files"][IDENTITIES].update(size=len(content))
    )
    with pytest.raises(RegisterError, match=r"identities\.arrow.*no Arrow file"):
        read_identities(directory)


def test_identities_with_other_columns(directory: Path) -> None:
    table = pa.table({"person_id": ["1"], "name": ["Budi"]})
    with (
        pa.OSFile(str(directory / IDENTITIES), "wb") as file,
        pa.ipc.new_file(file, table.schema) as writer,
    ):
        writer.write_table(table)
    size = (directory / IDENTITIES).stat().st_size
    change_manifest(directory, lambda manifest: manifest["files"][IDENTITIES].update(size=size))
    with pytest.raises(RegisterError, match="columns are not those of this format"):
        read_identities(directory)


@pytest.mark.parametrize("name", [*ARRAYS, *REFS])
def test_an_array_of_another_type_or_shape_is_refused(directory: Path, name: str) -> None:
    array = map_array(directory / name).copy()
    for other in (
        array.astype(np.int64),
        array.astype(array.dtype.newbyteorder(">"))
        if array.dtype.itemsize > 1
        else array.astype(np.int8),
        array.astype(np.float32),
        array.astype(f"S{array.dtype.itemsize}"),
        array.reshape(*array.shape, 1),
        array.reshape(1, *array.shape),
    ):
        replace_array(directory, name, other)
        assert_refused(directory, name)


@pytest.mark.parametrize("name", [one for one in ARRAYS if not one.endswith("text.npy")])
def test_arrays_that_do_not_fit_each_other_are_refused(directory: Path, name: str) -> None:
    array = map_array(directory / name).copy()
    others = [array[1:], array[:-1], array[:0]]
    if name != "blocks.group_starts.npy":  # a group more is within what it may hold
        others.append(np.concatenate([array, array[-1:]]))
    for other in others:
        replace_array(directory, name, other)
        with pytest.raises(RegisterError, match="damaged"):
            open_register(directory)


@pytest.mark.parametrize("name", [one for one in ARRAYS if one.endswith("text.npy")])
def test_text_that_ends_elsewhere_is_refused(directory: Path, name: str) -> None:
    array = map_array(directory / name).copy()
    for other in (array[:-1], np.concatenate([array, array[:1]])):
        replace_array(directory, name, other)
        assert_refused(directory, name.removesuffix(".text.npy"))


@pytest.mark.parametrize(
    "array", [np.array([{"a": 1}]), np.asfortranarray(np.ones((2, 2), np.uint32))]
)
def test_arrays_that_are_never_mapped(tmp_path: Path, array: np.ndarray[Any, Any]) -> None:
    np.save(tmp_path / "a.npy", array, allow_pickle=True)
    with pytest.raises(RegisterError, match=r"a\.npy"):
        map_array(tmp_path / "a.npy")


def test_a_newer_npy_version_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "a.npy").open("wb") as file:
        np.lib.format.write_array(file, np.arange(3, dtype=np.uint32), version=(2, 0))
    with pytest.raises(RegisterError, match=r"a\.npy"):
        map_array(tmp_path / "a.npy")


@pytest.mark.parametrize(
    "array", [np.arange(9, dtype=np.uint32), np.ones((4, 16), np.uint8), np.empty(0, np.uint16)]
)
def test_a_damaged_header_is_never_more_than_a_refusal(
    tmp_path: Path, array: np.ndarray[Any, Any]
) -> None:
    """A header is a Python literal, which can be broken in many ways."""
    path = tmp_path / "a.npy"
    write_array(path, array)
    whole = path.read_bytes()
    refused = []
    for at in range(128):
        for byte in b"\0 (),'{}:<>|#\n1\xff":
            path.write_bytes(whole[:at] + bytes([byte]) + whole[at + 1 :])
            try:
                map_array(path)
            except RegisterError as error:
                refused.append(str(error))
    assert len(refused) > 1_000
    assert all(message.startswith(str(path)) for message in refused)


# The manifest


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda manifest: manifest.update(format=FORMAT - 1), f"format {FORMAT - 1}, this Netral"),
        (lambda manifest: manifest.update(format=FORMAT + 1), f"format {FORMAT + 1}, this Netral"),
        (lambda manifest: manifest.update(format=str(FORMAT)), f"format '{FORMAT}', this Netral"),
        (lambda manifest: manifest.update(format=None), "format None, this Netral"),
        (lambda manifest: manifest.pop("format"), "it is no manifest"),
        (lambda manifest: manifest.update(salary=1), "unknown field `salary`"),
        (lambda manifest: manifest["files"][ARRAYS[0]].update(mode=1), "unknown field `mode`"),
        (lambda manifest: manifest["refs"]["e1"].update(key="x"), "unknown field `key`"),
        (lambda manifest: manifest.pop("people"), "missing required field `people`"),
        (lambda manifest: manifest.update(people="6"), "Expected `int`"),
        (lambda manifest: manifest.update(people=manifest["people"] + 1), "people"),
        (lambda manifest: manifest.update(accounts=manifest["accounts"] - 1), "accounts"),
        (lambda manifest: manifest["files"].pop(ARRAYS[0]), "does not list"),
        (lambda manifest: manifest["files"].pop(REFS[1]), "does not list"),
        (lambda manifest: manifest["refs"]["e1"].update(refs=REFS[1]), "it holds uint32"),
    ],
)
def test_a_spoilt_manifest_is_refused(
    directory: Path, change: Callable[[dict[str, Any]], Any], message: str
) -> None:
    change_manifest(directory, change)
    with pytest.raises(RegisterError, match=message):
        open_register(directory)
    with pytest.raises(RegisterError, match=message):
        verify_register(directory)


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.update(version="0" * 16),
        lambda manifest: manifest["regions"].append("99"),
        lambda manifest: manifest["agencies"].reverse(),
        lambda manifest: manifest["files"][ARRAYS[0]].update(sha256="0" * 64),
    ],
)
def test_a_manifest_that_says_something_else_is_found(
    directory: Path, change: Callable[[dict[str, Any]], Any]
) -> None:
    change_manifest(directory, change)
    with pytest.raises(RegisterError, match="damaged"):
        verify_register(directory)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no manifest"),
        (b"{", "no manifest"),
        (b"\xff", "no manifest"),
        (b"[1]", "format None"),
        (b"17", "format None"),
        (b"{}", "no manifest"),
    ],
)
def test_what_is_no_manifest(directory: Path, content: bytes, message: str) -> None:
    (directory / MANIFEST).write_bytes(content)
    with pytest.raises(RegisterError, match=message):
        open_register(directory)


def test_an_artifact_of_the_first_format_says_to_build_again(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text('{"format": 1, "version": "x", "counts": {}}')
    (tmp_path / "accounts.arrow").touch()
    with pytest.raises(
        RegisterError, match=rf"of format 1, this Netral reads {FORMAT}\. Build it again"
    ):
        open_register(tmp_path)


def test_a_directory_without_a_register(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match=r"absent.manifest\.json: cannot be read"):
        open_register(tmp_path / "absent")
    with pytest.raises(RegisterError, match="cannot be read"):
        verify_register(tmp_path)
