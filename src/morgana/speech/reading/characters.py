"""The characters of a text, made plain: one kind of quotes, spaces and widths, nothing invisible."""

import re
import unicodedata
from typing import Final

from morgana.speech.reading.spoken import Piece, Spoken, join

# What compatibility decomposition would spoil: x² is not x2, 3½ is not 31/2, 1º is not 1o.
_KEPT: Final = re.compile(r"[，²³¹⁰⁴-⁹₀-₉½¼¾⅐-⅞ªº…]")
_PLAIN: Final = str.maketrans(
    {
        **dict.fromkeys("‘’ʼ＇ʹ′`´", "'"),
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys("‐‑⁃", "-"),
        **dict.fromkeys("‒", "–"),
        **dict.fromkeys("―⸺⸻─━", "—"),
        "−": "-",
        "⁄": "/",
        "∕": "/",
        "∙": "·",
        "µ": "μ",
    }
)
_CLUSTER: Final = re.compile(r"\r\n|.[\u0300-\u036f\u3099\u309a\uff9e\uff9f]*", re.DOTALL)
_INVISIBLE: Final = frozenset("™®©℠")
_JOINERS: Final = "\u200d\ufe0f\u20e3"  # they make one emoji of several characters


def plain(text: str) -> Spoken:
    """`text` with plain characters, and where each came from."""
    if text.isascii() and text.isprintable():
        return Spoken(text, tuple(range(len(text))), tuple(range(1, len(text) + 1)))
    return join(Piece(found.start(), found.end(), _plain(found[0])) for found in _CLUSTER.finditer(text))


def _plain(cluster: str) -> str:
    first = cluster[0]
    category = unicodedata.category(first)
    if first in _INVISIBLE or (category in ("Cf", "Cs", "Co", "Cn") and first not in _JOINERS):
        return ""
    if category in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    if category == "Nd":
        return str(unicodedata.decimal(first))
    if _KEPT.match(first):
        return cluster
    composed = unicodedata.normalize("NFC", cluster).translate(_PLAIN)
    return unicodedata.normalize("NFKC", composed).translate(_PLAIN)
