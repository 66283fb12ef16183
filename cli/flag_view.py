"""A flagged event for human eyes: what fired, on what evidence, marked in the text."""

import unicodedata
from collections.abc import Iterable
from typing import Final

import msgspec
from rich.text import Text

from streams.records import EvidenceItem, FlaggedEvent

WITHHELD: Final = (
    "content withheld: the identity is unconfirmed, a reviewer settles it first (invariant 04)"
)
_EVIDENCE_STYLE = "bold black on yellow"
_CUE_STYLE = "bold cyan"
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp"})
_JOINERS = frozenset({"\u200c", "\u200d"})


def printable(text: str) -> str:
    """The text with line breaks as spaces and control characters as dots, one for one.

    A post must not move the cursor, colour the terminal or turn its direction; offsets stay true.
    """
    return "".join(_safe(char) for char in text)


def _safe(char: str) -> str:
    if char in "\n\r\t":
        return " "
    if char in _JOINERS or unicodedata.category(char) not in _UNSAFE_CATEGORIES:
        return char
    return "·"


def marked(text: str, field: str, flag: FlaggedEvent) -> Text:
    """The field's text with evidence and cues in style, and in brackets for plain output."""
    styled = Text(printable(text))
    for cue in flag.cues:
        if cue.field == field:
            styled.stylize(_CUE_STYLE, cue.start, cue.end)
    for item in flag.evidence:
        if item.field == field:
            styled.stylize(_EVIDENCE_STYLE, item.start, item.end)
    return styled


def bracketed(text: str, field: str, flag: FlaggedEvent) -> str:
    """The field's text with evidence in double brackets, for output without colours."""
    opens: dict[int, int] = {}
    closes: dict[int, int] = {}
    for start, end in _merged(item for item in flag.evidence if item.field == field):
        opens[start] = opens.get(start, 0) + 1
        closes[end] = closes.get(end, 0) + 1
    parts = []
    safe = printable(text)
    for position in range(len(safe) + 1):
        parts.append("]]" * closes.get(position, 0) + "[[" * opens.get(position, 0))
        parts.append(safe[position : position + 1])
    return "".join(parts)


def _merged(items: Iterable[EvidenceItem]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for start, end in sorted({(item.start, item.end) for item in items}):
        if start == end:
            continue
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def without_content(flag: FlaggedEvent) -> FlaggedEvent:
    """What may be shown of a lead before its identity is settled: everything but the content."""
    if flag.identity.status != "unconfirmed":
        return flag
    return msgspec.structs.replace(
        flag,
        text=None,
        parent_text=None,
        target=None,
        url=None,
        evidence=tuple(msgspec.structs.replace(item, surface="") for item in flag.evidence),
        cues=tuple(msgspec.structs.replace(cue, surface="") for cue in flag.cues),
    )


def describe(flag: FlaggedEvent, *, colour: bool) -> list[Text]:
    """The event as lines: rules and time, identity, text, evidence, cues, what speaks against."""
    hidden = flag.identity.status == "unconfirmed"
    lines = [_head(flag), _identity(flag)]
    if hidden:
        lines.append(Text(f"  {WITHHELD}", style="italic"))
    else:
        for field, text in (("text", flag.text), ("target.text", flag.parent_text)):
            if text:
                body = marked(text, field, flag) if colour else Text(bracketed(text, field, flag))
                lines.append(Text(f"  {field}: ").append_text(body))
    lines.extend(_evidence(item, hidden=hidden) for item in flag.evidence)
    if flag.cues:
        words = (
            f"{cue.kind}" if hidden else f"{cue.kind} “{printable(cue.surface)}”"
            for cue in flag.cues
        )
        lines.append(Text(f"  cues: {', '.join(words)}"))
    lines.extend(
        Text(f"  speaks against: {exemption.code}: {printable(exemption.reason)}")
        for exemption in flag.exemptions
    )
    if flag.missing:
        lines.append(Text(f"  missing: {', '.join(flag.missing)}"))
    return lines


def _head(flag: FlaggedEvent) -> Text:
    rules = " ".join(f"{rule.code}({rule.severity_class})" for rule in flag.rules)
    return Text.assemble(
        (rules, "bold red"),
        f"  {flag.election.id} {flag.election.phase}  {flag.platform} {flag.action}  "
        f"{flag.created_at.isoformat()}  flag {flag.flag_id[:12]}",
    )


def _identity(flag: FlaggedEvent) -> Text:
    identity = flag.identity
    who = Text(f"  {identity.status}", style="bold")
    if identity.subject_ref is not None:
        return who.append(f" {identity.subject_ref[:16]}", style="not bold")
    for candidate in identity.candidates:
        levels = ", ".join(candidate.levels)
        who.append(
            f"\n    {candidate.subject_ref[:16]} {candidate.probability / 100:.1f} % ({levels})",
            style="not bold",
        )
    return who


def _evidence(item: EvidenceItem, *, hidden: bool) -> Text:
    surface = "" if hidden else f" “{printable(item.surface)}”"
    return Text(
        f"  {item.kind}{surface} in {item.field} {item.start}-{item.end}: {item.candidate_id}, "
        f"{item.method} {item.score / 100:.1f} %, "
        f"{'sufficient' if item.sufficient else 'not sufficient alone'}"
    )
