"""Invariant 09, the review side: the vault stays shut but for one person, on the record."""

from pathlib import Path

import pytest

from config.errors import SettingsError
from lists import refs as register_refs
from lists import vault as register_vault
from lists.register_build import build_register
from review import audit, identity_vault, outbox, queue
from review.desk import Desk
from tests.lists.sources import row, write_source
from tests.review.canaries import all_files, found_in
from tests.review.scene import BREACH, Clock, answer, flag, hire, make_desk, refs, take

NUMBER, NAME, AGENCY = "198001012005011001", "Drs. Budi Sasmitho, M.Si.", "BKPSDM"
WHY = "The profile's name has to be compared."


@pytest.fixture
def sides(store_url: str, tmp_path: Path, clock: Clock) -> tuple[Desk, str, Path]:
    """A desk, the pseudonym of the one person in its vault, and the vault."""
    build, side = tmp_path / "build", tmp_path / "side"
    build.mkdir()
    side.mkdir()
    source = [row(person_id=NUMBER, name=NAME, agency_code=AGENCY, handle="budi.s")]
    build_register(write_source(build / "s.csv", source), build / "reg")
    recipient = register_vault.make_review_key(side / "review.key")
    register_refs.make_key(build / "key")
    vault = side / "pilkada-2024.vault"
    register_refs.write_refs(build / "reg", "pilkada-2024", build / "key", recipient, vault)
    ref = register_refs.subject_ref(register_refs.read_key(build / "key"), "pilkada-2024", NUMBER)
    desk = make_desk(
        store_url, tmp_path, clock, vault_dir=side, review_key_file=side / "review.key"
    )
    return desk, ref, vault


def test_inv_09_a_case_is_judged_with_the_vault_shut(sides: tuple[Desk, str, Path]) -> None:
    desk, ref, vault = sides
    vault.unlink()
    take(desk, flag(1, refs=(ref,)))
    for name in "ab":
        who = hire(desk, name)
        answer(desk, who, refs(desk, who)[0], BREACH)
    (decision,) = outbox.oldest(desk, 9)
    for canary in (ref, NUMBER, NAME, AGENCY, "budi.s", "Pilih"):
        assert canary.encode() not in decision.value
    desk.store.close()


def test_inv_09_an_opening_is_on_the_record_before_it_happens(
    sides: tuple[Desk, str, Path],
) -> None:
    desk, ref, vault = sides
    take(desk, flag(1, refs=(ref,)))
    a, auditor = hire(desk, "a"), hire(desk, "z", "auditor")
    (case,) = refs(desk, a)
    queue.claim(desk, a, case)
    vault.write_bytes(vault.read_bytes()[:-1])
    with pytest.raises(SettingsError, match="vault is cut short"):
        identity_vault.open_identity(desk, a, case, ref, WHY)
    (entry,) = [e for e in audit.page(desk, auditor) if e.kind == "vault_opened"]
    assert entry.body == {"subject_ref": ref, "reason": WHY}
    desk.store.close()


def test_inv_09_what_the_vault_told_is_kept_nowhere(
    sides: tuple[Desk, str, Path], tmp_path: Path
) -> None:
    desk, ref, _ = sides
    take(desk, flag(1, refs=(ref,)))
    a = hire(desk, "a")
    (case,) = refs(desk, a)
    queue.claim(desk, a, case)
    person = identity_vault.open_identity(desk, a, case, ref, WHY)
    assert (person.person_id, person.name, person.agency_code) == (NUMBER, NAME, AGENCY)
    kept = [path for path in all_files(tmp_path) if "build" not in path.parts]
    assert found_in(kept, (NUMBER, NAME, AGENCY, WHY)) == []
    desk.store.close()


def test_inv_09_one_person_found_in_the_vault_is_as_in_the_whole(tmp_path: Path) -> None:
    people = [
        row(
            person_id=str(n),
            name=f"Orang {n}",
            agency_code="" if n % 3 else "A",
            handle=f"o{n}",
            account_id="",
        )
        for n in range(50)
    ]
    build_register(write_source(tmp_path / "s.csv", people), tmp_path / "reg")
    recipient = register_vault.make_review_key(tmp_path / "review.key")
    register_refs.make_key(tmp_path / "key")
    register_refs.write_refs(
        tmp_path / "reg", "e", tmp_path / "key", recipient, tmp_path / "e.vault"
    )
    whole = register_vault.open_vault(tmp_path / "e.vault", tmp_path / "review.key")
    assert len(whole) > 1
    for ref in whole:
        found = register_vault.find_in_vault(tmp_path / "e.vault", tmp_path / "review.key", ref)
        assert found == whole[ref]
    nobody = "s" + "0" * 32
    assert (
        register_vault.find_in_vault(tmp_path / "e.vault", tmp_path / "review.key", nobody) is None
    )
