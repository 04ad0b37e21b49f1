"""A painted text in its place -> the patch that lies over every frame."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.overlays.contrast import luminance_of
from morgana.overlays.look import Look
from morgana.overlays.paint import INK, WHITE, Paint
from morgana.overlays.placing import Place
from morgana.overlays.plaques import boxes_behind, shape_of
from morgana.text.compose import Placed, compose
from morgana.text.geometry import Box
from morgana.text.paragraph import PlacedWord
from morgana.text.sprite import sprite
from morgana.text.style import Stroke, rgba
from morgana.video.patch import Patch

Floats = NDArray[np.float32]

OUTLINE = 0.07  # ems, wide enough to be seen, narrow enough for the counters of letters to stay open
# Of the soft shadow, in ems: a near one that parts letters from the ground, a far one that calms it.
_NEAR, _FAR = 0.05, 0.24
_NEAR_GAIN, _FAR_GAIN = 1.6, 2.2  # thin letters leave little of themselves once they are blurred
_GLOWS = (
    (0.05, 1.0, 0.8),
    (0.16, 1.5, 0.75),
    (0.45, 2.2, 0.6),
)  # deviation in ems, gain, share of the look's
_FALL = 0.03  # ems that the near one lies lower
_CANVAS = (20_000, 20_000)  # larger than any frame: what reaches out of that is cut off when it is burnt in
_DARK = 0.2  # relative luminance, below which letters are lit from behind instead of shaded
_AROUND = 0.6  # ems that plates may reach beyond their padding, to be even with each other or with tails
_MARGIN = 3.0  # deviations after which a blur has ended


@dataclass(frozen=True)
class Drawn:
    """Letters on a clear ground, from the pixel (x, y) of the frame on, and what lies under them.

    letters, under: (h, w, 4) 0 to 1, premultiplied.
    """

    x: int
    y: int
    letters: Floats
    under: Floats


def draw(place: Place, paint: Paint, look: Look) -> Patch:
    """The whole overlay."""
    drawn = draw_layers(place, paint, look)
    pixels = np.rint(_over(drawn.letters, drawn.under) * 255).astype(np.uint8)
    return Patch(drawn.x, drawn.y, pixels)


def draw_layers(place: Place, paint: Paint, look: Look) -> Drawn:
    """Shadow and glow are made of all letters at once, so that none falls on the word before."""
    size = place.setting.size
    words = compose(*_CANVAS, [_placed(one, place, paint) for one in place.setting.layout.words])
    if words is None:
        words = Patch(0, 0, np.zeros((1, 1, 4), np.uint8))
    reach = _reach(paint, look, size)
    scaled = np.asarray(words.rgba / np.float32(255), np.float32)
    letters: Floats = np.pad(scaled, ((reach, reach), (reach, reach), (0, 0)))
    x, y = words.x - reach, words.y - reach
    under = np.zeros_like(letters)
    if paint.plate:
        height, width = letters.shape[:2]
        boxes = boxes_behind(place.lines, look.plaque, size, each=paint.plate == "line")
        shape = shape_of(boxes, look.plaque.radius * size, Box(x, y, x + width, y + height))
        under = _tinted(shape, paint.plate_colour)
    elif paint.shade:
        colour = INK if luminance_of(paint.colour) > _DARK else WHITE
        under = _tinted(_shadow(letters[..., 3], size, paint.shade), colour)
    if paint.light and look.glow:
        under = _over(_tinted(_glow(letters[..., 3], size, look.glow), paint.light), under)
    return Drawn(x, y, letters, under)


def _reach(paint: Paint, look: Look, size: float) -> int:
    """Pixels that anything reaches beyond the letters."""
    blurred = _FAR if paint.shade else 0.0
    if paint.light and look.glow:
        blurred = max(deviation for deviation, _, _ in _GLOWS)
    plate = max(look.plaque.padding_x, look.plaque.padding_y) + _AROUND if paint.plate else 0.0
    return round(max(_MARGIN * blurred, plate) * size) + 2


def _placed(word: PlacedWord, place: Place, paint: Paint) -> Placed:
    strokes = tuple(replace(stroke, colour=paint.outline or stroke.colour) for stroke in word.style.strokes)
    if paint.outline and not strokes:
        strokes = (Stroke(OUTLINE, paint.outline),)
    style = replace(word.style, fill=paint.colour, strokes=strokes)
    made = sprite(word.text, style, word.size, right_to_left=place.setting.layout.right_to_left)
    return Placed(made, place.x + word.x, place.y + word.y)


def _shadow(letters: Floats, size: float, density: float) -> Floats:
    """A near one, which parts letters from the ground, and a far one, which calms it."""
    near = np.roll(_blurred(letters, _NEAR * size, _NEAR_GAIN), round(_FALL * size), axis=0)
    far = _blurred(letters, _FAR * size, _FAR_GAIN)
    return np.asarray(1 - (1 - density * near) * (1 - density * far), np.float32)


def _glow(letters: Floats, size: float, density: float) -> Floats:
    clear = np.ones_like(letters)
    for deviation, gain, share in _GLOWS:
        clear *= 1 - density * share * _blurred(letters, deviation * size, gain)
    return 1 - clear


def _blurred(letters: Floats, deviation: float, gain: float) -> Floats:
    """Thin letters leave little of themselves once they are blurred: `gain` makes up for that."""
    blurred = cv2.GaussianBlur(letters, (0, 0), max(deviation, 0.3))
    return np.asarray(np.minimum(blurred * gain, 1), np.float32)


def _tinted(mask: Floats, colour: str) -> Floats:
    """A mask as premultiplied colour."""
    parts = np.array([*rgba(colour)[:3], 255], np.float32) / 255
    return np.asarray(mask[..., None] * parts, np.float32)


def _over(upper: Floats, lower: Floats) -> Floats:
    return np.asarray(upper + lower * (1 - upper[..., 3:]), np.float32)
