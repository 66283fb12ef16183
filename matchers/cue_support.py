"""The cues of support. See `matchers.cue_row` for the columns.

None takes a side by itself: a rule asks for a watchlisted name in the same post besides
(config/rules.yaml), so `semoga menang` may stand here though football teams are told so too.
"""

from typing import Final

from matchers.cue_patterns import (
    COBLOS,
    CONTEST,
    DUKUNG,
    GOD_WILLING,
    HONORIFIC,
    LEAD,
    MENANGKAN,
    NEVER,
    NO_WISH,
    NOT_YET,
    NUMBER,
    OFFICE,
    OTHER_WINNERS,
    PILIH,
    POLICY,
    SELF,
    SUKSESKAN,
    THAN,
    WISH,
    WISHED,
    words,
)
from matchers.cue_row import CALL, STANCE, VERB, CueRule

_VERBS: Final[tuple[CueRule, ...]] = (
    CueRule(
        "support",
        rf"(?<!di )(?<!saling )(?<!dukung ){DUKUNG}(?! (?:penuh )?(?:dan [^ ]+ )?{POLICY} )",
        "dukung|uukung|kuu|dkung",
        "saya dukung Bu Risma",
        "Khofifah mendukung penuh pertanian lokal",
        VERB,
        "refusal",
    ),
    CueRule(
        "support",
        rf"(?<!sebelum )(?<!saat )(?<!setelah )(?<!usai )(?<!habis ){COBLOS}"
        r"(?! (?:di|bareng|bersama|pakai|semua) )",
        "blos|bloo",
        "coblos kumisnya",
        "usai mencoblos, ia pulang",
        VERB,
        "refusal",
    ),
    CueRule(
        "support",
        r"tusuk(?:lah)?(?! (?:sate|gigi|jarum) )",
        " tusuk",
        "tusuk nomor satu",
        "tusuk sate ayam",
        VERB,
        "refusal",
    ),
    CueRule(
        "support",
        rf"(?<!hak )(?<!lebih )(?<!tebang )(?<!pilih )(?<!di )(?<!selamat ){PILIH}"
        r"(?! (?:kasih|pilih|antara|mundur|untuk|utk|diam|jalur|sesuai|rapat|cabut|pimpinan|baju|"
        rf"makan|makanan|warna|salah satu|{OFFICE} ya?n?g) )",
        "ilih|ilii",
        "pilih Emil saja",
        "gunakan hak pilih",
        VERB,
        "refusal",
    ),
    CueRule(
        "support",
        rf"{MENANGKAN}(?! {CONTEST} )",
        "enangk|enangi|enangn|aangk|aangi|aangn",
        "siap menangkan beliau",
        "berpeluang memenangkan pilgub",
        VERB,
        "refusal",
    ),
    CueRule(
        "support",
        rf"{SUKSESKAN}(?! {CONTEST} )",
        "ukseskan",
        "sukseskan Luluk",
        "sukseskan pilkada damai",
        VERB,
        "refusal",
    ),
    CueRule(
        "support",
        r"full (?:dukungan|support|suport)|"
        r"dukungan (?:penuh|kami|saya|kita) (?:untuk|buat|utk|kepada)|"
        rf"(?:support|suport) (?:penuh|full|terus|{HONORIFIC}|{NUMBER})",
        "dukungan|support|suport",
        "dukungan penuh untuk Bu Khofifah",
        "dapat dukungan dari buruh",
        STANCE,
    ),
    CueRule(
        "support",
        r"(?:n|men)?jago(?:in|kan|ke|no)|njago",
        "jagoi|jagok|jagon|njago",
        "jagoin Luluk aja",
        "dia jago masak",
        STANCE,
        "refusal",
    ),
    CueRule(
        "support",
        r"lanjutkan(?:lah)?(?! (?:kirab|kampanye|safari|studi|sekolah|kuliah|blusukan|kunjungan|"
        r"perjalanan|rangkaian|agenda|kegiatan|roadshow|tur|tour|lawatan|silaturahmi|sambang) )",
        " lanjutkan",
        "lanjutkan, Bu!",
        "ia melanjutkan kampanye",
        STANCE,
        "refusal",
    ),
    CueRule(
        "support",
        r"lanjut(?:kan)? (?:[^ ]+ )?(?:2|dua|1 periode|periode|pimpin|mimpin|memimpin|perjuangan)",
        " lanjut",
        "Khofifah lanjut dua periode",
        "lanjut makan",
        STANCE,
    ),
)

_HASHTAGS: Final[tuple[CueRule, ...]] = (  # one word each, as folding leaves them
    CueRule(
        "support",
        r"dukung(?!an(?:nya|mu|ku)? |in |nya |lah |g* )[^ ]{3,}",
        " dukung",
        "sore cerah #DukungRisma",
        "terima kasih atas dukungannya",
    ),
    CueRule(
        "support",
        r"pilih(?!an|lah |in |nya |kan |h* |bijak|cerdas|damai|jujur|pemimpin|dengan)[^ ]{3,}",
        " pilih",
        "#PilihLuluk",
        "#PilihanRakyat",
    ),
    CueRule(
        "support",
        r"(?:coblos|menangkan)(?!an|lah |in |nya |kan |s* )[^ ]{2,}",
        " coblos| menangkan",
        "#CoblosNo3",
        "besok coblosan",
    ),
    CueRule(
        "support",
        r"(?!(?:me|di|ter|ku|kami)lanjutkan)[^ ]{4,}lanjutkan",
        "lanjutkan",
        "#KhofifahEmilLanjutkan",
        "ia melanjutkan kampanye",
    ),
)

_WISHES: Final[tuple[CueRule, ...]] = (
    CueRule(
        "support",
        rf"{WISH} {words(14, f'{NO_WISH}|{OTHER_WINNERS}')}"
        rf"(?:(?<!yang )(?<!yg )menang(?! {OTHER_WINNERS} )|terpilih|kepilih|dilantik|"
        rf"lanjut|pimpin|mimpin|memimpin|{LEAD})",
        WISHED,
        "semoga Bu Risma terpilih",
        "semoga bukan dia yang menang",
        CALL,
    ),
    CueRule(
        "support",
        r"(?<!hampir )(?<!juga )(?<!udah )(?<!sudah )"
        rf"(?:pasti|harus|siap|wajib|kudu|yakin|{GOD_WILLING}) {words(2)}menang+",
        " menang",
        "siap menang",
        "yang menang siapa",
        STANCE,
    ),
    CueRule("support", r"menang+(?: menang+)+", " menang", "menang menang", "menang", STANCE),
    CueRule(
        "support",
        r"(?<!akan )(?:menang|cukup) (?:mutlak |telak )?(?:satu|1|sekali|se) ?putaran",
        "putaran",
        "menang satu putaran",
        "pilkada dua putaran",
        STANCE,
    ),
    CueRule(
        "support",
        rf"(?:layak|pantas|cocok|paling pas|paling tepat) {words(2, NO_WISH)}"
        rf"(?:{LEAD}|pimpin|mimpin|memimpin|dipilih|didukung|kita dukung|kita pilih)",
        "layak|pantas|cocok|paling ",
        "cocok jadi gubernur Jatim",
        "cocok untuk makan siang",
        STANCE,
        "negation",
    ),
    CueRule(
        "support",
        rf"(?:pasti|tetap|tetep|ttp|yes) {words(3, NOT_YET)}(?:{LEAD}|{OFFICE})",
        " pasti| tet| ttp| yes ",
        "Anies pasti presiden",
        "pasti ganti presiden",
        STANCE,
    ),
    CueRule(
        "support",
        rf"(?:yakin|wayahe|wayae|{GOD_WILLING}) (?:{words(3, NOT_YET, 1)}{OFFICE}|"
        rf"{words(9, NOT_YET)}{LEAD})|saatnya {words(9, NOT_YET)}{LEAD}",
        "yakin|wayahe|wayae|insya|in sya|bismillah|saatnya",
        "insyaallah Pak Anies presiden",
        "yakin presiden datang",
        STANCE,
    ),
    CueRule(
        "support",
        rf"{HONORIFIC} [^ ]+ presiden(?: ri| indonesia)?(?:(?= $)| a+mi+n)",
        "presiden",
        "Pak Ganjar presiden",
        "Pak Ganjar calon presiden",
        STANCE,
    ),
    CueRule(
        "support",
        r"(?:for|next|my) (?:presiden|president|gubernur|governor|ri 1)",
        " for | next | my ",
        "Ganjar for president",
        "president meeting",
        STANCE,
    ),
    CueRule(
        "support",
        r"(?:presiden|gubernur|bupati)(?:ku| idaman| pilihan)",
        "denku|urku|patiku|idaman|pilihan",
        "Prabowo presidenku",
        "presiden terpilih",
        STANCE,
    ),
    CueRule(
        "support",
        r"(?:pilihan|jagoan)(?:ku| ku| saya| kami| gue| gw| hati| hatiku)|"
        r"pilihan (?:terbaik|tepat|yang tepat)",
        "pilihan|jagoan",
        "Bu Luluk pilihanku",
        "pilihan makanan",
        STANCE,
        "negation",
    ),
    CueRule(
        "support",
        r"siapa lagi (?:[^ ]+ )?(?:kalau|kalo|klo) (?:bukan|bkn)|"
        r"sopo maneh (?:lek|nek) (?:gak|ora|dudu|guduk)",
        "siapa lagi|sopo maneh",
        "siapa lagi kalau bukan Bu Risma",
        "siapa lagi yang datang",
    ),
)

_SLOGANS: Final[tuple[CueRule, ...]] = (
    CueRule(
        "support",
        rf"gas+ ?pol+|gas+ ?ken|gas+keun|gas+kan|gas{{2,}}|gas (?:{HONORIFIC}|{NUMBER})",
        "gasp|gask|gas |gass",
        "gaspol Gus Hans",
        "gas elpiji langka",
        STANCE,
    ),
    CueRule(
        "support",
        r"salam (?:[^ ]+ )?jari",
        "jari",
        "salam dua jari",
        "jari terluka",
        CALL,
    ),
    CueRule(
        "support",
        r"(?:kami|kita) (?:selalu |tetap |semua )?(?:bersama|bareng)"
        r"(?! (?:sama|kita|kami|mereka) )",
        "kami |kita ",
        "kami bersama Khofifah",
        "bukan kami bersama dia",
        STANCE,
    ),
    CueRule(
        "support",
        r"(?:kompak|bersatu|satu padu|padu|satu tekad|satu barisan|setia|tetap|tetep|manteb|mantep|"
        r"mantap|siap|bertekad|kareb) (?:[^ ]+ )?(?:bareng|bersama|bersamamu|kawal)",
        "kompak|bersatu|padu| satu |setia| tet|mant|siap|bertekad|kareb",
        "arek Suroboyo kompak bareng Bu Risma",
        "foto bersama",
        STANCE,
    ),
    CueRule(
        "support",
        r"kawal (?:terus )?(?:sampai|hingga|sampe|bu|pak|ibu|bapak)|"
        r"(?:kita|kami|rakyat [^ ]+) kawal(?! suara)",
        "kawal",
        "kita kawal sampai jadi presiden",
        "kawal suara rakyat",
        STANCE,
    ),
    CueRule(
        "support",
        rf"{SELF} (?:(?!bukan |bkn |guduk )[^ ]+ )?(?:pendukung|pndukung|relawan|simpatisan|fans|"
        r"timses)|sebagai relawan (?:aku|saya|kami)",
        "pendukung|pndukung|relawan|simpatisan|fans|timses",
        "saya pendukung Ganjar",
        "gw bukan timses Khofifah",
        STANCE,
    ),
    CueRule(
        "support",
        rf"{SELF} (?:tetap|tetep|ttp|tim|team|pro|kubu) (?:{HONORIFIC}|{NUMBER})",
        " tet| ttp| tim | team | pro | kubu ",
        "aku ttp Bu Risma",
        "aku tetap pulang",
        STANCE,
    ),
    CueRule(
        "support",
        rf"(?:all ?out|fix(?:ed)?) (?:[^ ]+ )?(?:{HONORIFIC}|{NUMBER})|all ?in (?!one|all)[^ ]+",
        "all in|allin|all out|allout| fix",
        "fix Bu Khofifah",
        "fix hujan",
        STANCE,
    ),
    CueRule(
        "support",
        rf"mending(?:an)? (?:sama |sm |tetep |tetap |milih |pilih )?(?:{HONORIFIC}|{NUMBER})",
        "mending",
        "Jatim mending Bu Risma",
        "mending tidur",
        STANCE,
    ),
    CueRule(
        "support",
        rf"{THAN} {words(5, least=1)}mending(?:an)? [^ ]+|"
        rf"mending(?:an)? {words(3, 'ini|itu', 1)}{THAN}|"
        r"mending(?:an)? (?!golput|gua|gue|ga|gak|turu|tidur|die?a?m|ini|itu)[^ ]+ "
        r"(?:aja|ae|wae|sih|deh|dah|lah)",
        "mending",
        "daripada Khofifah mending Risma",
        "mending tidur aja",
        STANCE,
    ),
    CueRule(
        "support",
        rf"(?:hidup|sukses|maju terus) {HONORIFIC}",
        " hidup| sukses| maju terus",
        "Hidup Bu Khofifah",
        "hidup ini indah",
        STANCE,
    ),
    CueRule(
        "support",
        r"sukses (?:selalu|terus)|semoga (?:[^ ]+ )?sukses",
        " sukses",
        "semoga terus sukses",
        "acara berjalan sukses",
        STANCE,
    ),
    CueRule(
        "support",
        rf"{NEVER} (?:kasih|kasi) kendor",
        "kendor",
        "jangan kasih kendor Bu Luluk",
        "bajunya kendor",
        CALL,
    ),
)

SUPPORT: Final[tuple[CueRule, ...]] = (*_VERBS, *_HASHTAGS, *_WISHES, *_SLOGANS)
