"""The catalogue of `docs/rules.md`, from the shipped rules.

python -m tests.rules.catalogue      # puts it there anew
"""

from pathlib import Path
from typing import Final

from matchers.rules import Rule
from tests.rules.scene import BOOK

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "rules.md"
BEGIN, END = "<!-- catalogue: begin -->\n", "<!-- catalogue: end -->\n"


def catalogue() -> str:
    """Two tables: what is looked for, and what cannot be seen in posts."""
    seen = [_row(rule) for rule in BOOK.rules if rule.observable]
    unseen = [
        f"| {rule.code} | {rule.wording} | {rule.gloss} | {rule.severity_class} | {rule.verified} |"
        for rule in BOOK.rules
        if not rule.observable
    ]
    return "\n".join(
        [
            "Looked for:\n",
            "| code | wording | gloss | class | actions | phases | cues | media |",
            "|---|---|---|---|---|---|---|---|",
            *seen,
            "\nCannot be seen in posts, and nothing covers them:\n",
            "| code | wording | gloss | class | wording is |",
            "|---|---|---|---|---|",
            *unseen,
            "",
        ]
    )


def _row(rule: Rule) -> str:
    cells = (
        rule.code,
        rule.wording,
        rule.gloss,
        rule.severity_class,
        ", ".join(rule.actions),
        ", ".join(rule.phases),
        ", ".join(rule.cues) or "–",
        ", ".join(rule.media) or "–",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{catalogue()}\n{END}{after}", encoding="utf-8")
