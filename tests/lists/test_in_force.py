"""The lists in force: what is taken, what is refused, and that a refusal changes nothing."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest

from config.errors import ListError, RegisterError, RulesError, SettingsError, WatchlistError
from config.settings import ListSettings, Settings
from lists import register_artifact
from lists.in_force import ListName, ListsInForce
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
        "subject_refs": (SubjectRef(election_id=ELECTION.id, ref="s-new"),),
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


def test_a_register_update_is_in_force_at_once_and_the_old_snapshot_stays(
    lists: ListsInForce,
) -> None:
    before = lists.stages
    assert not flagged(lists, STRANGER, "8001")
    lists.apply_register_update(register_update(1), 0)
    assert flagged(lists, STRANGER, "8001")
    assert lists.stages.versions.register_overlay_offset == 0
    assert outcome(before, STRANGER, "8001").disposition == "unmatched"
    assert before.versions.register_overlay_offset == -1


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
    lists.refuse_undecodable("register", "test")
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
    with pytest.raises(WatchlistError, match="holds no election"):
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
    lists.refuse_undecodable("control", "netral-control offset 3: malformed_json at $")
    assert lists.refusals["control"].reason == "netral-control offset 3: malformed_json at $"
    assert standing(lists) == {"control"}
    assert lists.stages is before


# Reloading the files


def empty_the_register(files: Files) -> None:
    """An artifact without a row, which `register build` refuses to write."""
    directory = files.folder / "register"
    rows = register_artifact.RegisterRows(
        accounts={name: [] for name in register_artifact._ACCOUNT_COLUMNS.names},
        people={name: [] for name in register_artifact._PEOPLE_COLUMNS.names},
        identities={name: [] for name in register_artifact._IDENTITY_COLUMNS.names},
    )
    register_artifact.write_artifact(
        directory, rows, builder="test", source_sha256="0" * 64, refused={}
    )
    register_artifact.add_refs(directory, ELECTION.id, "k", [])


def break_the_watchlist(files: Files) -> None:
    (files.folder / "watchlist.json").write_text('{"schema": 1, "elections": [')


def date_the_watchlist_barely(files: Files) -> None:
    path = files.folder / "watchlist.json"
    path.write_text(path.read_text().replace("2024-09-22T00:00:00+07:00", "2024-09-22"))


def damage_the_register(files: Files) -> None:
    (files.folder / "register" / "accounts.arrow").write_bytes(b"cut off")


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
    kinds = {"register": RegisterError, "watchlist": WatchlistError, "rules": RulesError}
    with pytest.raises(kinds[name], match=reason):
        lists.reload()
    assert lists.stages is before
    assert standing(lists) == {name}
    assert flagged(lists)
    files.mend()
    lists.reload()
    assert standing(lists) == set()
    assert lists.refusals[name].count == 1


def test_a_reload_takes_all_three(files: Files, lists: ListsInForce) -> None:
    before = lists.stages.versions
    files.write_register([*ACCOUNTS, account(11, "baru_uji")])
    files.write_watchlist(watchlist_of(CONTEST, second_contest()))
    files.write_rules(("wording_version: skb-2022.1", "wording_version: skb-2022.2"))
    lists.reload()
    after = lists.stages.versions
    assert before.register != after.register
    assert before.watchlist != after.watchlist
    assert before.rules != after.rules
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
