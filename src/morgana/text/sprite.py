"""A styled word as a picture, made once."""

from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from morgana.text.drawing import Lettering, draw_body, draw_plate, plate_box
from morgana.text.geometry import Box, union
from morgana.text.painting import blank, image
from morgana.text.shadows import cast_shadow, shadow_box, silhouette
from morgana.text.shaping import Letter, shape
from morgana.text.style import Glow, Plate, Shadow, Style

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
        return image(self.rgba)


@lru_cache(maxsize=128)
def sprite(
    text: str, style: Style, size: float, language: str = "", *, right_to_left: bool | None = None
) -> Sprite:
    """`text` with `size` pixels to the em, times the style's scale. The same object for the same arguments.

    language, right_to_left: as `shape`. Text of which nothing can be shown makes an empty picture.
    Raises `InputError` (font_not_found, model_missing).
    """
    lettering = lettered(text, style, size, language, right_to_left=right_to_left)
    shaped, size = lettering.shaped, lettering.size
    bounds = _bounds(lettering).rounded()
    pixels, canvas = blank(bounds)
    if shaped.runs:
        _draw(canvas, lettering)
    return Sprite(
        pixels,
        int(bounds.left),
        int(bounds.top),
        lettering.advance,
        lettering.ink,
        shaped.line.scaled(size),
        shaped.right_to_left,
        tuple(Letter(letter.text, letter.left * size, letter.right * size) for letter in shaped.letters),
        shaped.omitted,
    )


def lettered(
    text: str, style: Style, size: float, language: str = "", *, right_to_left: bool | None = None
) -> Lettering:
    """What `sprite` draws of the same arguments, to be measured: nothing is drawn. Raises as `sprite`."""
    shaped = shape(
        style.cased(text, language),
        style.family,
        style.weight,
        tracking=style.tracking,
        language=language,
        right_to_left=right_to_left,
    )
    return Lettering(shaped, style, size * style.scale)


@lru_cache(maxsize=32)
def plate_sprite(plate: Plate, width: float, height: float, size: float) -> Sprite:
    """A plate alone, for a box behind a whole line or one that travels from word to word.

    width, height: of what stands on it, in pixels, without its padding; `size`: pixels to the em.
    Its (0, 0) is the top left corner of what stands on it.
    """
    inner = Box(0.0, 0.0, width, height)
    outer = inner.grown(plate.padding_x * size, plate.padding_y * size)
    bounds = plate_box(plate, inner, size).rounded()
    pixels, canvas = blank(bounds)
    draw_plate(canvas, plate, inner, size)
    return Sprite(pixels, int(bounds.left), int(bounds.top), width, outer, outer)


def _draw(canvas: Any, lettering: Lettering) -> None:
    style, size = lettering.style, lettering.size
    faded = style.opacity < 1.0
    if faded:
        canvas.saveLayerAlpha(None, round(style.opacity * 255))
    if style.plate:
        draw_plate(canvas, style.plate, lettering.stand, size)
    if style.glows or style.shadows:
        shape = silhouette(lettering.reached, partial(draw_body, lettering=lettering))
        for glow in style.glows:
            cast_shadow(canvas, shape, _light(glow), size, glow.strength)
        for shadow in reversed(style.shadows):
            cast_shadow(canvas, shape, shadow, size)
    draw_body(canvas, lettering)
    if faded:
        canvas.restore()


def _light(glow: Glow) -> Shadow:
    return Shadow(blur=2 * glow.radius * _GLOW, colour=glow.colour, x=0.0, y=0.0)


def _bounds(lettering: Lettering) -> Box:
    """What the picture has to cover."""
    style, size, body = lettering.style, lettering.size, lettering.reached
    around = [shadow_box(body, shadow, size) for shadow in (*map(_light, style.glows), *style.shadows)]
    plates = [plate_box(style.plate, lettering.stand, size)] if style.plate else []
    return union([body, *around, *plates])
