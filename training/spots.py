"""Where on a picture of a face something is drawn, and what a drawn thing is."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.portrait import landmarks as lm
from training.surfaces import Rgb

Mask = NDArray[np.float32]
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cover:
    """rgb: (H, W, 3) float32, 0 to 255; alpha: (H, W) float32, 1 where nothing is seen through it."""

    rgb: Rgb
    alpha: Mask


@dataclass(frozen=True, slots=True)
class Spot:
    """Where on a picture of (height, width) to draw, in a frame of the face: interocular distances about the
    middle of the lips, x to the person's left, y down.

    to_picture: (2, 3); unit: pixels of an interocular distance; at: (2,) what it is held in front of; edge:
    height of the upper edge of what is worn; face: (478, 2) landmarks, pixels; skin: (h, w, 3), somebody's.
    """

    size: tuple[int, int]
    to_picture: Points
    unit: float
    at: Points
    edge: float
    face: Points
    skin: NDArray[np.uint8]

    def pixels(self, points: Points) -> Points:
        """Points (N, 2) of the face's frame in the picture."""
        return np.asarray(points @ self.to_picture[:, :2].T + self.to_picture[:, 2])

    def filled(self, points: Points) -> Mask:
        """What lies in a polygon (N, 2) of the face's frame."""
        mask = np.zeros(self.size, np.uint8)
        cv2.fillPoly(mask, [np.rint(self.pixels(points) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        return mask.astype(np.float32) / np.float32(255)

    def bar(self, start: Points, end: Points, width: float) -> Mask:
        """A line of that width with round ends, in the face's frame."""
        mask = np.zeros(self.size, np.uint8)
        (a, b) = np.rint(self.pixels(np.array([start, end]))).astype(int)
        cv2.line(mask, a.tolist(), b.tolist(), 255, max(1, round(width * self.unit)), cv2.LINE_AA)
        return mask.astype(np.float32) / np.float32(255)


def spot(size: tuple[int, int], face: Points, at: Points, edge: float, skin: NDArray[np.uint8]) -> Spot:
    """face: (478, 2 or more) landmarks, pixels."""
    across = (face[lm.LEFT_IRIS[0]] - face[lm.RIGHT_IRIS[0]])[:2]
    middle = face[np.concatenate([lm.UPPER_LIP[3], lm.LOWER_LIP[3]]), :2].mean(axis=0)
    to_picture = np.array([[across[0], -across[1], middle[0]], [across[1], across[0], middle[1]]])
    return Spot(size, to_picture, float(np.linalg.norm(across)), at, edge, face[:, :2], skin)


def rounded(part: Mask, radius: float, least: float) -> Mask:
    """Shading of something round: `least` at its edge, 1 where it is `radius` pixels from there."""
    depth = cv2.distanceTransform((part > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    across = np.clip(depth / max(radius, 1), 0, 1)
    return np.asarray(least + (1 - least) * np.sqrt(1 - (1 - across) ** 2), np.float32)
