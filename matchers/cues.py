"""Cues: the words that turn a candidate's name into support, attack, appeal, news or question.

They are evidence for a rule, never an opinion label on a person. One pass of an automaton says
which rows of the table can match at all (in most posts none); only those are looked for, and where
a cue is found, its clause decides whether it stands (`matchers.cue_scope`).

A support cue inside a frame of quotation, reported speech or news is emitted as `quotation` over
the frame instead: it stays visible, speaks against a breach, and is no support. Whatever the
author says in own words besides is still a cue of its own.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import ahocorasick_rs

from matchers.cue_attack import ATTACKS
from matchers.cue_circumstances import CIRCUMSTANCES
from matchers.cue_clauses import QUOTED, Clauses
from matchers.cue_names import NamedWords
from matchers.cue_opposition import APPEALS, OPPOSITION
from matchers.cue_praise import PRAISES
from matchers.cue_row import CueRule
from matchers.cue_scope import ABOUT, NAMING, standing
from matchers.cue_support import SUPPORT
from matchers.fold import fold
from matchers.touch import texts
from streams.records import Cue, CueKind, EvidenceItem, PublicPost
from streams.records.limits import MAX_LIST

__all__ = ["CUE_RULES", "CueRule", "find_cues"]

MAX_SURFACE: Final = 256
CUE_RULES: Final[tuple[CueRule, ...]] = (
    *SUPPORT,
    *PRAISES,
    *OPPOSITION,
    *ATTACKS,
    *APPEALS,
    *CIRCUMSTANCES,
)
"""What is looked for, between word boundaries of the folded text."""

_EXPRESSIONS: Final = tuple(re.compile(rf" (?:{rule.pattern})(?= )") for rule in CUE_RULES)
"""For a text with a space put before and after it: a search from space to space is a quick one."""
_ABOUT_SOMEBODY: Final = frozenset(
    number for number, rule in enumerate(CUE_RULES) if not NAMING.isdisjoint(rule.undone_by)
)
_QUESTION_MARK: Final = re.compile(r"[?？؟]+")


def _rows_by_piece() -> dict[str, tuple[int, ...]]:
    rows: dict[str, tuple[int, ...]] = {}
    for number, rule in enumerate(CUE_RULES):
        for piece in rule.seen.split("|"):
            rows[piece] = (*rows.get(piece, ()), number)
    return rows


_PIECES: Final = _rows_by_piece()
_ROWS: Final = tuple(_PIECES.values())
_find_pieces: Final = ahocorasick_rs.AhoCorasick(
    list(_PIECES),
    matchkind=ahocorasick_rs.MatchKind.Standard,
    store_patterns=False,
    implementation=ahocorasick_rs.Implementation.DFA,
).find_matches_as_indexes


def find_cues(post: PublicPost, evidence: Sequence[EvidenceItem]) -> tuple[Cue, ...]:
    """Every cue in a post's texts, ordered by field, start, end, kind; at most 256.

    `evidence` is what `matchers.evidence.gather` found in it: some cues stand only where they are
    about a candidate whose mention is sufficient. Spans are of the original text; a surface is
    cut at 256 characters.
    """
    cues: set[Cue] = set()
    for field, text in texts(post):
        named = [(item.start, item.end) for item in evidence if _names_somebody(item, field)]
        cues.update(_in_text(field, text, named))
    return tuple(sorted(cues, key=lambda c: (c.field, c.start, c.end, c.kind))[:MAX_LIST])


def _names_somebody(item: EvidenceItem, field: str) -> bool:
    return item.field == field and item.sufficient and item.kind != "slogan"


def _in_text(field: str, text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Cue]:
    if "?" in text or not text.isascii():
        for mark in islice(_QUESTION_MARK.finditer(text), MAX_LIST):
            yield _cue("question", field, text, *mark.span())
    if '"' in text or not text.isascii():
        for quoted in islice(QUOTED.finditer(text), MAX_LIST):
            yield _cue("quotation", field, text, *quoted.span())
    folded = fold(text)
    padded = f" {folded} "
    found = _find_pieces(padded, True)
    if not found:
        return
    named = NamedWords(text, folded, spans)
    clauses: Clauses | None = None
    for row in sorted({row for piece, _, _ in found for row in _ROWS[piece]}):
        count = 0
        if "#" not in text and "untagged" in CUE_RULES[row].undone_by:
            continue
        is_about = row in _ABOUT_SOMEBODY
        before = counted = 0  # words before the match, and how far they are counted
        for match in _EXPRESSIONS[row].finditer(padded):
            if is_about:  # before anything dearer is asked
                before += padded.count(" ", counted, match.start())
                counted = match.start()
                here = before + padded.count(" ", counted, match.end())
                if not named.within(before - ABOUT, here + ABOUT):
                    continue
            if clauses is None:
                clauses = Clauses(text, folded, named)
            # The match begins with a space, so the cue itself is `folded[start : end - 1]`.
            cue = _judged(CUE_RULES[row], field, match.start(), match.end() - 1, clauses)
            if cue is not None:
                yield cue
                count += 1
                if count == MAX_LIST:
                    break


def _judged(rule: CueRule, field: str, start: int, end: int, clauses: Clauses) -> Cue | None:
    """The cue of a match `[start, end)` of the folded text, if it stands where it is."""
    kind: CueKind | None = rule.kind
    if rule.undone_by:
        first = clauses.word_at(start)
        verdict = standing(clauses, first, clauses.word_at(end - 1), rule.undone_by)
        kind = _kind(rule, verdict.standing)
        start = clauses.starts[verdict.since]
    if kind is None:
        return None
    return _cue(kind, field, clauses.text, *clauses.offsets.span(start, end))


def _kind(rule: CueRule, stands: str) -> CueKind | None:
    if stands == "own":
        return rule.kind
    if stands == "reported":
        return "quotation"
    if stands == "refused" and rule.flips != "never":
        return "opposition"
    if stands == "negated" and rule.flips == "negation":
        return "opposition"
    return None


def _cue(kind: CueKind, field: str, text: str, start: int, end: int) -> Cue:
    return Cue(
        kind=kind,
        field=field,
        start=start,
        end=end,
        surface=text[start : min(end, start + MAX_SURFACE)],
    )
