"""From the ballots to a watchlist that is fit to be in force, or to every error at once."""

import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from config.errors import WatchlistError
from config.settings import CONFIG_DIR
from lists.ballot_import import import_ballot
from lists.ordinary_text import load_ordinary_text
from matchers.watchlist_check import check_watchlist
from streams.records import CandidateAccount
from tests.lists.ballots import (
    ACCOUNTS,
    BALLOT,
    CALENDAR,
    DCT,
    ORDINARY,
    Sources,
    cells,
    contests_of,
    people_of,
    text_of,
    with_cell,
)

GOV, CITY, REG = "contoh-2024-gov-99", "contoh-2024-reg-9971", "contoh-2024-reg-9902"


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(tmp_path)


def problems(sources: Sources, **options: Any) -> list[str]:
    """What the import is refused for, file names without their folder."""
    with pytest.raises(WatchlistError) as refused:
        sources.imported(**options)
    first, *lines = str(refused.value).replace(f"{sources.folder}/", "").splitlines()
    count = int(re.findall(r"([0-9,]+) problem\(s\), nothing was written", first)[0])
    assert count == len(lines)
    return [line.strip() for line in lines]


def test_every_contest_with_every_pair(sources: Sources) -> None:
    watchlist, report = sources.imported()
    contests = contests_of(watchlist)
    assert list(contests) == [GOV, CITY, REG]
    governor = contests[GOV]
    assert governor.name == "Pemilihan Gubernur dan Wakil Gubernur Nusa Contoh"
    assert governor.region_names == ("Nusa Contoh",)
    assert governor.ballot_status == "determined"
    assert governor.ballot_source == "invented"
    assert [phase.name for phase in governor.phases] == ["before_determination", "campaign"]
    assert [(pair.number, pair.names) for pair in governor.ballot] == [
        (1, ("Dr. H. WIRASAKTI TANUHARJO PRATAMA, M.Si.", "Hj. LESMANA")),
        (2, ("M. GALANG KERTARAJASA, S.E. (BANG GALANG)", "INDAH PERMATA")),
    ]
    assert contests[CITY].region_names == ("Kota Batu",)
    assert contests[CITY].ballot[1].names == ("KOLOM KOSONG",)
    assert len(contests[CITY].candidates) == 2
    assert report.as_dict() == {
        "contests": 3,
        "pairs": 5,
        "empty_boxes": 1,
        "people": 10,
        "accounts": 4,
        "short_forms": 6,
        "nicknames": 2,
        "one_word_names": 2,
        "ambiguous_names": 3,
        "shared_names": 0,
        "without_accounts": 4,
        "unnamed_regions": 0,
    }


def test_names_are_what_people_say(sources: Sources) -> None:
    people = people_of(sources.imported()[0])
    assert {one: (p.names, p.ambiguous_aliases) for one, p in people.items() if GOV in one} == {
        f"{GOV}-wirasakti-tanuharjo-pratama": (
            # "Wirasakti Tanuharjo" is somebody else, in another contest.
            ("Wirasakti Tanuharjo Pratama", "Wirasakti Pratama"),
            (),
        ),
        f"{GOV}-lesmana": (("Lesmana",), ()),
        f"{GOV}-m-galang-kertarajasa": (
            ("M Galang Kertarajasa", "Galang Kertarajasa"),
            ("Bang Galang",),
        ),
        f"{GOV}-indah-permata": (("Indah Permata",), ()),
    }
    assert people[f"{REG}-suryanata"].ambiguous_aliases == ("Bung Nata",)


def test_accounts_go_to_their_seat_and_a_pairs_to_its_head(sources: Sources) -> None:
    people = people_of(sources.imported()[0])
    assert people[f"{GOV}-wirasakti-tanuharjo-pratama"].accounts == (
        CandidateAccount(platform="x", handle="wirasakti", account_id="7001"),
        CandidateAccount(
            platform="instagram",
            handle="wira.lesmana",
            kind="campaign",
            effective_from=datetime.fromisoformat("2024-09-25T00:00:00+07:00"),
            effective_until=datetime.fromisoformat("2024-11-24T00:00:00+07:00"),
        ),
    )
    assert people[f"{GOV}-indah-permata"].accounts[0].handle == "indah_p"
    assert people[f"{REG}-saraswati-dewi-anggarkasih"].accounts[0].handle == "menangdua"


def test_without_accounts(sources: Sources) -> None:
    sources.accounts = None
    report = sources.imported()[1]
    assert (report.accounts, report.without_accounts) == (0, 10)


def test_ids_stay_while_lines_numbers_and_titles_change(sources: Sources) -> None:
    before = set(people_of(sources.imported()[0]))
    sources.accounts = None
    rows = [cells(with_cell(BALLOT, 2, "ballot_no", "2"))[1], cells(BALLOT)[2]]
    rows[1][4] = "1"
    rows[0][6] = "WIRASAKTI TANUHARJO PRATAMA"
    sources.ballot = text_of([cells(BALLOT)[0], rows[1], rows[0], *cells(BALLOT)[3:]]).splitlines()
    assert set(people_of(sources.imported()[0])) == before


def test_a_line_is_found_by_the_commissions_id_as_well(sources: Sources) -> None:
    rows = cells(ACCOUNTS)
    rows[0][2] = "pair_id"
    for row, line_id in zip(rows[1:], ["901", "901", "902", "906"], strict=True):
        row[2] = line_id
    before = sources.imported()[0]
    sources.accounts = text_of(rows).splitlines()
    assert sources.imported()[0] == before


def test_a_prospective_ballot_needs_no_numbers(sources: Sources) -> None:
    sources.calendar = CALENDAR.replace("status: determined", "status: prospective")
    for line in range(2, len(BALLOT) + 1):
        sources.ballot = with_cell(sources.ballot, line, "ballot_no", "")
    sources.accounts = None
    contest = contests_of(sources.imported()[0])[GOV]
    assert [pair.number for pair in contest.ballot] == [None, None]


def test_namesakes_have_ids_of_their_own_whatever_is_known_of_them(sources: Sources) -> None:
    sources.calendar = CALENDAR.replace("status: determined", "status: prospective")
    sources.accounts = None
    heading = "level,region_code,region_name,ballot_no,head,deputy"
    sources.ballot = [heading, *(f"governor,99,X,,GALANG,DEPUTI {n * 3}" for n in "ABC")]
    assert [one for one in people_of(sources.imported()[0]) if "galang" in one] == [
        f"{GOV}-galang-x-0",
        f"{GOV}-galang-x-0-x",
        f"{GOV}-galang-x-0-x-x",
    ]


def test_the_calendar_adds_names_of_a_region(sources: Sources) -> None:
    sources.calendar += 'regions:\n  "9971": [Kota Apel, Kota Batu]\n'
    assert contests_of(sources.imported()[0])[CITY].region_names == ("Kota Batu", "Kota Apel")
    sources.calendar += '  "9999": [Nirwana]\n'
    (problem,) = problems(sources)
    assert "calendar.yaml, regions: no contest has the code 9999" in problem


def test_the_parties_of_a_pair_with_their_short_names(sources: Sources) -> None:
    heading, first, *others = sources.ballot
    cell = "PARTAI KEBANGKITAN BANGSA; PDI Perjuangan;;Partai Contoh"
    sources.ballot = [f"{heading},parties", f"{first},{cell}", *(f"{one}," for one in others)]
    governor = contests_of(sources.imported()[0])[GOV]
    assert governor.ballot[0].parties == (
        "PARTAI KEBANGKITAN BANGSA",
        "PKB",
        "PDI Perjuangan",
        "Partai Contoh",
    )
    assert governor.ballot[1].parties == ()


def test_a_legislative_list(sources: Sources) -> None:
    sources.ballot, sources.accounts = list(DCT), None
    watchlist, report = sources.imported(form="dct")
    contest = contests_of(watchlist)["contoh-2024-dapil-7"]
    assert [(pair.list_place, pair.names) for pair in contest.ballot] == [
        ("Partai Satu 1", ("H. GALANG KERTARAJASA, S.E.",)),
        ("Partai Satu 2", ("LESMANA",)),
        ("Partai Dua 1", ("Hj. LESMANA",)),
    ]
    assert {pair.number for pair in contest.ballot} == {None}
    assert [pair.parties for pair in contest.ballot] == [
        ("Partai Satu",),
        ("Partai Satu",),
        ("Partai Dua",),
    ]
    assert contest.region_names == ("Dapil 7",)
    assert [one.id.removeprefix(contest.id) for one in contest.candidates] == [
        "-galang-kertarajasa",
        "-lesmana-2-0",
        "-lesmana-3-0",
    ]
    assert (report.contests, report.unnamed_regions, report.shared_names) == (2, 2, 2)
    sources.calendar += 'regions:\n  "7": [Contoh I, Nusa Contoh]\n'
    sources.accounts = [
        "level,region_code,pair_id,seat,platform,handle,kind",
        "legislative,7,3,head,x,lesmana_dua,own",
    ]
    watchlist, report = sources.imported(form="dct")
    contest = contests_of(watchlist)["contoh-2024-dapil-7"]
    assert contest.region_names == ("Contoh I", "Nusa Contoh")
    assert [len(one.accounts) for one in contest.candidates] == [0, 0, 1]
    assert report.unnamed_regions == 1


# What is refused


BAD_BALLOT = [
    (2, "level", "president", "'president' is no level. Write governor or regent_mayor"),
    (2, "region_code", "9901", "'9901' is no code of a governor. Write the province's two digits"),
    (4, "region_code", "99", "'99' is no code of a regent_mayor"),
    (4, "region_code", "９９７１", "is no code"),
    (2, "region_name", "", "'' is no region"),
    (3, "region_name", "NUSA LAIN", "'NUSA LAIN' is 'NUSA CONTOH' in line 2, with the same code"),
    (2, "ballot_no", "", "'' is no number from 1 to 99"),
    (2, "ballot_no", "0", "'0' is no number"),
    (2, "ballot_no", "1.0", "'1.0' is no number"),
    (2, "ballot_no", "²", "'²' is no number"),
    (3, "ballot_no", "1", "1 stands in line 2 already, in the same contest"),
    (3, "pair_id", "901", "901 stands in line 2 already"),
    (2, "head", "", "'' is no name"),
    (2, "deputy", "-", "'-' is no name"),
    (2, "deputy", "123", "'123' is no name"),
    (2, "deputy", "Kolom  Kosong", "KOLOM KOSONG is nobody. Write the name"),
    (2, "deputy", "Wirasakti Tanuharjo Pratama", "is the head as well"),
    (2, "head", "A" * 257, "it has 257 characters, more than 256"),
    (2, "head", "ﷺ" * 100, "it is longer than 256 letters"),
    (2, "head", "WIRA\x07SAKTI", "a character that cannot be shown (U+0007)"),
    (2, "is_empty_box", "1", "1 does not agree with head"),
    (5, "is_empty_box", "0", "0 does not agree with head 'KOLOM KOSONG'"),
    (5, "is_empty_box", "yes", "'yes' is neither 0 nor 1"),
    (5, "deputy", "LESMANA", "the empty box has no deputy"),
]


@pytest.mark.parametrize(("line", "column", "value", "message"), BAD_BALLOT)
def test_a_bad_cell_of_the_ballot(
    sources: Sources, line: int, column: str, value: str, message: str
) -> None:
    sources.ballot = with_cell(BALLOT, line, column, value)
    sources.accounts = None
    (problem,) = problems(sources)
    assert problem.startswith(f"ballot.csv, line {line}, column {column}: ")
    assert message in problem


@pytest.mark.parametrize(
    ("line", "column", "value", "message"),
    [
        (2, "dapil_id", "Aceh I", "'Aceh I' is no id"),
        (2, "party", "", "it is empty. Write the party's name"),
        (2, "ballot_no", "x", "'x' is no number"),
        (2, "id", "", "it is empty. Write the commission's id"),
        (3, "id", "1", "1 stands in line 2 already"),
        (3, "ballot_no", "1", "1 stands in line 2 already, in the same contest"),
        (2, "name", "KOLOM KOSONG", "a legislative list has no empty box"),
        (2, "name", "?", "'?' is no name"),
    ],
)
def test_a_bad_cell_of_a_legislative_list(
    sources: Sources, line: int, column: str, value: str, message: str
) -> None:
    sources.ballot, sources.accounts = with_cell(DCT, line, column, value), None
    (problem,) = problems(sources, form="dct")
    assert problem.startswith(f"ballot.csv, line {line}, column {column}: ")
    assert message in problem


BAD_ACCOUNTS = [
    (2, "level", "regent", "region_code", "the ballot has no contest regent 99"),
    (2, "region_code", "98", "region_code", "the ballot has no contest governor 98"),
    (2, "ballot_no", "3", "ballot_no", "governor 99 has no '3' on its ballot"),
    (2, "ballot_no", "", "ballot_no", "it is empty. Write which pair's account it is"),
    (2, "seat", "wife", "seat", "'wife' is no seat. Write head, deputy, pair"),
    (2, "platform", "friendster", "platform", "'friendster' is no platform. Write one of x,"),
    (2, "handle", "two words", "handle", "'two words' cannot be a handle on x"),
    (2, "handle", "", "handle", "'' cannot be a handle on x"),
    (2, "kind", "", "kind", "'' is no kind. Write own or campaign"),
    (3, "kind", "own", "kind", "a pair has no account of its own"),
    (2, "account_id", "1.23E+18", "account_id", "'1.23E+18' was rounded by a spreadsheet"),
    (2, "effective_from", "2024-09-25", "effective_from", "is no instant with its zone"),
    (2, "effective_from", "2024-09-25T00:00:00", "effective_from", "is no instant with its zone"),
    (2, "effective_until", "25/09/2024", "effective_until", "is no instant with its zone"),
    (3, "effective_until", "2024-09-25T00:00:00+07:00", "effective_until", "not after effective"),
    (4, "handle", "WIRASAKTI", "handle", "wirasakti on x stands in line 2 already"),
    (4, "account_id", "7001", "account_id", "7001 on x stands in line 2 already"),
]


@pytest.mark.parametrize(("line", "changed", "value", "column", "message"), BAD_ACCOUNTS)
def test_a_bad_cell_of_the_accounts(
    sources: Sources, line: int, changed: str, value: str, column: str, message: str
) -> None:
    sources.accounts = with_cell(ACCOUNTS, line, changed, value)
    (problem,) = problems(sources)
    assert problem.startswith(f"accounts.csv, line {line}, column {column}: ")
    assert message in problem


def test_accounts_of_nobody(sources: Sources) -> None:
    sources.accounts = [*ACCOUNTS, "regent_mayor,9971,2,pair,x,kotak_kosong,,campaign,,"]
    (problem,) = problems(sources)
    assert "line 6, column ballot_no: the empty box has no account" in problem
    sources.ballot = list(DCT)
    sources.accounts = [
        "level,region_code,pair_id,ballot_no,seat,platform,handle,kind",
        "legislative,7,3,,deputy,x,lesmana_dua,own",
        "legislative,7,3,1,head,x,lesmana_tiga,own",
    ]
    no_deputy, no_number = problems(sources, form="dct")
    assert "line 2, column seat: this line of the ballot has no deputy" in no_deputy
    assert "line 3, column ballot_no: legislative 7 has no '1'" in no_number
    sources.accounts = [ACCOUNTS[0].replace("ballot_no,", ""), "governor,99,head,x,a,,own,,"]
    sources.ballot = list(BALLOT)
    assert "line 1: it lacks the column ballot_no (or pair_id)" in problems(sources)[0]


def test_number_and_id_that_name_two_pairs(sources: Sources) -> None:
    sources.accounts = [
        "level,region_code,pair_id,ballot_no,seat,platform,handle,kind",
        "governor,99,902,1,head,x,wirasakti,own",
    ]
    (problem,) = problems(sources)
    assert "line 2, column pair_id: it is another pair than ballot_no says" in problem


def campaign(number: int, dates: str = ",") -> str:
    return f"governor,99,1,pair,x,menang_{number},,campaign,{dates}"


def test_twenty_campaign_accounts_a_platform_at_a_time(sources: Sources) -> None:
    twenty = [campaign(number) for number in range(20)]
    sources.accounts = [*ACCOUNTS, *twenty]
    sources.imported()
    sources.accounts.append(campaign(20))
    (problem,) = problems(sources)
    assert "the pair has 21 campaign accounts on x at a time; 20 can be registered" in problem
    # One that takes the place of another is not one more.
    change = "2024-10-01T00:00:00+07:00"
    sources.accounts = [
        *ACCOUNTS,
        *twenty[1:],
        campaign(0, f",{change}"),
        campaign(20, f"{change},"),
    ]
    sources.imported()


def test_a_missing_pair_is_told_from_a_gap(sources: Sources) -> None:
    sources.accounts = None
    sources.ballot = [*BALLOT[:2], *BALLOT[3:]]
    (problem,) = problems(sources)
    assert "line 2, column ballot_no: NUSA CONTOH: a single pair, and no empty box" in problem
    sources.ballot = with_cell(BALLOT, 3, "ballot_no", "3")
    (problem,) = problems(sources)
    assert "NUSA CONTOH: the ballot has no number 2. Add the pair" in problem
    assert len(contests_of(sources.imported(allow_gaps=True)[0])[GOV].ballot) == 2
    sources.ballot = [*BALLOT[:3], *BALLOT[4:]]
    box_alone, without = problems(sources)
    assert "KOTA BATU: the ballot holds nobody but the empty box" in box_alone
    assert "KOTA BATU: the ballot has no number 1" in without
    (box_alone,) = problems(sources, allow_gaps=True)
    assert "nobody but the empty box" in box_alone


FILES: list[tuple[str, str]] = [
    ("", "ballot.csv, line 1: it lacks the column ballot_no, deputy, head, level"),
    ("\n", "ballot.csv, line 1: it lacks the column"),
    (BALLOT[0], "ballot.csv: it has no line. Give the whole ballot"),
    (BALLOT[0] + ",colour\n", "line 1: unknown column 'colour'. Leave it out; known are ballot_no"),
    (BALLOT[0] + ",head\n", "line 1: a column stands twice"),
    (BALLOT[0].replace(",", ";"), "line 1: the columns are not separated by commas"),
    (f"{BALLOT[0]}\n1,2\n", "line 2: it has 2 cells, the heading has 9"),
    (f'{BALLOT[0]}\n\n"a\nb","x"y\n', "line 3: no line of CSV"),
    (f'{BALLOT[0]}\n"never closed\n', "line 2: no line of CSV (unexpected end of data)"),
    (f"{BALLOT[0]}\n{'x' * 200_000}\n", "line 2: no line of CSV (field larger than field limit"),
]


@pytest.mark.parametrize(("text", "message"), FILES, ids=[message for _, message in FILES])
def test_a_file_that_is_no_ballot(sources: Sources, text: str, message: str) -> None:
    sources.accounts = None
    sources.ballot = [text]
    assert message in problems(sources)[0]


def test_files_that_cannot_be_read(sources: Sources, tmp_path: Path) -> None:
    ballot = sources.paths()[0]
    ballot.write_bytes(BALLOT[0].encode() + b"\n\xe9\n")
    none = tmp_path / "none.csv"
    with pytest.raises(WatchlistError) as refused:
        import_ballot(ballot, tmp_path / "none.yaml", none, ORDINARY)
    assert "3 problem(s)" in str(refused.value)
    assert "ballot.csv, line 2: not UTF-8 text" in str(refused.value)
    assert "none.csv: it cannot be read (No such file" in str(refused.value)
    assert "none.yaml: No such file" in str(refused.value)


def test_a_byte_order_mark_and_line_ends_of_windows_are_read_over(sources: Sources) -> None:
    expected = sources.imported()
    ballot, calendar, accounts = sources.paths()
    ballot.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(BALLOT).encode())
    assert import_ballot(ballot, calendar, accounts, ORDINARY) == expected


def test_cells_are_cleaned_of_what_cannot_be_seen(sources: Sources) -> None:
    expected = sources.imported()[0]
    rows = cells(BALLOT)
    rows[1][7] = "\u200b Hj.\u00a0\n LESMANA\ufeff "
    sources.ballot = [text_of(rows), "", " , , , , , , , , "]
    assert sources.imported()[0] == expected


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        ("start: 2024-09-25T00:00:00+07:00", "start: 2024-09-25", "Invalid RFC3339"),
        ("as_of: 2024-09-23T00:00:00+07:00", "as_of: 2024-09-23T00:00:00", "timezone"),
        ("election_id: contoh-2024", "election_id: Contoh 2024", "matching regex"),
        ("ballot_source: invented", "ballot_source: ''", "length >= 1"),
        ("ballot_source: invented", "colour: red", "unknown field `colour`"),
        ("end: 2024-11-24", "end: 2024-09-24", "phase campaign: it ends"),
        ("end: 2024-09-22", "end: 2024-10-22", "overlap from 2024-09-25"),
    ],
)
def test_a_bad_calendar(sources: Sources, written: str, instead: str, message: str) -> None:
    assert written in CALENDAR
    sources.calendar = CALENDAR.replace(written, instead, 1)
    (problem,) = problems(sources)
    assert problem.startswith("calendar calendar.yaml: ")
    assert message in problem


def test_all_problems_of_all_files_at_once(sources: Sources) -> None:
    sources.ballot = with_cell(with_cell(BALLOT, 2, "head", ""), 4, "ballot_no", "x")
    sources.accounts = with_cell(ACCOUNTS, 2, "platform", "y")
    sources.accounts = with_cell(sources.accounts, 5, "region_code", "9999")
    sources.calendar = CALENDAR.replace("schema: 1", "schema: 2")
    found = problems(sources)
    assert [one.split(":")[0] for one in found] == [
        "calendar calendar.yaml",
        "ballot.csv, line 2, column head",
        "ballot.csv, line 4, column ballot_no",
        "accounts.csv, line 2, column platform",
        # Not that 9999 is unknown: it may stand in a line that could not be read.
    ]


def test_a_long_list_of_problems_is_cut(sources: Sources) -> None:
    sources.ballot = [BALLOT[0], *(f"x,1,A,{n},1,-,A,B,0" for n in range(70))]
    sources.accounts = None
    with pytest.raises(WatchlistError) as refused:
        sources.imported()
    lines = str(refused.value).splitlines()
    assert "import refused, 70 problem(s), nothing was written" in lines[0]
    assert len(lines) == 52
    assert lines[-1].strip() == "… and 20 more. Mend these first."


def test_what_breaks_a_limit_of_the_watchlist_is_said(sources: Sources) -> None:
    sources.accounts = None
    people = "ABCDEFGHIJ"
    sources.ballot = [
        DCT[0],
        *(
            f"{n},Partai {n},1,{people[n % 10] * 3}{people[n // 10 % 10] * 3},x,7,1"
            for n in range(300)
        ),
    ]
    (problem,) = problems(sources, form="dct")
    assert "watchlist: it breaks a limit: Expected `array` of length <= 256" in problem


# The real ballots


@pytest.mark.shared
def test_all_contests_of_2024(shared: Path, sources: Sources) -> None:
    ballot = shared / "candidates/pilkada2024_pairs.csv"
    ordinary = load_ordinary_text(CONFIG_DIR)
    watchlist, report = import_ballot(ballot, sources.paths()[1], None, ordinary)
    check_watchlist(watchlist)
    assert (report.contests, report.pairs, report.empty_boxes, report.people) == (
        545,
        1_557,
        37,
        3_114,
    )
    assert 450 < report.one_word_names <= report.ambiguous_names < 900
    contests = contests_of(watchlist)
    assert Counter(len(one.ballot) for one in contests.values()) == {
        2: 237,
        3: 159,
        4: 106,
        5: 39,
        6: 4,
    }
    jatim = contests["contoh-2024-gov-35"]
    assert jatim.region_names == ("Jawa Timur", "Jatim")
    assert [one.names[0] for one in jatim.candidates] == [
        "Luluk Nur Hamidah",
        "Lukmanul Khakim",
        "Khofifah Indar Parawansa",
        "Emil Elestianto Dardak",
        "Tri Rismaharini",
        "Zahrul Azhar Asumta Gus Hans",
    ]
    assert "Emil Dardak" in jatim.candidates[3].names
    short = Counter(
        msgspec.json.encode(name) for one in people_of(watchlist).values() for name in one.names[1:]
    )
    assert max(short.values()) == 1, "a short form means one person"


@pytest.mark.shared
def test_the_legislative_list_of_2019(shared: Path, sources: Sources) -> None:
    ballot = shared / "candidates/dct2019_dpr_ri.csv"
    ordinary = load_ordinary_text(CONFIG_DIR)
    watchlist, report = import_ballot(ballot, sources.paths()[1], None, ordinary, form="dct")
    check_watchlist(watchlist)
    assert (report.contests, report.people) == (80, 5_550)
