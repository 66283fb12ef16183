"""`docs/rules.md` says what the rules, their checks and the exemptions are; all of them."""

from typing import get_args

import pytest

from matchers.exemptions import ExemptionCode
from matchers.rule_checks.all_checks import CHECKS, OUTLINE, WARNINGS
from matchers.rules import AccountKind, EvidenceCondition, MediaKind, Rule
from streams.records import ACTIONS, CueKind, EvidenceKind, PhaseName
from tests.rules.catalogue import BEGIN, DOCUMENT, END, catalogue
from tests.rules.test_exemptions import BOTH_WAYS

TEXT = DOCUMENT.read_text(encoding="utf-8")


def test_the_catalogue_is_that_of_the_shipped_rules() -> None:
    _, rest = TEXT.split(BEGIN)
    assert rest.split(END)[0] == f"\n{catalogue()}\n"


@pytest.mark.parametrize(
    "words",
    [
        (OUTLINE, *CHECKS, *WARNINGS),
        get_args(ExemptionCode),
        Rule.__struct_fields__,
        EvidenceCondition.__struct_fields__,
        ACTIONS,
        *(get_args(kind) for kind in (PhaseName, CueKind, EvidenceKind, MediaKind, AccountKind)),
    ],
    ids=[
        "checks", "exemptions", "fields", "conditions", "actions", "phases", "cues", "evidence",
        "media", "accounts",
    ],
)  # fmt: skip
def test_every_word_of_the_file_is_explained(words: tuple[str, ...]) -> None:
    assert [word for word in words if f"`{word}`" not in TEXT] == []


def test_every_exemption_is_tried_both_ways() -> None:
    assert sorted(code for code, _, _ in BOTH_WAYS) == sorted(get_args(ExemptionCode))
