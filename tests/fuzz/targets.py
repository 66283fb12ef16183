"""What is fuzzed: every parser of ours, as a function of bytes.

A target returns for input that is taken and for input that is refused as it should be, with a
NetralError. Whatever else it raises is a crash.
"""

import functools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from config.errors import NetralError
from config.settings import load_settings
from lists.model_file import load_model
from lists.refs import make_key, read_key, write_refs
from lists.register_artifact import (
    open_register,
    read_identities,
    read_manifest,
    read_ref_bytes,
    verify_register,
)
from lists.register_build import build_register
from lists.register_source import read_source
from lists.rules_file import load_rules
from lists.vault import make_review_key, open_vault, read_review_key
from lists.watchlist_file import load_watchlist
from matchers.deobfuscate import deobfuscate
from matchers.fold import OffsetMap, fold
from matchers.handles import RULES, normalise
from matchers.names import canonical_name, parse_name
from streams.codec import (
    DecodeFailure,
    decode_control,
    decode_dead_letter,
    decode_flag,
    decode_post,
    decode_register_update,
    decode_watchlist_update,
    encode,
)

Target = Callable[[bytes], None]
DECODERS: Final = (
    decode_post,
    decode_flag,
    decode_dead_letter,
    decode_control,
    decode_register_update,
    decode_watchlist_update,
)


@functools.cache
def _folder() -> Path:
    """One folder a process, so that fuzzing does not fill the disk."""
    return Path(tempfile.mkdtemp(prefix="netral-fuzz-"))


def _file(name: str, data: bytes) -> Path:
    path = _folder() / name
    path.write_bytes(data)
    return path


def refused_or_taken(target: Target) -> Target:
    @functools.wraps(target)
    def run(data: bytes) -> None:
        try:
            target(data)
        except NetralError as error:
            if not str(error):
                raise AssertionError("a refusal without a word") from error

    return run


@refused_or_taken
def watchlist(data: bytes) -> None:
    load_watchlist(_file("watchlist.yaml", data))


@refused_or_taken
def watchlist_json(data: bytes) -> None:
    load_watchlist(_file("watchlist.json", data))


@refused_or_taken
def rules(data: bytes) -> None:
    load_rules(_file("rules.yaml", data))


@refused_or_taken
def model(data: bytes) -> None:
    load_model(_file("model.yaml", data))


@refused_or_taken
def settings(data: bytes) -> None:
    load_settings(_file("netral.toml", data))


def _source(name: str, data: bytes) -> None:
    path = _file(name, data)
    for chunk in read_source(path):
        assert chunk is not None
    place = _folder() / "built"
    shutil.rmtree(place, ignore_errors=True)
    build_register(path, place)
    open_register(place)


@refused_or_taken
def source_csv(data: bytes) -> None:
    _source("source.csv", data)


@refused_or_taken
def source_jsonl(data: bytes) -> None:
    _source("source.jsonl", data)


@refused_or_taken
def source_parquet(data: bytes) -> None:
    _source("source.parquet", data)


def folding(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    folded = fold(text)
    offsets = OffsetMap(text)
    assert fold(folded) == folded
    if folded:
        start, end = offsets.span(0, len(folded))
        assert 0 <= start < end <= len(text)
    deobfuscate(folded)
    parse_name(text)
    canonical_name(text)
    for platform in RULES:
        normalise(platform, text)


def records(data: bytes) -> None:
    for decode in DECODERS:
        record = decode(data)
        if not isinstance(record, DecodeFailure):
            assert decode(encode(record)) == record


@functools.cache
def _artifact() -> Path:
    """A small register with pseudonyms, whose files the input replaces one at a time."""
    folder = _folder()
    source = folder / "whole.csv"
    source.write_text(
        "person_id,name,agency_code,region_code,platform,account_id,handle,display_name,"
        "declared_on,declaration_ref,withdrawn_on\n"
        "1,Budi Santoso,A1,35.78,x,11,budi88,Budi,2024-01-02,SK-1,\n"
        "2,Siti Aminah,A1,35.78,instagram,,siti.aminah,,2024-01-02,SK-2,\n"
    )
    register = folder / "whole"
    build_register(source, register)
    make_key(folder / "key")
    recipient = make_review_key(folder / "review.key")
    write_refs(register, "e1", folder / "key", recipient, folder / "vault")
    return register


@refused_or_taken
def artifact(data: bytes) -> None:
    """The first byte chooses a file of the artifact, the second how the rest spoils it."""
    whole = _artifact()
    spoilt = _folder() / "spoilt"
    shutil.rmtree(spoilt, ignore_errors=True)
    shutil.copytree(whole, spoilt)
    files = sorted(path for path in spoilt.iterdir() if path.is_file())
    number, how, rest = (data + b"\0\0")[0], (data + b"\0\0")[1], data[2:]
    path = files[number % len(files)]
    content = path.read_bytes()
    at = how * len(content) // 256
    path.write_bytes(
        (
            rest,  # another file altogether
            content[:at] + rest + content[at + len(rest) :],  # as long as before
            content[:at] + rest + content[at:],
            content[:at],
        )[number // len(files) % 4]
    )
    read_manifest(spoilt)
    open_register(spoilt)
    read_identities(spoilt)
    read_ref_bytes(spoilt, "e1")
    verify_register(spoilt)


@refused_or_taken
def key_files(data: bytes) -> None:
    path = _file("a.key", data)
    path.chmod(0o600)
    for read in (read_key, read_review_key):
        try:
            read(path)
        except NetralError as error:
            assert str(error)  # noqa: PT017 - whichever it is, it says why


@refused_or_taken
def vault(data: bytes) -> None:
    _artifact()
    open_vault(_file("a.vault", data), _folder() / "review.key")


TARGETS: Final[dict[str, Target]] = {
    each.__name__: each
    for each in (
        watchlist,
        watchlist_json,
        rules,
        model,
        settings,
        source_csv,
        source_jsonl,
        source_parquet,
        folding,
        records,
        artifact,
        key_files,
        vault,
    )
}
