"""The alphabet of text messages (3GPP TS 23.038, 6.2.1): what fits into one, and what does not. Pure."""

import unicodedata

SEPTETS = 160
"""One message. A single letter outside of the alphabet would leave room for 70 only."""
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
"""These take two septets: an escape and the letter."""
INSTEAD = {
    "«": '"',
    "»": '"',
    "“": '"',
    "”": '"',
    "„": '"',
    "‘": "'",
    "’": "'",
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "...",
    "·": "-",
    "\u00a0": " ",
    "\u202f": " ",
    "\t": " ",
    "đ": "d",
    "Đ": "D",
    "ŋ": "n",
    "Ŋ": "N",
    "ŧ": "t",
    "Ŧ": "T",
}
"""Letters of Sami and typographic signs that would cost half of the room."""


def septets(text: str) -> int:
    """How many septets a text takes. :raises ValueError: a letter is not in the alphabet."""
    count = 0
    for letter in text:
        if letter in BASIC:
            count += 1
        elif letter in EXTENDED:
            count += 2
        else:
            raise ValueError(f"{letter!r} is not in the alphabet of text messages")
    return count


def plain(text: str) -> str:
    """The text in letters of the alphabet: the nearest one, without its accent, or a question mark."""
    return "".join(_nearest(letter) for letter in text)


def _nearest(letter: str) -> str:
    if letter in BASIC or letter in EXTENDED:
        return letter
    if letter in INSTEAD:
        return INSTEAD[letter]
    bare = unicodedata.normalize("NFKD", letter)[0]
    return bare if bare in BASIC else "?"


def shortened(text: str, room: int) -> str:
    """The text within so many septets, cut between words where there are any, with dots for what is gone."""
    if septets(text) <= room:
        return text
    dots = "..."
    kept = ""
    for letter in text:
        if septets(kept + letter + dots) > room:
            break
        kept += letter
    whole_words = kept.rpartition(" ")[0]
    if text[len(kept)] != " " and len(whole_words) > len(kept) // 2:
        kept = whole_words
    return kept.rstrip(" ,.:;-") + dots if room >= len(dots) else ""


def fitted(words: str, link: str) -> str:
    """Words and a link in one message. The link stays whole; the words give way."""
    end = plain(link)
    return f"{shortened(plain(words), SEPTETS - septets(end) - 1)} {end}"
