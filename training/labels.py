"""What the face in a picture does, by the landmarks and blendshape scores of the product's own analysis."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions
from mediapipe.tasks.python.vision import FaceLandmarker, FaceLandmarkerOptions
from numpy.typing import NDArray

from morgana import models
from morgana.portrait.likeness import FaceMesh


class Label(Protocol):
    """The face in an (H, W, 3) uint8 RGB picture; None where there is none."""

    def __call__(self, rgb: NDArray[np.uint8]) -> FaceMesh | None: ...


@contextmanager
def labeller() -> Iterator[Label]:
    """A `Label` that keeps its network open, for many pictures."""
    options = FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(models.path("face-landmarker"))),
        output_face_blendshapes=True,
    )
    with FaceLandmarker.create_from_options(options) as network:
        yield lambda rgb: _label(network, rgb)


def _label(network: Any, rgb: NDArray[np.uint8]) -> FaceMesh | None:
    found = network.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(rgb)))
    if not found.face_landmarks:
        return None
    height, width = rgb.shape[:2]
    points = np.array([(p.x * width - 0.5, p.y * height - 0.5, p.z * width) for p in found.face_landmarks[0]])
    return FaceMesh(points, {score.category_name: score.score for score in found.face_blendshapes[0]})
