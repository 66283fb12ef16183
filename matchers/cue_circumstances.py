"""The cues that take no side: presence, the election's own information, other people's words,
questions. They ask for a rule of their own, or speak against a breach (`matchers.exemptions`)."""

from typing import Final

from matchers.cue_row import NEGATABLE, CueRule

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
        r"deklarasi|kampanye akbar",
        "deklarasi|kampanye akbar",
        "ikut deklarasi",
        "kampanye",
    ),
    CueRule(
        "attendance",
        r"(?:men)?dampingi|(?:me)?nyambut|sambut",
        "dampingi|ambut",
        "menyambut Gus Hans",
        "sambutannya",
    ),
    CueRule(
        "together",
        r"(?:ber)?(?:foto|selfie|swafoto) (?:bareng|bersama)",
        "foto|selfie",
        "foto bareng",
        "foto lama",
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
    CueRule("information", r"debat", " debat", "debat kedua malam ini", "berdebat terus"),
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
