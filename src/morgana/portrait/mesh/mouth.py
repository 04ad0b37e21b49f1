"""What is inside the mouth: teeth, tongue and darkness, lit like the face."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.portrait import landmarks as lm
from morgana.portrait.mesh.easing import smoothstep
from morgana.portrait.mesh.holes import Box, box_around, coordinates, polygon_mask
from morgana.portrait.mesh.painting import Affine, Image
from morgana.portrait.mesh.smile import LUMA, find_smile, own_row
from morgana.portrait.mesh.teeth import LOWER_EDGE, Row, lower_row, upper_row
from morgana.portrait.performance import Action

ROUNDED_DEPTH = 0.6  # how far the teeth sink into the dark behind rounded lips
BEHIND_LIPS = 0.1  # depth of the teeth behind the lips


@dataclass(frozen=True, slots=True)
class Interior:
    """A portrait's mouth interior, drawn. Implements `MouthPainter`.

    light: (3,) what white enamel looks like in this picture, 0 to 255; slope: how much brighter it gets
    towards the person's left, per interocular distance; flesh: (3,) colour of the lips; photographed: whether
    the upper teeth are those that the picture shows.
    """

    upper: Row
    lower: Row
    light: NDArray[np.float64]
    slope: float
    flesh: NDArray[np.float64]
    photographed: bool

    def paint(
        self,
        mask: Image,
        box: Box,
        upper: Affine,
        lower: Affine,
        weights: NDArray[np.float64],
        outline: NDArray[np.float64],  # noqa: ARG002 (the mask tells enough)
    ) -> Image:
        """See `MouthPainter.paint`."""
        scale = float(np.hypot(upper[0, 0], upper[1, 0]))
        u, _ = coordinates(box, upper)
        flesh = self.flesh * np.array([0.5, 0.3, 0.3])
        rounded = max(float(weights[Action.MOUTH_FUNNEL]), 0.7 * float(weights[Action.MOUTH_PUCKER]))
        depth = smoothstep(np.abs(u), 0.0, 0.42)
        image = np.asarray(flesh * (0.42 - 0.27 * depth[..., None]), np.float32)
        colour, cover = _tongue(self, box, lower, weights)
        image += cover[..., None] * (colour - image)
        side = np.clip(1 + self.slope * u, 0.6, 1.4)[..., None]
        for row, affine, strength in ((self.lower, lower, 0.74), (self.upper, upper, 1.0)):
            sprite = place_row(row, affine, box)
            lit = sprite[..., :3] * (self.light * strength).astype(np.float32) * side
            deep = 1 - ROUNDED_DEPTH * rounded
            image = image * (1 - deep * sprite[..., 3:]) + deep * lit
        return np.asarray(np.clip(image * lip_shade(mask, scale), 0, 255), np.float32)


def _median(rgb: NDArray[np.uint8], points: NDArray[np.float64], radius: int) -> NDArray[np.float64]:
    """Median colour around each of some (N, 2) points, (N, 3)."""
    height, width = rgb.shape[:2]
    colours = []
    for x, y in np.rint(points).astype(int):
        x, y = int(np.clip(x, 0, width - 1)), int(np.clip(y, 0, height - 1))
        patch = rgb[max(0, y - radius) : y + radius + 1, max(0, x - radius) : x + radius + 1]
        colours.append(np.median(patch.reshape(-1, 3), axis=0))
    return np.array(colours)


def lip_colour(rgb: NDArray[np.uint8], landmarks: NDArray[np.float64], unit: float) -> NDArray[np.float64]:
    """Colour of the lips of a picture, (3,); arguments as of `build_interior`."""
    rows = np.concatenate([lm.LOWER_LIP[2, 3:8], lm.UPPER_LIP[2, 3:8]])
    return np.asarray(np.median(_median(rgb, landmarks[rows, :2], _radius(unit)), axis=0))


def _radius(unit: float) -> int:
    return max(1, round(unit * 0.03))


def _sclera(rgb: NDArray[np.uint8], outlines: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Colour of the whites of the eyes: the brighter part of what lies between the lids."""
    height, width = rgb.shape[:2]
    pixels = []
    for outline in outlines:
        box = box_around(outline, 1.0, width, height)
        pixels.append(rgb[box.rows, box.columns][polygon_mask(outline, box) > 0.6])
    inside = np.concatenate(pixels).astype(np.float64)
    if not len(inside):
        return np.full(3, 128.0)
    # White is bright and without colour; lids and corners are neither.
    whiteness = inside @ LUMA - 1.2 * np.ptp(inside, axis=1)
    white = (whiteness >= np.percentile(whiteness, 75)) & (whiteness <= np.percentile(whiteness, 97))
    return np.asarray(np.median(inside[white], axis=0))


def build_interior(
    rgb: NDArray[np.uint8],
    landmarks: NDArray[np.float64],
    unit: float,
    openings: Sequence[NDArray[np.float64]],
    to_mouth: NDArray[np.float64],
    arch: float,
) -> Interior:
    """Match the interior to a picture: its skin, eyes and lips tell the light's strength, colour and side.

    openings: outlines (N, 2) of the mouth and both eyes; to_mouth: (3, 3) from pixels to mouth coordinates;
    arch: size of the teeth against those of a mouth of mean width.
    """
    radius = _radius(unit)
    points = landmarks[:, :2]
    right, left = (_median(rgb, points[rows], radius) for rows in (lm.RIGHT_CHEEK[:3], lm.LEFT_CHEEK[:3]))
    skin = np.maximum(right.mean(axis=0), left.mean(axis=0))
    white = _sclera(rgb, openings[1:])
    bright = float(skin @ LUMA)
    # Enamel reflects more than any skin, but dark skin does not mean little light.
    strength = float(np.clip(max(0.6 * bright + 104, 1.12 * float(white @ LUMA)), 120, 238))
    tint = 0.6 * white / max(float(white @ LUMA), 1) + 0.4 * skin / max(bright, 1)
    light = np.minimum(strength * (0.35 + 0.65 * tint), 250)
    right_luma, left_luma = float(right.mean(axis=0) @ LUMA), float(left.mean(axis=0) @ LUMA)
    slope = float(np.clip((left_luma - right_luma) / max(right_luma + left_luma, 1), -0.35, 0.35)) * 1.6
    flesh = lip_colour(rgb, landmarks, unit)
    smile = find_smile(rgb, openings[0], flesh, unit)
    shown = smile and own_row(rgb, smile, openings[0], to_mouth, light)
    size = arch * unit
    return Interior(
        shown or upper_row(unit, size), lower_row(unit, size), light, slope, flesh, shown is not None
    )


def place_row(row: Row, affine: Affine, box: Box) -> Image:
    """The row's sprite in `box`, (h, w, 4) premultiplied. affine: from mouth coordinates to the frame."""
    matrix = affine @ row.to_mouth
    matrix[:, 2] -= (box.left, box.top)
    placed: Image = cv2.warpAffine(row.rgba, matrix, (box.width, box.height), flags=cv2.INTER_LINEAR)
    return placed


def _tongue(
    interior: Interior, box: Box, affine: Affine, weights: NDArray[np.float64]
) -> tuple[Image, Image]:
    """Colour and coverage of the tongue; `affine` moves with the jaw."""
    u, v = coordinates(box, affine)
    up, out = float(weights[Action.TONGUE_UP]), float(weights[Action.TONGUE_OUT])
    jaw = float(weights[Action.JAW_OPEN])
    lift = 0.8 * (0.45 * jaw + 0.02) * max(up, out)
    # The back of the tongue shows over the lower teeth, the more the wider the mouth.
    top = LOWER_EDGE - 0.015 - lift - 0.2 * jaw
    reach = 0.25 - 0.05 * up
    x, y = u / reach, (v - top - 0.2) / 0.2
    distance = np.sqrt(x * x + y * y)
    cover = 1 - smoothstep(distance, 0.94, 1.06)
    dome = np.sqrt(np.clip(1 - distance**2, 0, 1))
    groove = 1 - 0.16 * np.exp(-((u / 0.035) ** 2)) * (1 - up)
    shade = (0.22 + 0.5 * dome) * groove * (0.7 + 0.4 * max(up, out))
    base = 0.55 * interior.flesh + 0.45 * interior.light * np.array([0.72, 0.36, 0.36])
    return np.asarray(shade[..., None] * base, np.float32), np.asarray(cover, np.float32)


def lip_shade(mask: Image, scale: float) -> Image:
    """How much light the lips leave to what is behind them, (h, w, 1).

    scale: pixels per interocular distance. The upper lip shades most because light comes from above; a
    rounded mouth stands before the teeth like a tube.
    """
    blur = max(0.6, 0.04 * scale)
    fall = 0.03 * scale
    edge = math.ceil(3 * blur + fall)  # the mask ends where the lips begin, and they go on
    soft = cv2.GaussianBlur(cv2.copyMakeBorder(mask, *(edge,) * 4, cv2.BORDER_CONSTANT), (0, 0), blur)
    fallen = cv2.warpAffine(soft, np.array([[1, 0, 0], [0, 1, fall]]), soft.shape[::-1])
    soft = np.minimum(soft, fallen)[edge:-edge, edge:-edge]
    return np.asarray(0.5 + 0.5 * smoothstep(soft, 0.0, 0.62))[..., None]
