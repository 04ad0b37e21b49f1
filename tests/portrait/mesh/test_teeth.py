"""Rows of teeth."""

import numpy as np
import pytest

from morgana.portrait.mesh.teeth import lower_row, photographed_row, upper_row

OUTLINE = np.array([[10.0, 40], [30, 34], [50, 32], [70, 34], [90, 40], [70, 50], [50, 54], [30, 50]])
TO_MOUTH = np.array([[0.01, 0, -0.5], [0, 0.01, -0.4], [0, 0, 1]])
LIGHT = np.array([230.0, 220, 200])


def test_teeth_are_bright_apart_and_the_same_on_both_sides() -> None:
    row = upper_row(100.0, 100.0)
    luma = row.rgba[..., :3].mean(axis=2)
    assert np.abs(row.rgba - row.rgba[:, ::-1]).mean() < 0.005
    biting = luma[int((0.16 + 0.165) * 100) - 8]
    middle = len(biting) // 2
    assert biting[middle + 5] > 0.8
    assert biting[middle - 1 : middle + 1].min() < biting[middle + 5] - 0.05


def test_the_upper_teeth_point_down_and_the_lower_up() -> None:
    for row, inside, outside in (
        (upper_row(100.0, 100.0), -0.03, 0.1),
        (lower_row(100.0, 100.0), 0.06, -0.06),
    ):
        to_sprite = np.linalg.inv(row.to_mouth)

        def cover(y: float, row=row, to_sprite=to_sprite) -> float:  # type: ignore[no-untyped-def]
            x, y, _ = to_sprite @ (0.03, y, 1)
            return float(row.rgba[round(y), round(x), 3]) if 0 <= y < len(row.rgba) else 0.0

        assert cover(inside) == pytest.approx(1)
        assert cover(outside) == 0


def test_teeth_that_the_photo_shows_are_taken_from_it() -> None:
    rgb = np.full((80, 100, 3), (180, 80, 80), np.uint8)
    rgb[30:47, 12:88] = (225, 215, 190)
    rgb[47:56, 12:88] = (40, 20, 20)
    row = photographed_row(rgb, OUTLINE, TO_MOUTH, LIGHT)
    assert row is not None
    teeth, below = (np.linalg.inv(row.to_mouth) @ ((50 / 100) - 0.5, y / 100 - 0.4, 1) for y in (42, 52))
    assert np.allclose(row.rgba[round(teeth[1]), round(teeth[0]), :3] * LIGHT, (225, 215, 190), atol=6)
    assert row.rgba[round(below[1]), round(below[0]), 3] < 0.1


@pytest.mark.parametrize("colour", [(60, 25, 25), (170, 80, 80)])
def test_a_dark_or_fleshy_mouth_shows_no_teeth(colour: tuple[int, int, int]) -> None:
    rgb = np.full((80, 100, 3), (180, 80, 80), np.uint8)
    rgb[30:56, 12:88] = colour
    assert photographed_row(rgb, OUTLINE, TO_MOUTH, LIGHT) is None


def test_closed_lips_show_no_teeth() -> None:
    slit = np.array([[10.0, 40], [50, 38], [90, 40], [50, 41]])
    rgb = np.full((80, 100, 3), 220, np.uint8)
    assert photographed_row(rgb, slit, TO_MOUTH, LIGHT) is None
