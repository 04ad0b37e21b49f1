"""Landmarks and expression of a face: MediaPipe's Face Landmarker on one still picture."""

import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions
from mediapipe.tasks.python.vision import FaceLandmarker, FaceLandmarkerOptions
from numpy.typing import NDArray

from morgana import models
from morgana.errors import ErrorCode, InputError
from morgana.portrait.detection import FaceBox
from morgana.portrait.likeness import FaceMesh

CROP = 2.2  # side of the square given to the landmarker, in face heights


def find_face_mesh(rgb: NDArray[np.uint8], box: FaceBox) -> FaceMesh:
    """The mesh of the face in `box` of an (H, W, 3) picture. Raises InputError if it cannot be made out."""
    crop, left, top = _crop(rgb, box)
    options = FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(models.path("face-landmarker"))),
        output_face_blendshapes=True,
        min_face_detection_confidence=0.3,
        num_faces=1,
    )
    with FaceLandmarker.create_from_options(options) as landmarker:
        result = landmarker.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=crop))
    if not result.face_landmarks:
        raise InputError(
            ErrorCode.FACE_TURNED_AWAY,
            "A face was found, but its eyes and mouth cannot be made out. "
            "Use a picture that shows the whole face from the front, uncovered.",
        )
    height, width = crop.shape[:2]
    landmarks = np.array(
        [(p.x * width - 0.5 + left, p.y * height - 0.5 + top, p.z * width) for p in result.face_landmarks[0]]
    )
    scores = {c.category_name: float(c.score) for c in result.face_blendshapes[0]}
    return FaceMesh(landmarks, scores)


def _crop(rgb: NDArray[np.uint8], box: FaceBox) -> tuple[NDArray[np.uint8], int, int]:
    """A square about the face, cut at the picture's edges; with its left and top."""
    half = CROP * max(box.width, box.height) / 2
    x, y = box.centre
    left, top = max(0, int(x - half)), max(0, int(y - half))
    right, bottom = min(rgb.shape[1], int(x + half)), min(rgb.shape[0], int(y + half))
    return np.ascontiguousarray(rgb[top:bottom, left:right]), left, top
