"""Find the one face a portrait is about, and refuse pictures that cannot be animated."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana import models
from morgana.errors import ErrorCode, InputError

# A dog's face scores 0.73 with YuNet, painted and photographed people 0.90 and more.
FACE_SCORE = 0.82
DETECTION_SIDES = (320, 640, 1280)  # YuNet finds large faces at small sizes and small faces at large ones
MINIMUM_FACE = 64
CLEARLY_LARGER = 1.6  # ratio of widths from which a second face counts as background


@dataclass(frozen=True, slots=True)
class FaceBox:
    """left, top, width, height in pixels; score 0 to 1."""

    left: float
    top: float
    width: float
    height: float
    score: float

    @property
    def centre(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2


def detect_faces(rgb: NDArray[np.uint8], sides: Sequence[int] = DETECTION_SIDES) -> list[FaceBox]:
    """Every face in an (H, W, 3) picture, widest first. sides: pixels a side at which they are looked for."""
    found: list[FaceBox] = []
    longest = max(rgb.shape[:2])
    for side in sides:
        if side > 640 and (found or side > longest):
            break
        found = _merge(found + _detect_at(rgb, side / longest))
    return sorted(found, key=lambda face: -face.width)


def _detect_at(rgb: NDArray[np.uint8], scale: float) -> list[FaceBox]:
    size = (max(32, round(rgb.shape[1] * scale)), max(32, round(rgb.shape[0] * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    detector = cv2.FaceDetectorYN.create(str(models.path("yunet")), "", size, FACE_SCORE, 0.3, 50)
    _, rows = detector.detect(cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
    if rows is None:
        return []
    found = []
    for row in rows:
        left, top, width, height = (float(value) / scale for value in row[:4])
        found.append(FaceBox(left, top, width, height, float(row[14])))
    return found


def _merge(faces: list[FaceBox]) -> list[FaceBox]:
    """One box per face: the best scored of those whose centres lie in one another."""
    kept: list[FaceBox] = []
    for face in sorted(faces, key=lambda f: -f.score):
        if not any(_covers(other, face) or _covers(face, other) for other in kept):
            kept.append(face)
    return kept


def _covers(outer: FaceBox, inner: FaceBox) -> bool:
    x, y = inner.centre
    return outer.left <= x <= outer.left + outer.width and outer.top <= y <= outer.top + outer.height


def choose_face(faces: list[FaceBox], enlarged: float = 1.0) -> FaceBox:
    """The face to animate, in a picture enlarged that many times over what was sent.

    Raises InputError where there is none, no clear one, or it is too small.
    """
    if not faces:
        raise InputError(
            ErrorCode.NO_FACE_DETECTED,
            "No human face was found in the image. Use a picture of one person, facing the camera, "
            "well lit and not covered.",
        )
    if len(faces) > 1 and faces[0].width < CLEARLY_LARGER * faces[1].width:
        raise InputError(
            ErrorCode.MULTIPLE_FACES,
            f"The image shows {len(faces)} faces and none is clearly the largest. "
            "Crop it to the one person who should talk.",
        )
    sent_width = faces[0].width / max(1.0, enlarged)
    if sent_width < MINIMUM_FACE:
        raise InputError(
            ErrorCode.FACE_TOO_SMALL,
            f"The face is {sent_width:.0f} pixels wide; it must be at least {MINIMUM_FACE}. "
            "Use a closer picture or one with more pixels.",
        )
    return faces[0]
