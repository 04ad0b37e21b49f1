"""Where the words of a page stand on the frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians, sin, tan
from typing import Final

from morgana.captions.pages import Word
from morgana.captions.template import Boxes, Template
from morgana.text.geometry import Box
from morgana.text.sprite import lettered
from morgana.text.style import Style
from morgana.text.unicode import is_unspaced, is_written_to_the_left, visual_order

# The part of a 1080x1920 frame that no button or bar of the platforms covers, as shares of its sides.
SAFE: Final = Box(65 / 1080, 270 / 1920, 930 / 1080, 1248 / 1920)
_TALL: Final = 0.62  # width to height, up to which a film is shown as stories are, under buttons
_BESIDE: Final = 0.06  # of the shorter side is left free around those
CLOSE: Final = 0.25  # of a template's space is left between words of a script that writes none
MARGIN: Final = 12  # pixels of the reference left inside of it for what a beat or a lean adds
_REFERENCE: Final = 1080
_FULL: Final = 0.999  # of the height that a page may have; what is missing is rounding


@dataclass(frozen=True, slots=True)
class Frame:
    """The video that is written on. unit: pixels of it to one of a frame 1080 pixels wide."""

    width: int
    height: int
    language: str = ""

    @property
    def unit(self) -> float:
        return min(self.width, self.height) / _REFERENCE

    @property
    def safe(self) -> Box:
        """Where text may stand, in pixels."""
        if self.width > _TALL * self.height:
            return Box(0, 0, self.width, self.height).grown(-_BESIDE * min(self.width, self.height))
        return Box(
            SAFE.left * self.width,
            SAFE.top * self.height,
            SAFE.right * self.width,
            SAFE.bottom * self.height,
        )


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a word stands: the left end of its baseline, the pixels to its em, and its line's number.

    tilt: degrees. rise: pixels that it stands above the baseline of its line.
    """

    x: float
    y: float
    advance: float
    size: float
    line: int
    tilt: float
    rise: float = 0.0


@dataclass(frozen=True, slots=True)
class Setting:
    """A page laid out: a slot a word, in the order they are said, and the lines' boxes (pixels)."""

    slots: tuple[Slot, ...]
    lines: tuple[Box, ...]
    size: float

    @property
    def box(self) -> Box:
        return Box(
            min(line.left for line in self.lines),
            min(line.top for line in self.lines),
            max(line.right for line in self.lines),
            max(line.bottom for line in self.lines),
        )


def runs_to_the_left(words: Sequence[Word], frame: Frame) -> bool:
    """Whether the lines of a page begin on the right, also where its first word is of another script."""
    return is_written_to_the_left(" ".join(word.text for word in words), frame.language)


def fits(template: Template, frame: Frame, texts: Sequence[str]) -> bool:
    """Whether the words have room on one page at the template's own size."""
    layout = template.layout
    if layout.kind == "stack":
        return len(texts) <= layout.lines
    width, size = _room(template, frame), layout.size * frame.unit
    advances = [_advance(template, text, size, frame.language) for text in texts]
    gap = _gap(template, texts) * size
    return len(_broken(advances, gap, width)) <= layout.lines and max(advances) <= width


def lay_out(template: Template, frame: Frame, words: Sequence[Word], number: int) -> Setting:
    """Set the words of page `number`. What is too wide or too high for the safe area makes all smaller."""
    layout = template.layout
    size = layout.size * frame.unit
    width = _room(template, frame)
    advances = [_advance(template, word.text, size, frame.language, keyword=word.keyword) for word in words]
    shrink = min(1.0, width / max(advances))
    size, advances = size * shrink, [advance * shrink for advance in advances]
    gap = _gap(template, [word.text for word in words]) * size
    if layout.kind == "stack":
        lines = [[index] for index in range(len(words))]
    else:
        least = len(_broken(advances, gap, width))
        lines = _balanced(
            advances, gap, width, max(least, 2 if layout.kind == "fill" and len(words) > 2 else 1)
        )
    return _set(template, frame, words, advances, lines, size, number)


def _gap(template: Template, texts: Sequence[str]) -> float:
    """Ems between words: hardly any where the script has no spaces, only room for a word that beats."""
    return template.layout.space * (CLOSE if unspaced(texts) else 1.0)


def unspaced(texts: Sequence[str]) -> bool:
    """Whether most of the words are of a script that writes no spaces between them."""
    return 2 * sum(is_unspaced(text[:1]) for text in texts) > len(texts)


def _room(template: Template, frame: Frame) -> float:
    """How wide a line may be. Centred on the frame, it reaches as far as the nearer edge of the safe area."""
    safe = _inner(template, frame)
    if template.layout.align in ("center", "block"):
        half = min(frame.width / 2 - safe.left, safe.right - frame.width / 2)
        return 2 * half * template.layout.width
    return safe.width * template.layout.width


def _height(template: Template, frame: Frame) -> float:
    """How high a page may be: what margins leave, which get smaller with the text."""
    return max(_inner(template, frame).height, frame.safe.height / 4)


def _smaller(template: Template, share: float) -> Template:
    """With lines of the same words, `share` times as high."""
    layout = template.layout
    fewer = {"size": layout.size * share, "width": layout.width * share}
    return template.model_copy(update={"layout": layout.model_copy(update=fewer)})


def _inner(template: Template, frame: Frame) -> Box:
    """The safe area without the margin that plates need around the text."""
    size = template.layout.size * frame.unit
    beside = max(
        [_beyond(boxes, ("left", "right"), boxes.plate.padding_x) for boxes in template.boxes],
        default=0.0,
    )
    beside = max(beside, _overhang(template)[0])
    above = max(
        [_beyond(boxes, ("top", "bottom"), boxes.plate.padding_y) for boxes in template.boxes], default=0
    )
    return frame.safe.grown(-MARGIN * frame.unit).grown(
        -beside * size, -max(above - (template.layout.leading - 1) / 2, 0.0) * size
    )


def _overhang(template: Template) -> tuple[float, float]:
    """Ems that words reach beside and below themselves: strokes, hard shadows, slant, plates and beats."""
    looks = template.looks
    hard = [shadow for look in looks for shadow in look.shadows if shadow.blur < 0.1]
    grown = max(template.pulse.scale - 1, 0.0) if template.pulse else 0.0
    beside = max(look.outline / 2 + abs(tan(radians(look.slant))) / 4 for look in looks)
    beside += max([abs(shadow.x) for shadow in hard], default=0.0)
    beside = max([beside, *(look.plate.padding_x for look in looks if look.plate)])
    return beside + grown, max([shadow.y for shadow in hard], default=0.0) + grown / 2


def _beyond(boxes: Boxes, edges: tuple[str, str], padding: float) -> float:
    """Ems that plates reach out of their lines on two sides."""
    bar = boxes.distance + boxes.thickness if boxes.edge in edges else 0.0
    return max(bar, 0.0) + padding + (boxes.plate.border.width if boxes.plate.border else 0.0)


def _advance(
    template: Template, text: str, size: float, language: str, *, keyword: bool | None = None
) -> float:
    """The widest that a word gets in any of its looks; keyword: whether it is one, None if not known."""
    return max(_measured(text, look, language).width for look in _looks(template, keyword=keyword)) * size


def _looks(template: Template, *, keyword: bool | None) -> tuple[Style, ...]:
    looks = template.looks
    if keyword is None or len(looks) == 3:
        return looks
    return looks[3:] if keyword else looks[:3]


@dataclass(frozen=True, slots=True)
class _Measure:
    """Ems that a word takes: side by side, without its plate; above and below its baseline, with it."""

    width: float
    above: float
    below: float


@lru_cache(maxsize=4096)
def _measured(text: str, style: Style, language: str) -> _Measure:
    """With half of its strokes on each side, and without shadows."""
    made = lettered(text, style, 1.0, language)
    reach = max(made.advance, made.ink.right) - min(0.0, made.ink.left)
    return _Measure(reach + style.outline, -made.outer.top, made.outer.bottom)


def _broken(advances: Sequence[float], gap: float, width: float) -> list[list[int]]:
    """Lines filled one after the other."""
    lines: list[list[int]] = []
    used = 0.0
    for index, advance in enumerate(advances):
        if lines and used + gap + advance <= width:
            lines[-1].append(index)
            used += gap + advance
        else:
            lines.append([index])
            used = advance
    return lines


def _balanced(advances: Sequence[float], gap: float, width: float, count: int) -> list[list[int]]:
    """`count` lines of which the widest is as narrow as can be, none wider than `width`."""
    low, high = max(advances), max(width, max(advances))
    if len(_broken(advances, gap, high)) > count:
        return _broken(advances, gap, high)
    for _ in range(20):
        middle = (low + high) / 2
        if len(_broken(advances, gap, middle)) <= count:
            high = middle
        else:
            low = middle
    return _broken(advances, gap, high + 0.01)


def _set(
    template: Template,
    frame: Frame,
    words: Sequence[Word],
    advances: Sequence[float],
    lines: list[list[int]],
    size: float,
    number: int,
) -> Setting:
    layout = template.layout
    room = _room(template, frame)
    ascent, descent = _metrics(template, words, frame.language)
    space = _gap(template, [word.text for word in words]) * size
    scales = [_enlarged(template, [advances[index] for index in line], space, room) for line in lines]
    heights = [layout.leading * size * scale for scale in scales]
    # Tails and commas count on every page, so that pages stand alike.
    highest, lowest = _reach(template, [*words, Word("Hp,", 0.0, 0.0)], frame.language)
    lowest += _overhang(template)[1]
    shift = (ascent - descent) / 2
    gaps = [space * scale for scale in scales]
    totals = [
        sum(advances[index] for index in line) * scale + gap * (len(line) - 1)
        for line, scale, gap in zip(lines, scales, gaps, strict=True)
    ]
    swing = max(totals) / 2 * _steepest(layout.tilt) + max(advances) * max(scales) / 2 * _steepest(
        layout.lean
    )
    risen, sunk = max([*layout.rise, 0.0]), min([*layout.rise, 0.0])
    above = min(heights[0] / 2 + (shift - highest - risen) * size * scales[0] - swing, 0.0)
    below = min(heights[-1] / 2 - (shift + lowest - sunk) * size * scales[-1] - swing, 0.0)
    share = _height(template, frame) / (sum(heights) - above - below)
    if share < _FULL:
        return lay_out(_smaller(template, share), frame, words, number)
    top = _top(template, frame, sum(heights), above, below)
    slots: dict[int, Slot] = {}
    boxes = []
    backwards = runs_to_the_left(words, frame)
    for row, (line, scale, height) in enumerate(zip(lines, scales, heights, strict=True)):
        gap, total = gaps[row], totals[row]
        left = _left(template, frame, total, row, number)
        left += _begun_together(template, max(totals) - total, number, backwards=backwards)
        em = size * scale
        baseline = top + height / 2 + (ascent - descent) * em / 2
        boxes.append(Box(left, baseline - ascent * em, left + total, baseline + descent * em))
        tilt = _turn(layout.tilt, row)
        for index in _seen(words, line, frame):
            advance = advances[index] * scale
            aside = left + advance / 2 - (boxes[row].left + boxes[row].right) / 2
            # The words of a tilted line lie on it, not on steps.
            rise = _turn(layout.rise, index + number) * em - aside * sin(radians(tilt))
            x = left - aside * (1 - cos(radians(tilt)))
            lean = tilt + _turn(layout.lean, index + number)
            slots[index] = Slot(x, baseline - rise, advance, em, row, lean, rise)
            left += advance + gap
        top += height
    return Setting(tuple(slots[index] for index in range(len(words))), tuple(boxes), size)


def _steepest(angles: Sequence[float]) -> float:
    return max([abs(sin(radians(angle))) for angle in angles], default=0.0)


def _turn(values: Sequence[float], number: int) -> float:
    """The values in turn; 0 where there are none."""
    return values[number % len(values)] if values else 0.0


def _enlarged(template: Template, advances: Sequence[float], gap: float, room: float) -> float:
    if template.layout.kind == "flow":
        return 1.0
    total = sum(advances) + gap * (len(advances) - 1)
    return min(room / total, template.layout.largest)


def _top(template: Template, frame: Frame, height: float, above: float, below: float) -> float:
    """Where the first line begins. above, below: what reaches out of the first and the last, negative."""
    safe = _inner(template, frame)
    top = template.layout.position * frame.height - height / 2
    return max(min(top, safe.bottom - height + below), safe.top - above)


def _left(template: Template, frame: Frame, total: float, row: int, number: int) -> float:
    layout, safe = template.layout, _inner(template, frame)
    align = ("left", "right")[number % 2] if layout.align == "alternate" else layout.align
    indent = layout.indent[row % len(layout.indent)] * layout.size * frame.unit if layout.indent else 0.0
    match align:
        case "left":
            left = safe.left + indent
        case "right":
            left = safe.right - total - indent
        case _:
            left = (frame.width - total) / 2 + indent
    return max(min(left, safe.right - total), min(safe.left, safe.right - total))


def _begun_together(template: Template, spare: float, number: int, *, backwards: bool) -> float:
    """How far to the right a line moves that is `spare` pixels shorter than its page."""
    align = template.layout.align
    if align == "block":
        return spare / 2 if backwards else -spare / 2
    if align == "left" or (align == "alternate" and number % 2 == 0):
        return spare if backwards else 0.0
    return -spare if align == "alternate" and not backwards else 0.0


def _metrics(template: Template, words: Sequence[Word], language: str) -> tuple[float, float]:
    """Ems that a page reaches above and below its baselines, such that text looks centred between them.

    By capitals and the tails of small letters, so that pages are alike; more for letters that rise higher.
    """
    plain = lettered("Hp", template.text, 1.0, language).ink
    tail = max(plain.bottom, 0.0)
    highest, lowest = _ink(template, [word.text for word in words], language)
    slack = template.text.outline + 0.12
    return max(-plain.top + tail / 2, highest - slack), max(tail, lowest - slack)


def _reach(template: Template, words: Sequence[Word], language: str) -> tuple[float, float]:
    """Ems that words reach above and below their baselines, in whichever of their looks they do most."""
    measures = [
        _measured(word.text, look, language)
        for word in words
        for look in _looks(template, keyword=word.keyword)
    ]
    return max(one.above for one in measures), max(one.below for one in measures)


def _ink(template: Template, texts: Sequence[str], language: str) -> tuple[float, float]:
    """Ems that letters reach above and below their baselines, strokes included."""
    outline = template.text.outline
    inks = [lettered(text, template.text, 1.0, language).ink for text in texts]
    return max(-ink.top for ink in inks) + outline, max(ink.bottom for ink in inks) + outline


def _seen(words: Sequence[Word], line: Sequence[int], frame: Frame) -> list[int]:
    """The words of a line as they are seen from left to right."""
    texts = [words[index].text for index in line]
    return [line[place] for place in visual_order(texts, right_to_left=runs_to_the_left(words, frame))]
