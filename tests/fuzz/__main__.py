"""Fuzz with atheris: python -m tests.fuzz [TARGET …] [--seconds N], or --growth.

Each target runs in a process of its own over its corpus and what is found on the way, kept under
`.fuzz/`. An input that crashes is written there and named; put it into `tests/fuzz/corpus/TARGET/`
with the change that mends it. An input that takes over five seconds or two GiB is a crash too.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Final

CORPUS: Final = Path(__file__).parent / "corpus"
FOUND: Final = Path(".fuzz")
SECONDS_AN_INPUT: Final = 5
MEGABYTES: Final = 2_048
LONGEST: Final = 4_096
"""Bytes of an input."""
INSTRUMENTED: Final = (
    "config.settings",
    "lists.model_file",
    "lists.refs",
    "lists.register_artifact",
    "lists.register_checks",
    "lists.rules_file",
    "lists.vault",
    "lists.watchlist_file",
    "lists.yaml_file",
    "matchers.deobfuscate",
    "matchers.fold",
    "matchers.handles",
    "matchers.names",
    "matchers.rules",
    "matchers.watchlist_check",
    "streams.codec",
    "json.decoder",
    "tomllib._parser",
    "yaml.constructor",
    "yaml.resolver",
)
"""Not what holds kernels: numba compiles no instrumented code."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz our parsers.")
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--growth", action="store_true", help="only: is time linear in the size?")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.inside:
        fuzz(options.targets[0], options.seconds)
        return 0  # libFuzzer ends the process itself
    if options.growth:
        from tests.fuzz.growth import not_linear

        found = not_linear()
        print("\n".join(found) or "time is linear in the size")  # noqa: T201
        return 1 if found else 0
    from tests.fuzz.targets import TARGETS

    if unknown := set(options.targets) - set(TARGETS):
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    failed = [name for name in options.targets or TARGETS if not run(name, options.seconds)]
    print(f"crashed: {', '.join(failed)}" if failed else "no crash")  # noqa: T201
    return 1 if failed else 0


def run(name: str, seconds: int, found: Path = FOUND) -> bool:
    """Fuzz one target in a process of its own; False where an input crashes it."""
    command = [sys.executable, "-m", "tests.fuzz", name, "--seconds", str(seconds), "--inside"]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    last = [line for line in done.stdout.splitlines() if line.startswith(("#", "Done", "stat::"))]
    print(f"{name}: {last[-1] if last else ''}")  # noqa: T201
    if done.returncode:
        print(done.stdout[-6_000:])  # noqa: T201
    return done.returncode == 0


def functions_of(module: ModuleType) -> Iterator[FunctionType]:
    """The functions and methods that a module defines."""
    for each in list(vars(module).values()):
        inner = vars(each).values() if isinstance(each, type) else (each,)
        for one in list(inner):
            if isinstance(one, FunctionType) and one.__module__ == module.__name__:
                yield one


def fuzz(name: str, seconds: int) -> None:
    import atheris

    from tests.fuzz.targets import TARGETS

    for module in INSTRUMENTED:
        for function in functions_of(import_module(module)):
            atheris.instrument_func(function)

    own = FOUND / name
    own.mkdir(parents=True, exist_ok=True)
    places = [str(own)]
    if (CORPUS / name).is_dir():
        places.append(str(CORPUS / name))
    atheris.Setup(
        [
            name,
            f"-max_total_time={seconds}",
            f"-timeout={SECONDS_AN_INPUT}",
            f"-rss_limit_mb={MEGABYTES}",
            f"-max_len={LONGEST}",
            f"-artifact_prefix={own}/",
            "-print_final_stats=1",
            *places,
        ],
        TARGETS[name],
    )
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
