"""The light and the shadow of a shape: its silhouette, moved, blurred and in one colour."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from morgana.text.geometry import Box
from morgana.text.painting import blank, draw_pixels
from morgana.text.resampling import TAIL, Picture, blurred, warped
from morgana.text.style import Shadow, rgba


@dataclass(frozen=True, slots=True, eq=False)
class Silhouette:
    """How much of each pixel of a box a shape covers: (h, w) uint8."""

    cover: Picture
    box: Box


def silhouette(box: Box, draw: Callable[[Any], None]) -> Silhouette:
    """Of what `draw` draws on the canvas that it is given, all of it within `box`."""
    box = box.rounded()
    pixels, canvas = blank(box)
    draw(canvas)
    return Silhouette(np.ascontiguousarray(pixels[..., 3]), box)


def shadow_box(body: Box, shadow: Shadow, size: float) -> Box:
    """What the shadow of a body may cover."""
    return body.moved(shadow.x * size, shadow.y * size).grown(shadow.blur * size / 2 * TAIL)


def cast_shadow(canvas: Any, shape: Silhouette, shadow: Shadow, size: float, times: int = 1) -> None:
    """Draw `shadow` of a shape, `times` over each other; `size`: pixels to the em."""
    cover, matrix = blurred(shape.cover, shadow.blur * size / 2)
    matrix.postTranslate(shape.box.left + shadow.x * size, shape.box.top + shadow.y * size)
    place = shadow_box(shape.box, shadow, size).rounded()
    draw_pixels(canvas, np.take(_tints(shadow.colour, times), warped(cover, matrix, place)), place)


@lru_cache(maxsize=64)
def _tints(colour: str, times: int) -> NDArray[np.uint32]:
    """(256,): the pixel of each cover, red lowest, colours multiplied by alpha."""
    *light, strength = rgba(colour)
    alpha = 1 - (1 - np.arange(256) / 255 * strength / 255) ** times
    parts = np.rint(alpha[:, None] * (*light, 255)).astype(np.uint8)
    return parts.view(np.uint32)[:, 0]
