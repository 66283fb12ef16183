"""Sub-commands that are imported when they are used, so that `netral --help` is quick."""

from importlib import import_module
from typing import Any, ClassVar, Final

import typer
from typer.core import TyperGroup

LAZY_GROUPS: Final[dict[str, tuple[str, str]]] = {
    "register": ("cli.register", "Build and inspect the register of declared accounts."),
    "watchlist": ("cli.watchlist", "Check watchlists."),
    "keys": ("cli.keys", "Make the keys that sign control and list records."),
    "dead-letters": ("cli.dead_letters", "Records that were refused."),
    "kafka": ("cli.kafka", "What the brokers must allow."),
    "review": ("cli.review", "The reviewers' side: keys, users, deletion, backups."),
    "audit": ("cli.audit", "The record of who looked at what and decided what."),
    "synth": ("cli.synth", "Make synthetic registers and post streams with known truth."),
}
"""Name of a group → the module whose `app` it is, and what the list of commands says of it."""


class LazyGroup(TyperGroup):
    """A group that knows its name and help, and asks its module for everything else."""

    def __init__(self, *, module: str, **attrs: Any) -> None:
        super().__init__(no_args_is_help=True, **attrs)
        self._module = module

    def _loaded(self) -> Any:
        return typer.main.get_command(import_module(self._module).app)

    def list_commands(self, ctx: Any) -> list[str]:
        names: list[str] = self._loaded().list_commands(ctx)
        return names

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return self._loaded().get_command(ctx, cmd_name)


class NetralGroup(TyperGroup):
    """The `netral` command itself: its own commands and the lazy groups."""

    lazy: ClassVar[dict[str, tuple[str, str]]] = LAZY_GROUPS

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        for name, (module, text) in self.lazy.items():
            self.add_command(LazyGroup(name=name, module=module, help=text), name)
