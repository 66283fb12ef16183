"""The lists in force: what is taken, what is refused, and that a refusal changes nothing."""

import asyncio
import contextlib
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from config.errors import (
    ListError,
    ModelError,
    RegisterError,
    RulesError,
    SettingsError,
    WatchlistError,
)
from config.settings import ListSettings, Settings
from lists import in_force as lists_in_force
from lists.in_force import ListName, ListsInForce
from lists.register_artifact import (
    IDENTITY_COLUMNS,
    RegisterContent,
    add_refs,
    write_artifact,
)
from lists.register_build import build_register
from streams.records import (
    Candidate,
    Contest,
    ControlRecord,
    Phase,
    RegisterUpdate,
    SubjectRef,
    Watchlist,
)
from tests.invariants.scene import (
    ACCOUNTS,
    BOUND,
    BOUND_ID,
    CONTEST,
    DECLARED,
    ELECTION,
    EXAMPLE,
    STRANGER,
    Files,
    account,
    contest,
    copied,
    files_in,
    in_force,
    outcome,
    put,
    second_contest,
    watchlist_of,
)
from tests.lists.models import model_document, write_model
from tests.lists.sources import write_source
from tests.matchers.people import pseudonym, register_of


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return files_in(tmp_path_factory.mktemp("lists") / "lists")


@pytest.fixture
def files(pristine: Files, tmp_path: Path) -> Files:
    return copied(pristine, tmp_path / "lists")


@pytest.fixture
def lists(files: Files) -> ListsInForce:
    return in_force(files)


def register_update(sequence: int, **changes: Any) -> RegisterUpdate:
    """A new account of a new person."""
    fields: dict[str, Any] = {
        "op": "add",
        "platform": "x",
        "handle": STRANGER,
        "account_id": "8001",
        "name": "Orang Baru",
        "declared_on": "2024-02-01",
        "declaration_ref": "SK-99",
        "subject_refs": (SubjectRef(election_id=ELECTION.id, ref=pseudonym("new")),),
    }
    return RegisterUpdate(schema=1, sequence=sequence, **(fields | changes))


def control(sequence: int, action: Literal["stop", "resume"]) -> ControlRecord:
    return ControlRecord(
        schema=1,
        sequence=sequence,
        action=action,
        reason="test",
        by="test",
        at=datetime(2024, 10, 1, tzinfo=UTC),
    )


def flagged(lists: ListsInForce, handle: str = BOUND, account_id: str | None = BOUND_ID) -> bool:
    return outcome(lists.stages, handle, account_id).disposition == "flagged"


def standing(lists: ListsInForce) -> set[ListName]:
    return {name for name, refusal in lists.refusals.items() if refusal.standing}


# At the start


@pytest.mark.parametrize("missing", ["register_dir", "watchlist_file"])
def test_a_list_that_is_not_named_stops_the_start(files: Files, missing: str) -> None:
    named = files.settings.model_dump() | {missing: None}
    with pytest.raises(SettingsError, match=missing):
        ListsInForce(Settings(lists=ListSettings.model_validate(named)))


def test_a_refused_list_stops_the_start(files: Files) -> None:
    files.write_watchlist(watchlist_of())
    with pytest.raises(WatchlistError, match="holds no contest"):
        in_force(files)


def test_an_empty_register_stops_the_start(files: Files) -> None:
    empty_the_register(files)
    with pytest.raises(RegisterError, match="register is empty"):
        in_force(files)


def test_an_election_without_pseudonyms_stops_the_start(files: Files) -> None:
    other = msgspec.structs.replace(ELECTION, id="pilkada-2029")
    files.write_watchlist(Watchlist(schema=1, elections=(other,)))
    with pytest.raises(WatchlistError, match=r"no pseudonyms for election pilkada-2029.*refs DIR"):
        in_force(files)


# Register updates


def test_a_register_update_is_in_force_at_once_under_versions_of_its_own(
    lists: ListsInForce,
) -> None:
    before = lists.stages
    versions = before.versions
    assert not flagged(lists, STRANGER, "8001")
    lists.apply_register_update(register_update(1), 0)
    assert flagged(lists, STRANGER, "8001")
    assert lists.stages is not before
    assert lists.stages.versions == msgspec.structs.replace(versions, register_overlay_offset=0)
    (flag,) = outcome(lists.stages, STRANGER, "8001").flags
    assert flag.versions.register_overlay_offset == 0
    assert flag.identity.subject_ref == pseudonym("new")


def test_a_refused_register_update_stands_until_a_good_one(lists: ListsInForce) -> None:
    before = lists.stages
    for count in (1, 2):
        with pytest.raises(RegisterError, match="no declaration"):
            lists.apply_register_update(register_update(count, declared_on=None), count)
        assert lists.refusals["register"].count == count
    assert lists.stages is before
    assert standing(lists) == {"register"}
    assert "no declaration" in lists.refusals["register"].reason
    lists.apply_register_update(register_update(3), 3)
    assert standing(lists) == set()
    assert lists.refusals["register"].count == 2


def test_a_record_that_the_base_includes_changes_nothing(files: Files) -> None:
    files.write_register(ACCOUNTS, overlay_offset=5)
    lists = in_force(files)
    lists.refuse("register", "test")
    before, changed = lists.stages, lists.changed_at["register"]
    lists.apply_register_update(register_update(1), 5)
    assert lists.stages is before
    assert lists.changed_at["register"] == changed
    assert standing(lists) == {"register"}


# Watchlist updates


def test_a_contest_is_put_replaced_and_removed(lists: ListsInForce) -> None:
    version = lists.stages.watchlist.version
    lists.apply_watchlist_update(put(1, second_contest()))
    assert outcome(lists.stages, BOUND, BOUND_ID, text="dukung Wirakusuma satu kota-2024").flags
    lists.apply_watchlist_update(
        put(2, second_contest(), op="remove", contest=None, contest_id="kota-2024")
    )
    assert lists.stages.watchlist.version == version


ONE_SIDED = contest(candidates=CONTEST.candidates[:3])
EMPTY = contest(ballot=(), candidates=())
OVERLAPPING = contest(
    phases=(
        CONTEST.phases[2],
        Phase(name="quiet", start=CONTEST.phases[1].start, end=CONTEST.phases[4].end),
    )
)
SHRUNK = contest(
    candidates=tuple(
        Candidate(id=one.id, ballot_name=one.ballot_name, names=one.names[:1])
        for one in CONTEST.candidates
    )
)
FALL = "a fall of more than 20%"


@pytest.mark.parametrize(
    ("refused", "reason"),
    [(EMPTY, FALL), (SHRUNK, FALL), (OVERLAPPING, "overlap")],
    ids=["emptied", "shrunk", "overlapping"],
)
def test_a_refused_contest_changes_nothing(
    lists: ListsInForce, refused: Contest, reason: str
) -> None:
    before = lists.stages
    with pytest.raises(WatchlistError, match=reason):
        lists.apply_watchlist_update(put(1, refused))
    assert lists.stages is before
    assert standing(lists) == {"watchlist"}
    # Its number is not spent: the mended record may come with the same one.
    lists.apply_watchlist_update(put(1, second_contest()))
    assert standing(lists) == set()


def test_a_new_one_sided_contest_is_refused_by_name(lists: ListsInForce) -> None:
    second = second_contest()
    one_sided = msgspec.structs.replace(second, candidates=second.candidates[:1])
    with pytest.raises(WatchlistError, match=r"one-sided; on the ballot.*dua kota-2024"):
        lists.apply_watchlist_update(put(1, one_sided))


def test_the_last_contest_is_not_removed(lists: ListsInForce) -> None:
    with pytest.raises(WatchlistError, match="it is the last one"):
        lists.apply_watchlist_update(put(1, CONTEST, op="remove", contest=None))
    assert flagged(lists)


@pytest.mark.parametrize("sequence", [6, 7])
def test_an_older_or_repeated_watchlist_record_is_refused(
    lists: ListsInForce, sequence: int
) -> None:
    lists.apply_watchlist_update(put(7, second_contest()))
    before = lists.stages
    with pytest.raises(WatchlistError, match=f"update {sequence} is not newer than 7"):
        lists.apply_watchlist_update(put(sequence, second_contest("lain-2024")))
    assert lists.stages is before


def test_a_contest_of_an_election_without_pseudonyms_is_refused(lists: ListsInForce) -> None:
    with pytest.raises(WatchlistError, match="no pseudonyms for election pilkada-2029"):
        lists.apply_watchlist_update(put(1, second_contest(), election_id="pilkada-2029"))
    assert standing(lists) == {"watchlist"}


# The stop switch


def test_stop_and_resume_by_rising_numbers(lists: ListsInForce) -> None:
    lists.apply_control(control(4, "stop"))
    assert outcome(lists.stages, BOUND, BOUND_ID).disposition == "stopped"
    for old in (4, 3):
        with pytest.raises(ListError, match=f"control record {old} is not newer than 4"):
            lists.apply_control(control(old, "resume"))
    assert lists.stages.stopped
    assert standing(lists) == {"control"}
    lists.apply_control(control(5, "resume"))
    assert flagged(lists)
    assert standing(lists) == set()


def test_no_change_of_a_list_resumes(files: Files, lists: ListsInForce) -> None:
    lists.apply_control(control(1, "stop"))
    lists.apply_register_update(register_update(1), 0)
    lists.apply_watchlist_update(put(1, second_contest()))
    lists.reload()
    with pytest.raises(WatchlistError):
        lists.apply_watchlist_update(put(0, second_contest()))
    assert lists.stages.stopped


def test_an_unreadable_record_is_kept_on_record(lists: ListsInForce) -> None:
    before = lists.stages
    lists.refuse("control", "netral-control offset 3: malformed_json at $")
    assert lists.refusals["control"].reason == "netral-control offset 3: malformed_json at $"
    assert standing(lists) == {"control"}
    assert lists.stages is before


# Reloading the files


def empty_the_register(files: Files) -> None:
    """An artifact without a row, which `register build` refuses to write."""
    directory = files.folder / "register"
    shutil.rmtree(directory)  # never written over: workers have its files mapped
    directory.mkdir()
    content = RegisterContent(
        register_of().arrays, [""], [""], pa.table([[], [], []], schema=IDENTITY_COLUMNS)
    )
    write_artifact(directory, content, builder="test", source_sha256="0" * 64, refused={})
    add_refs(directory, ELECTION.id, "k", np.empty((0, 16), np.uint8))


def break_the_watchlist(files: Files) -> None:
    (files.folder / "watchlist.json").write_text('{"schema": 1, "elections": [')


def date_the_watchlist_barely(files: Files) -> None:
    path = files.folder / "watchlist.json"
    path.write_text(path.read_text().replace("2024-09-22T00:00:00+07:00", "2024-09-22"))


def damage_the_register(files: Files) -> None:
    path = files.folder / "register" / "accounts.handles.text.npy"
    path.unlink()
    path.write_bytes(b"cut off")


def break_the_model(files: Files) -> None:
    write_model(files.folder / "model.json", model_document() | {"titles": []})


REFUSED_RELOADS = [
    ("register", empty_the_register, "register is empty"),
    ("register", damage_the_register, "register artifact is damaged"),
    ("register", lambda files: files.write_register(ACCOUNTS[:7]), FALL),
    ("watchlist", break_the_watchlist, "watchlist.json"),
    ("watchlist", date_the_watchlist_barely, "zone|RFC3339"),
    ("watchlist", lambda files: files.write_watchlist(watchlist_of()), "holds no contest"),
    ("watchlist", lambda files: files.write_watchlist(watchlist_of(ONE_SIDED)), "one-sided"),
    ("watchlist", lambda files: files.write_watchlist(watchlist_of(OVERLAPPING)), "overlap"),
    ("watchlist", lambda files: files.write_watchlist(watchlist_of(SHRUNK)), FALL),
    ("rules", lambda files: files.write_rules(("fuzzy_name", "gut_feeling")), "gut_feeling"),
    ("rules", break_the_model, "model.json: titles: the cell"),
]


@pytest.mark.parametrize(
    ("name", "spoil", "reason"),
    REFUSED_RELOADS,
    ids=[f"{name}: {reason}" for name, _, reason in REFUSED_RELOADS],
)
def test_a_refused_reload_changes_nothing_and_a_good_one_clears_it(
    files: Files, lists: ListsInForce, name: ListName, spoil: Any, reason: str
) -> None:
    before = lists.stages
    # The other files are new and good: none of them may come into force alone.
    if name != "watchlist":
        files.write_watchlist(watchlist_of(CONTEST, second_contest()))
    if name != "register":
        files.write_register([*ACCOUNTS, account(11, "baru_uji")])
    spoil(files)
    kinds: dict[str, tuple[type[ListError], ...]] = {
        "register": (RegisterError,),
        "watchlist": (WatchlistError,),
        "rules": (RulesError, ModelError),
    }
    with pytest.raises(kinds[name], match=reason):
        lists.reload()
    assert lists.stages is before
    assert standing(lists) == {name}
    assert flagged(lists)
    files.mend()
    lists.reload()
    assert standing(lists) == set()
    assert lists.refusals[name].count == 1


def test_a_reload_takes_all_of_them(files: Files, lists: ListsInForce) -> None:
    before = lists.stages.versions
    changed = model_document()
    changed["titles"][0]["tenths"] += 1
    write_model(files.folder / "model.json", changed)
    files.write_register([*ACCOUNTS, account(11, "baru_uji")])
    files.write_watchlist(watchlist_of(CONTEST, second_contest()))
    files.write_rules(("wording_version: skb-2022.1", "wording_version: skb-2022.2"))
    lists.reload()
    after = lists.stages.versions
    assert before.register != after.register
    assert before.watchlist != after.watchlist
    assert before.rules != after.rules
    assert before.model != after.model
    assert flagged(lists, "baru_uji", None)


def test_updates_are_applied_over_a_reload(files: Files, lists: ListsInForce) -> None:
    lists.apply_register_update(register_update(1), 0)
    lists.apply_watchlist_update(put(1, second_contest()))
    version = lists.stages.watchlist.version
    lists.reload()
    assert flagged(lists, STRANGER, "8001")
    assert lists.stages.versions.register_overlay_offset == 0
    assert lists.stages.watchlist.version == version


def test_a_file_that_clashes_with_an_update_is_refused(files: Files, lists: ListsInForce) -> None:
    """Each is sound alone; together the file's new contest and the update's share their ids."""
    lists.apply_watchlist_update(put(1, second_contest()))
    before = lists.stages
    twin = msgspec.structs.replace(second_contest(), id="other-2024")
    files.write_watchlist(watchlist_of(CONTEST, twin))
    with pytest.raises(WatchlistError, match="this id is used twice"):
        lists.reload()
    assert lists.stages is before
    assert standing(lists) == {"watchlist"}


def test_a_new_base_replaces_the_updates_it_includes(files: Files, lists: ListsInForce) -> None:
    lists.apply_register_update(register_update(1), 0)
    lists.apply_register_update(register_update(2, op="withdraw", withdrawn_on="2024-09-01"), 1)
    included = account(11, STRANGER, account_id="8001", withdrawn_on="2024-09-01")
    files.write_register([*ACCOUNTS, included], overlay_offset=1)
    lists.reload()
    assert lists.stages.versions.register_overlay_offset == 1
    assert lists.stages.register.rows_by_handle([("x", STRANGER)])[0] >= 0
    assert not flagged(lists, STRANGER, "8001")


def test_a_shrunk_register_is_measured_against_what_is_in_force(
    files: Files, lists: ListsInForce
) -> None:
    """Withdrawals that came one by one are no sudden fall when a new base includes them."""
    for number, row in enumerate(ACCOUNTS[4:8]):
        lists.apply_register_update(
            register_update(number, op="withdraw", handle=row["handle"], withdrawn_on="2024-09-01"),
            number,
        )
    withdrawn = [row | {"withdrawn_on": "2024-09-01"} for row in ACCOUNTS[4:8]]
    files.write_register([*ACCOUNTS[:4], *withdrawn, *ACCOUNTS[8:]], overlay_offset=3)
    lists.reload()
    assert standing(lists) == set()


def test_a_removed_contest_stays_removed_over_a_reload(files: Files, lists: ListsInForce) -> None:
    files.write_watchlist(watchlist_of(CONTEST, second_contest()))
    lists.reload()
    lists.apply_watchlist_update(put(1, CONTEST, op="remove", contest=None, contest_id="kota-2024"))
    version = lists.stages.watchlist.version
    lists.reload()
    assert lists.stages.watchlist.version == version
    files.write_watchlist(EXAMPLE)  # and it may be gone from the file
    lists.reload()
    assert lists.stages.watchlist.version == version


def test_the_newest_record_names_the_election_over_a_reload(
    files: Files, lists: ListsInForce
) -> None:
    for sequence, (contest_id, name) in enumerate(
        [("a-2024", "first"), ("b-2024", "second"), ("a-2024", "third")]
    ):
        update = put(sequence, second_contest(contest_id), election_name=name)
        lists.apply_watchlist_update(update)
    assert lists._watchlist.elections[0].name == "third"
    lists.reload()
    assert lists._watchlist.elections[0].name == "third"


def test_a_declared_handle_is_bound_by_an_update_and_stays_so_over_a_reload(
    lists: ListsInForce,
) -> None:
    assert flagged(lists, DECLARED, "5005")
    bind = register_update(1, op="bind", handle=DECLARED, account_id="5002")
    lists.apply_register_update(bind, 0)
    lists.reload()
    assert flagged(lists, "nama_lain", "5002")
    assert not flagged(lists, DECLARED, "5005")


# A new register while the worker runs


async def test_a_new_register_comes_into_force(files: Files, lists: ListsInForce) -> None:
    before = lists.stages
    lists.refuse("register", "test")
    files.write_register([*ACCOUNTS, account(11, "baru_uji")])
    await lists.switch_register()
    assert flagged(lists, "baru_uji", None)
    assert lists.stages.versions.register != before.versions.register
    assert lists.stages.watchlist is before.watchlist
    assert outcome(before, "baru_uji").disposition == "unmatched", "a batch ends as it began"
    assert standing(lists) == set()


async def test_a_switch_keeps_the_changes_that_the_new_register_lacks(
    files: Files, lists: ListsInForce
) -> None:
    lists.apply_register_update(register_update(1), 4)
    lists.apply_register_update(register_update(2, handle="lain_uji", account_id="8002"), 5)
    lists.apply_register_update(
        register_update(3, op="withdraw", handle=STRANGER, withdrawn_on="2024-09-01"), 6
    )
    # The new base includes the first: made again, it would be refused as standing already.
    files.write_register([*ACCOUNTS, account(11, STRANGER, account_id="8001")], overlay_offset=4)
    await lists.switch_register()
    assert not flagged(lists, STRANGER, "8001"), "the withdrawal is kept"
    assert lists.stages.register.rows_by_account_id([("x", "8001")])[0] >= 0
    assert flagged(lists, "lain_uji", "8002")
    assert lists.stages.versions.register_overlay_offset == 6
    # And again, by a base that includes all of them and says so.
    rows = [account(11, STRANGER, account_id="8001", withdrawn_on="2024-09-01")]
    rows += [account(12, "lain_uji", account_id="8002")]
    files.write_register([*ACCOUNTS, *rows], overlay_offset=6)
    await lists.switch_register()
    assert flagged(lists, "lain_uji", "8002")
    assert lists.stages.versions.register_overlay_offset == 6
    with pytest.raises(RegisterError, match="stands already"):
        lists.apply_register_update(register_update(4, handle="lain_uji"), 7)


def without_pseudonyms(files: Files) -> None:
    source = write_source(files.folder / "register.csv", ACCOUNTS)
    build_register(source, files.folder / "register")


def clashing(files: Files) -> None:
    """It holds what an update added, and does not say so."""
    files.write_register([*ACCOUNTS, account(11, "lain_uji")])


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda files: files.write_register(ACCOUNTS[:7]), FALL),
        (without_pseudonyms, "no pseudonyms for election pilkada-2024"),
        (damage_the_register, "register artifact is damaged"),
        (empty_the_register, "register is empty"),
        (clashing, "offset 3 refused: the account stands already"),
    ],
    ids=["shrunk", "no pseudonyms", "damaged", "empty", "clashing"],
)
async def test_a_refused_register_leaves_the_old_one_in_force(
    files: Files, lists: ListsInForce, spoil: Any, reason: str
) -> None:
    lists.apply_register_update(register_update(1, handle="lain_uji", account_id=None), 3)
    before, changed = lists.stages, lists.changed_at["register"]
    spoil(files)
    for count in (1, 2):
        with pytest.raises(RegisterError, match=reason):
            await lists.switch_register()
        assert lists.refusals["register"].count == count
    assert lists.stages is before
    assert lists.changed_at["register"] == changed
    assert standing(lists) == {"register"}
    assert flagged(lists)
    assert flagged(lists, "lain_uji", None)
    files.mend()
    await lists.switch_register()
    assert standing(lists) == set()
    assert flagged(lists, "lain_uji", None)


async def test_what_comes_during_a_switch_is_not_lost(
    files: Files, lists: ListsInForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changes of the register, the watchlist and the stop switch, between any two of its steps."""
    monkeypatch.setattr(lists_in_force, "UPDATES_A_STEP", 2)
    numbers = iter(range(4_000))

    def add_one() -> None:
        number = next(numbers)
        lists.apply_register_update(
            register_update(number, handle=f"n{number}", account_id=f"n{number}"), number
        )

    for _ in range(50):
        add_one()
    before = lists.stages
    files.write_register([*ACCOUNTS, account(11, "baru_uji")])
    switch = asyncio.create_task(lists.switch_register())
    seen = 0
    while not switch.done():
        if seen == 1:
            lists.apply_watchlist_update(put(1, second_contest()))
            lists.apply_control(control(1, "stop"))
        with contextlib.suppress(StopIteration):
            add_one()
        seen += 1
        await asyncio.sleep(0)
    await switch
    count = next(numbers, 4_000)
    assert seen > 10
    register = lists.stages.register
    assert lists.stages.versions.register != before.versions.register
    assert register.overlay_offset == count - 1
    rows = register.rows_by_account_id([("x", f"n{number}") for number in range(count)])
    assert min(rows) >= 0
    assert len(set(rows)) == count
    assert register.size == before.register.size + 1
    assert lists.stages.stopped
    assert "kota-2024" in {entry.contest_id for entry in lists.stages.watchlist.entries}


async def test_a_batch_can_be_judged_between_any_two_steps(
    files: Files, lists: ListsInForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists_in_force, "UPDATES_A_STEP", 1)
    for number in range(30):
        lists.apply_register_update(
            register_update(number, handle=f"n{number}", account_id=f"n{number}"), number
        )
    files.write_register([*ACCOUNTS, account(11, "baru_uji")])
    switch = asyncio.create_task(lists.switch_register())
    while not switch.done():
        assert flagged(lists, "n29", "n29"), "the old register answers until the new one has all"
        await asyncio.sleep(0)
    await switch
    assert flagged(lists, "n29", "n29")
