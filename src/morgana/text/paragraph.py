"""Words in lines: broken, sized to fit a box, and placed on their baselines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from morgana.errors import ErrorCode, InputError
from morgana.text.drawing import Lettering
from morgana.text.geometry import Box, union
from morgana.text.shaping import shape
from morgana.text.style import Style
from morgana.text.unicode import is_right_to_left, is_unspaced, line_pieces, visual_order
from morgana.text.wrapping import Piece, break_lines

Align: TypeAlias = Literal["left", "center", "right"]

_SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！", "؟", "।", "۔")  # noqa: RUF001 (full stops of many scripts)
_PAUSES = (",", ";", ":", "—", "،", "，", "、", "；", "：")
_SHORT = 3  # letters: articles and prepositions, which read better before what they belong to
_BETWEEN_LINES = 0.06  # ems that must stay free between the ink of two lines
_BETWEEN_PLATES = 0.08  # ems between the boxes of words that no space parts
_STEP = 0.25  # pixels between two sizes that are tried


@dataclass(frozen=True, slots=True)
class Word:
    """What is not broken. space: whether one follows, if another word does on the same line.

    ends_line: whether it is the last of its line in any case.
    """

    text: str
    style: Style
    space: bool = True
    ends_line: bool = False


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word on its line: `x` is the left end of its baseline, `y` the baseline, `size` for `sprite`."""

    number: int  # of the word, as it is read
    text: str
    style: Style
    x: float
    y: float
    advance: float
    size: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its words from left to right. box: its words from end to end, as high as capitals and tails."""

    words: tuple[PlacedWord, ...]
    box: Box
    baseline: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Lines in a box whose top left corner is (0, 0), in pixels.

    ink: what letters and their strokes cover; it lies in (0, 0, width, height).
    right_to_left: the direction of the paragraph, to be given to `sprite`.
    """

    lines: tuple[Line, ...]
    width: float
    height: float
    ink: Box
    right_to_left: bool

    @property
    def words(self) -> tuple[PlacedWord, ...]:
        """All words as they are read."""
        return tuple(
            sorted((word for line in self.lines for word in line.words), key=lambda word: word.number)
        )


def words(text: str, style: Style) -> list[Word]:
    """`text` as words, cut wherever a line may break; by dictionary where a script has no spaces.

    Lines of `text` stay lines; empty ones are left out.
    """
    made: list[Word] = []
    for line in text.splitlines():
        parts = line_pieces(" ".join(line.split()))
        made += [
            Word(part.rstrip(" "), style, space=part.endswith(" "), ends_line=number == len(parts))
            for number, part in enumerate(parts, 1)
        ]
    return made


def lay_out(
    words: Sequence[Word],
    size: float,
    width: float,
    *,
    max_lines: int = 2,
    min_lines: int = 1,
    line_height: float = 1.2,
    align: Align = "center",
    language: str = "",
) -> Layout | None:
    """Lines no wider than `width` pixels, with `size` pixels to the em; None if `max_lines` do not do.

    min_lines: not fewer, if there are as many words. line_height: from baseline to baseline, in ems; more
    where letters would touch.
    Raises `InputError` (font_not_found, model_missing).
    """
    block = _Block(words, language, line_height, align, width)
    return block.at(size, max_lines, min_lines)


def fit(
    words: Sequence[Word],
    max_size: float,
    width: float,
    height: float,
    *,
    max_lines: int = 2,
    line_height: float = 1.2,
    align: Align = "center",
    language: str = "",
) -> Layout:
    """The largest lines, with at most `max_size` pixels to the em, that fit into `width` x `height` pixels.

    However long a word is, it is made smaller and never cut.
    Raises `InputError`: font_not_found, model_missing; text_too_long where not even the smallest would fit.
    """
    block = _Block(words, language, line_height, align, width)

    def attempt(steps: int) -> Layout | None:
        found = block.at(steps * _STEP, max_lines)
        return found if found and found.height <= height else None

    too_large = int(max_size / _STEP)
    best = attempt(too_large)
    fits = 0
    while best is None or (fits and too_large - fits > 1):
        middle = (fits + too_large) // 2
        if middle == 0:
            raise InputError(ErrorCode.TEXT_TOO_LONG, "The text is too long for the picture. Shorten it.")
        found = attempt(middle)
        fits, too_large, best = (middle, too_large, found) if found else (fits, middle, best)
    return best


def stack(
    lines: Sequence[Sequence[Word]],
    max_size: float,
    width: float,
    *,
    leading: float = 0.12,
    align: Align = "center",
    language: str = "",
) -> Layout:
    """Given lines, each as large as `width` pixels allow, up to `max_size` pixels to the em.

    leading: ems of the larger line that are free between the ink of two. Raises as `lay_out`.
    """
    block = _Block([word for line in lines for word in line], language, 0.0, align, width, leading)
    counts = [len(line) for line in lines]
    numbers = [range(sum(counts[:at]), sum(counts[: at + 1])) for at in range(len(counts))]
    sizes = [min(max_size, width / max(block.length(line), 1e-6)) for line in numbers]
    return block.placed(numbers, sizes)


@dataclass(frozen=True, slots=True)
class _Measured:
    """A word in ems. outer: what its letters and strokes cover, or its plate. gap: to the next one."""

    word: Word
    shown: str
    advance: float
    line: Box
    outer: Box
    gap: float


class _Block:
    """Measured words, which are laid out at any size without being measured again."""

    def __init__(
        self,
        words: Sequence[Word],
        language: str,
        line_height: float,
        align: Align,
        width: float,
        between: float = _BETWEEN_LINES,
    ) -> None:
        self.right_to_left = is_right_to_left(" ".join(word.text for word in words))
        self.words = [_measured(word, language, right_to_left=self.right_to_left) for word in words]
        self.line_height, self.align, self.width, self.between = line_height, align, width, between
        self.pieces = [
            Piece(one.advance, one.gap, _preference(one.word.text), one.word.ends_line) for one in self.words
        ]

    def at(self, size: float, max_lines: int, min_lines: int = 1) -> Layout | None:
        overhang = max((sum(_overhang(one)) for one in self.words), default=0.0)
        broken = break_lines(self.pieces, self.width / size - overhang, max_lines, min_lines)
        if broken is None or any(self.length(line) * size > self.width for line in broken):
            return None
        return self.placed(broken, [size] * len(broken))

    def length(self, line: range) -> float:
        """From the first to the last ink of a line, in ems."""
        left, right = self._reach(self._order(line))
        return right - left

    def _starts(self, order: Sequence[int]) -> list[float]:
        """Where the words of a line begin, in ems from the first one's start, from left to right."""
        starts, pen = [], 0.0
        for place, number in enumerate(order):
            starts.append(pen)
            pen += self.words[number].advance
            if place + 1 < len(order):
                pen += self.words[min(number, order[place + 1])].gap
        return starts

    def _reach(self, order: Sequence[int]) -> tuple[float, float]:
        """The ends of a line's advance and ink, in ems from its first word's start."""
        spans = [
            (start - _overhang(self.words[number])[0], start + one.advance + _overhang(one)[1])
            for number, start in zip(order, self._starts(order), strict=True)
            for one in [self.words[number]]
        ]
        return min(left for left, _ in spans), max(right for _, right in spans)

    def placed(self, broken: Sequence[range], sizes: Sequence[float]) -> Layout:
        lines: list[Line] = []
        outers: list[Box] = []
        baseline = 0.0
        for line, size in zip(broken, sizes, strict=True):
            outer = union(
                box.scaled(size)
                for number in line
                for box in (self.words[number].outer, self.words[number].line)
            )
            ink = union(self.words[number].outer.scaled(size) for number in line)
            if lines:
                step = outers[-1].bottom - ink.top + self.between * max(size, lines[-1].words[0].size)
                baseline += max(self.line_height * size, step)
            else:
                baseline = -outer.top
            lines.append(self._set(line, size, baseline))
            outers.append(ink)
        height = baseline + max(outers[-1].bottom, outer.bottom) if lines else 0.0
        everything = union(self._ink(word) for line in lines for word in line.words)
        return Layout(tuple(lines), self.width, height, everything, self.right_to_left)

    def _set(self, line: range, size: float, baseline: float) -> Line:
        order = self._order(line)
        left, right = self._reach(order)
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[self.align]
        first = (self.width - (right - left) * size) * share - left * size
        words = [
            PlacedWord(
                number,
                one.word.text,
                one.word.style,
                first + start * size,
                baseline,
                one.advance * size,
                size,
            )
            for number, start in zip(order, self._starts(order), strict=True)
            for one in [self.words[number]]
        ]
        vertical = union(self.words[number].line.scaled(size) for number in line)
        end = words[-1].x + words[-1].advance
        return Line(
            tuple(words), Box(first, baseline + vertical.top, end, baseline + vertical.bottom), baseline
        )

    def _order(self, line: range) -> list[int]:
        seen = visual_order([self.words[number].shown for number in line], right_to_left=self.right_to_left)
        return [line[place] for place in seen]

    def _ink(self, placed: PlacedWord) -> Box:
        return self.words[placed.number].outer.scaled(placed.size).moved(placed.x, placed.y)


def _measured(word: Word, language: str, *, right_to_left: bool) -> _Measured:
    style = word.style
    shaped = shape(
        style.cased(word.text, language),
        style.family,
        style.weight,
        tracking=style.tracking,
        language=language,
        right_to_left=right_to_left,
    )
    gap = shaped.face.space + style.tracking + style.outline if word.space else 0.0
    if style.plate:
        gap += 2 * style.plate.padding_x + (0.0 if word.space else _BETWEEN_PLATES)
    line = shaped.line
    as_high = Box(line.left, line.top, max(line.right, 0.001), line.bottom)  # where nothing is shown, too
    scale = style.scale
    outer = Lettering(shaped, style, scale).outer
    return _Measured(word, shaped.text, shaped.advance * scale, as_high.scaled(scale), outer, gap * scale)


def _overhang(one: _Measured) -> tuple[float, float]:
    """How far a word reaches to the left of its start and to the right of its end, in ems."""
    if one.outer.is_empty:
        return 0.0, 0.0
    return max(-one.outer.left, 0.0), max(one.outer.right - one.advance, 0.0)


def _preference(text: str) -> float:
    if text.endswith(_SENTENCE_ENDS):
        return 1.0
    if text.endswith(_PAUSES):
        return 0.5
    joined = len(text) == 1 and is_unspaced(text)  # such as a Japanese prefix
    return -0.5 if joined or (len(text) <= _SHORT and text.islower()) else 0.0
