"""The cues of support that praise or choose a candidate without a verb of voting.

Each needs a candidate of the ballot named in it, beside it, or near it in its clause.
"""

from typing import Final

from matchers.cue_patterns import GOD_WILLING, HONORIFIC, NOT_YET, PLACE_ONE, words
from matchers.cue_row import FOR, OF_ONE, PRAISE, TAG, CueRule

_BETTER: Final = (
    r"(?:maju|sejahtera|berkembang|hebat|keren|jaya|makmur|baik|resik|bersinar|gemilang|unggul|"
    r"berprestasi|cerah|berkah)"
)
_WITH: Final = (
    r"(?:kalo|kalau|klo|lek|nek|bareng|bersama|karo|ambek|sama|dengan|di tangan|dipimpin|oleh)"
)

PRAISES: Final[tuple[CueRule, ...]] = (
    CueRule(
        "support",
        r"[^ ]{4,}(?:merakyat|menang|lanjutkan|menyala|juara|maju|2periode|duaperiode|jatim1|"
        r"gubernurku|pilihanku|presidenku|untukjatim|forjatim|0[1-9]|nomor[1-9]|no[1-9]|202[49])",
        "merakyat |menang |lanjutkan |menyala |juara |maju |periode |jatim1 |gubernurku |"
        "pilihanku |presidenku |untukjatim |forjatim |01 |02 |03 |04 |05 |06 |07 |08 |09 |"
        "nomor1 |nomor2 |nomor3 |nomor4 |nomor5 |nomor6 |nomor7 |nomor8 |nomor9 |no1 |no2 |"
        "no3 |no4 |no5 |no6 |no7 |no8 |no9 |2024 |2029 ",
        "sore cerah #BuRismaMerakyat",
        "Risma di #PilkadaJatim2024",
        TAG,
    ),
    CueRule(
        "support",
        r"menyala(?: (?:abang(?:ku|kuh)?|abangku+h?|bosku|rek|lur|lek|wi+|terus|bersama|bareng))?",
        "menyala",
        "menyala Bu Luluk",
        "lampu menyala",
        OF_ONE,
    ),
    CueRule(
        "support",
        rf"(?:harus|pasti|fix|wajib|yakin|tepat|pantas|layak|cocok|otw|gas|siap|next) "
        rf"{words(3, NOT_YET)}"
        rf"{PLACE_ONE}|for {PLACE_ONE}",
        " 1 | satu ",
        "Bu Risma for Jatim 1",
        "menuju kursi Jatim 1",
        PRAISE,
    ),
    CueRule(
        "support",
        r"(?:2|dua) periode (?:buat|untuk|utk|kanggo|gawe|lagi|pimpin|mimpin|harga mati)|"
        r"(?:gas|siap|tetap|tetep|ttp|pasti|menuju|for|untuk|utk|menangkan|yuk|ayo) "
        rf"{words(3, 'selama')}(?:2|dua) periode",
        "periode",
        "2 periode buat Bunda Khofifah",
        "dia wali kota dua periode",
        PRAISE,
    ),
    CueRule(
        "support",
        rf"(?:makin|semakin|lebih|tambah|tetap|akan|bakal) {_BETTER}(?: (?:nih|lagi|jika|sih))? "
        rf"(?:{_WITH})(?: (?:sama|di tangan|dipimpin|bareng))?",
        "makin|lebih|tambah|tetap|akan|bakal",
        "Jatim makin maju kalo sama Bu Khofifah",
        "makin baik kalo hujan, Risma",
        OF_ONE,
    ),
    CueRule(
        "support",
        r"(?:makin|semakin|tambah) (?:yakin|mantap|mantep|cinta|percaya(?! diri)|sayang|kagum|"
        r"sreg|demen)"
        r"(?: (?:sama|ama|karo|ambek|dengan|dgn|pada|ke|milih|pilih))?",
        "yakin|mantap|mantep|cinta|percaya|sayang|kagum|sreg|demen",
        "makin mantap sama Mas Emil",
        "makin sayang anak, Risma",
        FOR,
    ),
    CueRule(
        "support",
        rf"{GOD_WILLING} {words(4, NOT_YET)}(?:sukses|berhasil|amanah|jaya|juara)",
        "insya|in sya|bismillah",
        "insyaallah Bu Luluk sukses",
        "bismillah ujianku sukses",
        PRAISE,
    ),
    CueRule(
        "support",
        r"pilihan(?:e|ne|nya)? (?:arek|wong|rakyat|warga|masyarakat|orang|kita|emak)(?: [^ ]+)?",
        "pilihan",
        "pilihane arek Jatim Bu Risma",
        "pilihan warga di warung, bukan Risma",
        PRAISE,
    ),
    CueRule(
        "support",
        rf"(?:tolong|pokoknya|pokoke|fix|auto|udah|wes|wis|tetep|tetap|yo wes) (?:{HONORIFIC} )?"
        r"[^ ]+ (?:aja|ae|wae|saja)",
        " aja| ae| wae| saja",
        "pokoke Bu Risma ae",
        "pokoke turu ae",
        OF_ONE,
    ),
    CueRule(
        "support",
        r"(?:(?:sudah|udah|udh|wis|wes|telah) )?(?:teruji|terbukti) (?:dan|lan|&)? ?(?:teruji|"
        r"terbukti|bekerja|kerjanya|nyata|berhasil|hasilnya)|(?:sudah|udah|udh|wis|wes|telah) "
        r"terbukti (?:bekerja|kerjanya|nyata|berhasil|hasilnya|mampu|bisa)",
        "teruji|terbukti",
        "Risma sudah teruji dan terbukti",
        "terbukti salah",
        PRAISE,
    ),
    CueRule(
        "support",
        rf"(?:hanya|cuma|cuman|mung|mek) {words(5)}(?:yang |yg |sing |seng )?(?:paling )?"
        r"(?:cocok|tepat|pantas|layak|pas|bisa diandalkan|serius|mampu)",
        "cocok|tepat|pantas|layak| pas|bisa diandalkan|serius|mampu",
        "hanya Bu Risma yang tepat",
        "hanya baju itu yang pas",
        PRAISE,
    ),
    CueRule(
        "support",
        r"paling (?:cocok|tepat|pantas|layak|bagus|keren|top|mantap|oke|ok|berkualitas|siap|"
        r"kompeten|pengalaman|berpengalaman|unggul|jos|josss?|mending|realistis|cerdas|pinter)",
        " paling",
        "paling cocok ya Bu Luluk",
        "paling bagus baju merah, Risma",
        PRAISE,
    ),
    CueRule(
        "support",
        r"(?:lebih|luwih) (?:suka|seneng|demen|condong|sreg|cocok|milih|pilih|pro|setuju)"
        r"(?: (?:sama|ama|karo|ke|dengan|kalau|kalo))?",
        "lebih|luwih",
        "aku lebih suka Bu Risma",
        "lebih suka tidur",
        FOR,
    ),
    CueRule(
        "support",
        r"(?:bangga|kagum|salut|cinta|love|respect|apresiasi|mengapresiasi|ngefans)"
        r"(?: (?:bgt|banget|pol))?(?: (?:sama|ama|karo|dengan|kepada|pada|ke|untuk|buat))?",
        "bangga|kagum|salut|cinta|love|respect|apresiasi|ngefans",
        "bangga sama Bu Risma",
        "bangga jadi guru",
        FOR,
    ),
    CueRule(
        "support",
        rf"dukungan {words(3, 'oleh|dari|presiden|pak|bu|disampaikan')}"
        r"(?:untuk|buat|utk|kepada|ke)(?: (?:pasangan|paslon))?",
        "dukungan",
        "dukungan yang tulus untuk Khofifah",
        "dukungan dari keluarga untuk Budi, bukan Risma",
        FOR,
    ),
    CueRule(
        "support",
        r"(?:emang|memang|pancen|ancen|the|pokoknya|pokoke) (?:the )?(?:best|terbaik|josss?|jos|"
        r"top|mantap|mantul|mantep|keren|juara|idola|panutan|oke|jempol)|(?:the best|best|terbaik|"
        r"mantap|mantul|keren|josss?|idola|panutan|semangat|sehat selalu|maju terus|sukses)",
        "best|terbaik|jos|top|mantap|mantul|mantep|keren|juara|idola|panutan|oke|jempol|semangat|"
        "sehat selalu|maju terus|sukses",
        "keren Bu Luluk",
        "keren bajunya, Risma lewat",
        OF_ONE,
    ),
)
