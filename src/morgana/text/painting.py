"""Styles as Skia paints, and pictures as Skia has them."""

from math import cos, radians, sin
from typing import Any

import numpy as np
import skia
from numpy.typing import NDArray

from morgana.text.geometry import Box
from morgana.text.style import MITER_LIMIT, Gradient, Stroke, rgba

_JOINS = {
    "round": skia.Paint.Join.kRound_Join,
    "miter": skia.Paint.Join.kMiter_Join,
    "bevel": skia.Paint.Join.kBevel_Join,
}


def colour(text: str) -> int:
    """A Skia colour."""
    red, green, blue, alpha = rgba(text)
    return int(skia.Color(red, green, blue, alpha))


def filled(fill: str | Gradient, over: Box) -> Any:
    """A paint in one colour, or with a gradient `over` a box in pixels."""
    paint = skia.Paint(AntiAlias=True)
    if isinstance(fill, str):
        paint.setColor(colour(fill))
    else:
        paint.setShader(_shader(fill, over))
    return paint


def _shader(gradient: Gradient, over: Box) -> Any:
    """From corner to corner across the box, as CSS has it."""
    x, y = cos(radians(gradient.angle)), sin(radians(gradient.angle))
    reach = (abs(over.width * x) + abs(over.height * y)) / 2
    middle_x, middle_y = (over.left + over.right) / 2, (over.top + over.bottom) / 2
    ends = [
        skia.Point(middle_x - x * reach, middle_y - y * reach),
        skia.Point(middle_x + x * reach, middle_y + y * reach),
    ]
    colours = [colour(one) for one in gradient.colours] * gradient.repeat
    if not gradient.sharp:
        return skia.GradientShader.MakeLinear(ends, colours)
    stops = [place / len(colours) for index in range(len(colours)) for place in (index, index + 1)]
    return skia.GradientShader.MakeLinear(ends, [one for one in colours for _ in range(2)], stops)


def outlined(stroke: Stroke, reach: float) -> Any:
    """A paint for a stroke whose outer edge is `reach` pixels beyond the letters, and all within it."""
    return skia.Paint(
        AntiAlias=True,
        Color=colour(stroke.colour),
        Style=skia.Paint.Style.kStrokeAndFill_Style,
        StrokeWidth=2 * reach,
        StrokeJoin=_JOINS[stroke.join],
        StrokeMiter=MITER_LIMIT,
    )


def eraser() -> Any:
    """A paint that takes away what it covers."""
    return skia.Paint(AntiAlias=True, BlendMode=skia.BlendMode.kDstOut)


def blank(bounds: Box) -> tuple[NDArray[np.uint8], Any]:
    """Clear pixels for `bounds`, and a canvas onto them that counts as `bounds` does."""
    pixels = np.zeros((max(int(bounds.height), 1), max(int(bounds.width), 1), 4), np.uint8)
    height, width = pixels.shape[:2]
    canvas = skia.Canvas.MakeRasterDirect(_format(width, height), pixels, 4 * width)
    canvas.translate(-bounds.left, -bounds.top)
    return pixels, canvas


def image(pixels: NDArray[np.uint8 | np.uint32]) -> Any:
    """Pixels for drawing (skia.Image): (h, w, 4) uint8 or (h, w) uint32, colours multiplied by alpha."""
    height, width = pixels.shape[:2]
    return skia.Image.MakeRasterData(_format(width, height), skia.Data(pixels), 4 * width)


def draw_pixels(canvas: Any, pixels: NDArray[np.uint8 | np.uint32], place: Box, opacity: float = 1.0) -> None:
    """Lay pixels over what is there, each on one of the canvas."""
    paint = skia.Paint(Alphaf=opacity)
    canvas.drawImage(image(pixels), place.left, place.top, skia.SamplingOptions(), paint)


def _format(width: int, height: int) -> Any:
    return skia.ImageInfo.Make(
        width, height, skia.ColorType.kRGBA_8888_ColorType, skia.AlphaType.kPremul_AlphaType
    )
