"""Rows of teeth."""

import numpy as np
import pytest

from morgana.portrait.mesh.teeth import lower_row, upper_row


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
