from datetime import UTC, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cli.flag_view import bracketed, describe, printable, without_content
from streams.records import (
    AccountRef,
    Author,
    Cue,
    ElectionContext,
    EvidenceItem,
    Exemption,
    FiredRule,
    FlaggedEvent,
    IdentityFinding,
    LeadCandidateRecord,
    Target,
    Versions,
)

AT = datetime(2024, 11, 1, tzinfo=UTC)
TEXT = "Dukung Bu Contoh ya"
FLAG = FlaggedEvent(
    schema=1,
    flag_id="f" * 32,
    rules=(FiredRule(code="D2", wording_version="1", legal_basis="law", severity_class="berat"),),
    election=ElectionContext(
        id="e", phase="campaign", phase_from=AT, phase_to=AT, contest_ids=("k",)
    ),
    identity=IdentityFinding(status="bound", subject_ref="s123"),
    author=Author(handle="budi"),
    evidence=(
        EvidenceItem(
            kind="alias",
            field="text",
            start=7,
            end=16,
            surface="Bu Contoh",
            entry_id="e1",
            candidate_id="contoh",
            contest_id="k",
            score=10_000,
            method="exact",
            sufficient=True,
        ),
    ),
    cues=(Cue(kind="support", field="text", start=0, end=6, surface="Dukung"),),
    exemptions=(Exemption(code="question", effect="lowers_priority", reason="asks"),),
    missing=("created_at",),
    platform="x",
    post_id="p",
    action="post",
    created_at=AT,
    content_sha256="0" * 64,
    versions=Versions(
        register="r", register_overlay_offset=-1, watchlist="w", rules="r", model="m", settings="s"
    ),
    status="needs_review",
    text=TEXT,
    parent_text="canary parent",
    target=Target(account=AccountRef(handle="canary-target")),
    url="https://example.org/canary",
)
LEAD = msgspec.structs.replace(
    FLAG,
    identity=IdentityFinding(
        status="unconfirmed",
        candidates=(
            LeadCandidateRecord(subject_ref="s9", probability=9_100, levels=("same handle",)),
        ),
    ),
)


def _said(flag: FlaggedEvent) -> str:
    return "\n".join(line.plain for line in describe(flag, colour=False))


def test_everything_a_reviewer_needs_is_said() -> None:
    said = _said(FLAG)
    for part in (
        "D2(berat)", "campaign", "bound s123", "Dukung [[Bu Contoh]] ya", "alias “Bu Contoh”",
        "contoh, exact 100.0 %", "support “Dukung”", "speaks against: question: asks",
        "missing: created_at",
    ):  # fmt: skip
        assert part in said


def test_inv_04_an_unconfirmed_identity_hides_the_content() -> None:
    said = _said(LEAD)
    assert "91.0 % (same handle)" in said
    assert "withheld" in said
    for hidden in ("Contoh ya", "Bu Contoh", "Dukung", "canary"):
        assert hidden not in said
    written = msgspec.json.encode(without_content(LEAD)).decode()
    for hidden in ("Bu Contoh", "Dukung", "canary"):
        assert hidden not in written
    assert without_content(FLAG) is FLAG


@given(st.text(max_size=60))
def test_printable_keeps_offsets_and_moves_no_cursor(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in shown)
    assert "\u202e" not in shown


def test_brackets_stand_around_merged_spans() -> None:
    item = FLAG.evidence[0]
    spans = [(0, 6), (3, 9), (9, 9), (10, 16)]
    flag = msgspec.structs.replace(
        FLAG,
        evidence=tuple(msgspec.structs.replace(item, start=a, end=b) for a, b in spans),
    )
    assert bracketed(TEXT, "text", flag) == "[[Dukung Bu]] [[Contoh]] ya"
