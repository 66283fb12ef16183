"""Cues on any text: well-formed, the same twice, found by the quick way as by the slow one."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matchers.cues as cues_module
from matchers.cue_clauses import Clauses
from matchers.cue_names import NamedWords
from matchers.cues import CUE_RULES, CueRule, find_cues
from matchers.fold import fold
from streams.records import Cue, Target
from streams.records.limits import MAX_TEXT
from tests.matchers.build import a_post, naming

_PHRASES = [rule.example for rule in CUE_RULES] + [rule.counter for rule in CUE_RULES]
_BETWEEN = [" ", ", ", ". ", "? ", "! ", "\n", ' "', '" ', "“", "”", " - ", "#", " @u.v ", " 5% ",
            "😀", "\u200d", "\u202e", "\ufe0f", " https://x.id/dukung ", "é", "Ｐilih ",
            ""]  # fmt: skip
_WORDS = ["tidak", "jangan", "yang", "kata", "saya", "Ketua", "siapa", "karena", "akan", "kalau",
          "Dukung", "PILIH", "Jokowi", "warga", "lain", "gak", "kok", "apa", "siap"]  # fmt: skip
posts_words = st.lists(
    st.tuples(st.sampled_from(_PHRASES + _WORDS), st.sampled_from(_BETWEEN)), max_size=14
).map(lambda parts: "".join(a + b for a, b in parts))
any_text = st.text(max_size=300)


def cues_of(text: str) -> tuple[Cue, ...]:
    post = a_post(text)
    return find_cues(post, naming(post))


def slow_cues(text: str) -> tuple[Cue, ...]:
    """Every pattern run over the text, whatever pieces stand in it."""
    every_row = [(number, 0, 0) for number in range(len(cues_module._ROWS))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cues_module, "_find_pieces", lambda padded, overlapping: every_row)
        return cues_of(text)


@settings(max_examples=300, deadline=None)
@given(posts_words | any_text)
def test_the_gate_loses_nothing(text: str) -> None:
    if fold(text):
        assert cues_of(text) == slow_cues(text)


@pytest.mark.parametrize("rule", CUE_RULES, ids=lambda rule: f"{rule.kind}: {rule.example}")
def test_every_match_of_a_row_holds_one_of_its_pieces(rule: CueRule) -> None:
    @settings(max_examples=60, deadline=None, database=None)
    @given(st.from_regex(re.compile(rf"\A (?:{rule.pattern}) \Z")))
    def holds(match: str) -> None:
        assert any(piece in match for piece in rule.seen.split("|"))

    holds()


@settings(max_examples=300, deadline=None)
@given(posts_words | any_text, any_text)
def test_cues_are_well_formed_and_the_same_twice(text: str, parent: str) -> None:
    post = a_post(text, target=Target(text=parent) if parent else None)
    cues = find_cues(post, naming(post))
    assert cues == find_cues(post, naming(post))
    assert list(cues) == sorted(cues, key=lambda c: (c.field, c.start, c.end, c.kind))
    assert len(set(cues)) == len(cues) <= 256
    for cue in cues:
        source = text if cue.field == "text" else parent
        assert 0 <= cue.start < cue.end <= len(source)
        assert cue.surface == source[cue.start : cue.end][:256]


@settings(max_examples=300, deadline=None)
@given(posts_words | any_text)
def test_clauses_count_the_words_of_the_whole_text(text: str) -> None:
    folded = fold(text)
    if not folded:
        return
    clauses = Clauses(text, folded, NamedWords(text, folded, ()))
    words = folded.split(" ")
    assert clauses.words == words
    ends = [clauses.clause(number)[1] for number in range(len(words))]
    assert ends == sorted(ends)
    assert ends[-1] == len(words)
    for number, start in enumerate(clauses.starts):
        begin, end = clauses.clause(number)
        assert begin <= number < end <= clauses.sentence_end(number) <= len(words)
        assert folded.startswith(words[number], start)
        assert clauses.original(number) in text


_FLOODS = [f"{phrase} " for phrase in _PHRASES + _WORDS] + [
    *filter(None, _BETWEEN),
    "x",
    "i",
    "u",
    "dukungx",
    "xlanjutkan ",
    "yang pilih ",
    "tidak pilih ",
    "kalau warga pilih ",
    "relawan siap dukung ",
    "ayo ",
    "semoga ",
    "mending x ",
    '"saya dukung dia ya" ',
    "saya tidak hanya pilih ",
]


def seconds(text: str) -> float:
    post = a_post(text)
    evidence = naming(post)[:256]
    best = 1e9
    for _ in range(2):
        start = time.process_time()
        find_cues(post, evidence)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("flood", sorted(set(_FLOODS)))
def test_time_grows_with_the_length_whatever_the_text(flood: str) -> None:
    full = (flood * (MAX_TEXT // len(flood) + 1))[:MAX_TEXT]
    # A square law would take 64 times as long for 8 times the text.
    assert seconds(full) < 24 * seconds(full[: MAX_TEXT // 8]) + 0.05
