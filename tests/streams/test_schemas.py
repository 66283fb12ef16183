"""The generated schemas are those of the structs, and say what the decoder says."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from config.settings import Settings
from streams.schemas import ASYNCAPI, RECORDS, SCHEMA_DIR, drifted, generate, main, write
from streams.topics import declared_topics
from tests.streams.test_codec import GOOD


def test_the_files_are_those_of_the_structs() -> None:
    assert drifted(SCHEMA_DIR) == []
    assert main(["--check"]) == 0


def test_generation_is_deterministic() -> None:
    assert generate() == generate()


def test_drift_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path)
    assert drifted(tmp_path) == []
    (tmp_path / "PublicPost.json").write_text("{}")
    (tmp_path / "Stray.json").write_text("{}")
    (tmp_path / "DeadLetter.json").unlink()
    assert drifted(tmp_path) == ["DeadLetter.json", "PublicPost.json", "Stray.json"]
    monkeypatch.setattr("streams.schemas.SCHEMA_DIR", tmp_path)
    assert main(["--check"]) == 1
    assert main([]) == 0
    assert drifted(tmp_path) == []


@pytest.mark.parametrize("record", [record.__name__ for record in RECORDS])
def test_each_is_a_valid_schema(record: str) -> None:
    schema = json.loads((SCHEMA_DIR / f"{record}.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    assert schema["title"] == record


def test_a_good_post_fits_and_a_bad_one_does_not() -> None:
    schema = json.loads((SCHEMA_DIR / "PublicPost.json").read_bytes())
    validator = Draft202012Validator(schema)
    assert validator.is_valid(GOOD)
    assert not validator.is_valid({**GOOD, "platform": "friendster"})
    assert not validator.is_valid({**GOOD, "actor": {"handle": "x" * 129}})


def test_asyncapi_holds_every_topic_and_its_retention() -> None:
    document = yaml.safe_load((SCHEMA_DIR / ASYNCAPI).read_bytes())
    assert document["asyncapi"] == "3.0.0"
    for spec in declared_topics(Settings()):
        channel = document["channels"][spec.name]
        binding = channel["bindings"]["kafka"]
        assert binding["partitions"] == spec.partitions
        assert str(binding["topicConfiguration"]["retention.ms"]) == spec.config()["retention.ms"]
        assert spec.record in document["components"]["messages"]
    actions = {
        operation["channel"]["$ref"].rpartition("/")[2]: operation["action"]
        for operation in document["operations"].values()
    }
    assert actions["public-posts"] == "receive"
    assert actions["flagged-events"] == "send"
