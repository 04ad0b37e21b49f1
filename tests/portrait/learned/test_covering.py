"""A mouth that something is in front of is left to the mesh, and the log says why."""

import logging
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.portrait import landmarks as lm
from morgana.portrait import rendering
from morgana.portrait.detection import choose_face, detect_faces
from morgana.portrait.face_mesh import find_face_mesh
from morgana.portrait.image import load_image
from morgana.portrait.learned.covering import SIDE, SPAN, mouth_crop
from morgana.portrait.learned.suiting import unsuited
from morgana.portrait.likeness import Portrait

Pixels = NDArray[np.uint8]
ACTORS = sorted(Path(str(files("morgana") / "assets" / "actors")).glob("*.jpg"))


def seen(portrait: Portrait, rgb: Pixels) -> Portrait:
    """As analysis would have it: the face is found anew."""
    return replace(portrait, rgb=rgb, face=find_face_mesh(rgb, choose_face(detect_faces(rgb))))


def places(portrait: Portrait) -> tuple[Pixels, NDArray[np.float64], float]:
    """A picture to draw on, the middle of its lips, and its unit."""
    marks = portrait.face.landmarks
    return portrait.rgb.copy(), marks[[13, 14], :2].mean(axis=0), lm.interocular(marks)


def masked(portrait: Portrait) -> Pixels:
    """A pale mask with two pleats, from the nose to the chin."""
    rgb, middle, unit = places(portrait)
    outline = np.array([[-0.75, -0.5], [0, -0.75], [0.75, -0.5], [0.6, 0.45], [0, 0.85], [-0.6, 0.45]])
    cv2.fillPoly(rgb, [np.rint(middle + unit * outline).astype(int)], (176, 205, 214), cv2.LINE_AA)
    for y in (-0.15, 0.2):
        ends = np.rint(middle + unit * np.array([[-0.65, y], [0.65, y]])).astype(int)
        cv2.line(rgb, ends[0].tolist(), ends[1].tolist(), (140, 170, 182), 2, cv2.LINE_AA)
    return rgb


def with_microphone(portrait: Portrait, down: float = 0.0) -> Pixels:
    """A dark ball on a handle from below, before the lips or further down."""
    rgb, middle, unit = places(portrait)
    top = np.rint(middle + unit * np.array([0, down])).astype(int)
    foot = np.rint(middle + unit * np.array([0.3, 3])).astype(int)
    cv2.line(rgb, top.tolist(), foot.tolist(), (30, 30, 33), round(0.35 * unit), cv2.LINE_AA)
    for share in np.linspace(1, 0, 12):
        tone = 25 + 60 * (1 - share)
        cv2.circle(rgb, top.tolist(), round(0.45 * unit * share), (tone, tone, tone + 3), -1, cv2.LINE_AA)
    return rgb


def behind_a_hand(portrait: Portrait) -> Pixels:
    """Four fingers of the colour of the cheek, from one side, with dark lines between."""
    rgb, middle, unit = places(portrait)
    cheek = portrait.face.landmarks[50, :2].astype(int)
    skin = rgb[cheek[1] - 4 : cheek[1] + 5, cheek[0] - 4 : cheek[0] + 5].mean(axis=(0, 1))
    for index in range(4):
        y = (index - 1.5) * 0.28
        ends = np.rint(middle + unit * np.array([[-0.55, y], [1.6, y + 0.3]])).astype(int)
        for width, light in ((0.3, 0.6), (0.24, 0.82), (0.14, 0.95)):
            tone = (skin * light).tolist()
            cv2.line(rgb, ends[0].tolist(), ends[1].tolist(), tone, round(width * unit), cv2.LINE_AA)
    return rgb


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "morgana.portrait.rendering")
    return caplog


@pytest.mark.parametrize("cover", [masked, with_microphone, behind_a_hand])
def test_a_covered_mouth_falls_back_and_says_why(
    portrait: Portrait, told: pytest.LogCaptureFixture, cover: Callable[[Portrait], Pixels]
) -> None:
    assert rendering.choose(seen(portrait, cover(portrait)), "auto").name == "mesh"
    assert told.messages == ["renderer: mesh (the mouth is covered)"]


def test_what_is_beside_the_mouth_does_not_matter(portrait: Portrait) -> None:
    assert unsuited(seen(portrait, with_microphone(portrait, down=1.15))) is None


def test_a_grey_or_coarse_mouth_is_not_covered(portrait: Portrait) -> None:
    grey = np.repeat(cv2.cvtColor(portrait.rgb, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    small = cv2.resize(portrait.rgb, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(small, portrait.size, interpolation=cv2.INTER_LINEAR)
    for rgb in (portrait.rgb, grey, coarse):
        assert unsuited(seen(portrait, np.asarray(rgb, np.uint8))) is None


def test_a_mouth_with_lipstick_or_a_moustache_is_not_covered(portrait: Portrait) -> None:
    rgb, _, unit = places(portrait)
    marks = portrait.face.landmarks[:, :2]
    for rows in (lm.UPPER_LIP, lm.LOWER_LIP):
        lip = np.rint(np.concatenate([marks[rows[3]], marks[rows[0][::-1]]])).astype(int)
        cv2.fillPoly(rgb, [lip], (150, 20, 45), cv2.LINE_AA)
    assert unsuited(seen(portrait, rgb)) is None
    rng = np.random.default_rng(0)
    for x, y in rng.uniform([-0.4, -0.22], [0.4, -0.12], (600, 2)):
        start = np.rint(marks[0] + unit * np.array([x, y])).astype(int)
        end = np.rint(start + unit * np.array([0.3 * x, 0.1])).astype(int)
        cv2.line(rgb, start.tolist(), end.tolist(), (60, 45, 35), 1, cv2.LINE_AA)
    assert unsuited(seen(portrait, rgb)) is None


@pytest.mark.parametrize("path", ACTORS, ids=lambda path: path.stem)
def test_no_actor_has_a_covered_mouth(portrait: Portrait, path: Path) -> None:
    assert unsuited(seen(portrait, load_image(path).rgb)) is None


def test_the_network_sees_the_mouth_level_and_at_one_size() -> None:
    rows, columns = np.mgrid[:600, :600]
    rgb = np.stack([columns * 0.4, rows * 0.4, rows * 0], axis=2).astype(np.uint8)
    marks = np.zeros((478, 3))
    unit, middle, angle = 150.0, np.array([300.0, 320.0]), np.radians(20)
    along = np.array([np.cos(angle), np.sin(angle)])
    marks[:, :2] = middle
    marks[[lm.RIGHT_IRIS[0], lm.LEFT_IRIS[0]], :2] += np.outer([-0.5, 0.5], along) * unit
    crop = mouth_crop(rgb, marks)
    assert crop.shape == (SIDE, SIDE, 3)
    for corner in ((4, 4), (4, 59), (59, 4), (31, 31)):
        away = (np.array(corner[::-1]) + 0.5) / SIDE - 0.5
        place = middle + SPAN * unit * (away[0] * along + away[1] * np.array([-along[1], along[0]]))
        assert np.abs(crop[corner][:2] - place * 0.4).max() < 2
