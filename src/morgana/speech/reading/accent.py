"""Foreign words as a speaker of English says them.

English voices have never heard the sounds of other languages, nor their tones: each becomes the nearest one
that they know.
"""

from typing import Final

_ENGLISH: Final = str.maketrans(
    {
        "a": "ɑ",
        "e": "ɛ",
        "o": "O",
        "ɐ": "ʌ",
        "y": "u",
        "ø": "ɜ",
        "œ": "ɜ",
        "ɨ": "ɪ",
        "ɤ": "ʌ",
        "ɯ": "u",
        "ɥ": "w",
        "ɰ": "w",
        "c": "k",
        "q": "k",
        "ɟ": "ʤ",
        "x": "h",
        "χ": "h",
        "ç": "h",
        "ɣ": "ɡ",
        "ʝ": "j",
        **dict.fromkeys("ʁrɽɾɻ", "ɹ"),
        **dict.fromkeys("ɳɴ", "n"),
        "ɲ": "nj",
        "ʎ": "lj",
        "ʈ": "t",
        "ɖ": "d",
        "ʂ": "ʃ",
        "ɕ": "ʃ",
        "β": "b",
        "ɸ": "f",
        "ʋ": "v",
        "ʦ": "ts",
        "ʣ": "dz",
        "ʨ": "ʧ",
        "ꭧ": "ʧ",
        "ʥ": "ʤ",
        **dict.fromkeys("↓→↗↘ʰʲᵝʔː\u0303", ""),
    }
)


def in_english(phonemes: str) -> str:
    """Phonemes of another language in those of English."""
    return phonemes.translate(_ENGLISH)
