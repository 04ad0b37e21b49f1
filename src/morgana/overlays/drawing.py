"""A painted text in its place -> the patch that lies over every frame."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.overlays.contrast import luminance_of
from morgana.overlays.look import Look
from morgana.overlays.paint import INK, WHITE, Paint
from morgana.overlays.placing import Place
from morgana.text.compose import Placed, compose
from morgana.text.geometry import union
from morgana.text.paragraph import PlacedWord
from morgana.text.sprite import plate_sprite, sprite
from morgana.text.style import rgba
from morgana.video.patch import Patch

Floats = NDArray[np.float32]

OUTLINE = 0.07  # ems, wide enough to be seen, narrow enough for the counters of letters to stay open
# Of the soft shadow, in ems: a near one that parts letters from the ground, a far one that calms it.
_NEAR, _FAR = 0.05, 0.24
_NEAR_GAIN, _FAR_GAIN = 1.6, 2.2  # thin letters leave little of themselves once they are blurred
_FALL = 0.03  # ems that the near one lies lower
_CANVAS = (20_000, 20_000)  # larger than any frame: what reaches out of that is cut off when it is burnt in
_DARK = 0.2  # relative luminance, below which letters are lit from behind instead of shaded
_MARGIN = 3.0  # deviations after which a blur has ended


@dataclass(frozen=True)
class Drawn:
    """Letters on a clear ground, from the pixel (x, y) of the frame on, and the shadow that goes under them.

    rgba: (h, w, 4) 0 to 1, premultiplied. shade: (h, w) how dense it is; None where there is none.
    """

    x: int
    y: int
    rgba: Floats
    shade: Floats | None
    shade_colour: str

    @property
    def letters(self) -> Floats:
        """(h, w) what letters and outlines cover."""
        return self.rgba[..., 3]


def draw(place: Place, paint: Paint, look: Look) -> Patch:
    """The whole overlay."""
    drawn = draw_letters(place, paint, look)
    under = np.zeros_like(drawn.rgba)
    if drawn.shade is not None:
        under = _tinted(drawn.shade, drawn.shade_colour)
    if paint.plate:
        under = _over(_plates(place, paint, look, drawn), under)
    pixels = np.rint(_over(drawn.rgba, under) * 255).astype(np.uint8)
    return Patch(drawn.x, drawn.y, pixels)


def draw_letters(place: Place, paint: Paint, look: Look) -> Drawn:
    """The letters, and their shadow and glow as one: under all letters, not over those of the word before."""
    size = place.setting.size
    words = compose(*_CANVAS, [_placed(one, place, paint) for one in place.setting.layout.words])
    if words is None:
        words = Patch(0, 0, np.zeros((1, 1, 4), np.uint8))
    reach = int(_MARGIN * _FAR * size) + 2 if paint.shade or paint.plate or look.glows else 0
    scaled = np.asarray(words.rgba / np.float32(255), np.float32)
    pixels: Floats = np.pad(scaled, ((reach, reach), (reach, reach), (0, 0)))
    shade = _shadow(pixels[..., 3], size, paint.shade) if paint.shade and not paint.plate else None
    colour = INK if luminance_of(paint.colour) > _DARK else WHITE
    return Drawn(words.x - reach, words.y - reach, pixels, shade, colour)


def _placed(word: PlacedWord, place: Place, paint: Paint) -> Placed:
    strokes = tuple(replace(stroke, colour=paint.outline or stroke.colour) for stroke in word.style.strokes)
    style = replace(word.style, fill=paint.colour, strokes=strokes)
    made = sprite(word.text, style, word.size, right_to_left=place.setting.layout.right_to_left)
    return Placed(made, place.x + word.x, place.y + word.y)


def _shadow(letters: Floats, size: float, density: float) -> Floats:
    near = cv2.GaussianBlur(letters, (0, 0), _NEAR * size)
    near = np.roll(near, round(_FALL * size), axis=0)
    far = cv2.GaussianBlur(letters, (0, 0), _FAR * size)
    parts = (np.minimum(near * _NEAR_GAIN, 1), np.minimum(far * _FAR_GAIN, 1))
    clear = np.prod([1 - density * part for part in parts], axis=0)
    return np.asarray(1 - clear, np.float32)


def _plates(place: Place, paint: Paint, look: Look, drawn: Drawn) -> Floats:
    """The plates behind the lines, drawn where `drawn` is."""
    size = place.setting.size
    boxes = place.lines if paint.plate == "line" else [union(place.lines)]
    plate = replace(look.plate, fill=paint.plate_colour)
    placed = [
        Placed(plate_sprite(plate, round(box.width), round(box.height), size), box.left, box.top)
        for box in boxes
    ]
    made = compose(*_CANVAS, placed)
    under = np.zeros_like(drawn.rgba)
    if made is not None:
        top, left = made.y - drawn.y, made.x - drawn.x
        height, width = made.rgba.shape[:2]
        under[top : top + height, left : left + width] = made.rgba / np.float32(255)
    return under


def _tinted(mask: Floats, colour: str) -> Floats:
    """A mask as premultiplied colour."""
    parts = np.array([*rgba(colour)[:3], 255], np.float32) / 255
    return np.asarray(mask[..., None] * parts, np.float32)


def _over(upper: Floats, lower: Floats) -> Floats:
    return np.asarray(upper + lower * (1 - upper[..., 3:]), np.float32)
