"""Finds the face again in every frame of a finished video. Used by `portrait_quality.py`."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions
from mediapipe.tasks.python.vision import FaceLandmarker, FaceLandmarkerOptions
from numpy.typing import NDArray

from morgana import models
from morgana.portrait.detection import FaceBox, detect_faces
from morgana.portrait.landmarks import LEFT_IRIS, RIGHT_IRIS
from morgana.video.decode import read_frames

Pixels: TypeAlias = NDArray[np.uint8]
Values: TypeAlias = NDArray[np.float64]

INNER_LIPS = (13, 14)
RIGHT_EYE = (33, 160, 158, 133, 153, 144)  # outer corner, two above, inner corner, two below
LEFT_EYE = (263, 387, 385, 362, 380, 373)
RIGID = (
    168,
    6,
    197,
    195,
    5,
    33,
    133,
    362,
    263,
)  # bridge of the nose and corners of the eyes: moved by the head
CROP = 2.6  # side of the square that is searched, in face heights: room for the head to move


class NoFaceFoundError(ValueError):
    """A film in which there is no face to be tracked."""


@dataclass(frozen=True, slots=True)
class Track:
    """points: (T, 478, 2) pixels; pose: (T, 3) yaw, pitch, roll in degrees; found: share of frames in which
    there was a face. A frame without one repeats the frame before.
    """

    fps: float
    points: Values
    pose: Values
    found: float

    @property
    def interocular(self) -> Values:
        """(T,) distance between the iris centres, pixels."""
        return np.asarray(
            np.linalg.norm(self.points[:, RIGHT_IRIS[0]] - self.points[:, LEFT_IRIS[0]], axis=1)
        )

    @property
    def aperture(self) -> Values:
        """(T,) distance between the inner lips, in interocular distances."""
        upper, lower = (self.points[:, index] for index in INNER_LIPS)
        return np.asarray(np.linalg.norm(upper - lower, axis=1) / self.interocular)

    @property
    def eye_opening(self) -> Values:
        """(T,) eye aspect ratio, mean of both eyes, over its 80th percentile: about 1 is open."""
        ratio = (_aspect(self.points, RIGHT_EYE) + _aspect(self.points, LEFT_EYE)) / 2
        return np.asarray(ratio / np.percentile(ratio, 80))


def _aspect(points: Values, eye: tuple[int, ...]) -> Values:
    """Eye aspect ratio: Soukupova and Cech, Real-Time Eye Blink Detection using Facial Landmarks, 2016."""
    outer, above1, above2, inner, below2, below1 = (points[:, index] for index in eye)
    height = np.linalg.norm(above1 - below1, axis=1) + np.linalg.norm(above2 - below2, axis=1)
    return np.asarray(height / (2 * np.linalg.norm(outer - inner, axis=1)))


def track(video: Path) -> Track:
    """Track the largest face. Every frame is searched anew, so that nothing is smoothed or delayed.

    Raises NoFaceFoundError.
    """
    points: list[Values] = []
    pose: list[Values] = []
    times: list[float] = []
    crop: tuple[int, int, int, int] | None = None
    options = FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(models.path("face-landmarker"))),
        output_facial_transformation_matrixes=True,
    )
    missed = 0
    with FaceLandmarker.create_from_options(options) as landmarker:
        for time, picture in read_frames(video):
            times.append(time)
            crop = crop or crop_around(picture, largest_face(picture))
            found = _landmarks(landmarker, picture, crop)
            if found is None:
                missed += 1
            if found is not None or points:
                points.append(found[0] if found else points[-1])
                pose.append(found[1] if found else pose[-1])
    if not points:
        raise NoFaceFoundError(f"no face in {video.name}")
    fps = (len(times) - 1) / (times[-1] - times[0])
    return Track(fps, np.array(points), np.array(pose), 1 - missed / len(times))


def largest_face(picture: Pixels) -> FaceBox:
    faces = detect_faces(picture)
    if not faces:
        raise NoFaceFoundError("no face in the first frame")
    return faces[0]


def crop_around(picture: Pixels, box: FaceBox) -> tuple[int, int, int, int]:
    """left, top, right, bottom of a square about the face, cut at the picture's edges."""
    half = CROP * max(box.width, box.height) / 2
    x, y = box.centre
    height, width = picture.shape[:2]
    return max(0, int(x - half)), max(0, int(y - half)), min(width, int(x + half)), min(height, int(y + half))


def _landmarks(
    landmarker: FaceLandmarker, picture: Pixels, crop: tuple[int, int, int, int]
) -> tuple[Values, Values] | None:
    left, top, right, bottom = crop
    part = np.ascontiguousarray(picture[top:bottom, left:right])
    result = landmarker.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=part))
    if not result.face_landmarks:
        return None
    size = np.array([right - left, bottom - top])
    points = np.array([(p.x, p.y) for p in result.face_landmarks[0]]) * size + (left, top)
    return points, _angles(np.asarray(result.facial_transformation_matrixes[0])[:3, :3])


def _angles(matrix: Values) -> Values:
    """Yaw, pitch and roll in degrees of a rotation (with scale): x right, y up, z towards the camera."""
    rotation = matrix / np.linalg.norm(matrix, axis=0)
    yaw = np.arctan2(rotation[0, 2], rotation[2, 2])
    pitch = np.arcsin(np.clip(-rotation[1, 2], -1, 1))
    roll = np.arctan2(rotation[1, 0], rotation[1, 1])
    return np.asarray(np.degrees([yaw, pitch, roll]))


class Identity:
    """SFace embeddings of the face in a picture."""

    def __init__(self) -> None:
        self._recogniser = cv2.FaceRecognizerSF.create(str(models.path("sface")), "")

    def embed(self, picture: Pixels, points: Values) -> Values:
        """(128,) unit vector; points: the (478, 2) landmarks of the face."""
        right, left = points[list(RIGHT_IRIS)].mean(0), points[list(LEFT_IRIS)].mean(0)
        five = np.concatenate([right, left, points[1], points[61], points[291]])  # nose tip, mouth corners
        box = np.concatenate([points.min(0), np.ptp(points, axis=0), five, [1.0]]).astype(np.float32)
        bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
        vector = (
            self._recogniser.feature(self._recogniser.alignCrop(bgr, box[None])).ravel().astype(np.float64)
        )
        return np.asarray(vector / np.linalg.norm(vector))
