"""A small ballot, its accounts and its calendar on disk; every name and account is invented."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lists.ballot_import import ImportReport, import_ballot
from matchers.ambiguity import OrdinaryText
from streams.records import Candidate, Contest, Watchlist

ORDINARY = OrdinaryText(frozenset(["batu", "indah", "permata", "jaya", "raya"]), {}, 5_000)

CALENDAR = """\
schema: 1
election_id: contoh-2024
election_name: Pemilihan contoh 2024
ballot_status: determined
ballot_as_of: 2024-09-23T00:00:00+07:00
ballot_source: invented
phases:
  - {name: before_determination, start: 2024-08-27T00:00:00+07:00, end: 2024-09-22T00:00:00+07:00}
  - {name: campaign, start: 2024-09-25T00:00:00+07:00, end: 2024-11-24T00:00:00+07:00}
"""

BALLOT = [
    "level,region_code,region_name,pair_id,ballot_no,pair_name,head,deputy,is_empty_box",
    'governor,99,NUSA CONTOH,901,1,-,"Dr. H. WIRASAKTI TANUHARJO PRATAMA, M.Si.",Hj. LESMANA,0',
    'governor,99,NUSA CONTOH,902,2,-,"M. GALANG KERTARAJASA, S.E. (BANG GALANG)",INDAH PERMATA,0',
    "regent_mayor,9971,KOTA BATU,903,1,-,WIRASAKTI TANUHARJO,DANASTRI MAHESWARI PUTRI,0",
    "regent_mayor,9971,KOTA BATU,904,2,-,KOLOM KOSONG,,1",
    'regent_mayor,9902,CONTOH JAYA,905,1,-,"H. SURYANATA ALIAS BUNG NATA, S.H.",TRI BASKARAJATI,0',
    "regent_mayor,9902,CONTOH JAYA,906,2,-,HJ. SARASWATI DEWI ANGGARKASIH,SURYANATA PRABANGKARA,0",
]
ACCOUNTS = [
    "level,region_code,ballot_no,seat,platform,handle,account_id,kind,effective_from,effective_until",
    "governor,99,1,head,x,@Wirasakti,7001,own,,",
    "governor,99,1,pair,instagram,wira.lesmana,,campaign,2024-09-25T00:00:00+07:00,2024-11-24T00:00:00+07:00",
    "governor,99,2,deputy,x,https://x.com/indah_p,7002,own,,",
    "regent_mayor,9902,02,pair,facebook,Menang.Dua,,campaign,,",
]
DCT = [
    "id,party,ballot_no,name,sex,dapil_id,province_id",
    '1,Partai Satu,1,"H. GALANG KERTARAJASA, S.E.",Laki-Laki,7,1',
    "2,Partai Satu,2,LESMANA,Perempuan,7,1",
    "3,Partai Dua,1,Hj. LESMANA,Perempuan,7,1",
    "4,Partai Dua,1,SURYANATA PRABANGKARA,Laki-Laki,8,1",
]


def cells(lines: list[str]) -> list[list[str]]:
    return list(csv.reader(lines))


def text_of(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def with_cell(lines: list[str], line: int, column: str, value: str) -> list[str]:
    """The file with one cell changed; `line` counts from 1, the heading."""
    rows = cells(lines)
    rows[line - 1][rows[0].index(column)] = value
    return text_of(rows).splitlines()


@dataclass
class Sources:
    """The three files in a folder."""

    folder: Path
    ballot: list[str] = field(default_factory=lambda: list(BALLOT))
    accounts: list[str] | None = field(default_factory=lambda: list(ACCOUNTS))
    calendar: str = CALENDAR

    def paths(self) -> tuple[Path, Path, Path | None]:
        """Written, in the order of `import_ballot`."""
        ballot, calendar = self.folder / "ballot.csv", self.folder / "calendar.yaml"
        accounts = self.folder / "accounts.csv"
        ballot.write_text("\n".join(self.ballot) + "\n", encoding="utf-8")
        calendar.write_text(self.calendar, encoding="utf-8")
        if self.accounts is None:
            return ballot, calendar, None
        accounts.write_text("\n".join(self.accounts) + "\n", encoding="utf-8")
        return ballot, calendar, accounts

    def imported(self, **options: Any) -> tuple[Watchlist, ImportReport]:
        return import_ballot(*self.paths(), ORDINARY, **options)


def contests_of(watchlist: Watchlist) -> dict[str, Contest]:
    (election,) = watchlist.elections
    return {contest.id: contest for contest in election.contests}


def people_of(watchlist: Watchlist) -> dict[str, Candidate]:
    return {
        one.id: one for contest in contests_of(watchlist).values() for one in contest.candidates
    }
