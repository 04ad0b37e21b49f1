"""The strokes, the fill and the plate of a text on a canvas."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import radians, tan
from typing import Any

import skia

from morgana.text.geometry import Box, union
from morgana.text.painting import colour, eraser, filled, outlined
from morgana.text.shadows import cast_shadow, shadow_box, silhouette
from morgana.text.shaping import GlyphRun, Shaped
from morgana.text.style import Palette, Plate, Rule, Style, rgba

SOFT = 2.0  # pixels for smoothed edges, and for glyphs that Skia puts on quarters of a pixel


@dataclass(frozen=True, slots=True)
class Lettering:
    """Shaped text in a style at a size; its boxes are in pixels from the left end of the baseline."""

    shaped: Shaped
    style: Style
    size: float

    @property
    def advance(self) -> float:
        return self.shaped.advance * self.size

    @property
    def lean(self) -> float:
        """How far a pixel up leads to the right."""
        return tan(radians(self.style.slant))

    @property
    def ink(self) -> Box:
        """What the letters cover, slanted."""
        upright = self.shaped.ink.scaled(self.size)
        if upright.is_empty:
            return upright
        shifts = [-upright.top * self.lean, -upright.bottom * self.lean]
        return Box(upright.left + min(shifts), upright.top, upright.right + max(shifts), upright.bottom)

    @property
    def rules(self) -> list[Box]:
        return [self._rule(rule) for rule in self.style.rules] if self.shaped.runs else []

    @property
    def body(self) -> Box:
        """Letters and rules, without strokes."""
        return union([self.ink, *self.rules])

    @property
    def reached(self) -> Box:
        """Letters, rules and strokes, with their smoothed edges."""
        reach = self.style.reach * self.size
        return self.body.grown(reach * (1 + abs(self.lean)) + SOFT, reach + SOFT)

    @property
    def stand(self) -> Box:
        """What stands on the plate: the line, and what reaches out of it."""
        return union([self.shaped.line.scaled(self.size), self.ink])

    @property
    def outer(self) -> Box:
        """Letters, rules, strokes and plate; not the light and the shadow around them."""
        reach = self.style.reach * self.size
        body = self.body.grown(reach * (1 + abs(self.lean)), reach)
        plate = self.style.plate
        if not plate or not self.shaped.runs:
            return body
        border = plate.border.width if plate.border else 0.0
        around = self.stand.grown(
            (plate.padding_x + border) * self.size, (plate.padding_y + border) * self.size
        )
        return union([body, around])

    @property
    def shade(self) -> Box:
        """What a gradient runs over: the text from the top of capitals to the baseline."""
        return Box(0.0, -self.shaped.face.cap_height, self.shaped.advance, 0.0).scaled(self.size)

    def _rule(self, rule: Rule) -> Box:
        half = rule.thickness / 2
        return Box(0.0, rule.y - half, self.shaped.advance, rule.y + half).scaled(self.size)


def draw_body(canvas: Any, lettering: Lettering) -> None:
    """Strokes, letters and rules."""
    style, size = lettering.style, lettering.size
    reach = style.outline
    for stroke in reversed(style.strokes):
        _draw_shape(canvas, lettering, outlined(stroke, reach * size))
        reach -= stroke.width
    if style.strokes and not _is_opaque(style):
        # A stroke lies around the letters, so it must not be seen through them.
        _draw_shape(canvas, lettering, eraser())
    _draw_fill(canvas, lettering)
    _draw_emoji(canvas, lettering)


def _is_opaque(style: Style) -> bool:
    if style.fill is None:
        return False
    colours = (style.fill,) if isinstance(style.fill, str) else style.fill.colours
    return all(rgba(one)[3] == 255 for one in colours)


def _draw_fill(canvas: Any, lettering: Lettering) -> None:
    fill = lettering.style.fill
    if isinstance(fill, Palette):
        _draw_palette(canvas, lettering, fill)
    elif fill is not None:
        _draw_glyphs(canvas, lettering, filled(fill, lettering.shade))
    for rule, box in zip(lettering.style.rules, lettering.rules, strict=True):
        paint = rule.colour or (fill.colours[0] if isinstance(fill, Palette) else fill)
        if paint is not None:
            canvas.drawRect(_rect(box), filled(paint, lettering.shade))


def _draw_palette(canvas: Any, lettering: Lettering, palette: Palette) -> None:
    shown = [number for number, letter in enumerate(lettering.shaped.letters) if letter.text != " "]
    turn = {number: place % len(palette.colours) for place, number in enumerate(shown)}
    _slant(canvas, lettering)
    for run in _plain(lettering):
        for letter in dict.fromkeys(glyph.letter for glyph in run.glyphs):
            paint = skia.Paint(AntiAlias=True, Color=colour(palette.colours[turn.get(letter, 0)]))
            canvas.drawTextBlob(_blob(run, lettering.size, only=letter), 0, 0, paint)
    canvas.restore()


def _draw_shape(canvas: Any, lettering: Lettering, paint: Any) -> None:
    """Letters and rules in one paint; not emoji, whose outline is their own."""
    _draw_glyphs(canvas, lettering, paint)
    for box in lettering.rules:
        canvas.drawRect(_rect(box), paint)


def _draw_glyphs(canvas: Any, lettering: Lettering, paint: Any) -> None:
    _slant(canvas, lettering)
    for run in _plain(lettering):
        canvas.drawTextBlob(_blob(run, lettering.size), 0, 0, paint)
    canvas.restore()


def _draw_emoji(canvas: Any, lettering: Lettering) -> None:
    for run in lettering.shaped.runs:
        if run.is_colour:
            canvas.drawTextBlob(_blob(run, lettering.size), 0, 0, skia.Paint(AntiAlias=True))


def _plain(lettering: Lettering) -> Iterator[GlyphRun]:
    return (run for run in lettering.shaped.runs if not run.is_colour)


def _slant(canvas: Any, lettering: Lettering) -> None:
    canvas.save()
    canvas.skew(-lettering.lean, 0)


def _blob(run: GlyphRun, size: float, only: int | None = None) -> Any:
    """The glyphs of a run, or those of one letter."""
    glyphs = [glyph for glyph in run.glyphs if only in (None, glyph.letter)]
    builder = skia.TextBlobBuilder()
    builder.allocRunPos(
        run.face.font(size * run.scale),
        [glyph.number for glyph in glyphs],
        [skia.Point(glyph.x * size, glyph.y * size) for glyph in glyphs],
    )
    return builder.make()


def draw_plate(canvas: Any, plate: Plate, inner: Box, size: float) -> None:
    """A box around `inner` (pixels) with its padding, border and shadow."""
    if plate.shadow:
        shape = silhouette(_plate_edge(plate, inner, size), lambda onto: _draw_box(onto, plate, inner, size))
        cast_shadow(canvas, shape, plate.shadow, size)
    _draw_box(canvas, plate, inner, size)


def plate_box(plate: Plate, inner: Box, size: float) -> Box:
    """What a box around `inner` covers, with its border and shadow."""
    edge = _plate_edge(plate, inner, size)
    return union([edge, shadow_box(edge, plate.shadow, size)]) if plate.shadow else edge


def _plate_edge(plate: Plate, inner: Box, size: float) -> Box:
    border = plate.border.width if plate.border else 0.0
    return inner.grown((plate.padding_x + border) * size + SOFT, (plate.padding_y + border) * size + SOFT)


def _draw_box(canvas: Any, plate: Plate, inner: Box, size: float) -> None:
    outer = inner.grown(plate.padding_x * size, plate.padding_y * size)
    box = _rounded(plate, outer, size)
    if plate.border:
        width = plate.border.width * size
        grown = _rounded(plate, outer.grown(width), size, width)
        paint = skia.Paint(AntiAlias=True, Color=colour(plate.border.colour))
        canvas.drawDRRect(grown, box, paint)
    canvas.drawRRect(box, filled(plate.fill, outer))


def _rounded(plate: Plate, box: Box, size: float, more: float = 0.0) -> Any:
    """`box` with the plate's corners, each that is round by `more` pixels rounder."""
    limit = min(box.width, box.height) / 2
    corners = plate.corners or (plate.radius,) * 4
    radii = [min(corner * size + more, limit) if corner else 0.0 for corner in corners]
    rounded = skia.RRect()
    rounded.setRectRadii(_rect(box), [skia.Point(radius, radius) for radius in radii])
    return rounded


def _rect(box: Box) -> Any:
    return skia.Rect.MakeLTRB(box.left, box.top, box.right, box.bottom)
