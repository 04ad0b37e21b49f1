"""What Unicode says of a text: its letters as people count them, where lines may break, which way it runs.

By ICU: UAX #9 (bidirectional), #14 (line breaks, with dictionaries for Thai, Lao, Khmer and Burmese),
#24 (scripts), #29 (grapheme clusters), UTS #51 (emoji).
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import icu

_AUTO_LEVEL = 0xFE  # UBIDI_DEFAULT_LTR: as the first strong letter says, else left to right
_TEXT_STYLE, _EMOJI_STYLE = "\ufe0e", "\ufe0f"
_KEYCAP, _JOINER = "\u20e3", "\u200d"
# The one locale whose rules keep words of Chinese and phrases of Japanese together; others break as all do.
_BY_PHRASE = icu.Locale("ja@lw=phrase")
# ISO 639-1, of languages that are written in Arabic, Hebrew or Thaana letters alone.
_TO_THE_LEFT = frozenset(["ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"])
_SHARED = {"Zyyy", "Zinh", "Zzzz"}
_UNSPACED = frozenset({"Hani", "Hira", "Kana", "Thai", "Laoo", "Khmr", "Mymr"})


@lru_cache(maxsize=4096)
def graphemes(text: str) -> tuple[str, ...]:
    """The letters of `text` as people count them: with their accents, a whole flag, a whole family."""
    return _cut(text, icu.BreakIterator.createCharacterInstance(icu.Locale.getRoot()))


@lru_cache(maxsize=1024)
def line_pieces(text: str) -> tuple[str, ...]:
    """`text` cut wherever a line reads well if it ends there, with the spaces at the ends of pieces.

    Chinese and Thai are cut between words, Japanese between phrases, Korean at spaces.
    """
    return _cut(text, icu.BreakIterator.createLineInstance(_BY_PHRASE))


def _cut(text: str, iterator: "icu.BreakIterator") -> tuple[str, ...]:
    wide = icu.UnicodeString(text)
    iterator.setText(wide)
    return tuple(str(wide[start:end]) for start, end in pairwise([0, *iterator]))


def is_right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction runs to the left."""
    return bool(_bidi(text, right_to_left=None).getParaLevel() % 2)


def is_written_to_the_left(text: str, language: str) -> bool:
    """Whether a line runs to the left, as its language does or else its first letter."""
    return language in _TO_THE_LEFT or is_right_to_left(text)


def visual_runs(text: str, *, right_to_left: bool) -> list[tuple[int, int, bool]]:
    """The stretches of one direction as (start, end, runs to the left), as seen from the left."""
    if not text:
        return []
    bidi = _bidi(text, right_to_left=right_to_left)
    index = _code_points(text)
    runs = (bidi.getVisualRun(number) for number in range(bidi.countRuns()))
    return [(index[start], index[start + length], direction == 1) for start, length, direction in runs]


def visual_order(words: Sequence[str], *, right_to_left: bool) -> list[int]:
    """The numbers of the words of a line in the order they are seen from left to right."""
    text = " ".join(words)
    if not text:
        return list(range(len(words)))
    seen_at = _bidi(text, right_to_left=right_to_left).getLogicalMap()
    wide_length = [len(word.encode("utf-16-le")) // 2 for word in words]
    starts = [sum(wide_length[:number]) + number for number in range(len(words))]
    first = [
        min(seen_at[start : start + length], default=0)
        for start, length in zip(starts, wide_length, strict=True)
    ]
    return sorted(range(len(words)), key=first.__getitem__)


def _bidi(text: str, *, right_to_left: bool | None) -> "icu.Bidi":
    bidi = icu.Bidi()
    bidi.setPara(icu.UnicodeString(text), _AUTO_LEVEL if right_to_left is None else int(right_to_left))
    return bidi


def _code_points(text: str) -> dict[int, int]:
    """From offsets in UTF-16, in which ICU counts, to offsets in `text`."""
    index, wide = {}, 0
    for number, character in enumerate(text):
        index[wide] = number
        wide += 2 if ord(character) > 0xFFFF else 1
    index[wide] = len(text)
    return index


@lru_cache(maxsize=4096)
def script(letter: str) -> str:
    """The script of a grapheme as ISO 15924 writes it ("Latn"); "Zyyy" where it belongs to all."""
    names = (icu.Script.getScript(character).getShortName() for character in letter)
    return next((name for name in names if name not in _SHARED), "Zyyy")


def is_unspaced(letter: str) -> bool:
    """Whether a letter is of a script that writes no spaces between words."""
    return not letter.isascii() and script(letter) in _UNSPACED


@lru_cache(maxsize=4096)
def is_emoji(letter: str) -> bool:
    """Whether a grapheme is to be shown as a coloured picture."""
    if _TEXT_STYLE in letter:
        return False
    if _EMOJI_STYLE in letter or _KEYCAP in letter:
        return True
    pictures = icu.UProperty.EXTENDED_PICTOGRAPHIC if _JOINER in letter else icu.UProperty.EMOJI_PRESENTATION
    return any(icu.Char.hasBinaryProperty(character, pictures) for character in letter)


@lru_cache(maxsize=4096)
def is_invisible(character: str) -> bool:
    """Whether a character is shown by nothing: joiners, variation selectors, marks of direction, controls."""
    ignorable = icu.Char.hasBinaryProperty(character, icu.UProperty.DEFAULT_IGNORABLE_CODE_POINT)
    return bool(ignorable or icu.Char.charType(character) == icu.UCharCategory.CONTROL_CHAR)


def upper(text: str, language: str = "") -> str:
    """In capitals, as `language` has them (Turkish i, Greek accents)."""
    return str(icu.UnicodeString(text).toUpper(icu.Locale(language)))


def lower(text: str, language: str = "") -> str:
    return str(icu.UnicodeString(text).toLower(icu.Locale(language)))


def title(text: str, language: str = "") -> str:
    """With a capital at the start of every word, the rest as it is."""
    words = _cut(text, icu.BreakIterator.createWordInstance(icu.Locale(language)))
    return "".join(upper(letters[0], language) + "".join(letters[1:]) for letters in map(graphemes, words))
