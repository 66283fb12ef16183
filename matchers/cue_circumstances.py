"""The cues that take no side: presence, the election's own information, other people's words,
questions. They ask for a rule of their own, or speak against a breach (`matchers.exemptions`)."""

from typing import Final

from matchers.cue_patterns import words
from matchers.cue_row import NEGATABLE, CueRule

_RALLY: Final = (
    r"(?:deklarasi(?:ne|nya)?|kampanye(?:ne|nya)?|konvoi(?:ne|nya)?|kirab|rapat umum|rapat akbar|"
    r"jalan sehat|istighotsah|apel akbar)"
)
_LIVEN: Final = r"(?:me)?ramaikan|ngramekno|meriahkan|memeriahkan"
_COMPANY: Final = (
    r"warga|tetangga|tonggo|keluarga|anak|arek|teman|temen|konco|kanca|rekan|siswa|murid|guru|"
    r"mahasiswa|ibu ibu|bapak bapak|panitia|peserta|kepala|staf|pegawai|pasien|artis|kucing"
)
"""Whom people have their picture taken with who is no candidate."""

CIRCUMSTANCES: Final[tuple[CueRule, ...]] = (
    CueRule(
        "attendance",
        r"(?:meng)?hadir(?:i)?",
        "hadir",
        "hadir di deklarasi",
        "tidak hadir",
        NEGATABLE,
    ),
    CueRule(
        "attendance",
        rf"(?:ikut|melu|datang|teka|teko|nonton|merapat|gabung|{_LIVEN}|nekani|budal|budhal|otw|"
        rf"dari|saka|pulang|sampai|tumut) {words(3, 'tidak|gak|ga|macet')}{_RALLY}",
        "deklarasi|kampanye|konvoi|kirab|rapat umum|rapat akbar|jalan sehat|istighotsah|apel akbar",
        "ikut deklarasi",
        "deklarasi bikin macet",
        NEGATABLE,
    ),
    CueRule(
        "attendance",
        r"(?:men)?dampingi|(?:me)?nyambut|sambut",
        "dampingi|ambut",
        "menyambut Gus Hans",
        "tidak mendampingi",
        NEGATABLE,
    ),
    CueRule(
        "together",
        r"(?:ber)?(?:foto|poto|pepotoan|fotoan|potoan|selfie|swafoto) (?:bareng|breng|bersama|karo|"
        rf"ambek|mbarek)(?! (?:{_COMPANY}) )",
        "foto|poto|selfie",
        "foto bareng",
        "foto bersama warga",
    ),
    CueRule(
        "together",
        r"(?<!salam )(?:siji|satu|1|loro|dua|2|telu|tiga|3|papat|empat|4) jari "
        r"(?:kanggo|untuk|utk|buat|gawe|demi)",
        "jari",
        "siji jari kanggo Jatim",
        "dua jari kejepit",
    ),
    CueRule(
        "information",
        r"kpu|kpud|kpps|bawaslu|dkpp|panwas(?:lu)?",
        " kpu| kpps|bawaslu| dkpp|panwas",
        "info dari KPU",
        "kpr rumah",
    ),
    CueRule(
        "information",
        r"tps|dpt|surat suara|jadwal|pemungutan suara|daftar pemilih",
        " tps| dpt|surat suara|utan suara|jadwal|daftar pemilih",
        "jadwal TPS",
        "suara hati",
    ),
    CueRule(
        "information",
        r"(?<!no )(?<!tanpa )debat",
        " debat",
        "debat kedua malam ini",
        "fix no debat",
    ),
    CueRule(
        "information",
        r"hasil (?:[^ ]+ )?(?:[^ ]+ )?(?:survei|survey|hitung|quick|real|rekap|rekapitulasi|"
        r"polling|pemilu|pilkada|pilgub|pilpres|perolehan|suara|debat|sementara)",
        " hasil",
        "hasil sementara",
        "hasil kerja nyata",
    ),
    CueRule(
        "information",
        r"survei|survey|quick ?count|real ?count|exit ?poll|hitung cepat|elektabilitas",
        "survei|survey|quick|real|exit|hitung cepat|elektabilitas",
        "survei terbaru",
        "belum dihitung",
    ),
    CueRule(
        "quotation",
        r"(?:kata|ujar|ungkap|tutur|ucap|imbuh)(?:nya)?(?! (?:saya|sy|aku|gue|gw|kata|kunci|hati) )"
        r"|(?:tegas|jelas|papar)nya",
        " kata| ujar| ungkap| tutur| ucap| imbuh|tegasnya|jelasnya|paparnya",
        "kata Khofifah",
        "kata saya sih begitu",
    ),
    CueRule(
        "quotation",
        r"menurut(?:nya)?(?! (?:saya|sy|aku|gue|gua|gw|ku) )|dilansir|dikutip|jare(?:ne)?",
        "menurut|dilansir|dikutip| jare",
        "menurut KPU",
        "menurut saya dia bagus",
    ),
    CueRule(
        "quotation",
        r"(?<!saya )(?<!kami )men(?:gatakan|yatakan|egaskan|yebut|gklaim|yampaikan|ginstruksikan)|"
        r"memastikan|instruksikan|klaim",
        "mengatakan|menyatakan|menegaskan|menyebut|mengklaim|menyampaikan|instruksikan|memastikan|"
        " klaim",
        "Sekjen menegaskan dukungan",
        "kami menyatakan dukungan",
    ),
    CueRule(
        "quotation",
        r"usung|(?:di|me)ngusung(?! (?:visi|tema|konsep|program|semangat|tagline) )|diusung",
        "usung",
        "PKB usung Luluk",
        "mengusung visi maju",
    ),
    CueRule(
        "question",
        r"apakah|sopo|sapa(?:kah)?|piye|siapa(?:kah)?|kenapa|knp|ngapain|mengapa|bagaimana|gimana|"
        r"kapan",
        "apakah| sopo| sapa| piye|siapa|kenapa| knp|ngapain|mengapa|bagaimana|gimana| kapan",
        "siapa dia",
        "siapapun dia",
    ),
)
