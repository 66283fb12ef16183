"""YAML and JSON files read so that nothing is guessed: no bare dates, no repeated keys."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, Final

import yaml

from config.errors import ListError


class _StrictLoader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """Leaves timestamps as they are written, so that the schema sees a bare date for what it is."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {key.value!r} stands here twice", key.start_mark
                    )
                seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


MAX_DEPTH: Final = 64
"""Levels of nesting; our lists have fewer than ten."""

_GUESSED: Final = {f"tag:yaml.org,2002:{kind}" for kind in ("timestamp", "int", "float", "merge")}
_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _GUESSED]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
# Numbers as YAML 1.2 and people write them: 12:30 is no number, 010 is not eight, and a long row
# of digits costs the square of its length.
_StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})$"), list("-+0123456789")
)
_StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(?:[0-9]{1,18}\.[0-9]{0,18}|\.[0-9]{1,18})(?:[eE][-+]?[0-9]{1,3})?$"),
    list("-+.0123456789"),
)


def read_document(path: Path, what: str, error: type[ListError]) -> Any:
    """The plain data in a `.json` or YAML file; `what` names the list in the message.

    Raises `error` with file and line where it cannot be read.
    """
    try:
        raw = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "not UTF-8 text"
        raise error(f"{what} {path}: {reason}. Name a readable UTF-8 file.") from None
    try:
        if path.suffix == ".json":
            return _only_characters(raw, json.loads(raw, object_pairs_hook=_once))
        _check_shape(raw)
        return yaml.load(raw, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = f" line {mark.line + 1}" if mark else ""
        raise error(f"{what} {path}{line}: {problem.problem}. Mend the file.") from None
    except yaml.YAMLError:
        raise error(f"{what} {path}: not YAML (a character that may not stand there).") from None
    except (ValueError, RecursionError) as problem:
        reason = "nested too deeply" if isinstance(problem, RecursionError) else str(problem)
        raise error(f"{what} {path}: {reason}. Mend the file.") from None


def _only_characters(raw: str, document: Any) -> Any:
    """The document. Raises ValueError for half a surrogate pair, which JSON can escape."""
    if "\\ud" in raw.lower():
        try:
            json.dumps(document, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise ValueError("half a surrogate pair stands there, which is no character") from None
    return document


def _check_shape(raw: str) -> None:
    """Refuse what a loader does not survive, by the parser's events, before one node is made.

    libyaml's composer recurses in C, so deep nesting ends the process; a few lines of aliases
    stand for more data than any memory holds. Raises yaml.MarkedYAMLError.
    """
    depth = 0
    for event in yaml.parse(raw, Loader=_StrictLoader):
        mark: Any = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            said = "an alias (*) stands here; write out what it refers to"
            raise yaml.constructor.ConstructorError(None, None, said, mark)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                said = f"nested deeper than {MAX_DEPTH} levels"
                raise yaml.constructor.ConstructorError(None, None, said, mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found
