"""The conditions in words must say what the evaluator does, for every rule and any facts."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from cli.rule_conditions import conditions
from config.settings import CONFIG_DIR
from lists.rules_file import load_rules
from matchers.rules import Facts, evaluate
from streams.records import ACTIONS, CueKind, EvidenceItem, EvidenceKind, PhaseName

RULEBOOK = load_rules(CONFIG_DIR / "rules.yaml")


def _item(kind: EvidenceKind) -> EvidenceItem:
    return EvidenceItem(
        kind=kind,
        field="text",
        start=0,
        end=1,
        surface="x",
        entry_id="e",
        candidate_id="c",
        contest_id="k",
        score=10_000,
        method="exact",
        sufficient=True,
    )


facts = st.builds(
    Facts,
    action=st.sampled_from(ACTIONS),
    phase=st.sampled_from(get_args(PhaseName)),
    conclusive=st.booleans(),
    evidence=st.lists(st.sampled_from(get_args(EvidenceKind)).map(_item), max_size=3),
    targets=st.frozensets(st.sampled_from(["own", "campaign"])),
    cues=st.frozensets(st.sampled_from(get_args(CueKind))),
    media=st.frozensets(st.sampled_from(["photo", "video", "audio", "other"])),
    bare_share=st.booleans(),
    reading=st.sampled_from(["narrow", "broad"]),
)


@given(facts)
def test_all_conditions_held_is_exactly_that_the_rule_fires(asked: Facts) -> None:
    fired = {rule.code for rule in evaluate(RULEBOOK, asked)}
    held = {
        rule.code
        for rule in RULEBOOK.rules
        if all(condition.held for condition in conditions(rule, asked))
    }
    assert held == fired
