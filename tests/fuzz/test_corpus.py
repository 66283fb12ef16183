"""Every input of the corpus, and a few seconds of new ones for each parser.

`make fuzz` goes on for as long as it is told to.
"""

import importlib.util
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.records import ControlRecord, PublicPost
from tests.fuzz.__main__ import CORPUS, run
from tests.fuzz.targets import TARGETS, records

SECONDS = 3
INPUTS = sorted(path for path in CORPUS.glob("*/*") if path.is_file())


def test_every_target_has_a_corpus_and_every_corpus_a_target() -> None:
    assert {path.parent.name for path in INPUTS} == set(TARGETS)


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_an_input_is_taken_or_refused(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is for Linux")
@pytest.mark.parametrize("name", TARGETS)
def test_new_inputs(name: str) -> None:
    assert run(name, SECONDS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=20,
)
FIELDS = st.sampled_from([*PublicPost.__struct_fields__, *ControlRecord.__struct_fields__])


@settings(max_examples=300)
@given(st.dictionaries(FIELDS, JSON, max_size=12))
def test_records_of_any_shape(document: dict[str, object]) -> None:
    records(json.dumps(document).encode())
