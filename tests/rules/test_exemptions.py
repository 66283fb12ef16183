"""What speaks against a breach: in the event with its reason, and never a reason not to flag.

Every exemption in both directions, on posts that are flagged either way.
"""

from typing import Any

import pytest

from streams.records import Exemption
from tests.rules.scene import outcome, post_of

OFFICIAL = ("x:kpu_contoh", "x:ganti_nama_uji", "instagram:slamet_uji")
COMMENT = {"action": "comment", "target": "khofifah own"}
SHARE = {"action": "share", "target": "khofifah own"}


def exemptions(**fields: Any) -> list[Exemption]:
    official = fields.pop("official", ())
    found = outcome(post_of({"when": "campaign"} | fields), official=official)
    (flag,) = found.flags  # whatever speaks against it
    return list(flag.exemptions)


BOTH_WAYS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "election_information",
        {"text": "Jadwal KPU wes metu lur. Aku tetep dukung Bu Risma"},
        {"text": "Posyandu wes bukak lur. Aku tetep dukung Bu Risma"},
    ),
    (
        "question",
        COMMENT | {"text": "Bu, kapan dalan desaku dialus?"},
        COMMENT | {"text": "Bu, dalan desaku ndang dialus."},
    ),
    (
        "quotation",
        COMMENT | {"text": "Jare kepala dinas, pasare dibangun sesuk"},
        COMMENT | {"text": "Pasare dibangun sesuk"},
    ),
    (
        "symbols_only",
        {"text": "Ayo coblos nomor 3 Jatim"},
        {"text": "Ayo coblos nomor 3 Jatim, Bu Risma"},
    ),
    (
        "bare_share",
        SHARE | {"parent": "Matur nuwun dulur"},
        SHARE | {"parent": "Matur nuwun dulur", "text": "Cek iki"},
    ),
    (
        "official_author",
        COMMENT | {"text": "Inggih Bu", "official": OFFICIAL},
        COMMENT | {"text": "Inggih Bu", "official": ("instagram:ganti_nama_uji", "x:kpu_contoh")},
    ),
    (
        "official_target",
        {"action": "share", "target": {"handle": "KPU_Contoh"}, "official": ("x:kpu_contoh",)}
        | {"parent": "Ayo coblos Khofifah Indar Parawansa"},
        {"action": "share", "target": {"handle": "kpu_contoh2"}, "official": ("x:kpu_contoh",)}
        | {"parent": "Ayo coblos Khofifah Indar Parawansa"},
    ),
    (
        "policy_criticism",
        COMMENT | {"text": "Programe apik Bu, tapi bansos nang desaku blm merata"},
        COMMENT | {"text": "Programe apik Bu, bansos nang desaku wes merata"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "applies", "does_not"), BOTH_WAYS, ids=[code for code, _, _ in BOTH_WAYS]
)
def test_an_exemption_is_in_the_event_or_not(
    code: str, applies: dict[str, Any], does_not: dict[str, Any]
) -> None:
    (found,) = (one for one in exemptions(**applies) if one.code == code)
    assert found.effect == "lowers_priority"
    assert found.reason
    assert code not in {one.code for one in exemptions(**does_not)}


@pytest.mark.parametrize(
    "text",
    [
        "Tolak kebijakan Bu Khofifah soal opsen pajak, rekoso kabeh",
        "kebijakan Bu Khofifah soal opsen pajak ancen memberatkan, tolak kebijakane!",
        "Gak setuju sama program Bu Khofifah sing anyar. Tolak program iku",
    ],
)
def test_rejecting_a_policy_takes_no_side(text: str) -> None:
    assert "policy_criticism" in {one.code for one in exemptions(text=text)}


@pytest.mark.parametrize(
    "text",
    [
        "Tolak Bu Khofifah dan program-programnya",  # what is rejected is the candidate
        "Programe gagal kabeh, asal bukan Bu Khofifah wes",
        "Program e gagal kabeh, wayahe ganti gubernur. Bu Khofifah muliho",
        "Bansos belum merata, ayo coblos Bu Risma ae ben beres",
        "Jalan rusak tok, aku dukung Gus Hans ben dandan-dandan",
    ],
)
def test_a_side_taken_besides_is_no_mere_criticism(text: str) -> None:
    assert "policy_criticism" not in {one.code for one in exemptions(text=text)}


def test_the_reason_says_where_the_criticism_stands() -> None:
    text = "Bu, 🙏 bansos e blm merata nang desaku"
    (found,) = exemptions(**COMMENT, text=text)
    assert found.code == "policy_criticism"
    start = text.index("bansos")
    assert found.reason == (
        f"criticises a policy, for or against nobody (text, {start} to {start + 19})"
    )
    assert text[start : start + 19] == "bansos e blm merata"


def test_what_is_shared_without_a_word_is_what_counts() -> None:
    share = SHARE | {"parent": "Proyek pasar mangkrak rong taun"}
    assert {one.code for one in exemptions(**share)} == {"bare_share", "policy_criticism"}
    assert {one.code for one in exemptions(**share, text="Delok iki")} == set()


@pytest.mark.parametrize("action", ["like", "follow", "join"])
def test_who_says_nothing_criticises_nothing(action: str) -> None:
    like = {"action": action, "target": "khofifah own", "text": "Proyek pasar mangkrak"}
    assert exemptions(**like) == []


def test_several_exemptions_come_by_code() -> None:
    found = exemptions(
        **COMMENT, text="Bu, jadwal KPU piye? Bansos belum merata, jare tonggoku", official=OFFICIAL
    )
    assert [one.code for one in found] == [
        "election_information",
        "official_author",
        "policy_criticism",
        "question",
        "quotation",
    ]
