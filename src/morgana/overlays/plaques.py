"""The shape behind the lines of a text: one box, or a label a line, which run into each other softly."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.overlays.look import Plaque
from morgana.text.geometry import Box, union

Floats = NDArray[np.float32]

_APART = 0.16  # ems between two labels up to which they are joined
_STEPS = 0.5  # ems: ends of neighbouring lines that are nearer than this are made even


def boxes_behind(lines: Sequence[Box], plaque: Plaque, size: float, *, each: bool) -> list[Box]:
    """What lies behind `lines` (pixels), with `size` pixels to the em. each: a label a line, not one box."""
    shown = [line for line in lines if not line.is_empty]
    if not each:
        shown = [union(shown)]
    grown = [line.grown(plaque.padding_x * size, plaque.padding_y * size) for line in shown]
    for index in range(1, len(grown)):
        upper, lower = grown[index - 1], grown[index]
        if lower.top - upper.bottom < _APART * size:
            middle = (upper.bottom + lower.top) / 2
            grown[index - 1], grown[index] = replace(upper, bottom=middle), replace(lower, top=middle)
    return _evened(grown, _STEPS * size)


def _evened(boxes: list[Box], step: float) -> list[Box]:
    """Without small steps from line to line, which would look like mistakes."""
    even = list(boxes)
    for _ in boxes:
        for index in range(1, len(even)):
            one, other = even[index - 1], even[index]
            if abs(one.left - other.left) < step:
                left = min(one.left, other.left)
                one, other = replace(one, left=left), replace(other, left=left)
            if abs(one.right - other.right) < step:
                right = max(one.right, other.right)
                one, other = replace(one, right=right), replace(other, right=right)
            even[index - 1], even[index] = one, other
    return even


def shape_of(boxes: Sequence[Box], radius: float, area: Box) -> Floats:
    """(h, w) 0 to 1: how much of each pixel of `area` the boxes cover, all their corners round by `radius`.

    Corners outside are rounded by an opening with a disc, those inside by a closing.
    """
    mask = np.zeros((int(area.height), int(area.width)), np.uint8)
    for box in boxes:
        left, top = round(box.left - area.left), round(box.top - area.top)
        mask[top : round(box.bottom - area.top), left : round(box.right - area.left)] = 1
    thinnest = min([min(box.width, box.height) for box in boxes], default=0.0)
    round_by = min(radius, thinnest / 2 - 1)
    if round_by < 1:
        return mask.astype(np.float32)
    core = _depth(mask) >= round_by
    opened = _depth(~core) <= round_by
    swollen = _depth(~opened) <= round_by
    return np.asarray(np.clip(_depth(swollen) - round_by + 0.5, 0, 1), np.float32)


def _depth(mask: NDArray[np.generic]) -> Floats:
    """How far each pixel inside of `mask` is from the nearest one outside."""
    inside = mask.astype(np.uint8)
    return np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)
