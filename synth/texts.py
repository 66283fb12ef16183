"""What the invented people write: Indonesian templates of our own, by what they must trigger.

No real post was copied. Slots: `{name}` a candidate's full name, `{alias}` what people call one,
`{word}` an everyday word that is also an alias, `{tag}` a hashtag without #, `{at}` a mention,
`{number}` a ballot number, `{region}` the contest's region, `{place}` some town. The words around
the slots are chosen with care: a neutral template holds no cue, an everyday one no name.
"""

from typing import Final

Templates = tuple[str, ...]

EVERYDAY: Final[Templates] = (
    "Pagi semua, kopi dulu sebelum kerja ☕",
    "Macet total di jalan tol arah {place}, sabar ya",
    "Alhamdulillah rapat selesai juga, pulang ke {place}",
    "Resep rawon buatan ibu memang tidak ada duanya 😋",
    "Hujan deras di {place} sejak siang, jangan lupa payung",
    "Selamat ulang tahun ya nak, sehat terus dan makin pintar 🎂",
    "Nonton bola malam ini, semoga timnas menang",
    "Senam pagi bareng teman kantor, badan jadi segar",
    "Ada yang tahu tukang servis AC di {place}?",
    "Harga cabai di pasar {place} naik lagi minggu ini",
    "Baru selesai baca novel yang dipinjam dari perpustakaan {place}",
    "Terima kasih untuk semua yang sudah datang ke acara kemarin 🙏",
    "Libur akhir pekan ke pantai sama keluarga, seru sekali",
    "Pelayanan di puskesmas tadi cepat dan ramah, mantap",
    "Listrik padam dari tadi sore, ada info dari PLN?",
    "Anak-anak belajar menanam sayur di halaman sekolah 🌱",
    "Besok ada donor darah di balai kota, yuk ikut",
    "Sinyal di {place} hilang terus dari pagi",
    "Masak apa ya buat makan siang hari ini",
    "Foto lama waktu kuliah, kangen masa itu",
)
"""Everyday posts: they touch nothing."""

TRAPS: Final[Templates] = (
    "Semoga lekas sembuh ya bu, amin ya rabbal alamin 🤲",
    "Kerja keras pasti ada ganjaran yang setimpal",
    "Kucing tetangga gemoy banget, pengen dibawa pulang",
    "Bingung pilih baju yang mana buat kondangan",
    "Lanjutkan sekolahmu nak, jangan menyerah",
    "Ganti oli dulu sebelum mudik ke {place}",
    "Tolak angin dulu, badan meriang semua",
    "Jadwal debat bahasa Inggris antar sekolah sudah keluar",
    "Hasil survei kepuasan pelanggan warung kami: enak semua 😄",
)
"""Words of the trade in everyday use: no candidate in sight, so they touch nothing either."""

SUPPORT: Final[Templates] = (
    "Saya dukung {name} untuk Jawa Timur yang lebih baik",
    "Bismillah, kami dukung {name} dari {place} 💪",
    "Di rumah semua sudah mantap dukung {name} 🔥",
    "Sudah yakin dari dulu, dukung {name} sampai menang",
    "Gaspol! Keluarga besar {place} dukung {name}",
)
OPPOSITION: Final[Templates] = (
    "Warga {place} tolak {name}, sudah cukup",
    "Saya tolak {name}, janji tinggal janji",
    "Kali ini asal bukan {name} saja 🙃",
)
APPEAL: Final[Templates] = (
    "Ayo kita menangkan {name}, ajak tetangga dan saudara di {place}!",
    "Mari dukung {name}, jangan sampai golput ya teman-teman",
    "Ayo dukung {name} bersama-sama, sebarkan ke grup keluarga",
)
ATTENDANCE: Final[Templates] = (
    "Hadir di kampanye {name} di {place}, dukung penuh! 🙌",
    "Ikut menghadiri kampanye {name} tadi siang, kami dukung terus",
    "Menghadiri deklarasi {name} di {place}, siap dukung",
)
NEUTRAL_NAME: Final[Templates] = (
    "Tadi {name} lewat di depan kantor {place}",
    "Berita pagi ini banyak membahas {name}",
    "Ketemu {name} di bandara, ramai sekali orangnya",
    "{name} berkunjung ke pasar {place} kemarin",
)
"""A name and no stance: it touches, but no rule asks for it."""

TAG_ONLY: Final[Templates] = (
    "Sore yang cerah di {place} #{tag}",
    "Ngopi dulu #{tag}",
    "Jalan-jalan pagi di alun-alun {place} #{tag}",
)
TAG_AND_NAME: Final[Templates] = (
    "Dukung {name} #{tag}",
    "Keluarga kami di {place} dukung {name} 💚 #{tag}",
)
WORD_ONLY: Final[Templates] = (
    "Kata orang {word} itu biasa saja",
    "Cerita soal {word} di warung kopi {place}",
)
NUMBER_ONLY: Final[Templates] = (
    "Antrean hari ini dapat nomor urut {number}",
    "Salam {number} jari dari {place} ✌️",
)
"""A number says nothing where nothing names its contest."""
NUMBER_AND_REGION: Final[Templates] = (
    "Pilgub {region}: coblos nomor urut {number}!",
    "Coblos nomor urut {number} untuk {region}, gaspol",
)
MENTION_SUPPORT: Final[Templates] = (
    "Dukung penuh {at} dari {place} 🙌",
    "Kami di {place} dukung {at}, gaspol!",
)
COMMENT_SUPPORT: Final[Templates] = (
    "Dukung terus, semoga menang 💪",
    "Gaspol, kami dukung dari {place}",
    "Siap menangkan, dukung penuh 🔥",
)
"""Answers under a candidate's post: the target says whom they are about."""
COMMENT_PLAIN: Final[Templates] = (
    "Semoga sehat selalu ya",
    "Hadir pak, dari {place}",
    "Wah ramai sekali",
)
PHOTO_CAPTIONS: Final[Templates] = (
    "Foto dengan {name} di {place}, dukung selalu!",
    "Akhirnya dapat foto {name} 😍 dukung terus",
)
QUESTION: Final[Templates] = (
    "Apakah kalian dukung {name}?",
    "Kapan lagi kita dukung {name}?",
)
NEWS: Final[Templates] = (
    "KPU: debat pertama {name} digelar malam ini, ini jadwalnya",
    "Jadwal debat KPU: {name} tampil malam ini di {place}",
)
CANDIDATE_POSTS: Final[Templates] = (
    "Terima kasih warga {place}, sambutannya luar biasa hari ini",
    "Besok kami menyapa warga {place}, sampai jumpa",
)
"""What a candidate's account posts, where somebody comments on it, shares or likes it."""

OTHER_POSTS: Final[Templates] = (
    "Promo sepatu akhir bulan, diskon sampai 30 persen",
    "Video lucu kucing dan anjing akur",
)
"""Somebody else's post, for answers that touch nothing."""
