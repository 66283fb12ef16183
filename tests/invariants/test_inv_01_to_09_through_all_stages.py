"""Invariants 01 and 03 to 09 from end to end: files on disk, every stage, what comes out."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from config.errors import WatchlistError
from matchers.screening import Stages
from matchers.types import Disposition, Outcome
from streams.codec import DecodeFailure, decode_post, encode
from tests.invariants.live import CAMPAIGN_ACCOUNT, LiveRun
from tests.invariants.scene import (
    ACCOUNTS,
    AGENCY,
    BOUND,
    BOUND_ID,
    CONTEST,
    DECLARED,
    ELECTION,
    LATE,
    LATE_ID,
    NAME,
    NUMBER,
    STRANGER,
    WITHDRAWN,
    WITHDRAWN_ID,
    contest,
    copied,
    in_force,
    outcome,
    raw,
    watchlist_of,
)

LIKE = {"action": "like", "target": CAMPAIGN_ACCOUNT, "text": None}


@pytest.fixture(scope="module")
def stages(live: LiveRun) -> Stages:
    return in_force(live.lists).stages


def check(found: Outcome, disposition: Disposition, status: str | None) -> None:
    assert found.disposition == disposition
    assert [flag.identity.status for flag in found.flags] == ([status] if status else [])


@pytest.mark.parametrize(
    ("handle", "account_id", "changes", "disposition", "status"),
    [
        (BOUND, BOUND_ID, {}, "flagged", "bound"),
        (STRANGER, None, {}, "unmatched", None),
        (WITHDRAWN, WITHDRAWN_ID, {}, "unmatched", None),
        (WITHDRAWN, None, {}, "unmatched", None),
        (WITHDRAWN, WITHDRAWN_ID, {"created_at": "2024-08-31T12:00:00+07:00"}, "flagged", "bound"),
        (LATE, LATE_ID, {}, "unmatched", None),
        (LATE, None, {}, "unmatched", None),
    ],
)
def test_inv_01_only_a_declaration_in_force_is_matched(
    stages: Stages,
    handle: str,
    account_id: str | None,
    changes: dict[str, Any],
    disposition: Disposition,
    status: str | None,
) -> None:
    check(outcome(stages, handle, account_id, **changes), disposition, status)


@pytest.mark.parametrize(
    ("handle", "account_id", "disposition", "status"),
    [
        ("nama_baru", BOUND_ID, "flagged", "bound"),
        (DECLARED, None, "flagged", "declared"),
        (f"@{DECLARED.upper()}", None, "flagged", "declared"),
        (DECLARED, "12", "flagged", "declared"),
        (BOUND, "999", "unmatched", None),
        (BOUND, None, "flagged", "unconfirmed"),
        (f"{DECLARED}_2", None, "unmatched", None),
    ],
)
def test_inv_03_and_04_what_is_conclusive_and_what_a_lead(
    stages: Stages, handle: str, account_id: str | None, disposition: Disposition, status: str
) -> None:
    check(outcome(stages, handle, account_id), disposition, status)


def test_inv_04_a_lead_names_candidates_and_nobody_for_certain(stages: Stages) -> None:
    (flag,) = outcome(stages, BOUND).flags
    assert flag.identity.subject_ref is None
    assert flag.identity.candidates
    (certain,) = outcome(stages, BOUND, BOUND_ID).flags
    assert certain.identity.candidates == ()


@pytest.mark.parametrize("name", [NAME, f"Drs. {NAME}, M.Si.", "Orang Uji bbbb"])
def test_inv_05_a_registered_name_under_another_handle_is_nobody(stages: Stages, name: str) -> None:
    actor = {"handle": "xqzt", "display_name": name, "bio": f"{AGENCY} Surabaya"}
    check(outcome(stages, "xqzt", actor=actor), "unmatched", None)


@pytest.mark.parametrize("action", ["like", "follow", "join"])
def test_inv_06_only_a_conclusive_identity_and_the_exact_target(
    stages: Stages, action: str
) -> None:
    aimed = LIKE | {"action": action}
    check(outcome(stages, BOUND, BOUND_ID, **aimed), "flagged", "bound")
    check(outcome(stages, BOUND, None, **aimed), "unmatched", None)
    check(outcome(stages, BOUND, BOUND_ID, action=action), "untouched", None)
    for account in ({"handle": "menang2_contoh", "account_id": "1"}, {"handle": "menang2_contohh"}):
        elsewhere = aimed | {"target": {"account": account, "text": "dukung Khofifah Indar"}}
        check(outcome(stages, BOUND, BOUND_ID, **elsewhere), "untouched", None)


@pytest.mark.parametrize(
    ("created_at", "disposition"),
    [
        ("2024-08-26T23:59:59.999999+07:00", "out_of_window"),
        ("2024-08-27T00:00:00+07:00", "flagged"),
        ("2024-08-26T17:00:00Z", "flagged"),
        ("2024-11-27T23:59:59+07:00", "flagged"),
        ("2024-12-05T00:00:00+07:00", "out_of_window"),
    ],
)
def test_inv_07_the_window_is_by_event_time(
    stages: Stages, created_at: str, disposition: Disposition
) -> None:
    late = "2024-12-06T00:00:00+07:00"  # seen long after, which changes nothing
    found = outcome(stages, BOUND, BOUND_ID, created_at=created_at, observed_at=late)
    assert found.disposition == disposition


@pytest.mark.parametrize("created_at", ["2024-10-10", "2024-10-10T10:00:00"])
def test_inv_07_an_event_with_a_bare_date_is_refused(created_at: str) -> None:
    assert isinstance(decode_post(raw(BOUND, BOUND_ID, created_at=created_at)), DecodeFailure)


def test_inv_08_no_worker_starts_with_a_one_sided_contest(live: LiveRun, tmp_path: Path) -> None:
    files = copied(live.lists, tmp_path / "lists")
    for place, absent in enumerate(CONTEST.candidates):
        others = (*CONTEST.candidates[:place], *CONTEST.candidates[place + 1 :])
        files.write_watchlist(watchlist_of(contest(candidates=others)))
        with pytest.raises(WatchlistError) as refused:
            in_force(files)
        ballot = [name for pair in CONTEST.ballot for name in pair.names]
        assert absent.ballot_name in ballot
        assert f"one-sided; on the ballot but not a candidate here: {absent.ballot_name}" in str(
            refused.value
        )


def test_inv_09_a_flag_names_no_person_number_or_unit(stages: Stages) -> None:
    """Bound, declared and unconfirmed alike; the author's own handle stays, for the reviewer."""
    actor = {"handle": BOUND, "bio": f"staf {AGENCY} 35.78"}
    outcomes = [
        outcome(stages, BOUND, BOUND_ID),
        outcome(stages, DECLARED),
        outcome(stages, BOUND, actor=actor),
    ]
    for found in outcomes:
        (flag,) = found.flags
        written = encode(flag).decode().lower()
        for secret in (NUMBER, NAME.lower(), NAME.split()[1].lower(), AGENCY.lower(), "35.78"):
            assert secret not in written
        refs = [flag.identity.subject_ref, *(one.subject_ref for one in flag.identity.candidates)]
        for ref in refs:
            assert ref is None or (ref.startswith("s") and len(ref) == 33)


def test_inv_09_a_worker_needs_no_key_and_no_identities(live: LiveRun, tmp_path: Path) -> None:
    files = copied(live.lists, tmp_path / "lists")
    for secret in (files.folder / "key", files.folder / "vault", files.folder / "register.csv"):
        secret.unlink()
    (files.folder / "register" / "identities.arrow").unlink()
    found = outcome(in_force(files).stages, BOUND, BOUND_ID)
    assert found == outcome(in_force(live.lists).stages, BOUND, BOUND_ID)


def test_inv_09_another_key_gives_another_pseudonym(live: LiveRun, tmp_path: Path) -> None:
    files = copied(live.lists, tmp_path / "lists")
    (files.folder / "key").unlink()
    files.write_register(ACCOUNTS)
    (before,) = outcome(in_force(live.lists).stages, BOUND, BOUND_ID).flags
    (after,) = outcome(in_force(files).stages, BOUND, BOUND_ID).flags
    assert after.election.id == before.election.id == ELECTION.id
    assert after.identity.subject_ref != before.identity.subject_ref
    assert msgspec.structs.replace(after, identity=before.identity) == before


def test_inv_01_03_to_07_and_a_worker_says_the_same(live: LiveRun) -> None:
    """What the live worker flagged, of all it was sent, is what this table says it should."""
    wanted: dict[str, int] = {}
    for sent in live.sent:
        if sent.case.disposition == "flagged":
            wanted[sent.case.name] = wanted.get(sent.case.name, 0) + 1
    assert {post_id: len(several) for post_id, several in live.flags().items()} == wanted
    statuses = {
        name: live.flags()[name][0][0].identity.status for name in ("bound", "lead", "like")
    }
    assert statuses == {"bound": "bound", "lead": "unconfirmed", "like": "bound"}
    assert live.flags()["declared"][0][0].identity.status == "declared"
