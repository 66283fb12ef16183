"""docs/watchlist.md: its examples are read and checked, its tables name every field."""

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from typer.testing import CliRunner

from cli.watchlist import app
from config.settings import CONFIG_DIR
from lists.ballot_accounts import OPTIONAL, REQUIRED
from lists.ballot_calendar import Calendar
from lists.ballot_import import import_ballot
from lists.ordinary_text import load_ordinary_text
from lists.watchlist_file import load_watchlist, write_watchlist
from streams.codec import decode_watchlist_update, encode
from streams.records import (
    PLATFORMS,
    BallotPair,
    Candidate,
    CandidateAccount,
    Contest,
    Election,
    Phase,
    PhaseName,
    Watchlist,
    WatchlistUpdate,
)

DOCUMENT = (Path(__file__).resolve().parent.parent.parent / "docs/watchlist.md").read_text(
    encoding="utf-8"
)
EXAMPLES: dict[str, list[str]] = {}
for kind, text in re.findall(r"^```([a-z ]+)\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL):
    EXAMPLES.setdefault(kind, []).append(text)
LISTED, CALENDAR = EXAMPLES["yaml"]


@pytest.fixture
def example(tmp_path: Path) -> Watchlist:
    file = tmp_path / "example.yaml"
    file.write_text(LISTED, encoding="utf-8")
    return load_watchlist(file)


def test_the_example_is_checked_and_says_the_same_in_json(
    example: Watchlist, tmp_path: Path
) -> None:
    write_watchlist(tmp_path / "example.json", example)
    assert load_watchlist(tmp_path / "example.json") == example


def test_the_example_has_every_field() -> None:
    for record in (Watchlist, Election, Contest, Candidate, CandidateAccount, Phase):
        for name in record.__struct_fields__:
            assert re.search(rf"\b{name}:", LISTED), f"{record.__name__}.{name}"
    assert set(re.findall(r"\{name: (\w+)", LISTED)) == set(get_args(PhaseName))


def section(title: str) -> str:
    found = re.search(rf"^### {title}\n(.*?)(?=^##|\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def named_in(table: str) -> set[str]:
    """Names in the first column."""
    cells = re.findall(r"^\| (`[^|]*) \|", table, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize(
    "record",
    [
        Watchlist,
        Election,
        Contest,
        BallotPair,
        Candidate,
        CandidateAccount,
        Phase,
        WatchlistUpdate,
    ],
)
def test_every_field_is_described(record: type[msgspec.Struct]) -> None:
    assert named_in(section(record.__name__)) == set(record.__struct_fields__)


def test_every_column_is_described() -> None:
    heading = EXAMPLES["csv ballot"][0].splitlines()[0]
    assert named_in(section("The ballots")) == set(heading.split(","))
    assert named_in(section("The accounts")) == REQUIRED | OPTIONAL
    assert named_in(section("The calendar")) == set(Calendar.__struct_fields__)


def test_every_platform_and_phase_is_named() -> None:
    assert set(re.findall(r"`(\w+)`", section("CandidateAccount"))) >= set(PLATFORMS)
    assert set(re.findall(r"`(\w+)`", section("Phase"))) >= set(get_args(PhaseName))


def test_the_record_is_read(example: Watchlist) -> None:
    (written,) = EXAMPLES["json"]
    update = decode_watchlist_update(written.encode())
    assert isinstance(update, WatchlistUpdate)
    assert update.op == "remove"
    assert update.contest_id == example.elections[0].contests[0].id
    put = msgspec.structs.replace(update, op="put", contest=example.elections[0].contests[0])
    assert decode_watchlist_update(encode(put)) == put


def test_the_import_is_as_the_form_but_for_what_people_add(
    example: Watchlist, tmp_path: Path
) -> None:
    def written(name: str, text: str) -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    watchlist, _ = import_ballot(
        written("ballot.csv", EXAMPLES["csv ballot"][0]),
        written("calendar.yaml", CALENDAR),
        written("accounts.csv", EXAMPLES["csv accounts"][0]),
        load_ordinary_text(CONFIG_DIR),
    )
    by_hand = [
        msgspec.structs.replace(one, aliases=(), ambiguous_aliases=(), hashtags=(), slogans=())
        for one in example.elections[0].contests[0].candidates
    ]
    contest = msgspec.structs.replace(example.elections[0].contests[0], candidates=tuple(by_hand))
    assert watchlist.elections[0].contests == (contest,)
    assert watchlist.elections[0].name == example.elections[0].name


def test_every_command_is_there() -> None:
    commands = set(re.findall(r"netral watchlist (\w+)", DOCUMENT))
    assert commands == {"import", "check", "publish", "rollback", "history"}
    shown = CliRunner().invoke(app, ["--help"]).output
    assert all(name in shown for name in commands)
