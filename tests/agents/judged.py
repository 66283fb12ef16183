"""A register of one declared person and the example election, for a real worker."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agents.stop_switch import StopSwitch
from config.settings import CONFIG_DIR, ListSettings, Settings
from lists.in_force import ListsInForce
from lists.refs import make_key, write_refs
from lists.register_build import build_register
from lists.vault import make_review_key
from streams.confirmation import Confirmation
from tests.lists.models import write_model
from tests.streams.wire import settings_for

WATCHLIST = CONFIG_DIR / "elections" / "jatim-2024.yaml"
ELECTION = "pilkada-2024"
REGISTERED = "budi_uji"
STRANGER = "orang_asing_uji"


def open_switch(lists: ListsInForce) -> StopSwitch:
    """A switch for which the control topic, which is empty, was read to its end for good."""
    confirmation = Confirmation(valid_seconds=float("inf"))
    confirmation.answered(confirmation.ask(), 0)
    confirmation.read_to(0, 0)
    return StopSwitch(lists, confirmation)


def built_lists(folder: Path) -> ListSettings:
    source = folder / "register.csv"
    row = {
        "person_id": "P-1",
        "name": "Budi Pegawai",
        "agency_code": "A1",
        "region_code": "35",
        "platform": "x",
        "account_id": "7001",
        "handle": REGISTERED,
        "display_name": "Budi",
        "declared_on": "2024-01-02",
        "declaration_ref": "SK-1",
        "withdrawn_on": "",
    }
    with source.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(row))
        writer.writeheader()
        writer.writerow(row)
    register = folder / "register"
    build_register(source, register)
    make_key(folder / "key")
    recipient = make_review_key(folder / "review.key")
    write_refs(register, ELECTION, folder / "key", recipient, folder / "vault")
    return ListSettings(
        register_dir=register,
        watchlist_file=WATCHLIST,
        model_file=write_model(folder / "model.json"),
    )


def judged_settings(bootstrap: str, prefix: str, folder: Path) -> Settings:
    lists = built_lists(folder)
    return settings_for(bootstrap, prefix).model_copy(update={"lists": lists})


def post(number: int, handle: str, text: str, **changes: Any) -> bytes:
    document = {
        "schema": 1,
        "post_id": f"post-{number}",
        "platform": "x",
        "action": "post",
        "actor": {"handle": handle},
        "text": text,
        "created_at": "2024-10-10T10:00:00+07:00",
        "observed_at": "2024-10-10T10:00:05+07:00",
        "source": "test",
        "visibility": "public",
    }
    return json.dumps({**document, **changes}).encode()


SUPPORT = "Ayo dukung dan coblos Khofifah Indar Parawansa, menangkan! #KhofifahEmilContoh"
EVENT_TIME = datetime(2024, 10, 10, 3, tzinfo=UTC)
