"""Styles as Skia paints."""

from math import cos, radians, sin
from typing import Any

import skia

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


def shadow_layer(x: float, y: float, deviation: float, shade: str) -> Any:
    """A paint for a layer of which only its shadow is kept."""
    make = skia.ImageFilters.DropShadowOnly
    return skia.Paint(ImageFilter=make(x, y, deviation, deviation, colour(shade)))


def eraser() -> Any:
    """A paint that takes away what it covers."""
    return skia.Paint(AntiAlias=True, BlendMode=skia.BlendMode.kDstOut)
