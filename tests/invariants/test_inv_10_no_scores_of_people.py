"""Invariant 10: no score, ranking, preference or history of a person; no person in the metrics."""

from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from agents.worker import ENGINE_VERSION
from config.settings import CONFIG_DIR
from lists.in_force import LIST_NAMES
from lists.rules_file import load_rules
from matchers.screening import STAGES, Stages, screen
from matchers.types import DISPOSITIONS
from streams.records import ACTIONS, DeadLetterReason, FlaggedEvent
from streams.signing import SIGNATURE_REASONS
from streams.topics import declared_topics
from tests.invariants.live import LiveRun
from tests.invariants.scene import (
    ACCOUNTS,
    BOUND,
    BOUND_ID,
    EXAMPLE,
    SUPPORT,
    in_force,
    raw,
    read,
)

FLAG_FIELDS = {
    "FlaggedEvent": (
        "schema flag_id rules election identity author evidence cues exemptions missing platform "
        "post_id action created_at content_sha256 versions status text parent_text target url"
    ),
    "Author": "handle account_id",
    "IdentityFinding": "status subject_ref candidates",
    "LeadCandidateRecord": "subject_ref probability levels",
    "ElectionContext": "id phase phase_from phase_to contest_ids",
    "FiredRule": "code wording_version legal_basis severity_class",
    "EvidenceItem": (
        "kind field start end surface entry_id candidate_id contest_id score method sufficient"
    ),
    "Cue": "kind field start end surface",
    "Exemption": "code effect reason",
    "Versions": "register register_overlay_offset watchlist rules model settings",
    "Target": "account post_id text",
    "AccountRef": "handle account_id display_name",
}
"""Every field that a flagged event may have. `probability` says whether an account is the declared
one, and `score` how alike two texts are: neither is about a person. Whoever adds a field here says
why it is no score, ranking or preference of a person."""

JUDGING = {
    *("rank", "ranking", "rating", "risk", "credit", "reputation", "loyalty", "stance", "leaning"),
    *("preference", "sentiment", "affinity", "ideology", "partisan", "offences", "history"),
    *("prior", "count", "total", "repeat", "previous"),
}


def _structs(document: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    for name, schema in document.items():
        if "properties" in schema:
            yield name, set(schema["properties"])


def test_inv_10_a_flag_has_no_field_that_judges_a_person() -> None:
    _, components = msgspec.json.schema_components([FlaggedEvent])
    fields = dict(_structs(components))
    assert fields == {name: set(names.split()) for name, names in FLAG_FIELDS.items()}
    for names in fields.values():
        for name in names:
            assert not JUDGING & set(name.split("_")), name


def test_inv_10_a_flag_carries_one_election_and_its_pseudonym_only(live: LiveRun) -> None:
    (flag, _), *_ = live.flags()["bound"]
    assert flag.election.id == EXAMPLE.elections[0].id
    stages = in_force(live.lists).stages
    (row,) = stages.register.rows_by_account_id([("x", BOUND_ID)])
    person = stages.register.account(row).person
    assert flag.identity.subject_ref == stages.register.subject_ref(flag.election.id, person)
    assert flag.identity.candidates == ()


@pytest.fixture(scope="module")
def stages(live: LiveRun) -> Stages:
    return in_force(live.lists).stages


def test_inv_10_nothing_is_remembered_of_a_person(stages: Stages) -> None:
    """The hundredth event of somebody is judged as the first: no tally, no history."""
    post = read(raw(BOUND, BOUND_ID))
    first = screen([post], stages)
    again = [read(raw(BOUND, BOUND_ID, post_id=f"p{number}", text=SUPPORT)) for number in range(99)]
    screen(again, stages)
    assert screen([*again, post], stages)[-1] == first[0]


def _samples(live: LiveRun) -> list[tuple[str, dict[str, str]]]:
    return [
        (sample.name, sample.labels)
        for family in text_string_to_metric_families(live.metrics)
        for sample in family.samples
    ]


def test_inv_10_label_names_and_values_are_from_closed_sets(live: LiveRun) -> None:
    """After a life with every kind of event, flagged ones among them."""
    versions = in_force(live.lists).stages.versions
    rules = load_rules(CONFIG_DIR / "rules.yaml").rules
    closed: dict[str, set[str]] = {
        "topic": {spec.name for spec in declared_topics(live.settings)},
        "disposition": set(DISPOSITIONS),
        "rule": {rule.code for rule in rules},
        "identity": {"bound", "declared", "unconfirmed"},
        "action": set(ACTIONS),
        "reason": {*get_args(DeadLetterReason), *SIGNATURE_REASONS},
        "stage": {"decode", *STAGES, "encode"},
        "list": set(LIST_NAMES),
        "version": {versions.register, versions.watchlist, versions.rules, ENGINE_VERSION},
        "settings": {live.settings.judgement.digest()},
        "partition": {str(number) for number in range(live.settings.topics.partitions)},
    }
    samples = _samples(live)
    assert any(name == "netral_flags_total" for name, _ in samples)
    for name, labels in samples:
        for label, value in labels.items():
            if label == "le":
                assert value == "+Inf" or float(value) >= 0
            else:
                assert value in closed[label], (name, label)


def test_inv_10_no_series_is_about_a_person_or_a_candidate(live: LiveRun) -> None:
    text = live.metrics.lower()
    refs = {
        flag.identity.subject_ref or ref
        for several in live.flags().values()
        for flag, _ in several
        for ref in ("", *(one.subject_ref for one in flag.identity.candidates))
    }
    candidates = [
        candidate
        for election in EXAMPLE.elections
        for contest in election.contests
        for candidate in contest.candidates
    ]
    said = {
        *(account["handle"] for account in ACCOUNTS),
        *(account["person_id"] for account in ACCOUNTS),
        *(ref for ref in refs if ref),
        *(candidate.id for candidate in candidates),
        *(account.handle for candidate in candidates for account in candidate.accounts),
    }
    assert len(refs) > 1
    for word in said:
        assert word.lower() not in text, word
