"""After the verdict: suppression, bindings, packages, the vault, units, golden items, figures."""

import csv
import html
import io
import zipfile
from datetime import timedelta
from pathlib import Path

import orjson
import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import InvalidInputError, NotAllowedError, NotFoundError, SettingsError
from lists import refs as register_refs
from lists import vault as register_vault
from lists.register_artifact import open_register
from lists.register_build import build_register
from review import (
    after,
    audit,
    cases,
    decide,
    export,
    golden,
    identity_vault,
    outbox,
    quality,
    queue,
    suppression,
)
from review.choices import Verdict
from review.desk import Desk
from review.visible import plain_cell, visible
from streams.codec import decode_register_update
from streams.records import RegisterUpdate
from tests.lists.sources import row, write_source
from tests.review.scene import (
    BREACH,
    CONTEST,
    NOT,
    START,
    Clock,
    answer,
    content,
    flag,
    hire,
    make_desk,
    refs,
    take,
)


def judged(desk: Desk, verdict: Verdict, *who: str) -> str:
    for name in who:
        actor = hire(desk, name)
        (ref,) = refs(desk, actor)
        answer(desk, actor, ref, verdict)
    return ref


def test_a_suppression_is_counted_and_reversible(desk: Desk, clock: Clock) -> None:
    lead = hire(desk, "lena", "lead")
    take(desk, flag(1))
    ref = judged(desk, NOT, "a", "b")
    assert take(desk, flag(2), flag(3), first=2).suppressed == 2
    (shown,) = suppression.page(desk, lead)
    assert (shown.origin_ref, shown.rules, shown.hits, shown.expires_at) == (
        ref,
        ["D2"],
        2,
        START + timedelta(days=60),
    )
    c = hire(desk, "c")
    assert refs(desk, c) == []
    with pytest.raises(InvalidInputError):
        suppression.revoke(desk, lead, shown.id, " ")
    assert suppression.revoke(desk, lead, shown.id, "It was cleared by mistake.") == 2
    (back,) = refs(desk, c)
    queue.claim(desk, c, back)
    assert content(desk, c, back).flag_count == 2
    assert take(desk, flag(4), first=4).new == 1


def test_another_account_entry_or_rule_is_not_suppressed(desk: Desk) -> None:
    take(desk, flag(1))
    judged(desk, NOT, "a", "b")
    applied = take(
        desk,
        flag(2, handle="other", account_id="8"),
        flag(3, entry="risma:alias:bu", post_id="p3"),
        flag(4, rules=("D4",)),
        first=2,
    )
    assert (applied.new, applied.suppressed) == (3, 0)


def test_only_a_cleared_finding_suppresses(desk: Desk) -> None:
    take(desk, flag(1))
    judged(desk, Verdict("insufficient", "ambiguous"), "a", "b")
    assert take(desk, flag(2), first=2).suppressed == 0


@pytest.mark.parametrize(
    ("status", "account_id", "confirmed", "bound"),
    [
        ("declared", "7", (True, True), True),
        ("declared", "7", (True, False), False),
        ("declared", None, (True, True), False),
        ("bound", "7", (True, True), False),
    ],
)
def test_a_confirmed_declared_account_is_bound(
    desk: Desk, status: str, account_id: str | None, confirmed: tuple[bool, bool], bound: bool
) -> None:
    take(desk, flag(1, status=status, account_id=account_id))
    for name, yes in zip("ab", confirmed, strict=True):
        who = hire(desk, name)
        (ref,) = refs(desk, who)
        answer(desk, who, ref, Verdict("not_breach", "policy", identity_confirmed=yes))
    sent = [row for row in outbox.oldest(desk, 9) if row.channel == outbox.REGISTER]
    assert outbox.bindings(desk) == len(sent) == bound
    for one in sent:
        update = decode_register_update(one.value)
        assert isinstance(update, RegisterUpdate)
        assert (update.op, update.handle, update.account_id) == ("bind", "budi.s", "7")


@pytest.fixture
def suspected(store_url: str, tmp_path: Path, clock: Clock) -> tuple[Desk, str]:
    desk = make_desk(store_url, tmp_path, clock, export_dir=tmp_path)
    hostile = '=cmd|"/c calc"!A1 <script>alert(1)</script> \u202eevil'
    take(desk, flag(1, text=hostile), flag(2, text="@SUM(A1)"))
    return desk, judged(desk, BREACH, "a", "b")


def test_a_package_is_minimal_and_harmless(suspected: tuple[Desk, str]) -> None:
    desk, ref = suspected
    lead = hire(desk, "lena", "lead")
    after.notice(desk, lead, ref, "You may answer <b>within</b> 7 days.")
    after.reply(desk, lead, ref, "I was quoting.")
    package = export.preview(desk, lead, ref)
    assert export.preview(desk, lead, ref).archive == package.archive, "the same bytes again"
    with zipfile.ZipFile(io.BytesIO(package.archive)) as archive:
        assert archive.namelist() == ["case.json", "case.html", "evidence.csv"]
        said = orjson.loads(archive.read("case.json"))
    assert said["opinions"][0]["choice"] == "breach_suspected"
    assert len({item["record_sha256"] for item in said["evidence"]}) == 2
    assert [one["what"] for one in said["since"]] == ["notice", "reply"]
    for who in ("a", "b", "lena"):
        assert f'"{who}"' not in package.json.decode()
    assert "<script" not in package.html
    assert "<b>" not in package.html
    assert "\u202e" not in package.html + package.csv
    assert "‹U+202E›" in html.unescape(package.html)
    for line in csv.reader(io.StringIO(package.csv)):
        assert all(not cell.startswith(("=", "+", "-", "@")) for cell in line)
    desk.store.close()


def test_a_package_for_a_recipient_opens_with_their_key_only(
    store_url: str, tmp_path: Path, clock: Clock
) -> None:
    theirs = pyrage.x25519.Identity.generate()
    desk = make_desk(
        store_url,
        tmp_path,
        clock,
        export_dir=tmp_path,
        export_recipient=str(theirs.to_public()),
        export_recipient_name="Bawaslu Jatim",
    )
    take(desk, flag(1))
    ref = judged(desk, BREACH, "a", "b")
    lead = hire(desk, "lena", "lead")
    package = export.preview(desk, lead, ref)
    released = export.release(desk, lead, ref, package.sha256)
    assert released.recipient == "Bawaslu Jatim"
    assert b"Pilih" not in released.path.read_bytes()
    assert pyrage.decrypt(released.path.read_bytes(), [theirs]) == package.archive
    entries = audit.page(desk, hire(desk, "z", "auditor"), case_ref=ref)
    assert [e.body for e in entries if e.kind == "exported"] == [
        {"sha256": package.sha256, "recipient": "Bawaslu Jatim"}
    ]
    desk.store.close()


@given(st.text())
def test_no_cell_is_a_formula_and_nothing_is_hidden(text: str) -> None:
    cell = plain_cell(text)
    assert not cell.lstrip(" \n").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert visible(visible(text)) == visible(text)


NUMBER, NAME = "198001012005011001", "Budi Sasmitho"


@pytest.fixture
def review_side(store_url: str, tmp_path: Path, clock: Clock) -> tuple[Desk, str, str]:
    """A register's builder gave vault and unit hashes; a desk with them, a pseudonym, a unit."""
    build, side = tmp_path / "build", tmp_path / "side"
    build.mkdir()
    side.mkdir()
    people = [
        row(person_id=NUMBER, name=NAME, agency_code="BKPSDM", handle="budi.s", account_id="7"),
        row(person_id="2", name="Siti", agency_code="DINKES", handle="siti", account_id="8"),
        row(person_id="3", name="Tono", agency_code="", handle="tono", account_id="9"),
    ]
    build_register(write_source(build / "s.csv", people), build / "reg")
    recipient = register_vault.make_review_key(side / "review.key")
    register_refs.make_key(build / "key")
    register_refs.write_refs(
        build / "reg", "pilkada-2024", build / "key", recipient, side / "pilkada-2024.vault"
    )
    assert (
        register_refs.write_unit_hashes(
            build / "reg", "pilkada-2024", build / "key", side / "pilkada-2024.units"
        )
        == 3
    )
    secret = register_refs.read_key(build / "key")
    ref = register_refs.subject_ref(secret, "pilkada-2024", NUMBER)
    assert ref in {open_register(build / "reg").subject_ref("pilkada-2024", n) for n in range(3)}
    desk = make_desk(
        store_url,
        tmp_path,
        clock,
        compare_units=True,
        units_dir=side,
        vault_dir=side,
        review_key_file=side / "review.key",
    )
    return desk, ref, register_refs.unit_of(secret, "pilkada-2024", "BKPSDM")


def test_colleagues_are_kept_apart_with_the_vault_shut(
    review_side: tuple[Desk, str, str], tmp_path: Path
) -> None:
    desk, ref, unit = review_side
    (tmp_path / "side" / "pilkada-2024.vault").unlink()
    take(desk, flag(1, refs=(ref,)))
    assert refs(desk, hire(desk, "colleague", units=[unit])) == []
    assert len(refs(desk, hire(desk, "stranger", units=["u" + "0" * 32]))) == 1
    take(desk, flag(2, handle="x", account_id="x", refs=("s" + "0" * 32,)), first=1)
    assert queue.page(desk, hire(desk, "c")).held == 1, "a pseudonym that nobody knows"
    desk.store.close()


def test_the_units_file_names_no_unit_and_nobody(
    review_side: tuple[Desk, str, str], tmp_path: Path
) -> None:
    desk, _, unit = review_side
    content = (tmp_path / "side" / "pilkada-2024.units").read_bytes()
    for word in (b"BKPSDM", b"DINKES", NUMBER.encode(), NAME.encode()):
        assert word not in content
    assert bytes.fromhex(unit[1:]) in content
    desk.store.close()


def test_the_vault_opens_for_one_case_with_a_reason_on_the_record(
    review_side: tuple[Desk, str, str],
) -> None:
    desk, ref, _ = review_side
    take(desk, flag(1, refs=(ref,)), flag(2, handle="x", account_id="x", refs=("s" + "0" * 32,)))
    a, b, lead = hire(desk, "a"), hire(desk, "b"), hire(desk, "lena", "lead")
    auditor = hire(desk, "z", "auditor")
    (case_ref,) = refs(desk, a)
    why = "To compare the profile's name."
    with pytest.raises(Exception, match="you do not hold this case"):
        identity_vault.open_identity(desk, a, case_ref, ref, why)
    queue.claim(desk, a, case_ref)
    with pytest.raises(InvalidInputError):
        identity_vault.open_identity(desk, a, case_ref, ref, "why not")
    with pytest.raises(InvalidInputError, match="not of this case"):
        identity_vault.open_identity(desk, a, case_ref, "s" + "0" * 32, why)
    for other in (lead, auditor):
        with pytest.raises(NotAllowedError):
            identity_vault.open_identity(desk, other, case_ref, ref, why)
    person = identity_vault.open_identity(desk, a, case_ref, ref, why)
    assert (person.person_id, person.name) == (NUMBER, NAME)
    opened = [e for e in audit.page(desk, auditor) if e.kind == "vault_opened"]
    assert [(e.actor, e.body) for e in opened] == [("a", {"subject_ref": ref, "reason": why})]
    answer(desk, a, case_ref, BREACH)
    answer(desk, b, case_ref, BREACH)
    assert identity_vault.open_identity(desk, lead, case_ref, ref, why).name == NAME
    desk.store.close()


def test_without_a_vault_it_says_so(desk: Desk) -> None:
    take(desk, flag(1))
    a = hire(desk, "a")
    (ref,) = refs(desk, a)
    queue.claim(desk, a, ref)
    with pytest.raises(SettingsError, match="no vault"):
        identity_vault.open_identity(desk, a, ref, "s" + "1" * 32, "To compare the name.")


def test_units_are_compared_unless_it_is_said_that_they_are_not(
    store_url: str, tmp_path: Path, clock: Clock
) -> None:
    with pytest.raises(SettingsError, match=r"units_dir is not set"):
        make_desk(store_url, tmp_path, clock, compare_units=True)


def test_golden_items_are_mixed_in_and_decide_nothing(
    store_url: str, tmp_path: Path, clock: Clock
) -> None:
    desk = make_desk(store_url, tmp_path, clock, golden_rate=0.5)
    right = golden.add(desk, [flag(900, handle="invented", account_id="g1")], "not_breach")
    golden.add(desk, [flag(901, handle="invented2", account_id="g2")], "breach_suspected")
    take(desk, *(flag(n, handle=f"h{n}", account_id=f"{n}") for n in range(40)))
    a, b = hire(desk, "a"), hire(desk, "b")
    seen = {a.id: [], b.id: []}  # type: ignore[var-annotated]
    for who in (a, b):
        for _ in range(20):
            task = queue.claim_next(desk, who)
            assert task is not None
            shown = cases.view(desk, who, task.case_ref)
            decide.draft(desk, who, task.case_ref, NOT)
            assert decide.submit(desk, who, task.case_ref, seen_version=shown.version)
            seen[who.id].append(task.case_ref)
            clock.forward(seconds=1)
        assert right in seen[who.id]
        assert len(set(seen[who.id])) == 20
        share = quality.own_golden_agreement(desk, who)
        assert (share.hits, share.n) == (1, 2)
    decided = {row.key for row in outbox.oldest(desk, 100)}
    assert outbox.decision_id(right, "verdict", 1).encode() not in decided
    desk.store.close()


def test_figures_add_up_and_say_nothing_per_person(desk: Desk, clock: Clock) -> None:
    lead = hire(desk, "lena", "lead")
    a, b, c = (hire(desk, name) for name in "abc")
    take(
        desk,
        *(flag(n, handle=f"h{n}", account_id=f"{n}") for n in range(6)),
        flag(7, handle="k", account_id="k", candidate="khofifah", entry="k:name", rules=("D4",)),
    )
    clock.forward(hours=2)
    for place, ref in enumerate(refs(desk, a)):
        answer(desk, a, ref, BREACH if place < 4 else NOT)
        answer(desk, b, ref, BREACH if place < 3 else NOT)
        if place == 3:
            answer(desk, c, ref, NOT)
    shown = quality.figures(desk, lead)
    assert (shown.precision.hits, shown.precision.n) == (3, 7)
    assert (shown.by_rule["D2"].hits, shown.by_rule["D2"].n) == (3, 6)
    assert (shown.by_rule["D4"].hits, shown.by_rule["D4"].n) == (0, 1)
    assert shown.hours_median == 2
    # 6 of 7 pairs agree; by chance (4·3 + 3·4)/49
    assert shown.kappa == pytest.approx((6 / 7 - 24 / 49) / (1 - 24 / 49))
    for who in ("'a'", "'b'", "lena"):
        assert who not in repr(shown)
    sides = {(CONTEST, "risma"): "3", (CONTEST, "khofifah"): "2", (CONTEST, "luluk"): "1"}
    (contest,) = quality.fairness(desk, lead, sides)
    assert [(s.side, s.cases.hits, s.suspected.hits, s.suspected.n) for s in contest.sides] == [
        ("1", 0, 0, 0),
        ("2", 1, 0, 1),
        ("3", 6, 3, 6),
    ]
    assert contest.skew == pytest.approx(6 / 7 - 1 / 3)
    assert contest.alert
    waiting = quality.backlog(desk, a)
    assert (waiting.verdict, waiting.oldest) == (0, None)
    with pytest.raises(NotAllowedError):
        quality.figures(desk, a)
    with pytest.raises(NotFoundError):
        cases.view(desk, a, "0" * 32)
