"""Person and background apart."""

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.portrait.matting import background_plate, whole_matte

OUTLINE = np.array([[60.0, 40], [100, 40], [100, 100], [60, 100]])


def test_a_hole_in_the_person_and_a_gap_in_the_face_are_filled_and_the_outside_is_not() -> None:
    matte = np.zeros((200, 160), np.float32)
    matte[20:190, 30:130] = 1
    matte[130:150, 60:80] = 0  # enclosed
    matte[50:70, 70:160] = 0  # open to the outside, across the face
    whole = whole_matte(matte, OUTLINE, 30.0)
    assert whole[140, 70] > 0.95
    assert whole[60, 80] > 0.95
    assert whole[60, 150] == 0
    assert whole[5, 5] == 0


def test_what_is_behind_the_person_looks_like_what_is_around() -> None:
    """A grey wall that darkens downwards, a red person: nothing red and nothing strange is left."""
    wall = np.broadcast_to(np.linspace(200, 100, 300)[:, None, None], (300, 300, 3))
    rgb: NDArray[np.uint8] = wall.astype(np.uint8).copy()
    matte = np.zeros((300, 300), np.float32)
    cv2.ellipse(matte, (150, 170), (60, 110), 0, 0, 360, 1.0, -1)
    rgb[matte > 0] = (220, 20, 30)
    plate = background_plate(rgb, matte).astype(int)
    assert np.abs(plate - wall).max() < 75
    assert np.ptp(plate, axis=2).max() < 60
    edge = cv2.dilate(matte, np.ones((25, 25))) - matte > 0
    assert np.abs(plate - wall)[edge].mean() < 8
    assert (plate[:, :40] == rgb[:, :40]).all()


def test_a_person_who_fills_the_picture_leaves_it_as_it_is() -> None:
    rgb = np.random.default_rng(0).integers(0, 255, (80, 90, 3), np.uint8)
    assert (background_plate(rgb, np.ones((80, 90), np.float32)) == rgb).all()


def _ragged() -> NDArray[np.float32]:
    """A matte with an outline that tempts the network to go on with hair and limbs."""
    matte = np.zeros((400, 400), np.float32)
    cv2.ellipse(matte, (200, 180), (110, 140), 0, 0, 360, 1.0, -1)
    cv2.rectangle(matte, (40, 310), (360, 400), 1.0, -1)
    return matte


def _filled(grain: float) -> tuple[float, float]:
    """Strength of the detail behind a person and around, grey levels. grain: of the wall, its deviation."""
    noise = cv2.GaussianBlur(np.random.default_rng(2).normal(0, 1, (400, 400)), (0, 0), 1.2)
    wall = 150 + grain * noise / noise.std()
    matte = _ragged()
    rgb = np.repeat(np.rint(wall)[..., None], 3, axis=2).astype(np.uint8)
    rgb[matte > 0] = np.random.default_rng(3).integers(0, 90, (int(matte.sum()), 3))
    plate = background_plate(rgb, matte).astype(np.float64).mean(axis=2)
    detail = plate - cv2.GaussianBlur(plate, (0, 0), 3)
    behind = cv2.erode(matte, np.ones((25, 25))) > 0
    around = cv2.dilate(matte, np.ones((25, 25))) == 0
    return float(np.abs(detail[behind]).max()), float(np.abs(detail[around]).max())


def test_behind_a_person_before_a_plain_wall_nothing_is_drawn() -> None:
    """What the network invents would show beside the head, as soon as it turns."""
    behind, around = _filled(0.5)
    assert behind < around + 1


def test_behind_a_person_before_a_rough_wall_it_is_rough_too() -> None:
    behind, around = _filled(12.0)
    assert 0.1 * around < behind < around
