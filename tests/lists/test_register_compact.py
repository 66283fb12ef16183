"""A new base from the old one and the changes since answers as the two did together."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.errors import RegisterError
from lists import register_artifact, register_compact
from lists.refs import make_key, read_key, subject_ref, write_refs
from lists.register_artifact import (
    open_register,
    read_identities,
    read_manifest,
    verify_register,
)
from lists.register_build import build_register
from lists.register_compact import CompactReport, compact_register
from lists.vault import make_review_key, open_vault, read_review_key
from matchers.names import canonical_name
from matchers.register import Register
from matchers.register_overlay import OverlayRegister
from matchers.types import NO_ROW, RegisteredPerson
from streams.records import RegisterUpdate, SubjectRef
from tests.lists.sources import row, write_source
from tests.matchers.people import pseudonym

ELECTIONS = ("e1", "e2")
ROWS = [
    row(),
    row(handle="budi_s", account_id="", platform="x"),
    row(person_id="2", handle="siti", account_id="", name="Siti Rahma", agency_code="BKN"),
    row(person_id="3", handle="gone", account_id="9", name="Joko", withdrawn_on="2024-03-01"),
]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pristine")
    build_register(write_source(folder / "s.csv", ROWS), folder / "reg", overlay_offset=4)
    make_key(folder / "key")
    recipient = make_review_key(folder / "review.key")
    for election in ELECTIONS:
        write_refs(folder / "reg", election, folder / "key", recipient, folder / "vault")
    return folder


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "folder"))


def update(op: Any, handle: str, sequence: int, **given_fields: Any) -> RegisterUpdate:
    fields: dict[str, Any] = {"platform": "instagram"}
    if op in ("add", "change"):
        fields |= {"declared_on": "2024-02-01", "declaration_ref": "D/1"}
    return RegisterUpdate(
        schema=1, sequence=sequence, op=op, handle=handle, **(fields | given_fields)
    )


def refs_of(folder: Path, person: str) -> tuple[SubjectRef, ...]:
    """Of a person in the source by number, of anybody else by a word."""
    secret = read_key(folder / "key")
    return tuple(
        SubjectRef(
            election_id=election,
            ref=subject_ref(secret, election, person)
            if person.isdigit()
            else pseudonym(f"{election} {person}"),
        )
        for election in ELECTIONS
    )


def both(
    folder: Path, updates: list[tuple[RegisterUpdate, int]]
) -> tuple[OverlayRegister, Register, CompactReport]:
    """The old base with the changes on top, the new base, and what was said of it."""
    before = OverlayRegister(open_register(folder / "reg"))
    applied, refused = 0, []
    for one, offset in updates:
        try:
            applied += before.apply(one, offset)
        except RegisterError:
            refused.append(offset)
    report = compact_register(folder / "reg", updates)
    assert (report.applied, report.refused) == (applied, tuple(refused))
    verify_register(folder / "reg")
    for person, identity in enumerate(read_identities(folder / "reg").to_pylist()):
        known = before.person(person)
        assert canonical_name(identity["name"]) == known.canonical_name
        assert identity["agency_code"] == known.agency_code
    return before, open_register(folder / "reg"), report


def assert_same_answers(before: OverlayRegister, after: Register) -> None:
    keys = {
        (account.platform, account.handle)
        for account in map(before.account, range(before.account_count))
    }
    standing = sorted(keys)
    assert after.account_count == len(standing)
    assert (after.size, after.overlay_offset, after.overlay_sequence) == (
        before.size,
        before.overlay_offset,
        before.overlay_sequence,
    )
    assert after.person_count == before.person_count
    assert after.elections() == before.elections()
    assert after.agencies >= {
        code.upper()
        for person in map(before.person, range(before.person_count))
        if (code := person.agency_code)
    }
    rows_before, rows_after = before.rows_by_handle(standing), after.rows_by_handle(standing)
    assert sorted(rows_after) == list(range(len(standing)))
    for old, new in zip(rows_before, rows_after, strict=True):
        assert before.account(old) == after.account(new)
        person = before.account(old).person
        assert _described(before, person) == _described(after, person)
        for election in ELECTIONS:
            ref = before.subject_ref(election, person)
            assert after.subject_ref(election, person) == ref
            assert after.person_by_ref(election, ref) == person
    ids = [("instagram", account_id) for account_id in ("7", "8", "9", "10")]
    found = zip(before.rows_by_account_id(ids), after.rows_by_account_id(ids), strict=True)
    for old, new in found:
        assert (old == NO_ROW) == (new == NO_ROW)
        assert old == NO_ROW or before.account(old) == after.account(new)
    for handle in ("budis", "sitti", "g_one", "bud1s", "new"):
        asked = [("instagram", handle)]
        assert _levels(before, asked) == _levels(after, asked)
        for name in ("budi santoso", "rahma siti", "putri eka"):
            assert _namesakes(before, handle, name) == _namesakes(after, handle, name)


def _described(register: OverlayRegister | Register, person: int) -> RegisteredPerson:
    """How many are nameless is nobody's business and not counted alike."""
    found = register.person(person)
    return found if found.canonical_name else replace(found, name_frequency=0)


def _levels(register: OverlayRegister | Register, asked: list[tuple[str, str]]) -> object:
    """What a handle meets, by handle and not by row; what is buried does not count."""
    (runs,) = register.propose(asked)
    met = [
        (row, register.account(row), run.handle, run.digits)
        for run in runs
        for row in range(run.first, run.last)
    ]
    return {
        (account.platform, account.handle, handle, digits)
        for row, account, handle, digits in met
        if register.rows_by_handle([(account.platform, account.handle)]) == [row]
    }


def _namesakes(register: OverlayRegister | Register, handle: str, name: str) -> set[str]:
    """Handles of the accounts that are met and whose person has the name now."""
    table = register.run_table([("instagram", handle)])
    found = register.rows_with_names(table, [name]).get(0, [])
    accounts = [(row, register.account(row)) for row in found]
    return {
        account.handle
        for row, account in accounts
        if register.rows_by_handle([(account.platform, account.handle)]) == [row]
        and sorted(register.person(account.person).canonical_name.split()) == sorted(name.split())
    }


def test_every_kind_of_change(folder: Path) -> None:
    updates = [
        update("add", "new.one", 1, subject_refs=refs_of(folder, "somebody"), name="Drs. Ani Sari",
               account_id="10", agency_code="DINKES", region_code="51"),
        update("add", "second", 2, subject_refs=refs_of(folder, "2"), withdrawn_on="2024-05-01"),
        update("change", "budi.s", 3, subject_refs=refs_of(folder, "198001"), name="Budi Ganti",
               agency_code="BKPSDM", region_code="35"),
        update("bind", "siti", 4, account_id="8"),
        update("withdraw", "budi_s", 5, platform="x", withdrawn_on="2024-06-01"),
        update("add", "gone", 6, subject_refs=refs_of(folder, "3"), account_id="9"),
    ]  # fmt: skip
    numbered = [(one, 10 + number) for number, one in enumerate(updates)]
    before, after, _ = both(folder, numbered)
    assert_same_answers(before, after)
    (found,) = after.rows_by_handle([("instagram", "gone")])
    assert after.account(found).withdrawn_from is None, "the newer declaration stands"
    assert (after.overlay_offset, after.overlay_sequence) == (15, 6)
    identities = read_identities(folder / "reg").to_pylist()
    assert [one["person_id"] for one in identities] == ["198001", "2", "3", None]
    assert [one["name"] for one in identities] == [
        "Budi Ganti",
        "Siti Rahma",
        "Joko",
        "Drs. Ani Sari",
    ]
    assert identities[3]["agency_code"] == "DINKES"


def test_refused_updates_are_refused_again_and_reported(folder: Path) -> None:
    updates = [
        (update("bind", "nobody", 1, account_id="1"), 5),
        (update("bind", "siti", 2, account_id="8"), 6),
        (update("bind", "siti", 2, account_id="10"), 7),
        (update("withdraw", "budi.s", 3, withdrawn_on="2024-06-01"), 8),
    ]
    report = compact_register(folder / "reg", updates)
    assert (report.applied, report.refused) == (2, (5, 7))
    assert (report.manifest.overlay_offset, report.manifest.overlay_sequence) == (8, 3)
    assert report.manifest == read_manifest(folder / "reg")


def test_what_the_base_includes_is_not_made_again(folder: Path) -> None:
    old = [(update("withdraw", "budi.s", 1, withdrawn_on="2024-06-01"), 4)]
    report = compact_register(folder / "reg", old)
    assert (report.applied, report.refused) == (0, ())
    assert open_register(folder / "reg").size == 3


def test_nothing_to_do_gives_the_same_register(folder: Path) -> None:
    before = read_manifest(folder / "reg")
    after = compact_register(folder / "reg", []).manifest
    assert (after.version, after.refs) == (before.version, before.refs)
    for name, file in before.files.items():
        assert after.files[name] == file, name


def test_changes_go_on_where_the_new_base_ends(folder: Path) -> None:
    compact_register(folder / "reg", [(update("bind", "siti", 7, account_id="8"), 9)])
    register = OverlayRegister(open_register(folder / "reg"))
    assert register.apply(update("bind", "siti", 7, account_id="8"), 9) is False
    with pytest.raises(RegisterError, match="not above 7"):
        register.apply(update("withdraw", "siti", 7, withdrawn_on="2024-06-01"), 10)
    assert register.apply(update("withdraw", "siti", 8, withdrawn_on="2024-06-01"), 10)


def test_pseudonyms_and_vault_can_be_made_again(folder: Path) -> None:
    added = update("add", "new.one", 1, subject_refs=refs_of(folder, "somebody"), name="Ani Sari")
    compact_register(folder / "reg", [(added, 9)])
    recipient = str(read_review_key(folder / "review.key").to_public())
    before = open_register(folder / "reg")
    write_refs(folder / "reg", "e1", folder / "key", recipient, folder / "vault")
    after = open_register(folder / "reg")
    refs = [after.subject_ref("e1", person) for person in range(4)]
    assert refs == [before.subject_ref("e1", person) for person in range(4)]
    opened = open_vault(folder / "vault", folder / "review.key")
    assert (opened[pseudonym("e1 somebody")].person_id, opened[refs[3]].name) == (None, "Ani Sari")


def test_a_damaged_base_stays_as_it_is(folder: Path) -> None:
    (folder / "reg" / "identities.arrow").unlink()
    before = {path.name for path in folder.iterdir()}
    with pytest.raises(RegisterError, match=r"identities\.arrow"):
        compact_register(folder / "reg", [(update("bind", "siti", 1, account_id="8"), 9)])
    assert open_register(folder / "reg").overlay_offset == 4
    assert {path.name for path in folder.iterdir()} == before


def test_who_is_declared_and_withdrawn_on_one_day_is_still_known(folder: Path) -> None:
    """Active at no time, as what is buried; but a later change must find the account."""
    refs = refs_of(folder, "ani")
    added = update("add", "new.one", 1, subject_refs=refs, withdrawn_on="2024-02-01")
    before, after, _ = both(folder, [(added, 9)])
    assert_same_answers(before, after)
    change = update("change", "new.one", 2, subject_refs=refs)
    assert OverlayRegister(after).apply(change, 10)


def test_a_name_counts_only_where_the_register_takes_it(folder: Path) -> None:
    """Reviewers must not read another name than the one that matched."""
    updates = [
        update("add", "new.one", 1, subject_refs=refs_of(folder, "2"), name="Orang Lain"),
        update("bind", "siti", 2, account_id="8", name="Orang Lain"),
        update("withdraw", "siti", 3, withdrawn_on="2024-06-01", name="Orang Lain"),
    ]
    before, after, report = both(folder, [(one, 9 + one.sequence) for one in updates])
    assert report.applied == 3
    assert_same_answers(before, after)
    assert "Orang Lain" not in read_identities(folder / "reg")["name"].to_pylist()


def test_people_by_pseudonym_only_have_no_number_and_none_for_a_new_election(
    folder: Path,
) -> None:
    added = update("add", "new.one", 1, subject_refs=refs_of(folder, "ani"), name="Ani Sari")
    compact_register(folder / "reg", [(added, 9)])
    assert read_identities(folder / "reg")["person_id"].to_pylist() == ["198001", "2", "3", None]
    recipient = str(read_review_key(folder / "review.key").to_public())
    before = read_manifest(folder / "reg")
    with pytest.raises(RegisterError, match=r"1 people .* pseudonym only; .* election e3"):
        write_refs(folder / "reg", "e3", folder / "key", recipient, folder / "vault3")
    assert read_manifest(folder / "reg") == before
    # A further base keeps them as they are.
    compact_register(folder / "reg", [(update("bind", "new.one", 2, account_id="10"), 10)])
    assert read_identities(folder / "reg")["person_id"].to_pylist() == ["198001", "2", "3", None]
    assert read_manifest(folder / "reg").refs.keys() == {*ELECTIONS}


def older(directory: Path) -> None:
    manifest = directory / "manifest.json"
    manifest.write_bytes(orjson.dumps(orjson.loads(manifest.read_bytes()) | {"format": 1}))


def foreign(directory: Path) -> None:
    shutil.rmtree(directory)
    directory.mkdir()
    (directory / "notes.txt").write_text("mine")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (older, "artifact of format 1, this Netral reads 3"),
        (foreign, r"manifest\.json: cannot be read"),
        (shutil.rmtree, r"manifest\.json: cannot be read"),
    ],
    ids=["older", "foreign", "absent"],
)
def test_what_is_no_register_of_this_format_is_refused_and_left(
    folder: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    spoil(folder / "reg")
    before = {path.relative_to(folder): path.is_file() for path in folder.rglob("*")}
    with pytest.raises(RegisterError, match=reason):
        compact_register(folder / "reg", [(update("bind", "siti", 1, account_id="8"), 9)])
    assert {path.relative_to(folder): path.is_file() for path in folder.rglob("*")} == before


class PowerCutError(Exception):
    pass


def test_a_crash_on_the_way_leaves_the_old_artifact(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every file that is written, and last of all before the first rename."""
    before = read_manifest(folder / "reg")
    stored = register_artifact._stored

    def cut(after: int) -> Callable[[Path], register_artifact.StoredFile]:
        numbers = itertools.count()

        def store(path: Path) -> register_artifact.StoredFile:
            if next(numbers) >= after:
                raise PowerCutError
            return stored(path)

        return store

    refs = refs_of(folder, "ani")
    updates = [(update("add", "new.one", 1, subject_refs=refs, name="Ani Sari"), 9)]
    for after in (0, 5, len(before.files) - 1):
        monkeypatch.setattr(register_artifact, "_stored", cut(after))
        with pytest.raises(PowerCutError):
            compact_register(folder / "reg", updates)
    monkeypatch.setattr(register_artifact, "_stored", stored)

    rename = Path.rename

    def cut_off(path: Path, target: Path) -> Path:
        if path == folder / "reg":
            raise PowerCutError
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", cut_off)
    with pytest.raises(PowerCutError):
        compact_register(folder / "reg", updates)
    monkeypatch.setattr(Path, "rename", rename)
    assert verify_register(folder / "reg") == before
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
    assert compact_register(folder / "reg", updates).applied == 1


@pytest.mark.parametrize("what", ["built anew", "given pseudonyms"])
def test_what_somebody_else_did_in_the_meantime_is_not_undone(folder: Path, what: str) -> None:
    recipient = str(read_review_key(folder / "review.key").to_public())

    def updates() -> Iterator[tuple[RegisterUpdate, int]]:
        yield update("bind", "siti", 1, account_id="8"), 9
        if what == "built anew":
            build_register(folder / "s.csv", folder / "reg")
        else:
            write_refs(folder / "reg", "e3", folder / "key", recipient, folder / "vault3")

    with pytest.raises(RegisterError, match="in the meantime"):
        compact_register(folder / "reg", updates())
    after = verify_register(folder / "reg")
    assert after.refs.keys() == (set() if what == "built anew" else {*ELECTIONS, "e3"})
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_more_codes_than_fit_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_compact, "MOST_CODES", 4)
    updates = [
        (update("add", f"new{n}", n, subject_refs=refs_of(folder, f"p{n}"), agency_code=f"A{n}"), n)
        for n in range(5, 8)
    ]
    compact_register(folder / "reg", updates[:1])
    before = verify_register(folder / "reg")
    with pytest.raises(RegisterError, match="more than 4 different region or agency codes"):
        compact_register(folder / "reg", updates)
    assert verify_register(folder / "reg") == before


CHANGES = st.tuples(
    st.sampled_from(["add", "add", "change", "withdraw", "bind"]),
    st.sampled_from(["budi.s", "siti", "gone", "new", "bu.dis"]),
    st.sampled_from([None, "8", "9", "10"]),
    st.sampled_from(["198001", "2", "3", "ani", "eka"]),
    st.sampled_from(["Siti Rahma", "Dr. Budi Santoso", "Eka Putri", None]),
    st.sampled_from([None, "35.78", "51"]),
    st.sampled_from(["2024-03-01", "2024-02-01", None]),
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CHANGES, max_size=12), st.integers(0, 12))
def test_any_sequence_of_changes(
    pristine: Path,
    tmp_path_factory: pytest.TempPathFactory,
    changes: list[tuple[Any, ...]],
    middle: int,
) -> None:
    folder = Path(shutil.copytree(pristine, tmp_path_factory.mktemp("any") / "folder"))
    updates = []
    for number, (op, handle, account_id, person, name, region, withdrawn) in enumerate(changes):
        fields: dict[str, Any] = {"account_id": account_id, "name": name}
        if op == "withdraw":
            fields |= {"withdrawn_on": withdrawn or "2024-02-02"}
        elif op != "bind":
            fields |= {"subject_refs": refs_of(folder, person), "withdrawn_on": withdrawn}
            fields |= {"region_code": region, "agency_code": region and f"A{region}"}
        updates.append((update(op, handle, number, **fields), 5 + number))
    before, after, report = both(folder, updates)
    assert_same_answers(before, after)
    for name in ("siti rahma", "budi santoso", "eka putri", "joko"):
        assert before.name_frequency(name) == after.name_frequency(canonical_name(name))

    # The same again changes nothing.
    manifest = read_manifest(folder / "reg")
    again = compact_register(folder / "reg", updates)
    assert again.applied == 0
    assert (again.manifest.version, again.manifest.files) == (manifest.version, manifest.files)
    # With a base in between the rest is taken or refused as over the old one.
    halves = Path(shutil.copytree(pristine, folder / "halves"))
    applied = sum(
        compact_register(halves / "reg", part).applied
        for part in (updates[:middle], updates[middle:])
    )
    assert applied == report.applied
    assert_same_answers(before, open_register(halves / "reg"))
