"""Mouth interiors of generated persons, cut out where the renderer needs them.

Everything lies on one canvas, fixed to the skull: mouth coordinates (`morgana.portrait.mesh.mouth`) of the
same person with the lips closed. What several pictures of a person show there differs only by what moves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana import models
from morgana.portrait import landmarks as lm
from morgana.portrait.learned.canvas import HEIGHT, WIDTH, canvas_from_mouth
from morgana.portrait.likeness import FaceMesh
from morgana.portrait.mesh.geometry import head_frame
from morgana.portrait.mesh.lips import lips_at_rest, meeting_line
from morgana.portrait.mesh.mouth import BEHIND_LIPS, build_interior
from training.generator import Generator, Latent
from training.labels import Label, labeller

TRUNCATION: Final = 0.6
MOUTH_LAYERS: Final = slice(4, 9)  # style inputs that decide what the mouth does, and little of whose it is
# Steps along the directions (jaw, smile), in standard deviations of random faces; the first closes the lips.
STATES: Final = (
    *((-3.0, 0.0), (0.5, 0.0), (1.5, 0.0), (2.5, 0.0), (3.2, 0.0), (2.5, 1.5)),
    *((0.0, -2.0), (1.0, -2.0), (2.0, -2.0), (3.0, -2.0), (3.0, -3.0)),
)
STILL: Final = np.concatenate([lm.EYE_CORNERS, lm.FOREHEAD[:9], [6, 197, 195, 5, 4, 1, 98, 327]])
_MOST_SHIFT: Final = 0.05  # of what should stand still against the closed face, interocular distances
_MOST_YAW: Final = 18.0  # degrees
_LEAST_SCORE: Final = 0.88  # of the detector: smeared faces have less
_LABEL_SIZE: Final = 512
_CORNER: Final = np.array([0.5, 0.5, 0.0])  # from the middle of the first pixel to its outer corner


@dataclass(frozen=True, slots=True)
class Mouth:
    """One state of a person's mouth.

    rgb: (HEIGHT, WIDTH, 3) uint8 canvas; opening: (20, 2) its inner lip contour on the canvas, pixels, from
    the right corner along the upper lip and back; drop: of the chin against the closed mouth, in interocular
    distances.
    """

    rgb: NDArray[np.uint8]
    opening: NDArray[np.float32]
    drop: float


@dataclass(frozen=True, slots=True)
class Person:
    """A generated person's mouth in several states.

    yaw: of the head, degrees; light: (3,) colour of white enamel, as the renderer estimates it.
    """

    seed: int
    yaw: float
    light: NDArray[np.float64]
    mouths: list[Mouth]


def persons(generator: Generator, directions: dict[str, Latent], seeds: range) -> Iterator[Person]:
    """The persons of these seeds that face the camera and can be made out."""
    with labeller() as label:
        for seed in seeds:
            person = _person(generator, directions, seed, label)
            if person is not None:
                yield person


def _person(generator: Generator, directions: dict[str, Latent], seed: int, label: Label) -> Person | None:
    latent = generator.latent(seed, TRUNCATION)
    closed, mouths = None, []
    for jaw, smile in STATES:
        styles = generator.spread(latent)
        styles[MOUTH_LAYERS] += jaw * directions["jawOpen"] + smile * directions["mouthSmileLeft"]
        picture = generator.picture(styles)
        face = _labelled(picture, label)
        if face is None:
            if closed is None:
                return None
            continue
        if closed is None:
            if abs(lm.head_yaw(face.landmarks)) > _MOST_YAW:
                return None
            closed = _closed(picture, face)
        if (mouth := _cut(picture, face, closed)) is not None:
            mouths.append(mouth)
    return Person(seed, closed.yaw, closed.light, mouths) if closed and len(mouths) >= 4 else None


def _labelled(picture: NDArray[np.uint8], label: Label) -> FaceMesh | None:
    small = cv2.resize(picture, (_LABEL_SIZE, _LABEL_SIZE), interpolation=cv2.INTER_AREA)
    detector = cv2.FaceDetectorYN.create(str(models.path("yunet")), "", (320, 320), 0.5)
    _, rows = detector.detect(cv2.cvtColor(cv2.resize(small, (320, 320)), cv2.COLOR_RGB2BGR))
    if rows is None or rows[:, 14].max() < _LEAST_SCORE or (face := label(small)) is None:
        return None
    scale = picture.shape[1] / _LABEL_SIZE
    return FaceMesh((face.landmarks + _CORNER) * scale - _CORNER, face.blendshapes)


@dataclass(frozen=True, slots=True)
class _Closed:
    """The face with closed lips, which all other states are laid upon."""

    landmarks: NDArray[np.float64]
    to_canvas: NDArray[np.float64]
    to_mouth: NDArray[np.float64]
    light: NDArray[np.float64]
    yaw: float


def _closed(picture: NDArray[np.uint8], face: FaceMesh) -> _Closed:
    marks = face.landmarks
    to_mouth = _mouth_from_picture(marks)
    outlines = [
        marks[_loop(upper, lower), :2]
        for upper, lower in (
            (lm.UPPER_LIP[0], lm.LOWER_LIP[0]),
            (lm.RIGHT_EYE_UPPER, lm.RIGHT_EYE_LOWER),
            (lm.LEFT_EYE_UPPER, lm.LEFT_EYE_LOWER),
        )
    ]
    interior = build_interior(picture, marks, lm.interocular(marks), outlines, to_mouth, 1.0)
    return _Closed(marks, canvas_from_mouth() @ to_mouth, to_mouth, interior.light, lm.head_yaw(marks))


def _loop(upper: NDArray[np.int64], lower: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([upper, lower[-2:0:-1]])


def _mouth_from_picture(marks: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3, 3) from pixels to mouth coordinates of a face at rest, as the mesh renderer has them."""
    frame = head_frame(marks)
    face = (marks[: lm.SURFACE] - frame.pivot) @ frame.axes.T / frame.unit
    middle = face[list(lm.MOUTH_CORNERS)].mean(axis=0) + meeting_line(lips_at_rest(face))
    basis = np.array([[0.0, 0.0, BEHIND_LIPS], [0.3, 0.0, BEHIND_LIPS], [0.0, 0.3, BEHIND_LIPS]])
    pixels = ((middle + basis) @ frame.axes * frame.unit + frame.pivot)[:, :2]
    picture_from_mouth = np.eye(3)
    picture_from_mouth[:2] = np.linalg.solve(np.column_stack([basis[:, :2], np.ones(3)]), pixels).T
    return np.asarray(np.linalg.inv(picture_from_mouth))


def _cut(picture: NDArray[np.uint8], face: FaceMesh, closed: _Closed) -> Mouth | None:
    """The mouth on its canvas; None where the face is not that of `closed` any more."""
    unit = lm.interocular(closed.landmarks)
    still, target = face.landmarks[STILL, :2], closed.landmarks[STILL, :2]
    turn, _ = cv2.estimateAffinePartial2D(still, target, method=cv2.LMEDS)
    if (
        turn is None
        or np.linalg.norm(still @ turn[:, :2].T + turn[:, 2] - target, axis=1).mean() > _MOST_SHIFT * unit
    ):
        return None
    whole = closed.to_canvas @ np.vstack([turn, [0, 0, 1]])
    rgb = cv2.warpAffine(
        picture, whole[:2], (WIDTH, HEIGHT), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    opening = face.landmarks[_loop(lm.UPPER_LIP[0], lm.LOWER_LIP[0]), :2] @ whole[:2, :2].T + whole[:2, 2]
    chin, rest = face.landmarks[lm.CHIN, :2] @ turn[:, :2].T + turn[:, 2], closed.landmarks[lm.CHIN, :2]
    drop = float((closed.to_mouth[:2, :2] @ (chin - rest))[1])
    return Mouth(np.asarray(rgb, np.uint8), opening.astype(np.float32), drop)


def save(path: Path, found: list[Person]) -> None:
    """Keep persons in a file, one row a mouth."""
    mouths = [(index, mouth) for index, person in enumerate(found) for mouth in person.mouths]
    np.savez_compressed(
        path,
        seed=np.array([p.seed for p in found]),
        yaw=np.array([p.yaw for p in found], np.float32),
        light=np.array([p.light for p in found], np.float32),
        person=np.array([index for index, _ in mouths]),
        rgb=np.array([mouth.rgb for _, mouth in mouths]),
        opening=np.array([mouth.opening for _, mouth in mouths]),
        drop=np.array([mouth.drop for _, mouth in mouths], np.float32),
    )
