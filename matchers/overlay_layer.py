"""One layer of changes over the register: what the updates since the base say, by row and key."""

from dataclasses import dataclass, field
from typing import Final

from matchers.handle_keys import HandleKey
from matchers.types import RegisteredAccount, RegisteredPerson


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer's own entries. A row of `NO_ROW` in `ids` says that the id names nobody now."""

    accounts: dict[int, RegisteredAccount] = field(default_factory=dict)
    handle_keys: dict[int, HandleKey] = field(default_factory=dict)
    people: dict[int, RegisteredPerson] = field(default_factory=dict)
    bearers: dict[str, int] = field(default_factory=dict)
    ids: dict[tuple[str, str], int] = field(default_factory=dict)
    handles: dict[tuple[str, str], int] = field(default_factory=dict)
    blocks: dict[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)
    refs: dict[tuple[str, int], str] = field(default_factory=dict)
    ref_people: dict[tuple[str, str], int] = field(default_factory=dict)

    def copy(self) -> "Layer":
        return self.under(NOTHING)

    def under(self, newer: "Layer") -> "Layer":
        """Both layers in one, the newer one's entries first."""
        return Layer(
            self.accounts | newer.accounts,
            self.handle_keys | newer.handle_keys,
            self.people | newer.people,
            self.bearers | newer.bearers,
            self.ids | newer.ids,
            self.handles | newer.handles,
            self.blocks | newer.blocks,
            self.refs | newer.refs,
            self.ref_people | newer.ref_people,
        )


NOTHING: Final = Layer()
"""A layer that changes nothing."""
