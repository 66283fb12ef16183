"""Invariant 12: same input and versions, same bytes; every flag says why, and under what."""

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from config.settings import CONFIG_DIR
from lists.rules_file import load_rules
from streams.records import AccountRef, FlaggedEvent, Media, PublicPost
from tests.matchers.build import INDEX, VERSIONS, a_post, aimed_at, verdict

BOOK = load_rules(CONFIG_DIR / "rules.yaml")
POST = a_post(
    "Ayo dukung Sartika Wulandari & Bu Tika! #SartikaBima ganjar s4rtik4 wulandari nomor 1?",
    action="comment",
    target=aimed_at("menang_satu", text="kata Bimantara Sakti: coblos nomor urut 1"),
    mentions=(AccountRef(handle="sartika_w"), AccountRef(handle="ganjar_p")),
    hashtags=("SartikaBima", "GanjarMenang"),
    media=(Media(kind="photo", alt_text="bersama Indah Permata"),),
)
WORDS = st.lists(
    st.sampled_from(
        [
            "ayo",
            "dukung",
            "jangan",
            "pilih",
            "Sartika",
            "Wulandari",
            "ganjar",
            "#SartikaBima",
            "@sartika_w",
            "?",
            "Contohan",
            "KPU",
            "1",
        ]
    ),
    max_size=12,
).map(" ".join)


def flags_of(post: PublicPost) -> tuple[FlaggedEvent, ...]:
    return verdict(post, BOOK)


def test_inv_12_the_same_bytes_in_a_process_with_another_hash_seed() -> None:
    here = msgspec.json.encode(flags_of(POST))
    program = (
        "import msgspec, sys; from tests.invariants import test_inv_12_verdict_bytes as t; "
        "sys.stdout.buffer.write(msgspec.json.encode(t.flags_of(t.POST)))"
    )
    for seed in ("1", "2"):
        there = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        assert there.stdout == here
    assert len(json.loads(here)[0]["evidence"]) > 5


@given(WORDS)
def test_inv_12_judging_twice_gives_the_same_bytes(text: str) -> None:
    post = a_post(text)
    again = msgspec.json.decode(msgspec.json.encode(post), type=PublicPost)
    assert msgspec.json.encode(flags_of(post)) == msgspec.json.encode(flags_of(again))


@given(WORDS)
def test_inv_12_lists_have_their_stated_order_and_evidence_points_at_the_text(text: str) -> None:
    for flag in flags_of(a_post(text)):
        assert [r.code for r in flag.rules] == sorted({r.code for r in flag.rules})
        items = [(i.field, i.start, i.end, i.kind, i.entry_id) for i in flag.evidence]
        assert items == sorted(items)
        cues = [(c.field, c.start, c.end, c.kind) for c in flag.cues]
        assert cues == sorted(cues)
        assert list(flag.election.contest_ids) == sorted(flag.election.contest_ids)
        assert any(item.sufficient for item in flag.evidence)
        for item in flag.evidence:
            assert text[item.start : item.end] == item.surface
            assert INDEX.entry_of(item).candidate_id == item.candidate_id
        assert flag.versions == VERSIONS
