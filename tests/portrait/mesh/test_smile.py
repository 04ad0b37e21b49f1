"""Teeth that a photo shows. Mouths are drawn: 200 pixels an interocular distance, the middle at (100, 80)."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.portrait.mesh.smile import find_smile, lips_alone, own_row
from morgana.portrait.mesh.teeth import GUM_COLOUR, Row

UNIT = 200.0
# Along the upper lip and back along the lower one.
OUTLINE = np.array([[20.0, 80], [60, 68], [100, 64], [140, 68], [180, 80], [140, 100], [100, 108], [60, 100]])
TO_MOUTH = np.array([[1 / UNIT, 0, -100 / UNIT], [0, 1 / UNIT, -80 / UNIT], [0, 0, 1]])
LIGHT = np.array([230.0, 220, 200])
LIP, DARK, TOOTH = (180, 80, 80), (40, 20, 20), (225, 215, 190)
UPPER = (slice(60, 94), slice(30, 170))


def mouth(*teeth: tuple[slice, slice]) -> NDArray[np.uint8]:
    """Lips, the dark between them, and teeth with gaps between them."""
    rgb = np.full((160, 200, 3), LIP, np.uint8)
    cv2.fillPoly(rgb, [OUTLINE.astype(np.int32)], DARK)
    for where in teeth:
        rgb[where] = TOOTH
    return rgb


def row_of(rgb: NDArray[np.uint8], outline: NDArray[np.float64] = OUTLINE) -> Row | None:
    smile = find_smile(rgb, outline, np.array(LIP, float), UNIT)
    return own_row(rgb, smile, outline, TO_MOUTH, LIGHT) if smile else None


def at(row: Row, x: float, y: float) -> NDArray[np.float32]:
    """The row's colour as the picture would show it, and its coverage, (4,), at a place in the picture."""
    column, line, _ = np.linalg.inv(row.to_mouth) @ TO_MOUTH @ (x, y, 1)
    value = row.rgba[round(float(line)), round(float(column))]
    return np.append(value[:3] * LIGHT, value[3])


def test_teeth_that_the_photo_shows_are_taken_from_it() -> None:
    row = row_of(mouth(UPPER))
    assert row is not None
    assert np.allclose(at(row, 100, 80), (*TOOTH, 1), atol=6)
    assert at(row, 100, 99)[3] < 0.1


def test_under_the_lip_teeth_go_on_and_end_in_the_gum() -> None:
    row = row_of(mouth(UPPER))
    assert row is not None
    assert np.allclose(at(row, 100, 66)[:3], TOOTH, atol=12)
    assert np.allclose(at(row, 100, 50)[:3], GUM_COLOUR * LIGHT, atol=6)


def test_a_lip_that_the_landmarks_take_for_the_opening_is_no_tooth() -> None:
    rgb = mouth(UPPER)
    rgb[94:] = LIP
    row = row_of(rgb)
    assert row is not None
    assert at(row, 100, 90)[3] > 0.9
    assert at(row, 100, 99)[3] < 0.1


def test_teeth_that_the_landmarks_miss_are_teeth() -> None:
    row = row_of(mouth((slice(60, 114), slice(60, 140))))
    assert row is not None
    assert np.allclose(at(row, 100, 111), (*TOOTH, 1), atol=6)


def test_a_crumb_below_the_row_is_not_of_it() -> None:
    row = row_of(mouth(UPPER, (slice(94, 104), slice(110, 122))))
    assert row is not None
    assert at(row, 100, 90)[3] > 0.9
    assert at(row, 116, 101)[3] < 0.1


def test_where_both_rows_are_seen_none_is_taken() -> None:
    rgb = mouth((slice(60, 106), slice(50, 150)))
    assert row_of(rgb) is not None
    rgb[84:87] = DARK
    rgb[83], rgb[87] = (150, 130, 120), (150, 130, 120)
    assert row_of(rgb) is None


@pytest.mark.parametrize("colour", [(60, 25, 25), (170, 80, 80)])
def test_a_dark_or_fleshy_mouth_shows_no_teeth(colour: tuple[int, int, int]) -> None:
    rgb = mouth()
    rgb[60:100, 30:170] = colour
    assert row_of(rgb) is None


def test_closed_lips_show_no_teeth_however_they_shine() -> None:
    slit = np.array([[20.0, 80], [100, 77], [180, 80], [100, 83]])
    rgb = mouth()
    rgb[:] = LIP
    rgb[77:85, 60:140] = (230, 220, 215)
    assert find_smile(rgb, slit, np.array(LIP, float), UNIT) is None


def test_a_mouth_beyond_the_edge_of_the_picture_shows_no_teeth() -> None:
    assert find_smile(mouth(UPPER), OUTLINE + np.array([0, 200]), np.array(LIP, float), UNIT) is None
    assert row_of(mouth(UPPER)[:90]) is not None


def test_lips_are_freed_from_teeth_and_keep_their_gloss() -> None:
    rgb = mouth((slice(60, 114), slice(60, 140)))
    gloss = (slice(100, 105), slice(148, 162))  # as bright as a tooth, and it touches the opening
    rgb[gloss] = (250, 240, 240)
    rgb[93:100, 148:150] = (250, 240, 240)
    smile = find_smile(rgb, OUTLINE, np.array(LIP, float), UNIT)
    assert smile is not None
    alone = lips_alone(rgb, smile, UNIT)
    outside = cv2.fillPoly(np.ones(rgb.shape[:2], np.uint8), [OUTLINE.astype(np.int32)], 0) > 0
    strip = alone[109:114, 70:130][outside[109:114, 70:130]]
    assert np.abs(strip.astype(int) - LIP).max() < 12
    assert (alone[gloss] == rgb[gloss]).all()
    assert (alone[117:] == rgb[117:]).all()


def test_a_painted_or_grey_mouth_is_told_by_its_brightness() -> None:
    grey = mouth(UPPER) @ np.array([0.2126, 0.7152, 0.0722])
    rgb = np.repeat(grey[..., None], 3, axis=2).astype(np.uint8)
    lips = np.full(3, rgb[20, 20, 0], float)
    smile = find_smile(rgb, OUTLINE, lips, UNIT)
    assert smile is not None
    row = own_row(rgb, smile, OUTLINE, TO_MOUTH, LIGHT)
    assert row is not None
    assert at(row, 100, 80)[3] == pytest.approx(1)
    assert at(row, 100, 99)[3] < 0.1
