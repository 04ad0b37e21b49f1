"""Single poses for the renderer's tests, and the face found again in what it drew."""

import numpy as np
from numpy.typing import NDArray

from morgana.portrait import landmarks as lm
from morgana.portrait.detection import detect_faces
from morgana.portrait.face_mesh import find_face_mesh
from morgana.portrait.likeness import FaceMesh
from morgana.portrait.mesh.renderer import MeshRenderer
from morgana.portrait.performance import Action

Array = NDArray[np.float64]


def pose(
    renderer: MeshRenderer,
    actions: dict[Action, float] | None = None,
    *,
    head: tuple[float, ...] = (0, 0, 0, 0, 0, 0),
    gaze: tuple[float, float] = (0, 0),
    torso: tuple[float, float] = (0, 0),
) -> NDArray[np.uint8]:
    """One frame of the renderer in a pose."""
    weights = np.zeros(len(Action))
    for action, weight in (actions or {}).items():
        weights[action] = weight
    return renderer.frame(weights, np.array(gaze, float), np.array(head, float), np.array(torso, float))


def found(frame: NDArray[np.uint8]) -> FaceMesh:
    """The face as a stranger's detector sees it."""
    return find_face_mesh(frame, detect_faces(frame)[0])


def aperture(marks: Array) -> float:
    """Gap between the inner lips in interocular distances."""
    return float(np.linalg.norm(marks[13] - marks[14])) / lm.interocular(marks)


def lid_gap(marks: Array) -> float:
    """Mean opening of both eyes over their width."""
    gaps = []
    for upper, lower in ((lm.RIGHT_EYE_UPPER, lm.RIGHT_EYE_LOWER), (lm.LEFT_EYE_UPPER, lm.LEFT_EYE_LOWER)):
        height = np.linalg.norm(marks[upper[3:6]] - marks[lower[3:6]], axis=1).mean()
        gaps.append(height / np.linalg.norm(marks[upper[0]] - marks[upper[-1]]))
    return float(np.mean(gaps))
