"""Sprites in their places, as one picture over the frame."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import skia

from morgana.text.geometry import Box, union
from morgana.text.painting import blank, draw_pixels
from morgana.text.resampling import TAIL, Picture, blurred, warped
from morgana.text.sprite import Sprite
from morgana.video.patch import Patch


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
        shown = shown.grown(self.blur * TAIL)
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


def grouped(placed: Sequence[Placed]) -> Placed | None:
    """All of `placed`, the first lowest, as one picture in its place: it fades, blurs and turns as a whole.

    The same sprite as before for the same sprites in the same places. None where there is nothing to see.
    """
    made = _grouped(tuple(placed))
    return Placed(made, 0.0, 0.0) if made else None


@lru_cache(maxsize=4)
def _grouped(placed: tuple[Placed, ...]) -> Sprite | None:
    covered = union(one.bounds for one in placed).rounded()
    if covered.is_empty:
        return None
    pixels = _drawn(covered, placed)
    return Sprite(pixels, int(covered.left), int(covered.top), covered.right, covered, covered)


def compose(width: int, height: int, placed: Sequence[Placed]) -> Patch | None:
    """All of `placed`, the first lowest, as one patch on a frame of `width` x `height` pixels.

    The same object as before for the same sprites in the same places. None where none is on the frame.
    """
    return _compose(width, height, tuple(placed))


@lru_cache(maxsize=16)
def _compose(width: int, height: int, placed: tuple[Placed, ...]) -> Patch | None:
    covered = union(one.bounds for one in placed).rounded().clipped(Box(0, 0, width, height))
    if covered.is_empty:
        return None
    return Patch(int(covered.left), int(covered.top), _drawn(covered, placed))


def _drawn(covered: Box, placed: Sequence[Placed]) -> Picture:
    pixels, canvas = blank(covered)
    for one in placed:
        place = one.bounds.rounded().clipped(covered)
        if not place.is_empty:
            _draw(canvas, one, place)
    return pixels


def _draw(canvas: Any, one: Placed, place: Box) -> None:
    """`one` onto `canvas`, of which it covers no more than `place`."""
    canvas.save()
    if one.clip:
        box, onto = one.clip, canvas.getTotalMatrix()
        canvas.concat(one.matrix)
        canvas.clipRect(skia.Rect.MakeLTRB(box.left, box.top, box.right, box.bottom), doAntiAlias=True)
        canvas.setMatrix(onto)
    opacity = min(one.opacity, 1.0)
    if one.is_moved_only and one.blur <= 0.0:
        paint = skia.Paint(Alphaf=opacity)
        sprite, left, top = one.sprite, round(one.x), round(one.y)
        canvas.drawImage(sprite.image, sprite.left + left, sprite.top + top, skia.SamplingOptions(), paint)
    else:
        draw_pixels(canvas, _changed(one, place), place, opacity)
    canvas.restore()


def _changed(one: Placed, place: Box) -> Picture:
    """What is seen of a sprite, blurred, scaled and turned, in `place`."""
    matrix = one.matrix
    matrix.preTranslate(one.sprite.left, one.sprite.top)
    if one.blur <= 0.0:
        return warped(one.sprite.rgba, matrix, place)
    picture, back = blurred(one.sprite.rgba, one.blur)
    matrix.preConcat(back)
    return warped(picture, matrix, place)
