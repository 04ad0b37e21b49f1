"""Text -> lines of a size: how a text may be set, the best ways first."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from morgana.errors import ErrorCode, InputError
from morgana.overlays.look import Look
from morgana.overlays.overlay import Align
from morgana.text.geometry import Box, union
from morgana.text.paragraph import Layout, PlacedWord, Word, fit, lay_out, words
from morgana.text.shaping import shape
from morgana.text.style import Stroke, Style
from morgana.text.unicode import is_unspaced

LINES: Final = 4  # at most, for a text without line breaks that can be read in as many
# Pixels to the em on a frame whose shorter side has 1080: each a fifth larger than the next.
SIZES: Final = (168, 140, 116, 97, 81, 67, 56, 47, 39, 32)
# The largest of these for a text of up to so many letters: the fewer, the more each of them weighs.
_LARGEST: Final = ((8, 168), (16, 140), (28, 116), (60, 97), (100, 81), (150, 67), (10_000, 56))
_WIDE: Final = 2  # letters that one of a script without spaces counts for
_LEAST: Final = 14.0  # pixels on such a frame, where a text is longer than can be read
_FEWEST_PIXELS: Final = 7.0  # that a letter can be made of
_MOST_LINES: Final = 60
_INK: Final = "#ffffff"
# Of the longest line: a word that is less of it looks lost on a last line, and on any other.
_ALONE, _SHORT = 0.8, 0.5


@dataclass(frozen=True)
class Setting:
    """Lines of a size, in pixels with (0, 0) at no particular place. size: to the em."""

    layout: Layout
    size: float

    @cached_property
    def box(self) -> Box:
        """What letters and strokes cover."""
        return self.layout.ink

    @cached_property
    def lines(self) -> tuple[Box, ...]:
        """Each line from end to end, as high as capitals and tails, and higher where letters are."""
        return tuple(union([line.box, *map(_ink, line.words)]) for line in self.layout.lines)

    @property
    def block(self) -> Box:
        """Letters and lines."""
        return union([self.box, *self.lines])


@dataclass(frozen=True, slots=True)
class Measure:
    """How large a text may be: pixels. wider: for words that `width` is too narrow for."""

    width: float
    height: float
    wider: float


def _ink(word: PlacedWord) -> Box:
    style = word.style
    shaped = shape(style.cased(word.text), style.family, style.weight, tracking=style.tracking)
    return shaped.ink.scaled(word.size * style.scale).moved(word.x, word.y)


def letters_of(look: Look, stroke: Stroke | None = None) -> Style:
    """The style in which words are measured and drawn; white, to be coloured later."""
    return Style(
        look.family,
        look.weight,
        _INK,
        strokes=(stroke,) if stroke else (),
        tracking=look.tracking,
        slant=look.slant,
        case=look.case,
    )


def given_size(text: str, style: Style, look: Look, size: float, measure: Measure, align: Align) -> Setting:
    """At the size that is asked for; smaller only where that has no room at all on the frame."""
    for width in (measure.width, measure.wider):
        made = lay_out(
            words(text, style), size, width, max_lines=_MOST_LINES, line_height=look.leading, align=align
        )
        if made and made.height <= measure.height:
            return Setting(made, size)
    return _shrunk(words(text, style), size, look, measure, align)


def settings(
    text: str, style: Style, look: Look, unit: float, measure: Measure, align: Align
) -> list[Setting]:
    """The ways to set a text that are worth a place on the frame: sizes of the scale, each in few lines.

    Raises InputError TEXT_TOO_LONG where not even the smallest letters have room.
    """
    pieces = words(text, style)
    most = max(LINES, sum(piece.ends_line for piece in pieces))
    found: list[Setting] = []
    for size in _sizes(text, look, unit):
        found += _at(pieces, size, look, measure, align, most)
        if len({one.size for one in found}) == 3:
            break
    return found or [_dense(pieces, look, unit, measure, align)]


def _sizes(text: str, look: Look, unit: float) -> Iterator[float]:
    count = sum(_WIDE if is_unspaced(letter) else 1 for letter in "".join(text.split()))
    largest = next(size for letters, size in _LARGEST if count <= letters)
    sizes = (size * unit * look.size for size in SIZES if size <= largest)
    yield from (size for size in sizes if size >= _FEWEST_PIXELS)


def _at(
    pieces: list[Word], size: float, look: Look, measure: Measure, align: Align, most: int
) -> Iterator[Setting]:
    """At one size: as few lines as hold the text, and one more if that leaves no word alone."""
    fewest = lay_out(pieces, size, measure.width, max_lines=most, line_height=look.leading, align=align)
    if fewest is None or fewest.height > measure.height:
        return
    yield Setting(fewest, size)
    count = len(fewest.lines) + 1
    if count <= most and count < len(pieces):
        more = lay_out(
            pieces,
            size,
            measure.width,
            max_lines=count,
            min_lines=count,
            line_height=look.leading,
            align=align,
        )
        if more and more.height <= measure.height:
            yield Setting(more, size)


def _dense(pieces: list[Word], look: Look, unit: float, measure: Measure, align: Align) -> Setting:
    """More than can be read in four lines: as many lines as it takes, else smaller."""
    size = max(SIZES[-1] * unit * look.size, _FEWEST_PIXELS)
    made = lay_out(pieces, size, measure.width, max_lines=_MOST_LINES, line_height=look.leading, align=align)
    if made and made.height <= measure.height:
        return Setting(made, size)
    return _shrunk(pieces, size, look, measure, align)


def _shrunk(pieces: list[Word], size: float, look: Look, measure: Measure, align: Align) -> Setting:
    made = fit(
        pieces,
        size,
        measure.wider,
        measure.height,
        max_lines=_MOST_LINES,
        line_height=look.leading,
        align=align,
    )
    reached = made.words[0].size if made.words else size
    if reached < min(max(_LEAST * measure.wider / 950, _FEWEST_PIXELS), size):
        raise InputError(ErrorCode.TEXT_TOO_LONG, "The text is too long for the picture. Shorten it.")
    return Setting(made, reached)


def unevenness(setting: Setting) -> float:
    """0 for lines of one length that read well; 1 and more for a word left alone."""
    lines = setting.layout.lines
    lengths = [line.box.width for line in lines]
    if len(lines) == 1:
        return 0.0
    longest = max(lengths)
    uneven = sum(1 - length / longest for length in lengths) / len(lengths)
    if all(len(line.words) == 1 for line in lines):
        return uneven
    last = len(lines[-1].words) == 1 and lengths[-1] < _ALONE * longest
    within = any(
        len(line.words) == 1 and length < _SHORT * longest
        for line, length in zip(lines[:-1], lengths, strict=False)
    )
    return uneven + (1.0 if last or within else 0.0)
