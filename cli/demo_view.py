"""What the demo shows: a live view on a terminal, plain lines elsewhere."""

from collections import deque
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cli.flag_view import describe
from streams.records import FlaggedEvent
from synth.answer import Comparison

LATEST: Final = 3
SHOWN_DIFFERENCES: Final = 20


class DemoView:
    """Collects what is to be seen; `live` says whether a terminal shows it as it changes."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)
        self.live = self._console.is_terminal
        self._latest: deque[FlaggedEvent] = deque(maxlen=LATEST)
        self._flags = 0
        self._shown: set[str] = set()
        self._sent = 0
        self._seconds = 0.0
        self._dispositions: Mapping[str, int] = {}
        self._screen: Live | None = None
        self.metrics_url = ""

    def __enter__(self) -> Self:
        if self.live:
            # On a screen of its own: a view as high as the terminal cannot be redrawn in place.
            self._screen = Live(
                self._render(), console=self._console, refresh_per_second=8, screen=True
            )
            self._screen.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._screen is not None:
            self._screen.stop()
            self._screen = None
            self._console.print(self._render())
        elif kind is None:
            self.say(f"{self._sent:,} posts sent, {self._flags:,} flagged events received")
            for name, count in self._dispositions.items():
                self.say(f"  {name:<14}{count:>7,}")

    def say(self, line: str) -> None:
        """One line of what is going on."""
        self._console.print(line, markup=False)

    def flag(self, flag: FlaggedEvent) -> None:
        """Show a flagged event: the latest few when live; in plain lines the first of each kind
        of evidence, and the first lead."""
        self._flags += 1
        self._latest.append(flag)
        status = flag.identity.status
        new = {status} if status == "unconfirmed" else {item.kind for item in flag.evidence}
        if self._screen is None and not new <= self._shown:
            self._shown |= new
            for line in describe(flag, colour=False):
                self._console.print(line)
        self._refresh()

    def progress(self, sent: int, dispositions: Mapping[str, int], seconds: float) -> None:
        """Take over the counts; `seconds` since the first post was sent."""
        self._sent, self._dispositions, self._seconds = sent, dispositions, seconds
        self._refresh()

    def answer(self, comparison: Comparison) -> None:
        """Say whether the run gave the known answer, and where not."""
        if comparison.equal:
            self.say("the answer equals the known one: flags, rules, identities, dispositions")
            return
        self.say("THE ANSWER DIFFERS from the known one:")
        for title, texts in (
            ("missing", comparison.missing),
            ("unexpected", comparison.unexpected),
            ("different", comparison.different),
        ):
            for text in texts[:SHOWN_DIFFERENCES]:
                self.say(f"  {title}: {text}")
            if (more := len(texts) - SHOWN_DIFFERENCES) > 0:
                self.say(f"  and {more:,} more {title}")
        for name, (expected, seen) in (comparison.dispositions or {}).items():
            self.say(f"  {name}: {seen:,} instead of {expected:,}")

    def _refresh(self) -> None:
        if self._screen is not None:
            self._screen.update(self._render())

    def _render(self) -> Group:
        counts = Table(box=None, pad_edge=False)
        counts.add_column("disposition")
        counts.add_column("posts", justify="right")
        for name, count in self._dispositions.items():
            style = "bold red" if name == "flagged" else ""
            counts.add_row(name, f"{count:,}", style=style)
        judged = sum(self._dispositions.values())
        rate = judged / self._seconds if self._seconds else 0.0
        head = Text(f"sent {self._sent:,}   judged {judged:,}   {rate:,.0f} posts/s")
        latest = Text("\n\n").join(
            Text("\n").join(describe(flag, colour=True)) for flag in reversed(self._latest)
        )
        return Group(
            Panel(Group(head, counts), title="stream", subtitle=self.metrics_url or None),
            Panel(latest, title=f"latest of {self._flags:,} flagged events"),
        )
