"""Key files: made for one's own eyes, and refused with the command that mends them."""

import os
import re
import stat
from pathlib import Path

import pytest

from config.errors import SettingsError, SigningError
from config.settings import Settings, SigningSettings, TopicSettings
from streams.signing_keys import (
    load_signer,
    load_verifier,
    make_signing_key,
    read_signing_key,
    read_trusted_keys,
    trusted_entry,
)

TOPICS = TopicSettings(control="my-control")


def test_a_key_is_made_private_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "signing.key"
    made = make_signing_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert re.fullmatch("[0-9a-f]{16}", made)
    with pytest.raises(SigningError, match="never replaced"):
        make_signing_key(path)


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "signing.key"
    make_signing_key(path)
    path.chmod(mode)
    with pytest.raises(SigningError, match=f"chmod 600 {re.escape(str(path))}"):
        read_signing_key(path)


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "signing.key"
    path.write_text("banana")
    path.chmod(0o600)
    with pytest.raises(SigningError, match="netral keys new"):
        read_signing_key(path)
    with pytest.raises(SigningError, match="No such file"):
        read_signing_key(tmp_path / "nowhere")


def test_an_entry_is_read_back_with_kafkas_topic_names(tmp_path: Path) -> None:
    private = tmp_path / "signing.key"
    made = make_signing_key(private)
    public = read_signing_key(private).public_key()
    file = tmp_path / "trusted.toml"
    file.write_text(trusted_entry(public, ("control",), 'jaga "malam"') + "until = { control = 4 }")
    (key,) = read_trusted_keys(file, TOPICS)
    assert (key.key_id, key.name, key.topics) == (
        made,
        'jaga "malam"',
        frozenset({"my-control"}),
    )
    assert key.until == {"my-control": 4}


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda entry: entry.replace('public = "', 'public = "!'), "not 32 bytes in base64"),
        (lambda entry: re.sub('id = "....', 'id = "ffff', entry), "is that of key"),
        (lambda entry: entry.replace('"control"', '"kontrol"'), "kontrol"),
        (lambda entry: entry.replace("topics", "topik"), "topik"),
        (lambda entry: entry * 2, "twice"),
        (lambda _: "keys = []", "no key in it"),
        (lambda _: "[[keys", "end of document"),
    ],
)
def test_a_bad_file_of_trusted_keys_says_what_is_wrong(
    tmp_path: Path, spoil: "object", named: str
) -> None:
    make_signing_key(tmp_path / "signing.key")
    public = read_signing_key(tmp_path / "signing.key").public_key()
    file = tmp_path / "trusted.toml"
    assert callable(spoil)
    file.write_text(spoil(trusted_entry(public)))
    with pytest.raises(SigningError, match=named) as refused:
        read_trusted_keys(file, TOPICS)
    assert str(file) in str(refused.value)


def test_without_keys_a_worker_says_what_to_do() -> None:
    with pytest.raises(SettingsError, match="netral keys new FILE") as refused:
        load_verifier(Settings())
    assert "signing.required = false" in str(refused.value)
    with pytest.raises(SettingsError, match=r"signing\.private_key must be set"):
        load_signer(Settings())
    allowed = Settings(signing=SigningSettings(required=False))
    assert load_verifier(allowed).verify("t", None, b"x", ()) is None
    assert load_signer(allowed) is None


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    signing = SigningSettings(trusted_keys=tmp_path / "nowhere.toml")
    with pytest.raises(SigningError, match=r"nowhere\.toml: the trusted keys cannot be read"):
        load_verifier(Settings(signing=signing))
