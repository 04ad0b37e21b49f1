"""Another painter of the mouth: what it is given, and that its colours are what is seen between the lips."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.portrait import landmarks as lm
from morgana.portrait.likeness import Portrait
from morgana.portrait.mesh.holes import Box
from morgana.portrait.mesh.painting import Affine, Image
from morgana.portrait.mesh.renderer import MeshRenderer
from morgana.portrait.performance import Action
from tests.portrait.posing import found, pose

GREEN = (0, 255, 0)


class Paint:
    """Paints everything green and keeps what it was given."""

    def __init__(
        self,
        rgb: NDArray[np.uint8],
        landmarks: NDArray[np.float64],
        unit: float,
        openings: Sequence[NDArray[np.float64]],
        to_mouth: NDArray[np.float64],
        arch: float,
    ) -> None:
        self.openings, self.landmarks, self.to_mouth = openings, landmarks, to_mouth
        assert rgb.dtype == np.uint8
        assert 0.3 < arch < 3
        assert 1 / unit == pytest.approx(float(np.hypot(to_mouth[0, 0], to_mouth[1, 0])), rel=0.2)

    def paint(
        self,
        mask: Image,
        box: Box,
        upper: Affine,
        lower: Affine,
        weights: NDArray[np.float64],
        outline: NDArray[np.float64],
    ) -> Image:
        assert mask.shape == (box.height, box.width)
        assert len(weights) == len(Action)
        self.upper, self.lower, self.outline = upper, lower, outline
        return np.full((*mask.shape, 3), GREEN, np.float32)


@pytest.fixture(scope="module")
def drawn(portrait: Portrait) -> tuple[Paint, NDArray[np.uint8]]:
    """A painter that was asked for an open mouth, and the frame."""
    painters: list[Paint] = []

    def build(*given: object) -> Paint:
        painters.append(Paint(*given))  # type: ignore[arg-type]
        return painters[-1]

    frame = pose(MeshRenderer(portrait, build), {Action.JAW_OPEN: 0.6})
    return painters[0], frame


def test_what_it_paints_is_seen_between_the_lips_and_nowhere_else(
    portrait: Portrait, drawn: tuple[Paint, NDArray[np.uint8]]
) -> None:
    painter, frame = drawn
    usual = pose(MeshRenderer(portrait), {Action.JAW_OPEN: 0.6})
    inside = np.zeros(frame.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.rint(painter.outline).astype(np.int32)], 1)
    assert (frame[cv2.erode(inside, np.ones((3, 3), np.uint8)) > 0] == GREEN).all()
    outside = cv2.dilate(inside, np.ones((5, 5), np.uint8)) == 0
    assert (frame[outside] == usual[outside]).all()


def test_the_outline_runs_from_the_right_corner_along_the_upper_lip_and_back(
    portrait: Portrait, drawn: tuple[Paint, NDArray[np.uint8]]
) -> None:
    painter, _ = drawn
    marks = portrait.face.landmarks[:, :2]
    for outline, middle in (
        (painter.outline, found(drawn[1]).landmarks[:, :2]),
        (painter.openings[0], marks),
    ):
        half = len(outline) // 2
        assert len(outline) == 2 * half
        upper, lower = outline[1:half], outline[half + 1 :]
        assert upper[:, 1].mean() < lower[:, 1].mean()
        assert outline[0, 0] < outline[half // 2, 0] < outline[half, 0]
        assert np.argmin(outline[:, 0]) == 0
        assert np.linalg.norm(outline[half // 2] - middle[13]) < 4
        assert np.linalg.norm(outline[half + half // 2] - middle[14]) < 4
    corners = painter.openings[0][[0, len(painter.openings[0]) // 2]]
    assert corners == pytest.approx(marks[list(lm.MOUTH_CORNERS)], abs=0.5)


def test_the_jaw_carries_the_lower_teeth_down_and_leaves_the_upper(
    drawn: tuple[Paint, NDArray[np.uint8]],
) -> None:
    painter, _ = drawn
    back = np.linalg.inv(painter.to_mouth)
    assert painter.upper @ (0, 0, 1) == pytest.approx((back @ (0, 0, 1))[:2], abs=0.5)
    assert (painter.lower - painter.upper)[1, 2] > 5
