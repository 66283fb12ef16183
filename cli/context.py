"""What every command shares: the settings named on the command line, read when a command asks."""

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

if TYPE_CHECKING:
    from config.settings import Settings

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Invocation:
    """The options that stand before the command's name."""

    config_file: Path | None = None

    def settings(self, overrides: Mapping[str, Mapping[str, Any]] | None = None) -> "Settings":
        """Read the settings; raises SettingsError. Imported late so that `--help` stays quick."""
        from config.settings import load_settings

        given = {name: part for name, part in (overrides or {}).items() if part}
        return load_settings(self.config_file, overrides=given or None)


def run_quietly(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a command's event loop. The Kafka client's complaints stay out: where the broker cannot
    be used, the command's own error says so."""
    import asyncio
    import logging

    from config.settings import LogSettings
    from streams.logs import configure_logging

    configure_logging(LogSettings(level="error", format="text"))
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    return asyncio.run(main)


def invocation(ctx: typer.Context) -> Invocation:
    """The options of this run; the defaults where a command is called on its own."""
    found = ctx.find_object(Invocation)
    return found if found is not None else Invocation()
