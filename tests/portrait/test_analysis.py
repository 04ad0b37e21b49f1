"""What is found in a portrait, and what is refused."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.errors import ErrorCode, InputError
from morgana.portrait import landmarks as lm
from morgana.portrait.analysis import analyse
from morgana.portrait.detection import detect_faces
from morgana.portrait.image import Picture, load_image
from morgana.portrait.likeness import Portrait
from morgana.portrait.mesh.renderer import MeshRenderer
from tests.portrait.posing import pose

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
HEAD = (slice(20, 260), slice(120, 330))  # the astronaut's head


def picture(rgb: NDArray[np.uint8]) -> Picture:
    return Picture(rgb, (rgb.shape[1], rgb.shape[0]))


def beside(astronaut: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """The astronaut's head twice in one picture, the second one `scale` times as large."""
    head = astronaut[HEAD]
    canvas = np.full((320, 520, 3), 200, np.uint8)
    canvas[40 : 40 + head.shape[0], 20 : 20 + head.shape[1]] = head
    other = cv2.resize(head, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    canvas[40 : 40 + other.shape[0], 270 : 270 + other.shape[1]] = other
    return canvas


def refusal(rgb: NDArray[np.uint8]) -> InputError:
    with pytest.raises(InputError) as caught:
        analyse(picture(rgb))
    return caught.value


def test_finds_the_face_where_it_is(portrait: Portrait) -> None:
    marks = portrait.face.landmarks
    assert marks.shape == (478, 3)
    assert np.allclose(marks[lm.NOSE_TIP, :2], (223, 130), atol=4)
    assert 38 < lm.interocular(marks) < 48
    assert portrait.face.blendshapes["mouthSmileLeft"] > 0.5


def test_the_matte_separates_the_person_from_the_wall(portrait: Portrait) -> None:
    assert portrait.matte[130, 223] > 0.98
    assert portrait.matte[400, 200] > 0.98
    assert portrait.matte[30, 40] < 0.02
    assert portrait.matte[60, 480] < 0.02


def test_the_plate_is_the_picture_away_from_the_person_and_something_else_behind(portrait: Portrait) -> None:
    away = cv2.dilate((portrait.matte > 0).astype(np.uint8), np.ones((81, 81), np.uint8)) == 0
    assert away.sum() > 5000
    assert (portrait.plate[away] == portrait.rgb[away]).all()
    behind = portrait.plate[100:160, 190:260].astype(float).mean(axis=(0, 1))
    face = portrait.rgb[100:160, 190:260].astype(float).mean(axis=(0, 1))
    assert np.abs(behind - face).max() > 15


def test_a_small_picture_is_enlarged_and_a_large_one_kept(astronaut: NDArray[np.uint8]) -> None:
    assert analyse(picture(astronaut[:300, 60:380])).size == (512, 480)


def test_two_faces_of_a_size_are_refused(astronaut: NDArray[np.uint8]) -> None:
    error = refusal(beside(astronaut, 0.95))
    assert error.code is ErrorCode.MULTIPLE_FACES
    assert "Crop" in error.message


def test_of_two_faces_the_clearly_larger_one_is_used(astronaut: NDArray[np.uint8]) -> None:
    found = analyse(picture(beside(astronaut, 0.5)))
    assert found.face.landmarks[lm.NOSE_TIP, 0] < 250


def test_no_face_is_refused() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (400, 400, 3), np.uint8)
    error = refusal(cv2.GaussianBlur(noise, (0, 0), 9))
    assert error.code is ErrorCode.NO_FACE_DETECTED
    assert "picture of one person" in error.message


@pytest.mark.skipif(not SAMPLES.exists(), reason="needs ../shared/samples")
def test_a_dog_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        analyse(load_image(SAMPLES / "not-portraits" / "dog-512x512.jpg"))
    assert caught.value.code is ErrorCode.NO_FACE_DETECTED


def test_a_face_under_64_pixels_is_refused_even_if_enlarging_would_save_it(
    astronaut: NDArray[np.uint8],
) -> None:
    small = cv2.resize(astronaut, (280, 280), interpolation=cv2.INTER_AREA)
    assert len(detect_faces(small)) == 1
    error = refusal(small)
    assert error.code is ErrorCode.FACE_TOO_SMALL
    assert "at least 64" in error.message


@pytest.mark.parametrize("yaw", [-68.0, -75.0])
def test_a_face_turned_too_far_is_refused(renderer: MeshRenderer, yaw: float) -> None:
    turned = pose(renderer, head=(yaw, 0, 0, 0, 0, 0))
    error = refusal(cv2.resize(turned, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))
    assert error.code is ErrorCode.FACE_TURNED_AWAY
    assert "both eyes" in error.message or "from the front" in error.message


def test_head_yaw_is_positive_towards_the_persons_left(portrait: Portrait) -> None:
    marks = portrait.face.landmarks
    a = np.deg2rad(20)
    turn = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    assert lm.head_yaw(marks @ turn.T) == pytest.approx(lm.head_yaw(marks) + 20, abs=2)


@pytest.mark.skipif(not SAMPLES.exists(), reason="needs ../shared/samples")
@pytest.mark.parametrize("path", sorted((SAMPLES / "portraits").glob("*.*")), ids=lambda p: p.stem)
def test_every_sample_portrait_is_accepted(path: Path) -> None:
    faces = detect_faces(load_image(path).rgb)
    assert len(faces) == 1
    assert faces[0].width >= 64
