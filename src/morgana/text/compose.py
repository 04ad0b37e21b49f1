"""Sprites in their places, as one picture over the frame."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import skia

from morgana.text.geometry import Box, union
from morgana.text.sprite import Sprite, blank
from morgana.video.patch import Patch

_TAIL = 3.0  # standard deviations after which a blur has ended
_SMOOTH = skia.SamplingOptions(skia.CubicResampler.Mitchell())
_SMALLER = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
_SAME = skia.SamplingOptions()
_MUCH_SMALLER = 0.6  # below this, pixels would be skipped without the averages of a mipmap


@dataclass(frozen=True, slots=True)
class Placed:
    """A sprite on the frame.

    x, y: where its (0, 0), the left end of the baseline, lies, in pixels of the frame. Neither scaled nor
    turned, it is put on whole pixels: it stays as sharp as it was drawn, and is copied twenty times as fast.
    scale_x, scale_y, rotation (degrees, clockwise) are about `pivot`, a point of the sprite.
    blur: standard deviation in pixels of the sprite. clip: what of the sprite is shown, in its own pixels.
    """

    sprite: Sprite
    x: float
    y: float
    opacity: float = 1.0
    scale_x: float = 1.0
    scale_y: float = 1.0
    rotation: float = 0.0
    pivot: tuple[float, float] = (0.0, 0.0)
    blur: float = 0.0
    clip: Box | None = None

    @property
    def is_moved_only(self) -> bool:
        """Whether it is as large and as upright as it was drawn."""
        return self.scale_x == self.scale_y == 1.0 and self.rotation == 0.0

    @property
    def matrix(self) -> Any:
        """From the sprite's pixels to the frame's (skia.Matrix)."""
        if self.is_moved_only:
            return skia.Matrix.Translate(round(self.x), round(self.y))
        x, y = self.pivot
        matrix = skia.Matrix.Translate(self.x + x, self.y + y)
        matrix.preRotate(self.rotation)
        matrix.preScale(self.scale_x, self.scale_y)
        matrix.preTranslate(-x, -y)
        return matrix

    @property
    def bounds(self) -> Box:
        """What it may cover of the frame."""
        shown = self.sprite.bounds
        if self.clip:
            shown = shown.clipped(self.clip)
        if shown.is_empty or self.opacity <= 0.0:
            return Box(0, 0, 0, 0)
        shown = shown.grown(self.blur * _TAIL)
        mapped = self.matrix.mapRect(skia.Rect.MakeLTRB(shown.left, shown.top, shown.right, shown.bottom))
        return Box(mapped.left(), mapped.top(), mapped.right(), mapped.bottom())


def wiped(placed: Placed, share: float) -> Placed:
    """`placed` with only the first `share` (0..1) of its advance, from where reading begins."""
    sprite, from_start = placed.sprite, max(0.0, min(share, 1.0))
    bounds, edge = sprite.bounds, sprite.advance * from_start
    if sprite.right_to_left:
        left = bounds.left if from_start >= 1.0 else sprite.advance - edge
        clip = Box(left, bounds.top, bounds.right if from_start > 0.0 else left, bounds.bottom)
    else:
        right = bounds.right if from_start >= 1.0 else edge
        clip = Box(bounds.left if from_start > 0.0 else right, bounds.top, right, bounds.bottom)
    return replace(placed, clip=clip)


def compose(width: int, height: int, placed: Sequence[Placed]) -> Patch | None:
    """All of `placed`, the first lowest, as one patch on a frame of `width` x `height` pixels.

    The same object as before for the same sprites in the same places. None where none is on the frame.
    """
    return _compose(width, height, tuple(placed))


@lru_cache(maxsize=16)
def _compose(width: int, height: int, placed: tuple[Placed, ...]) -> Patch | None:
    frame = Box(0, 0, width, height)
    covered = union(one.bounds for one in placed).rounded().clipped(frame)
    if covered.is_empty:
        return None
    pixels, canvas = blank(covered)
    for one in placed:
        _draw(canvas, one)
    return Patch(int(covered.left), int(covered.top), pixels)


def _draw(canvas: Any, one: Placed) -> None:
    if one.opacity <= 0.0:
        return
    paint = skia.Paint(AntiAlias=True, Alphaf=min(one.opacity, 1.0))
    if one.blur > 0.0:
        paint.setImageFilter(skia.ImageFilters.Blur(one.blur, one.blur))
    canvas.save()
    canvas.concat(one.matrix)
    if one.clip:
        box = one.clip
        canvas.clipRect(skia.Rect.MakeLTRB(box.left, box.top, box.right, box.bottom), doAntiAlias=True)
    canvas.drawImage(one.sprite.image, one.sprite.left, one.sprite.top, _sampling(one), paint)
    canvas.restore()


def _sampling(one: Placed) -> Any:
    if one.is_moved_only:
        return _SAME
    return _SMALLER if min(abs(one.scale_x), abs(one.scale_y)) < _MUCH_SMALLER else _SMOOTH
