"""Skin grown over an eye."""

import numpy as np
from numpy.typing import NDArray

from morgana.portrait.mesh.holes import Box
from morgana.portrait.mesh.layers import Band
from morgana.portrait.mesh.lids import build_lid, close_lid

UNIT = 100.0
OUTLINE = np.array([[40.0, 40], [50, 33], [60, 31], [70, 33], [80, 40], [70, 47], [60, 49], [50, 47]])
SKIN = (210, 160, 130)
PERSON = np.ones((80, 120), np.float32)


def staring() -> NDArray[np.uint8]:
    """A blue eye that is a little larger than its landmarks say."""
    rgb = np.full((80, 120, 3), SKIN, np.uint8)
    y, x = np.mgrid[:80, :120]
    rgb[((x - 60) / 22) ** 2 + ((y - 40) / 12) ** 2 < 1] = (20, 40, 240)
    return rgb


def unmoved() -> Band:
    y, x = np.mgrid[:80, :120].astype(np.float32)
    none = np.zeros((0, 3), np.int32)
    return Band(Box(0, 0, 120, 80), none, none, x, y, np.zeros_like(x))


def blue(frame: NDArray[np.uint8]) -> int:
    return int((frame[..., 2].astype(int) > frame[..., 0].astype(int) + 30).sum())


def test_a_shut_lid_is_skin_even_where_the_eye_reaches_beyond_its_landmarks() -> None:
    frame = staring()
    assert blue(frame) > 600
    close_lid(frame, build_lid(staring(), PERSON, OUTLINE, UNIT), [unmoved()], OUTLINE[:5], 1.0, UNIT)
    assert blue(frame) < 5


def test_a_lid_hardly_begun_to_close_changes_nothing() -> None:
    frame = staring()
    close_lid(frame, build_lid(staring(), PERSON, OUTLINE, UNIT), [unmoved()], OUTLINE[:5], 0.05, UNIT)
    assert (frame == staring()).all()


def test_lashes_darken_the_margin_only() -> None:
    frame = np.full((80, 120, 3), SKIN, np.uint8)
    close_lid(frame, build_lid(frame, PERSON, OUTLINE, UNIT), [unmoved()], OUTLINE[:5], 1.0, UNIT)
    assert frame[31, 60, 0] < 0.8 * SKIN[0]
    assert frame[60, 60, 0] == SKIN[0]


def test_skin_does_not_grow_in_from_behind_the_face() -> None:
    rgb, matte = staring(), PERSON.copy()
    rgb[:, :36], matte[:, :36] = (0, 255, 0), 0
    lid = build_lid(rgb, matte, OUTLINE, UNIT)
    shown = lid.rgba[..., 3] > 0.2
    assert shown.any()
    assert (lid.rgba[shown][:, 1] < 190).all()


def lashed(colour: tuple[int, int, int], thickness: int = 3) -> NDArray[np.uint8]:
    """Skin with a line of that colour, so many pixels thick, on the upper lid's margin."""
    rgb = np.full((80, 120, 3), SKIN, np.uint8)
    for x in range(40, 81):
        y = round(float(np.interp(x, OUTLINE[:5, 0], OUTLINE[:5, 1])))
        rgb[y - thickness : y + 1, x] = colour
    return rgb


def shut(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    frame = rgb.copy()
    close_lid(frame, build_lid(rgb, PERSON, OUTLINE, UNIT), [unmoved()], OUTLINE[:5], 1.0, UNIT)
    return frame


def test_lashes_are_as_dark_and_thick_as_the_photos() -> None:
    dark, fair = (shut(lashed(colour)).mean(axis=2) for colour in ((30, 20, 20), (150, 110, 85)))
    assert dark[31, 60] < 0.5 * fair[31, 60]
    one, four = (build_lid(lashed((30, 20, 20), rows), PERSON, OUTLINE, UNIT).thickness for rows in (1, 4))
    assert one < 0.025 < 0.033 < four


def test_a_closed_lid_is_round() -> None:
    frame = shut(staring()).astype(float).mean(axis=2)
    assert frame[24, 60] > 1.02 * np.mean(SKIN)
    assert frame[24, 60] > 1.04 * frame[28, 60]
    assert frame[24, 60] > 1.02 * frame[33, 42]
