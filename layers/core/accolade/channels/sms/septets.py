"""How many parts an SMS takes: GSM 03.38's seven-bit alphabet with its extension table, else UCS-2 (3GPP TS 23.038)."""

import unicodedata

_BASIC = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 !\"#%&'()*+,-./:;<=>?@_\n\r"
    "£$¥¤§¡¿èéùìòàÇØøÅåÆæßÉÄÖÑÜäöñüΔΦΓΛΩΠΨΣΘΞ"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
_LOOKALIKES = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"'}
    | {"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2026": "...", "\u2022": "-"}
    | {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "`": "'", "\u00b4": "'"}
)

SINGLE_SEPTETS, JOINED_SEPTETS = 160, 153
SINGLE_UNITS, JOINED_UNITS = 70, 67
"""What one part holds alone, and as one of several (seven bytes name its place then)."""


def is_gsm(text: str) -> bool:
    """Whether every sign is in the seven-bit alphabet or its extension."""
    return all(sign in _BASIC or sign in _EXTENDED for sign in text)


def segments(text: str) -> int:
    """The parts that the text is sent in; an extended sign or a surrogate pair is never split over two."""
    if is_gsm(text):
        return _parts([2 if sign in _EXTENDED else 1 for sign in text], SINGLE_SEPTETS, JOINED_SEPTETS)
    return _parts([2 if ord(sign) > 0xFFFF else 1 for sign in text], SINGLE_UNITS, JOINED_UNITS)


def typographic_to_plain(text: str) -> str:
    """Curly quotes, dashes and the like as the alphabet has them: one of them would halve what a part holds."""
    return text.translate(_LOOKALIKES)


def without_accents(text: str) -> str:
    """Letters that the alphabet lacks as their base letter (e for the e with diaeresis); all other signs stay."""
    return "".join(sign if is_gsm(sign) else _base(sign) for sign in text)


def only_gsm(text: str) -> str:
    """What of the text the alphabet has."""
    return "".join(sign for sign in without_accents(text) if is_gsm(sign))


def _base(sign: str) -> str:
    base = "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
    return base if base and is_gsm(base) else sign


def _parts(sizes: list[int], single: int, joined: int) -> int:
    if sum(sizes) <= single:
        return 1
    parts, room = 1, joined
    for size in sizes:
        if size > room:
            parts, room = parts + 1, joined
        room -= size
    return parts
