"""Which fonts are asked for a letter that one lacks, the most fitting first."""

from collections.abc import Iterator

from morgana import models
from morgana.text.unicode import is_emoji, script

EMOJI = "Noto Color Emoji"
_HAN = {
    "zh": ("Noto Sans SC", "ZCOOL QingKe HuangYou", "BIZ UDPGothic", "Dela Gothic One"),
    "ja": ("BIZ UDPGothic", "Dela Gothic One", "Noto Sans SC", "ZCOOL QingKe HuangYou"),
}
_SCRIPTS = {
    "Arab": ("Noto Sans Arabic",),
    "Hebr": ("Heebo",),
    "Deva": ("Noto Sans Devanagari",),
    "Thai": ("Noto Sans Thai",),
    "Hang": ("Nanum Gothic",),
    "Beng": ("Noto Sans Bengali",),
    "Taml": ("Noto Sans Tamil",),
    "Telu": ("Noto Sans Telugu",),
    "Gujr": ("Noto Sans Gujarati",),
    "Guru": ("Noto Sans Gurmukhi",),
    "Knda": ("Noto Sans Kannada",),
    "Mlym": ("Noto Sans Malayalam",),
    "Orya": ("Noto Sans Oriya",),
    "Sinh": ("Noto Sans Sinhala",),
    "Khmr": ("Noto Sans Khmer",),
    "Laoo": ("Noto Sans Lao",),
    "Mymr": ("Noto Sans Myanmar",),
    "Geor": ("Noto Sans Georgian",),
    "Armn": ("Noto Sans Armenian",),
    "Ethi": ("Noto Sans Ethiopic",),
    "Hira": _HAN["ja"],
    "Kana": _HAN["ja"],
}
# Fonts of the same character with more letters, such as Cyrillic ones.
_ALIKE = {
    "condensed": ("Oswald",),
    "rounded": ("Nunito",),
    "comic": ("Fredoka", "Nunito"),
    "serif": ("Playfair Display",),
    "handwritten": ("Caveat", "Pacifico"),
    "script": ("Pacifico", "Lobster", "Caveat"),
    "typewriter": ("JetBrains Mono",),
    "mono": ("JetBrains Mono",),
    "pixel": ("Press Start 2P",),
    "tech": ("Russo One",),
    "slab": ("Montserrat",),
}
_ANY = ("Inter", "Noto Sans Symbols 2", "BIZ UDPGothic")


def preferred(letter: str, family: str, language: str = "") -> Iterator[str]:
    """The families to ask for a grapheme, `family` among them. language: of the text, "zh" or "ja"."""
    if is_emoji(letter):
        yield EMOJI
    yield family
    name = script(letter)
    if name == "Hani" or _is_wide_punctuation(letter):
        yield from _HAN.get(language, _HAN["zh"])
    yield from _SCRIPTS.get(name, ())
    yield from _ALIKE.get(models.fonts()[family].style, ())
    yield from _ANY


def _is_wide_punctuation(letter: str) -> bool:
    """The blocks "CJK Symbols and Punctuation" and "Halfwidth and Fullwidth Forms"."""
    return "\u3000" <= letter[0] <= "\u303f" or "\uff00" <= letter[0] <= "\uffef"
