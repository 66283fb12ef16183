"""The cues of opposition that call a candidate names, accuse or mock: the person, no policy.

Each needs a candidate of the ballot named beside it, or near it in its clause: contempt for the
weather is none. What a candidate's programme did or failed to do is criticism, and has no row.
"""

from typing import Final

from matchers.cue_patterns import NOT, PILIH, words
from matchers.cue_row import ACCUSATION, AGAINST, AIMED, CONTEMPT, CueRule

_ADVERBS: Final = (
    r"(?:(?:itu|ini|iki|kuwi|emang|memang|ancen|pancen|jelas|pernah|udah|sudah|wis|wes|cuma|cuman|"
    r"mung|mek|terlalu|makin|tambah|paling|kelihatan|keliatan|juga|jg|tukang|doyan|hobi|hobby|"
    r"suka|sang|si|banyak|kakean|kebanyakan|terbukti|terlibat|kasus) ){0,3}"
)
_VERY: Final = r"(?: (?:bgt|banget|pol|tenan|bat))?"
_WITH: Final = r"(?:sama|ama|sm|karo|ambek|mbe|dengan|dgn|liat|lihat|ndelok|dengar|denger)"

ATTACKS: Final[tuple[CueRule, ...]] = (
    # --- called names ---
    CueRule(
        "opposition",
        rf"(?<!anti )(?<!lawan )(?<!tangkap )(?<!berantas )(?<!musuh )(?<!dari ){_ADVERBS}"
        r"(?:koruptor|maling|rampok|garong|pembohong|penipu|penjilat|pengk?hianat|munafik|"
        r"pengecut|pecundang|penculik|badut|bajingan|bangsat|biadab|pelanggar ham)",
        "koruptor|maling|rampok|garong|pembohong|penipu|penjilat|anat|munafik|pengecut|pecundang|"
        "penculik|badut|bajingan|bangsat|biadab|pelanggar ham",
        "Khofifah koruptor rek",
        "tangkap koruptor, dukung Risma",
        ACCUSATION,
    ),
    CueRule(
        "opposition",
        rf"{_ADVERBS}(?:korupsi|korup|ngorupsi)(?! (?:dana|di|bansos|yang|yg|kuota|minyak) )",
        "korup|ngorup",
        "Khofifah pernah korupsi malah dibela",
        "Risma bicara pencegahan korupsi",
        ACCUSATION,
    ),
    CueRule(
        "opposition",
        r"(?:tersandera|kesandung|tersandung) (?:banyak )?(?:kasus|korupsi|hukum|kpk)|pasien kpk",
        "tersandera|sandung|pasien kpk",
        "Khofifah tersandera kasus korupsi",
        "jatim tersandera macet",
        AIMED,
    ),
    CueRule(
        "opposition",
        r"(?:anak|kacung|boneka|titipan|peliharaan|gerombolan|antek|kroni|jongos|babu)"
        r"(?:ne|nya|2)? "
        r"(?:mulyono|moelyono|jokowi|mega|oligark(?:i|y)|rezim|istana|penguasa|cukong|asing)",
        "mulyono|moelyono|jokowi|mega|oligark|rezim|istana|penguasa|cukong|asing",
        "Emil titipan oligarki",
        "anak asing belajar tari",
        AIMED,
    ),
    CueRule(
        "opposition",
        r"(?:menteri|mensos|gubernur|walikota|wagub|bupati|calon|cagub|capres|presiden|pemimpin|"
        r"paslon) (?:ter(?:buruk|jelek|malas|bodoh|gagal|lemah|korup|parah)|boneka|karbitan|zonk|"
        r"sampah|pencitraan|abal abal|auto ?pilot)",
        "terburuk|terjelek|termalas|terbodoh|tergagal|terlemah|terkorup|terparah|boneka|karbitan|"
        "zonk|sampah|pencitraan|abal abal|auto",
        "Risma menteri terburuk",
        "menteri datang membawa sampah",
        AIMED,
    ),
    # --- held in contempt ---
    CueRule(
        "opposition",
        rf"{_ADVERBS}(?:payah|ambyar|mblenek|jelek|goblok|goblog|bego|tolol|bodoh|pekok|gaje|zonk|"
        r"sombong|angkuh|serakah|rakus|licik|culas|busuk|bejat|lelet|songong|dzolim|zalim|zolim|"
        r"pencitraan|drama|omon ?omon|omdo|ngapusi|mbujuki|kureng|sampah|bobrok|ndableg|bebal)",
        "payah|ambyar|mblenek|jelek|goblo|bego|tolol|bodoh|pekok|gaje|zonk|sombong|angkuh|serakah|"
        "rakus|licik|culas|busuk|bejat|lelet|songong|olim|zalim|pencitraan|drama|omon|omdo|ngapusi|"
        "mbujuki|kureng|sampah|bobrok|ndableg|bebal",
        "Khofifah emang payah",
        "Risma urus sampah",
        CONTEMPT,
    ),
    CueRule(
        "opposition",
        rf"{NOT} (?:becus|bener|beres|berkualitas|kompeten|mutu|bermutu|guna|berguna|jelas)",
        "becus|bener|beres|berkualitas|kompeten|mutu|guna|jelas",
        "kerjanya Khofifah kagak bener",
        "program Khofifah gak jelas",
        AIMED,
    ),
    CueRule(
        "opposition",
        r"(?:modal|cuma|cuman|bisanya|isone|kerjaannya|kerjanya|isinya|hobinya|hobi|hobby|tukang) "
        rf"(?:cuma |mung )?{words(1)}(?:marah marah|marah2|ngamuk|nesu|pencitraan|pamer|drama|"
        r"ngibul|joget|nangis|sujud|gimmick)|"
        rf"(?:marah marah|marah2|marah|ngamuk|nesu|pencitraan) (?:mulu|terus|doang|tok|thok|ae|aja|"
        rf"{NOT} jelas)",
        "marah|ngamuk|nesu|pencitraan|pamer|drama|ngibul|joget|nangis|sujud|gimmick",
        "Risma modal marah marah",
        "anakku marah marah",
        AIMED,
    ),
    CueRule(
        "opposition",
        rf"(?:{NOT} (?:tau|tahu|punya|ngerti|duwe|nduwe) (?:malu|isin)|malu wo+i*|urat malu)",
        "malu|isin",
        "Khofifah gak tau malu",
        "anaknya malu malu",
        AIMED,
    ),
    CueRule(
        "opposition",
        rf"(?:muak|bosen|bosan|benci|gedek|sebel|kesel|ilfil|ilfeel|neg|enek|eneg|jijik|najis)"
        rf"{_VERY}(?: (?:aku|gue|gw|saya))?(?: {_WITH})?",
        "muak|bosen|bosan|benci|gedek|sebel|kesel|ilfil|ilfeel|neg|enek|jijik|najis",
        "muak sama Khofifah",
        "muak sama macet di jalan",
        AGAINST,
    ),
    CueRule(
        "opposition",
        rf"{NOT} (?:suka|sudi|seneng|sreg|percaya|respek|respect|simpati|demen)"
        rf"{_VERY}(?: {_WITH})?",
        "suka|sudi|seneng|sreg|percaya|respe|simpati|demen",
        "gak suka sama Khofifah",
        "gak suka durian, Risma suka",
        AGAINST,
    ),
    CueRule(
        "opposition",
        r"(?:oke|bagus|hebat|keren|pinter|kerja|prestasi|hasil)(?:nya|e|ne)? (?:dari ?mana|dimana|"
        r"di mana|dari segi mana|apanya|apaan|nang ?ndi|ndi|endi)",
        "mana|apanya|apaan|ndi",
        "Khofifah oke darimana",
        "hasilnya dimana diumumkan",
        AIMED,
    ),
    # --- wished away ---
    CueRule(
        "opposition",
        r"(?:jangan|jgn|ojo|ojok|amit ?amit|naudzubillah|ogah|emoh|wegah)"
        r"(?: (?:sampai|sampe|lagi))?",
        "jangan|jgn| ojo|amit|naudzubillah|ogah|emoh|wegah",
        "ganti, jangan Khofifah lagi",
        "jangan hujan, Risma datang",
        AGAINST,
    ),
    CueRule(
        "opposition",
        r"(?:kita|ayo+|yuk|mari|harus|wajib|kudu) (?:harus |bisa )?(?:lawan|kalahkan|kalahno|hajar|"
        r"sikat|tumbangkan|singkirkan|lengserkan|depak)",
        "lawan|kalah|hajar|sikat|tumbangkan|singkirkan|lengserkan|depak",
        "kita harus lawan Khofifah",
        "Luluk siap lawan",
        AGAINST,
    ),
    CueRule(
        "opposition",
        r"(?:coret|skip|blacklist|tenggelamkan|buang)(?: dari)?",
        "coret|skip|blacklist|tenggelamkan|buang",
        "coret Khofifah",
        "buang sampah",
        AGAINST,
    ),
    CueRule(
        "opposition",
        r"(?:lebih baik|mending|mendingan|wes|udah) (?:istirahat|pensiun|mundur|momong|turu|tidur|"
        r"minggir)(?: (?:saja|aja|wae|ae|deh|cucu))?",
        "istirahat|pensiun|mundur|momong|turu|tidur|minggir",
        "Risma mending pensiun aja",
        "mending turu, Risma menang",
        AIMED,
    ),
    CueRule(
        "opposition",
        rf"(?:kok|malah|masih|masi|jek|jik|tetep) {words(3)}(?:di ?{PILIH}|dibaleni|"
        r"di ?puja(?:2| puja)?|dibela belain)",
        "ilih|ilii|dibaleni|puja|dibela",
        "Khofifah kok masih dipilih",
        "Risma dipilih warga",
        AIMED,
    ),
)
