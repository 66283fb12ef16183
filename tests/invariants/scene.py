"""Ten declared accounts, the example election and the shipped rules on disk; posts about them.

Every name, handle and number is invented.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from config.settings import CONFIG_DIR, ListSettings, Settings
from lists.in_force import ListsInForce
from lists.refs import make_key, write_refs
from lists.register_build import build_register
from lists.vault import make_review_key, read_review_key
from lists.watchlist_file import load_watchlist
from matchers.screening import Stages, screen
from matchers.types import Outcome
from streams.codec import decode_post
from streams.records import Contest, Election, PublicPost, Watchlist, WatchlistUpdate
from tests.lists.models import write_model
from tests.lists.sources import write_source

EXAMPLE = load_watchlist(CONFIG_DIR / "elections" / "jatim-2024.yaml")
ELECTION = EXAMPLE.elections[0]
CONTEST = ELECTION.contests[0]

BOUND, BOUND_ID = "budi_uji", "7001"
DECLARED = "siti_uji"
WITHDRAWN, WITHDRAWN_ID = "agus_uji", "7003"
LATE, LATE_ID = "dewi_uji", "7004"
STRANGER = "orang_asing_uji"
NAME = "Budi Sasmithoaji"
AGENCY = "BKPSDM-UJI"
NUMBER = "19800101200501"
"""How every civil-service number of the register begins."""

SUPPORT = "Ayo dukung dan coblos Khofifah Indar Parawansa, menangkan! #KhofifahEmilContoh"
GREETING = "Selamat pagi semua"


def account(number: int, handle: str, **changes: str) -> dict[str, Any]:
    return {
        "person_id": f"{NUMBER}{number:04}",
        "name": NAME if number == 1 else f"Orang Uji {chr(96 + number) * 4}",
        "agency_code": AGENCY,
        "region_code": "35.78",
        "platform": "x",
        "account_id": "",
        "handle": handle,
        "display_name": "",
        "declared_on": "2024-01-02",
        "declaration_ref": f"SK-{number}",
        "withdrawn_on": "",
    } | changes


ACCOUNTS = [
    account(1, BOUND, account_id=BOUND_ID),
    account(2, DECLARED),
    account(3, WITHDRAWN, account_id=WITHDRAWN_ID, withdrawn_on="2024-09-01"),
    account(4, LATE, account_id=LATE_ID, declared_on="2024-11-30"),
    *(account(number, f"pegawai_{'qwzxvk'[number - 5] * 3}") for number in range(5, 11)),
]


@dataclass(frozen=True)
class Files:
    """The lists of one worker, in a folder of its own; tests spoil and mend them there."""

    folder: Path

    @property
    def settings(self) -> ListSettings:
        return ListSettings(
            register_dir=self.folder / "register",
            watchlist_file=self.folder / "watchlist.json",
            rules_file=self.folder / "rules.yaml",
            model_file=self.folder / "model.json",
        )

    def write_register(self, accounts: list[dict[str, Any]], **options: Any) -> None:
        """Build the artifact anew, whatever it was before, with pseudonyms of the same key."""
        source = write_source(self.folder / "register.csv", accounts)
        register = self.folder / "register"
        build_register(source, register, max_shrink=1, **options)
        key, review_key = self.folder / "key", self.folder / "review.key"
        if not key.exists():
            make_key(key)
        if not review_key.exists():
            make_review_key(review_key)
        recipient = str(read_review_key(review_key).to_public())
        write_refs(register, ELECTION.id, key, recipient, self.folder / "vault")

    def write_watchlist(self, watchlist: Watchlist) -> None:
        (self.folder / "watchlist.json").write_bytes(msgspec.json.encode(watchlist))

    def write_rules(self, spoil: tuple[str, str] = ("", "")) -> None:
        text = (CONFIG_DIR / "rules.yaml").read_text(encoding="utf-8")
        assert spoil[0] in text
        (self.folder / "rules.yaml").write_text(text.replace(*spoil), encoding="utf-8")

    def write_model(self) -> None:
        """The tests' own: the shipped one is learned anew from time to time."""
        write_model(self.folder / "model.json")

    def mend(self) -> None:
        """All of them as they were at the beginning."""
        self.write_register(ACCOUNTS)
        self.write_watchlist(EXAMPLE)
        self.write_rules()
        self.write_model()


def files_in(folder: Path) -> Files:
    folder.mkdir(parents=True, exist_ok=True)
    files = Files(folder)
    files.mend()
    return files


def copied(files: Files, folder: Path) -> Files:
    """The same lists in a folder of one's own, to be spoilt there."""
    shutil.copytree(files.folder, folder)
    return Files(folder)


def in_force(files: Files) -> ListsInForce:
    return ListsInForce(Settings(lists=files.settings))


def document(handle: str, account_id: str | None = None, **changes: Any) -> dict[str, Any]:
    """A public post on x in the campaign, as a collector would send it."""
    actor = {"handle": handle} | ({"account_id": account_id} if account_id else {})
    return {
        "schema": 1,
        "post_id": "post-1",
        "platform": "x",
        "action": "post",
        "actor": actor,
        "text": SUPPORT,
        "created_at": "2024-10-10T10:00:00+07:00",
        "observed_at": "2024-10-10T10:00:05+07:00",
        "source": "test",
        "visibility": "public",
    } | changes


def raw(handle: str, account_id: str | None = None, **changes: Any) -> bytes:
    return json.dumps(document(handle, account_id, **changes)).encode()


def read(value: bytes) -> PublicPost:
    post = decode_post(value)
    assert isinstance(post, PublicPost), post
    return post


def outcome(stages: Stages, handle: str, account_id: str | None = None, **changes: Any) -> Outcome:
    (found,) = screen([read(raw(handle, account_id, **changes))], stages)
    return found


def contest(**changes: Any) -> Contest:
    return msgspec.structs.replace(CONTEST, **changes)


def watchlist_of(*contests: Contest) -> Watchlist:
    election = Election(id=ELECTION.id, name=ELECTION.name, contests=contests)
    return Watchlist(schema=1, elections=(election,))


def put(sequence: int, one: Contest, **changes: Any) -> WatchlistUpdate:
    fields: dict[str, Any] = {
        "op": "put",
        "election_id": ELECTION.id,
        "election_name": ELECTION.name,
        "contest_id": one.id,
        "contest": one,
    }
    return WatchlistUpdate(schema=1, sequence=sequence, **(fields | changes))


def second_contest(contest_id: str = "kota-2024") -> Contest:
    """Another race of the same election, with people of its own."""
    people = {name: f"{name} {contest_id}" for name in ("satu", "dua")}
    return contest(
        id=contest_id,
        name="Pemilihan kota contoh",
        ballot=tuple(
            msgspec.structs.replace(pair, names=(name,), number=number)
            for number, (pair, name) in enumerate(
                zip(CONTEST.ballot, people.values(), strict=False), start=1
            )
        ),
        candidates=tuple(
            msgspec.structs.replace(
                one,
                id=f"{key}-{contest_id}",
                ballot_name=name,
                names=(f"Wirakusuma {name}",),
                aliases=(),
                ambiguous_aliases=(),
                accounts=(),
                hashtags=(),
                slogans=(),
            )
            for one, (key, name) in zip(CONTEST.candidates, people.items(), strict=False)
        ),
    )
