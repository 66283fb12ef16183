"""YAML and JSON files read so that nothing is guessed: no bare dates, no repeated keys."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import yaml

from config.errors import ListError


class _StrictLoader(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """Leaves timestamps as they are written, so that the schema sees a bare date for what it is."""

    def construct_document(self, node: yaml.Node) -> Any:
        """Refuses aliases: a few lines of them stand for more data than any memory holds."""
        seen: set[int] = set()
        waiting = [node]
        while waiting:
            one = waiting.pop()
            if id(one) in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, "an alias (*) refers to this; write it out", one.start_mark
                )
            seen.add(id(one))
            if isinstance(one, yaml.SequenceNode):
                waiting += one.value
            elif isinstance(one, yaml.MappingNode):
                waiting += [part for pair in one.value for part in pair]
        return super().construct_document(node)

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


_TIMESTAMP: Final = "tag:yaml.org,2002:timestamp"
_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


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


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found
