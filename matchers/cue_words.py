"""The small words that decide what a verb of voting means: who does it, and whether at all.

All folded (`matchers.fold`). Indonesian with its chat spellings, then Javanese. A word stands here
because real election posts use it; the sets are closed, so that a verdict can be explained by
naming the word that made it.
"""

from typing import Final

from matchers.region_names import PROVINCES


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


# --- clauses and negation ---

CONDITIONS: Final = _words(
    "kalau kalo klo kl jika bila apabila andai andaikan seandainya misal",
    "lek nek yen",
)
"""`kalau pilih dia, ya siap-siap` recommends nobody."""

CONJUNCTIONS: Final = CONDITIONS | _words(
    "tapi tp tpi tetapi namun melainkan karena krn karna soalnya sebab gara gegara",
    "sedangkan sdgkan walaupun walau meski meskipun biarpun padahal pdhl agar supaya biar",
    "sehingga makanya maka lalu kemudian but",
    "nanging mergo soale tur",
)
"""A clause ends before each of these, with or without a comma."""

NOT: Final = _words(
    "tidak tidaklah tdk tak ga gak gk g nggak ngga enggak engga kagak kaga ndak nda",
    "ora orak",
)
NEGATIONS: Final = NOT | _words(
    "bukan bukanlah bukannya bkn batal belum blm tanpa anti daripada drpd ketimbang kecuali malah",
    "malahan menolak nolak tolak lupa ragu bingung galau takut salah slah sungkan segan malu henti",
    "dudu duduk guduk durung rung lali",
)
"""One of these before a verb cancels it, two cancel each other: `jangan lupa`, `tidak ragu`."""

REFUSALS: Final = _words(
    "jangan jgn jngan jangn ogah gamau gakmau gmw gamaw males malas kapok nyesel nyesal",
    "menyesal rugi haram dosa stop berhenti sudahi najis muak gausah gaperlu",
    "ojo ojok emoh wegah moh",
)
"""A negation that is a stance: `jangan pilih dia`, `ogah dukung dia`."""

WILLING: Final = _words(
    "mau akan bakal bakalan sudi pengen pingin ingin minat berminat niat berniat rela usah perlu",
    "gelem arep kate",
)
"""`NOT` before one of these is a refusal: `gak bakal coblos`, `tidak usah pilih`."""

ONLY: Final = _words("hanya cuma cuman sekadar sekedar sebatas mek mung")
"""`bukan hanya mendukung` does support."""

TRANSPARENT: Final = WILLING | _words(
    "bisa boleh harus wajib mesti kudu pernah lagi sampai sampe sampek sempat sedang masih masi",
    "tetap tetep ttp terus selalu slalu sudah udah udh dah sdh telah jadi ikut ikutan turut",
    "kembali semua saja aja pun juga jg lah deh dong sih ya pasti tentu mungkin lebih untuk utk",
    "buat tuk siap yakin mantap mantep fix auto langsung lgsg full totalitas banget bgt malah",
    "sama sekali siapapun dulu asal",
    "melu wis wes wae ae ki iki iku yo kabeh bareng iso",
)
"""May stand between a negation, a pronoun or `yang` and its verb."""

JUST: Final = _words("aja ae saja wae")
STILL: Final = _words("masih masi tetep tetap jek")
"""`masih aja milih dia` tells of others."""
ANOTHER: Final = _words("lain lainnya selain liyane")
"""`jangan pilih yang lain`, `tidak akan pilih selain dia`."""

# --- whose words ---

OWN: Final = _words(
    "saya sy aku aq ak ku kita kt kami gue gua gw gwe ane awak awake sekeluarga",
    "kulo kula inyong isun q",
)
"""The author speaks."""

CALLS: Final = _words(
    "ayo ayoo ayooo ayok yuk yukk yukkk yuks yu yok yo mari marilah jangan jgn harus wajib",
    "saatnya waktunya tolong mohon pokoknya pokoke pokok inget ingat",
    "semoga smoga moga mugi mudah2an bismillah insyaallah",
    "monggo wayahe wayae",
)
"""The author calls or wishes: the verb is the author's own word, whoever is its subject."""

OTHERS: Final = _words(
    "yang yg yng pada pd banyak bnyak byk kebanyakan rata2 mayoritas orang org orang2 mereka mrk",
    "dia ia doi beliau para sebagian ibu2 bapak2 anda kamu kau elu lu lo",
    "emakku mamaku ibuku bapakku temenku temanku kakakku disuruh suruh nyuruh dipaksa",
    "pindah tadinya tdnya dulunya",
    "alasan keyakinan keinginan kesempatan tujuan terserah bebas silakan silahkan berhasil",
    "sing seng sng sg akeh mbahku bojoku dikon kon koen kowe",
)
"""Whose vote is told of: `yang pilih dia`, `orang-orang pada milih dia`, `bebas pilih dia`."""

KIN: Final = _words("temen temenku teman tetangga tonggo sepupu mertua mama mamak mbah kk")
"""`temen gw milih dia` is the friend's vote."""

ADDRESSED: Final = _words(
    "kalian kamu lu lo elu kau anda warga rakyat masyarakat orang dia ia beliau mereka kader",
    "pak bu mas mbak kowe kon koen sampeyan",
)
"""`kalau kalian pilih dia`: a condition on somebody else."""

# --- questions ---

ASKS: Final = _words(
    "siapa siapakah sapa kenapa knp knpa napa ngapain ngapa mengapa gimana gmn bagaimana",
    "sopo kenopo piye opoo lapo laopo nyapo ngopo",
)
"""`siapa yang dukung`, `kenapa dukung dia`."""
WONDERS: Final = _words("kok ko koiso")
"""`kok milih dia`; farther from the verb they are mere particles."""
ASKS_AFTER: Final = _words("siapa siapakah sapa sp mana siapa2 sopo endi ndi")
"""`pilih siapa`, `milih yang mana`."""
CHOICES: Final = _words("apa or opo po ta tah")
"""`milih Bu Risma apa Bu Luluk ya`."""
POLLS: Final = _words("apakah adakah akankah")
"""`apakah kalian dukung X?`, `dukung X?` put a candidate to one's readers: the cue stands, and the
question is marked beside it."""

# --- reports ---

SAID: Final = _words(
    "kata katanya ujar ujarnya tutur tuturnya ucap ucapnya ungkap ungkapnya imbuh imbuhnya",
    "tegasnya jelasnya paparnya sebutnya menurut menurutnya dilansir dikutip konon kabarnya",
    "dikabarkan",
    "jare jarene ngendikane",
)
"""Somebody else is quoted in this sentence, unless `kata saya`, `menurut gue`."""

SAYS: Final = _words(
    "mengatakan menyatakan nyatakan menegaskan tegaskan menyebut sebut mengklaim klaim",
    "menyampaikan sampaikan menginstruksikan instruksikan memastikan pastikan mengaku menilai",
    "dinilai dianggap mengajak ajak meminta minta mengimbau menghimbau imbau menyerukan serukan",
    "mendorong dorong gerakkan kerahkan perintahkan memerintahkan mewajibkan mengarahkan",
    "diarahkan deklarasi deklarasikan mendeklarasikan dideklarasikan sepakat memutuskan putuskan",
    "restui mengumumkan umumkan berharap harap doakan mendoakan ancam mengancam ingatkan",
    "mengingatkan teriakkan teriakan beralih bergeser berbalik bergabung gabung merapat",
)
"""A verb that tells what its subject said, did or had others do."""

SUBJECTS: Final = _words(
    "partai parpol koalisi pkb pdip pdi golkar gerindra nasdem pks ppp pan demokrat psi perindo",
    "hanura gelora pbb kim dpp dpd dpc dpw dpr dprd fraksi ketua ketum waketum sekjen bendahara",
    "pimpinan timses pendukung kader pengurus anggota fungsionaris nu pbnu pwnu pcnu",
    "muhammadiyah habib pengasuh tokoh mantan eks menteri artis musisi selebritas influencer",
    "lembaga pengamat responden pemilih persen dirinya ribu juta ribuan ratusan puluhan belasan",
    "jutaan sejumlah lsi survei jokowi",
)
"""Who supports whom in the news. `jokowi`: what a sitting president wants is news of its own."""

GROUPS: Final = _words(
    "relawan simpatisan pergunu muslimat fatayat ansor aisyiyah kiai kyai ulama nyai alumni",
    "komunitas forum aliansi asosiasi perkumpulan persatuan ikatan serikat paguyuban ormas",
    "organisasi himpunan barisan",
)
"""In the news too, but a pledge in their name (`Alumni kompak milih Risma`) is a campaign's."""

PLEDGES: Final = _words(
    "siap kompak bersatu padu bertekad tekad setia solid tetap rukun",
    "tetep panggah manteb mantep kareb",
)

OFFICES: Final = _words("presiden wapres gubernur wagub bupati wabup walikota kades lurah camat")
"""Subjects where a clause begins with them; else the office is what the candidate runs for."""

CONTESTS: Final = _words("pilgub pilkada pilpres pilbup pilwali pilwalkot")
HONORIFICS: Final = _words("bu ibu buk mbak mba mb pak bapak bpk mas gus cak kang bang ning")

LINKS: Final = HONORIFICS | _words(
    "itu ini iki kuwi tu nih sih mah ki si lah loh ya yo emang memang ancen pancen emak cagub dan",
)
"""May stand between a cue and the name beside it: `jangan Bu Khofifah`, `Khofifah itu payah`."""

POLICIES: Final = (
    "kebijakan", "program", "anggaran", "apbd", "perda", "pergub", "bansos", "pelayanan",
    "layanan", "pembangunan", "infrastruktur", "jalan", "proyek", "tarif", "pajak", "harga",
)  # fmt: skip
"""How words begin that speak of what is governed, not of who governs."""

PEOPLE: Final = _words(
    "rakyat warga masyarakat kaum semua seluruh keluarga generasi emak emak2 guru bonek",
    "arek arek2 wong cah lare tretan sedulur dulur kabeh",
)
"""Campaigns speak in the people's name: `Rakyat Jatim siap menangkan Risma` is no report."""

PLACES: Final = frozenset(
    word for names in PROVINCES.values() for name in names for word in name.split()
)
"""`Jatim pilih Bu Luluk` speaks in the people's name too."""

FORMAL_OBJECTS: Final = _words(
    "pasangan calon cagub cabup cawali bacagub duet bakal pencalonan pemenangan"
)
"""`memenangkan pasangan calon` is how the press writes; supporters write the name."""

PURPOSE: Final = _words("untuk utk dalam guna demi")
"""`konsolidasi untuk memenangkan`: told, not done."""
