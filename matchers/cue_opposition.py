"""The cues of opposition, and of calls upon others. See `matchers.cue_row` for the columns.

`jangan pilih`, `ogah dukung`, `gak bakal coblos` need no row: they are refused verbs of support.
Criticism of what somebody does or did (prices, corruption, failure) is no opposition and has none.
"""

from typing import Final

from matchers.cue_patterns import (
    CONTEST,
    HONORIFIC,
    NEVER,
    NUMBER,
    OFFICE,
    PILIH,
    POLICY,
    VOTE,
    WISH,
    WISHED,
    words,
)
from matchers.cue_row import CALL, NARRATED, REPORTABLE, STANCE, CueRule

_CALLED: Final = (
    rf"(?:ayo+k?|yu+k+s?|yok+|yu+|mari|marilah|monggo|{NEVER} (?:lupa|lali|ragu|salah)|inge?t|"
    r"saatnya|waktunya|wayahe|wayae|tolong|mohon|titip)"
)

OPPOSITION: Final[tuple[CueRule, ...]] = (
    CueRule(
        "opposition",
        rf"(?:tolak|nolak|menolak(?= (?:{HONORIFIC}|calon|cagub|pasangan|paslon|nomor|dipimpin) ))"
        r"(?! (?:angin|ukur|bala|politik|korupsi|hoax|hoaks|golput|ruu|uu|omnibus|pembangunan|"
        r"kenaikan|kedatangan|lupa|belakang) )",
        "tolak|nolak",
        "tolak calon titipan",
        "tolak politik uang",
        STANCE,
    ),
    CueRule(
        "opposition",
        r"tolak(?!an |annya |angin|ang)[^ ]{3,}|asalbukan[^ ]+|"
        r"(?:[0-9]{4})?ganti(?:presiden|gubernur|bupati)",
        " tolak|asalbukan|gantipresiden|gantigubernur|gantibupati",
        "#TolakAnies",
        "minum tolakangin",
    ),
    CueRule(
        "opposition",
        rf"ganti {OFFICE}(?! (?:yang|baru) )",
        "ganti ",
        "saatnya ganti gubernur",
        "ganti baju",
        STANCE,
    ),
    CueRule(
        "opposition",
        r"(?:asal|asalkan|pokoke?|pokok e|pokoknya|penting) "
        r"(?:bukan|bkn|jangan|jgn|ojo|ojok|duduk|guduk)",
        "asal |asalkan|pokok|penting ",
        "asal bukan dia",
        "asal muasal bukan itu",
        REPORTABLE,
    ),
    CueRule(
        "opposition",
        r"bukan pilihan(?:ku| rakyat| saya| kami| kita| gue)",
        "bukan pilihan",
        "bukan pilihan rakyat",
        "bukan pilihan mudah",
        REPORTABLE,
    ),
    CueRule(
        "opposition",
        rf"{NEVER} (?:sampai|sampe|sampek|biarkan|kasih|mau|gelem) {words(4)}"
        r"(?:menang|terpilih|kepilih|dipimpin|memimpin|mimpin|pimpin|berkuasa|dibohongi|dibodohi)",
        "jangan|jgn| ojo",
        "jangan mau dipimpin dia lagi",
        "jangan sampai golput",
        CALL,
    ),
    CueRule(
        "opposition",
        rf"{WISH} {words(6, 'tidak|tdk|gak|ga|jangan')}"
        r"(?:kalah|tumbang|keok|nyungsep|tenggelam|"
        r"(?:bukan|bkn)(?! (?:bagian|karena|hanya|cuma) ))",
        WISHED,
        "semoga yang menang bukan dia",
        "semoga tidak kalah",
        CALL,
    ),
    CueRule(
        "opposition",
        r"tenggelam ?kan|tumbangkan|lengserkan|makzulkan",
        "tenggelam|tumbangkan|lengserkan|makzulkan",
        "tenggelamkan partainya",
        "partai itu tenggelam",
        STANCE,
    ),
    CueRule(
        "opposition",
        rf"(?:ogah|emoh|wegah|males|malas|kapok) (?:bgt |banget )?"
        rf"(?:dipimpin|sama|karo|ambek|{HONORIFIC})|"
        r"(?:najis|jijik|eneg) (?:bgt |banget )?(?:sama|sm|karo|ambek|liat|lihat|ndelok)",
        "ogah|emoh|wegah|males|malas|kapok|najis|jijik|eneg",
        "ogah dipimpin dia",
        "males banget hari ini",
        STANCE,
    ),
    CueRule(
        "opposition",
        r"(?:heran|goblok|goblog|gblk|bodoh|bego|tolol|pekok|sebel|nyesel|nyesal|menyesal|rugi|"
        rf"kapok) {words(6)}(?:yang|yg|sing|seng|sg|pada|pernah|udah|wis|dulu|kalau|kalo|kok|"
        r"malah) "
        rf"(?:[^ ]+ )?(?:{VOTE}|di ?pilih)",
        "heran|gobl|gblk|bodoh|bego|tolol|pekok|sebel|nyesel|nyesal|menyesal|rugi|kapok",
        "heran sama yang milih dia",
        "heran, kami pilih Risma",
        REPORTABLE,
    ),
    CueRule(
        "opposition",
        rf"(?:malah|masih aja|masi aja|tetep aja|tetep ae|bisa2nya|iso2ne) (?:pada |di ?)?{PILIH}",
        "malah|masih aja|masi aja|tetep a|bisa2nya|iso2ne",
        "jelas bagus Risma malah milih dia",
        "malah pulang",
        REPORTABLE,
    ),
    CueRule(
        "opposition",
        r"antek(?:2|nya)?",
        "antek",
        "dia antek Mulyono",
        "bukan antek siapa-siapa",
        NARRATED,
    ),
)

APPEALS: Final[tuple[CueRule, ...]] = (
    CueRule(
        "appeal",
        rf"{_CALLED} {words(5, 'jangan|jgn|ojo|ojok|bukan|maaf|hak')}{VOTE}"
        rf"(?! (?:{CONTEST}|{POLICY}|siapa|mana) )",
        "ayo| yu| yok| mari|monggo| jangan| jgn| ojo| inge| ingt|saatnya|waktunya|wayahe|wayae|"
        "tolong|mohon|titip",
        "ayo kita semua coblos nomor dua",
        "ayo makan. Bingung pilih baju",
        CALL,
    ),
    CueRule(
        "appeal",
        rf"(?:{NEVER} (?:lupa|lali)|inge?t) {words(5)}{NUMBER}",
        " lupa| lali| inge| ingt",
        "jangan lupa 27 November nomor 2",
        "jangan lupa payung",
        CALL,
    ),
    CueRule(
        "appeal",
        rf"(?:meng)?ajak {words(5)}{VOTE}(?! {CONTEST} )",
        "ajak ",
        "ajak tetangga pilih Bu Luluk",
        "Risma mengajak warga memilih Ery",
        CALL,
    ),
    CueRule(
        "appeal",
        rf"(?:(?:meng)?h?imbau(?:an)?|seru(?:an|kan)|menyerukan) {words(10)}{VOTE}(?! {CONTEST} )",
        "imbau|seruan|erukan",
        "seruan kepada warga untuk mendukung Bu Luluk",
        "acaranya seru",
        CALL,
    ),
    CueRule(
        "appeal",
        r"(?:du+ku+ng+|co+blo+s+|pi+li+h+|menangkan|sukseskan)lah",
        "glah|slah|hlah|nlah",
        "pilihlah Bu Risma",
        "pilih Bu Risma",
        CALL,
    ),
    CueRule(
        "appeal",
        r"(?:mohon|minta|butuh) (?:doa |do a )?(?:dan )?(?:restu )?(?:dan )?dukungan(?:nya)?"
        r"(?! (?:ke|dari|kepada|pada) )",
        "dukungan",
        "mohon doa dan dukungannya",
        "minta dukungan ke Anies",
        CALL,
    ),
    CueRule(
        "appeal",
        r"(?:sembako|beras|minyak|kaos|kaus|jilbab|amplop|uang|hadiah|santunan|bingkisan|sarung)"
        r"(?: (?:gratis|murah|gratisan))? (?:teko|teka|saka|soko|songko|dari|persembahan) "
        rf"(?:tim|relawan|paslon|cagub|pasangan|{HONORIFIC})",
        "sembako|beras|minyak|kaos|kaus|jilbab|amplop|uang|hadiah|santunan|bingkisan|sarung",
        "sembako gratis teko tim Gus Hans",
        "sembako naik, kata Bu Risma",
        CALL,
    ),
    CueRule(
        "appeal",
        rf"(?:kalian|warga [^ ]+|(?:kalau|kalo|klo) (?:pengen|pingin|mau|ingin)) {words(6)}"
        rf"(?:harus|wajib|kudu) {VOTE}",
        " harus | wajib | kudu ",
        "warga Jatim harus pilih Bu Risma",
        "harus makan",
        CALL,
    ),
)
