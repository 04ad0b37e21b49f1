"""A styled word as a picture, made once."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import ceil
from typing import Any

import numpy as np
import skia
from numpy.typing import NDArray

from morgana.text.drawing import Lettering, draw_body, draw_plate
from morgana.text.geometry import Box, union
from morgana.text.painting import shadow_layer
from morgana.text.shaping import Letter, shape
from morgana.text.style import Plate, Shadow, Style

_TAIL = 3.0  # standard deviations after which a blur has ended
_SOFT = 2.0  # pixels for smoothed edges, and for glyphs that Skia puts on quarters of a pixel
_FINEST = 3.0  # pixels of deviation that a blur keeps where it is drawn small
_GLOW = 0.5  # of the radius is the standard deviation of a glow


@dataclass(frozen=True, eq=False)
class Sprite:
    """A picture with the left end of its baseline at (0, 0); y downwards, all lengths in pixels.

    rgba: (h, w, 4) uint8, sRGB, colours multiplied by alpha; its top left pixel lies at (left, top).
    ink: the letters alone. line: from (0, 0) to `advance`, as high as the line; for a plate, the plate.
    letters: the stretch of the baseline that each grapheme takes, as they are read.
    omitted: what no installed font has.
    """

    rgba: NDArray[np.uint8]
    left: int
    top: int
    advance: float
    ink: Box
    line: Box
    right_to_left: bool = False
    letters: tuple[Letter, ...] = ()
    omitted: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.rgba.flags.writeable = False

    @property
    def bounds(self) -> Box:
        """What the picture covers."""
        height, width = self.rgba.shape[:2]
        return Box(self.left, self.top, self.left + width, self.top + height)

    @cached_property
    def image(self) -> Any:
        """The same picture for drawing (skia.Image)."""
        height, width = self.rgba.shape[:2]
        return skia.Image.MakeRasterData(_pixels(width, height), skia.Data(self.rgba), 4 * width)


@lru_cache(maxsize=128)
def sprite(
    text: str, style: Style, size: float, language: str = "", *, right_to_left: bool | None = None
) -> Sprite:
    """`text` with `size` pixels to the em, times the style's scale. The same object for the same arguments.

    language, right_to_left: as `shape`. Text of which nothing can be shown makes an empty picture.
    Raises `InputError` (font_not_found, model_missing).
    """
    cased = style.cased(text, language)
    size *= style.scale
    shaped = shape(
        cased,
        style.family,
        style.weight,
        tracking=style.tracking,
        language=language,
        right_to_left=right_to_left,
    )
    lettering = Lettering(shaped, style, size)
    bounds = _bounds(lettering).rounded()
    pixels, canvas = blank(bounds)
    if shaped.runs:
        _draw(canvas, lettering)
    return Sprite(
        pixels,
        int(bounds.left),
        int(bounds.top),
        shaped.advance * size,
        lettering.ink,
        shaped.line.scaled(size),
        shaped.right_to_left,
        tuple(Letter(letter.text, letter.left * size, letter.right * size) for letter in shaped.letters),
        shaped.omitted,
    )


@lru_cache(maxsize=32)
def plate_sprite(plate: Plate, width: float, height: float, size: float) -> Sprite:
    """A plate alone, for a box behind a whole line or one that travels from word to word.

    width, height: of what stands on it, in pixels, without its padding; `size`: pixels to the em.
    Its (0, 0) is the top left corner of what stands on it.
    """
    inner = Box(0.0, 0.0, width, height)
    outer = inner.grown(plate.padding_x * size, plate.padding_y * size)
    bounds = _plate_bounds(plate, inner, size).rounded()
    pixels, canvas = blank(bounds)
    draw_plate(canvas, plate, inner, size)
    return Sprite(pixels, int(bounds.left), int(bounds.top), width, outer, outer)


def blank(bounds: Box) -> tuple[NDArray[np.uint8], Any]:
    """Clear pixels for `bounds`, and a canvas onto them that counts as `bounds` does."""
    pixels = np.zeros((max(int(bounds.height), 1), max(int(bounds.width), 1), 4), np.uint8)
    height, width = pixels.shape[:2]
    canvas = skia.Canvas.MakeRasterDirect(_pixels(width, height), pixels, 4 * width)
    canvas.translate(-bounds.left, -bounds.top)
    return pixels, canvas


def _pixels(width: int, height: int) -> Any:
    return skia.ImageInfo.Make(
        width, height, skia.ColorType.kRGBA_8888_ColorType, skia.AlphaType.kPremul_AlphaType
    )


def _draw(canvas: Any, lettering: Lettering) -> None:
    style, size = lettering.style, lettering.size
    faded = style.opacity < 1.0
    if faded:
        canvas.saveLayerAlpha(None, round(style.opacity * 255))
    if style.plate:
        draw_plate(canvas, style.plate, lettering.stand, size)
    for glow in style.glows:
        light = Shadow(blur=2 * glow.radius * _GLOW, colour=glow.colour, x=0.0, y=0.0)
        _draw_shadow(canvas, lettering, light, glow.strength)
    for shadow in reversed(style.shadows):
        _draw_shadow(canvas, lettering, shadow)
    draw_body(canvas, lettering)
    if faded:
        canvas.restore()


def _draw_shadow(canvas: Any, lettering: Lettering, shadow: Shadow, times: int = 1) -> None:
    """`shadow`, `times` over each other. Soft ones are drawn small and enlarged: fast, and not seen."""
    x, y, deviation = (part * lettering.size for part in (shadow.x, shadow.y, shadow.blur / 2))
    layer = shadow_layer(x, y, deviation, shadow.colour)
    smaller = 4 if deviation >= 4 * _FINEST else 2 if deviation >= 2 * _FINEST else 1
    if smaller == 1 and times == 1:
        _draw_layer(canvas, lettering, layer)
        return
    area = _cast(_reached(lettering), shadow, lettering.size).rounded()
    width, height = ceil(area.width / smaller), ceil(area.height / smaller)
    pixels, small = blank(Box(0, 0, width, height))
    small.scale(1 / smaller, 1 / smaller)
    small.translate(-area.left, -area.top)
    _draw_layer(small, lettering, layer)
    picture = skia.Image.MakeRasterData(_pixels(width, height), skia.Data(pixels), 4 * width)
    place = skia.Rect.MakeXYWH(area.left, area.top, width * smaller, height * smaller)
    for _ in range(times):
        canvas.drawImageRect(picture, place, skia.SamplingOptions(skia.FilterMode.kLinear))


def _draw_layer(canvas: Any, lettering: Lettering, layer: Any) -> None:
    canvas.saveLayer(None, layer)
    draw_body(canvas, lettering)
    canvas.restore()


def _reached(lettering: Lettering) -> Box:
    """Letters, rules and strokes."""
    reach = lettering.style.reach * lettering.size
    return lettering.body.grown(reach * (1 + abs(lettering.lean)) + _SOFT, reach + _SOFT)


def _bounds(lettering: Lettering) -> Box:
    """What the picture has to cover."""
    style, size = lettering.style, lettering.size
    body = _reached(lettering)
    glows = [body.grown(glow.radius * size * _GLOW * _TAIL) for glow in style.glows]
    shadows = [_cast(body, shadow, size) for shadow in style.shadows]
    plates = [_plate_bounds(style.plate, lettering.stand, size)] if style.plate else []
    return union([body, *glows, *shadows, *plates])


def _plate_bounds(plate: Plate, inner: Box, size: float) -> Box:
    border = plate.border.width if plate.border else 0.0
    outer = inner.grown((plate.padding_x + border) * size + _SOFT, (plate.padding_y + border) * size + _SOFT)
    shadows = [_cast(outer, plate.shadow, size)] if plate.shadow else []
    return union([outer, *shadows])


def _cast(body: Box, shadow: Shadow, size: float) -> Box:
    return body.moved(shadow.x * size, shadow.y * size).grown(shadow.blur * size / 2 * _TAIL)
