"""JSON Schemas and the AsyncAPI document, generated from the structs.

python -m streams.schemas           write config/schemas/
python -m streams.schemas --check   exit 1 and name the files that differ from the structs
"""

import sys
from pathlib import Path
from typing import Any, Final

import msgspec
import orjson
import yaml

from config.settings import CONFIG_DIR, Settings
from streams import records
from streams.signing import KEY_HEADER, SEQUENCE_HEADER, SIGNATURE_HEADER
from streams.topics import TopicSpec, declared_topics

SCHEMA_DIR: Final = CONFIG_DIR / "schemas"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
ASYNCAPI: Final = "asyncapi.yaml"

KEYS: Final = {
    "PublicPost": "Platform and the actor's account id or handle.",
    "FlaggedEvent": "The event's `flag_id`: the same possible breach always has the same key.",
    "DeadLetter": "`topic:partition:offset` of the refused record.",
    "RegisterUpdate": "Platform and handle.",
    "WatchlistUpdate": "Id of the contest.",
    "ControlRecord": "None.",
    "ReviewDecision": "The decision's `decision_id`: the same decision always has the same key.",
}
SIGNATURE: Final = {
    KEY_HEADER: "Id of the key that signed the record, 16 hexadecimal digits.",
    SEQUENCE_HEADER: "The record's `sequence`, in decimal digits.",
    SIGNATURE_HEADER: "Ed25519 over topic, key, sequence and value; 64 bytes. docs/signing.md",
}
HEADERS: Final[dict[str, dict[str, str]]] = {
    "FlaggedEvent": {
        "source-topic": "Topic of the judged event.",
        "source-partition": "Its partition, in decimal digits.",
        "source-offset": "Its offset, in decimal digits.",
        "engine-version": "Version of Netral that judged it.",
    },
    "DeadLetter": {
        "engine-version": "Version of Netral that refused the record.",
        "skip-reason": "Where the reason is `skipped`: why somebody let the record go.",
    },
    "RegisterUpdate": SIGNATURE,
    "WatchlistUpdate": SIGNATURE,
    "ControlRecord": SIGNATURE,
}
RECEIVED: Final = frozenset({"PublicPost", "RegisterUpdate", "WatchlistUpdate", "ControlRecord"})
"""What a worker reads; the rest it writes."""

RECORDS: Final[tuple[type[msgspec.Struct], ...]] = (
    records.ControlRecord,
    records.DeadLetter,
    records.FlaggedEvent,
    records.PublicPost,
    records.RegisterUpdate,
    records.ReviewDecision,
    records.Watchlist,
    records.WatchlistUpdate,
)


def generate() -> dict[str, bytes]:
    """Every generated file by its name; the same structs give the same bytes."""
    files = {
        f"{record.__name__}.json": orjson.dumps(
            json_schema(record), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        )
        for record in RECORDS
    }
    files[ASYNCAPI] = yaml.safe_dump(
        asyncapi(declared_topics(Settings.model_construct())),
        sort_keys=False,
        allow_unicode=True,
        width=100,
    ).encode()
    return files


def json_schema(record: type[msgspec.Struct]) -> dict[str, Any]:
    """The record's JSON Schema, draft 2020-12, which msgspec's schemas follow."""
    schema = msgspec.json.schema(record)
    definitions = schema.pop("$defs", {})
    return {
        "$schema": DIALECT,
        "title": record.__name__,
        **schema,
        "$defs": dict(sorted(definitions.items())),
    }


def asyncapi(topics: tuple[TopicSpec, ...]) -> dict[str, Any]:
    """The AsyncAPI 3.0 document of the topics with their default names."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Netral",
            "version": "1",
            "description": "Public posts in; possible neutrality breaches, with evidence, out.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {spec.name: _channel(spec) for spec in topics},
        "operations": {
            _operation_id(spec): {
                "action": "receive" if spec.record in RECEIVED else "send",
                "channel": {"$ref": f"#/channels/{spec.name}"},
                "messages": [{"$ref": f"#/channels/{spec.name}/messages/{spec.record}"}],
            }
            for spec in topics
        },
        "components": {"messages": {spec.record: _message(spec.record) for spec in topics}},
    }


def _channel(spec: TopicSpec) -> dict[str, Any]:
    config = spec.config()
    return {
        "address": spec.name,
        "description": spec.purpose,
        "messages": {spec.record: {"$ref": f"#/components/messages/{spec.record}"}},
        "bindings": {
            "kafka": {
                "topic": spec.name,
                "partitions": spec.partitions,
                "topicConfiguration": {
                    "cleanup.policy": [config["cleanup.policy"]],
                    "retention.ms": int(config["retention.ms"]),
                    "max.message.bytes": int(config["max.message.bytes"]),
                },
                "bindingVersion": "0.5.0",
            }
        },
    }


def _message(record: str) -> dict[str, Any]:
    message: dict[str, Any] = {
        "name": record,
        "contentType": "application/json",
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"./{record}.json"},
        },
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": KEYS[record]},
                "bindingVersion": "0.5.0",
            }
        },
    }
    if record in HEADERS:
        message["headers"] = {
            "type": "object",
            "properties": {
                name: {"type": "string", "description": meaning}
                for name, meaning in HEADERS[record].items()
            },
            "required": list(HEADERS[record]),
        }
    return message


def _operation_id(spec: TopicSpec) -> str:
    return f"{'receive' if spec.record in RECEIVED else 'send'}{spec.record}"


def drifted(folder: Path) -> list[str]:
    """Names of files in `folder` that are missing, differ, or should not be there."""
    expected = generate()
    present = {path.name for path in folder.glob("*") if path.suffix in {".json", ".yaml"}}
    wrong = {
        name
        for name, content in expected.items()
        if name not in present or (folder / name).read_bytes() != content
    }
    return sorted(wrong | (present - expected.keys()))


def write(folder: Path) -> None:
    """Write every file, and remove what is generated no more."""
    folder.mkdir(parents=True, exist_ok=True)
    expected = generate()
    for name in drifted(folder):
        if name in expected:
            (folder / name).write_bytes(expected[name])
        else:
            (folder / name).unlink()


def main(arguments: list[str]) -> int:
    """The command line; returns the exit code."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python -m streams.schemas [--check]\n")
        return 2
    if not arguments:
        write(SCHEMA_DIR)
        return 0
    wrong = drifted(SCHEMA_DIR)
    for name in wrong:
        sys.stderr.write(f"config/schemas/{name} differs from the structs\n")
    if wrong:
        sys.stderr.write("Run: python -m streams.schemas\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
