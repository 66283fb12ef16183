"""Letters that look like Latin ones, and the Latin letter that a reader sees.

Chosen from Unicode's confusables (UTS 39) for the scripts met in disguised Latin words. Only
letters that compatibility normalisation (NFKD) leaves alone stand here: full-width, circled and
mathematical letters need no table. Capitals are told apart from small letters where they look
like different Latin ones (Η is H, η is n).
"""

from typing import Final

_LOOK_ALIKE: Final = {
    "a": "аАαΑɑᴀ",
    "b": "вВΒβЬьƄʙᏏ",
    "c": "сСϲϹᴄⅽᏟ",
    "d": "ԁԀđĐᴅɗᏧ",
    "e": "еЕεΕҽᴇɛℯЄє",
    "f": "ꜰƒϝſ",
    "g": "ɡɢցԌ",
    "h": "һҺнНΗħʜհᏂ",
    "i": "іІιΙıɩɪӀӏ",
    "j": "јЈϳᴊյ",
    "k": "кКκΚᴋҝ",
    "l": "ʟłŁⅼ",
    "m": "мМΜᴍⅿ",
    "n": "пηΝɴոռ",
    "o": "оОοΟσøØᴏօՕ",
    "p": "рРρΡᴘ",
    "q": "ԛԚզǫ",
    "r": "гʀᎡꭇ",
    "s": "ѕЅꜱʂ",
    "t": "тТτΤᴛŧ",
    "u": "υսᴜʋ",
    "v": "νѵѴᴠⅴ",
    "w": "ԝԜωᴡա",
    "x": "хХχΧ",
    "y": "уУγΥуүҮʏ",
    "z": "ΖζᴢƶᏃ",
}

HOMOGLYPHS: Final[dict[str, str]] = {
    look_alike: letter for letter, several in _LOOK_ALIKE.items() for look_alike in several
} | {
    # Negative circled (🅐) and squared (🅰) capitals have no decomposition of their own.
    chr(first + place): chr(ord("a") + place)
    for first in (0x1F150, 0x1F170)
    for place in range(26)
}
"""One original character → one Latin small letter."""
