"""What is behind the text: faces, detail, motion and brightness of a film, from a few glances at it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.overlays.contrast import luminance
from morgana.portrait.detection import FaceBox, detect_faces
from morgana.text.geometry import Box
from morgana.video.glance import Glance

Floats = NDArray[np.float32]

_STEP = 3  # of the pixels of a glance, one in so many a side is enough to tell how bright it is
_SEARCHED = 8  # glances in which faces are looked for
_CLOSELY = 3  # of these, how many also for small ones
_SIDES = (320,)  # pixels a side at which faces are found that fill a twentieth of it
_HAIR, _CHEEK, _CHIN = 0.45, 0.2, 0.15  # of a face's height and width: what belongs to a head around it
_BROW, _LID = 0.24, 0.52  # of its height: between them are the eyes
_LIPS = 0.86  # of its height: where the mouth ends
_AROUND = 0.55  # how much hair, ears, forehead and chin matter, where nose and mouth count for 1
_CALM = 0.012  # detail and motion below which a region is as good as a plain wall


@dataclass(frozen=True)
class Ground:
    """Glances as arrays, and the frame they are small pictures of. scale: their pixels to one of the frame.

    pictures: (n, h, w, 3) uint8 sRGB. faces: boxes in pixels of the frame, one list for each glance searched.
    """

    pictures: NDArray[np.uint8]
    scale: float
    faces: tuple[tuple[Box, ...], ...]

    def area(self, box: Box) -> Box:
        """What `seen` shows for `box`, in pixels of the frame."""
        top, bottom, left, right = self._edges(box)
        return Box(left, top, right, bottom).scaled(1 / self.scale)

    def seen(self, box: Box) -> NDArray[np.uint8]:
        """(n, h, w, 3) the part of all pictures under `box` (pixels of the frame), at least a pixel large."""
        top, bottom, left, right = self._edges(box)
        return self.pictures[:, top:bottom, left:right]

    def light(self, box: Box) -> Floats:
        """Relative luminances of some of the pixels under `box` in all pictures."""
        top, bottom, left, right = self._edges(box)
        return self._light[:, top // _STEP : -(-bottom // _STEP), left // _STEP : -(-right // _STEP)]

    def busy(self, box: Box) -> float:
        """0 for a calm region, about 1 for one full of edges or motion."""
        return self._mean(self._busy_sums, box)

    def headed(self, box: Box) -> float:
        """The share of `box` that heads cover, weighted by what of them and how much of the time."""
        return self._mean(self._head_sums, box)

    def eyed(self, box: Box) -> float:
        """The share of `box` in which there are eyes at any time."""
        return self._mean(self._eye_sums, box)

    @cached_property
    def _light(self) -> Floats:
        return luminance(self.pictures[:, ::_STEP, ::_STEP])

    @cached_property
    def _busy_sums(self) -> NDArray[np.float64]:
        light = np.stack([cv2.cvtColor(one, cv2.COLOR_RGB2LAB)[..., 0] for one in self.pictures])
        light = light.astype(np.float32) / 255  # CIE L* / 100
        detail = np.mean([_edges_of(one) for one in light], axis=0)
        motion = np.abs(np.diff(light, axis=0)).mean(axis=0) if len(light) > 1 else np.zeros_like(detail)
        busy = np.maximum(2.4 * detail + 1.2 * motion - _CALM, 0)
        return np.asarray(cv2.integral(np.minimum(busy, 0.6).astype(np.float32)), np.float64)

    @cached_property
    def _head_sums(self) -> NDArray[np.float64]:
        covered = np.maximum(_AROUND * self._covered(_head), self._covered(_features))
        # Once is enough to be in the way; always is worse.
        return np.asarray(cv2.integral((covered.max(axis=0) + covered.mean(axis=0)) / 2), np.float64)

    @cached_property
    def _eye_sums(self) -> NDArray[np.float64]:
        return np.asarray(cv2.integral(self._covered(_eyes).max(axis=0)), np.float64)

    def _covered(self, part: Callable[[Box], Box]) -> Floats:
        """(n, h, w) 1 where that part of a face is, for each picture searched; at least one."""
        covered = np.zeros((max(len(self.faces), 1), *self.pictures.shape[1:3]), np.float32)
        for picture, faces in zip(covered, self.faces, strict=False):
            for face in faces:
                top, bottom, left, right = self._edges(part(face))
                picture[top:bottom, left:right] = 1.0
        return covered

    def _mean(self, sums: NDArray[np.float64], box: Box) -> float:
        top, bottom, left, right = self._edges(box)
        total = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        return float(total / ((bottom - top) * (right - left)))

    def _edges(self, box: Box) -> tuple[int, int, int, int]:
        height, width = self.pictures.shape[1:3]
        scaled = box.scaled(self.scale).rounded()
        top, left = (
            int(max(0, min(edge, side - 1))) for edge, side in ((scaled.top, height), (scaled.left, width))
        )
        return (
            top,
            int(min(max(scaled.bottom, top + 1), height)),
            left,
            int(min(max(scaled.right, left + 1), width)),
        )


def survey(glances: Sequence[Glance], width: int) -> Ground:
    """The ground of a film whose frames are `width` pixels wide. At least one glance."""
    pictures = np.stack([one.rgb for one in glances])
    scale = pictures.shape[2] / width
    searched = pictures[_spread(len(pictures), _SEARCHED)]
    closely = _spread(len(searched), _CLOSELY)
    faces = (
        detect_faces(picture) if index in closely else detect_faces(picture, _SIDES)
        for index, picture in enumerate(searched)
    )
    return Ground(
        pictures, scale, tuple(tuple(_box(one).scaled(1 / scale) for one in found) for found in faces)
    )


def _spread(count: int, most: int) -> NDArray[np.int64]:
    """At most `most` of `count` indices, from the first to the last."""
    return np.unique(np.linspace(0, count - 1, min(most, count)).round().astype(np.int64))


def _box(face: FaceBox) -> Box:
    return Box(face.left, face.top, face.left + face.width, face.top + face.height)


def _head(face: Box) -> Box:
    """The whole head around a face: hair above, ears beside, chin below."""
    return Box(
        face.left - _CHEEK * face.width,
        face.top - _HAIR * face.height,
        face.right + _CHEEK * face.width,
        face.bottom + _CHIN * face.height,
    )


def _features(face: Box) -> Box:
    """From the brows to the mouth."""
    return replace(face, top=face.top + _BROW * face.height, bottom=face.top + _LIPS * face.height)


def _eyes(face: Box) -> Box:
    return replace(face, top=face.top + _BROW * face.height, bottom=face.top + _LID * face.height)


def _edges_of(light: Floats) -> Floats:
    """How fast lightness changes from pixel to pixel, and how rough the surroundings are."""
    across = cv2.Sobel(light, cv2.CV_32F, 1, 0, scale=1 / 8)
    down = cv2.Sobel(light, cv2.CV_32F, 0, 1, scale=1 / 8)
    return np.asarray(np.hypot(across, down), np.float32)
