import numpy as np
import pytest
import skia
from numpy.typing import NDArray

from morgana.text.geometry import Box
from morgana.text.painting import blank
from morgana.text.shadows import cast_shadow, shadow_box, silhouette
from morgana.text.style import Shadow

FRAME = Box(0, 0, 200, 120)
SQUARE = silhouette(
    Box(60, 40, 100, 80), lambda canvas: canvas.drawRect(skia.Rect.MakeLTRB(70, 50, 90, 70), skia.Paint())
)


def cast(shadow: Shadow, times: int = 1) -> NDArray[np.uint8]:
    pixels, canvas = blank(FRAME)
    cast_shadow(canvas, SQUARE, shadow, 10.0, times)
    return pixels


def test_a_hard_shadow_is_the_shape_in_its_colour_moved() -> None:
    shadow = cast(Shadow(x=1.0, y=-2.0, blur=0.0, colour="#ff800080"))
    rows, columns = np.nonzero(shadow[..., 3])
    assert (columns.min(), rows.min(), columns.max(), rows.max()) == (80, 30, 99, 49)
    assert shadow[40, 90].tolist() == [128, 64, 0, 128]


def test_a_part_of_a_pixel_is_not_lost() -> None:
    shadow = cast(Shadow(x=0.05, y=0.0, blur=0.0, colour="#000000"))
    assert shadow[60, 70, 3] == pytest.approx(128, abs=2)
    assert shadow[60, 90, 3] == pytest.approx(128, abs=2)


@pytest.mark.parametrize("blur", [0.3, 1.0, 2.5])
def test_a_soft_shadow_is_as_dark_in_all_and_ends_within_its_box(blur: float) -> None:
    soft = Shadow(x=0.5, y=0.5, blur=blur, colour="#000000")
    alpha = cast(soft)[..., 3]
    assert alpha.sum() == pytest.approx(20 * 20 * 255, rel=0.02)
    rows, columns = np.nonzero(alpha)
    box = shadow_box(Box(70, 50, 90, 70), soft, 10.0).rounded()
    assert box.left <= columns.min() <= columns.max() < box.right
    assert box.top <= rows.min() <= rows.max() < box.bottom


def test_several_over_each_other_are_denser_as_if_drawn_one_by_one() -> None:
    shadow = Shadow(x=0.0, y=0.0, blur=1.0, colour="#20c0ff90")
    pixels, canvas = blank(FRAME)
    for _ in range(3):
        cast_shadow(canvas, SQUARE, shadow, 10.0)
    assert np.abs(cast(shadow, 3).astype(int) - pixels).max() <= 3
    assert cast(shadow, 3)[60, 80, 3] > cast(shadow)[60, 80, 3] + 50
