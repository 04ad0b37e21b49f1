"""Outlines of openings and their antialiased masks."""

import numpy as np
import pytest

from morgana.portrait import landmarks as lm
from morgana.portrait.mesh.holes import Box, box_around, line_mask, outline_through, outlines, polygon_mask


def test_the_face_mesh_has_a_mouth_two_eyes_and_an_outside() -> None:
    loops = outlines(lm.triangles())
    assert sorted(len(loop) for loop in loops) == [16, 16, 20, 36]
    mouth = outline_through(loops, 78)
    assert mouth[0] == 78
    assert set(mouth) == set(lm.UPPER_LIP[0]) | set(lm.LOWER_LIP[0])


def test_a_vertex_inside_the_surface_has_no_outline() -> None:
    with pytest.raises(ValueError, match="no boundary"):
        outline_through(outlines(lm.triangles()), lm.NOSE_TIP)


@pytest.mark.parametrize("offset", [0.0, 0.25, 0.5])
def test_a_mask_covers_the_area_of_its_polygon(offset: float) -> None:
    square = np.array([[3, 3], [13, 3], [13, 9], [3, 9]], float) + offset
    mask = polygon_mask(square, Box(0, 0, 20, 16))
    assert mask.sum() == pytest.approx(60, rel=0.09)
    assert mask.max() == 1
    assert mask[0, 0] == 0


def test_a_shut_opening_does_not_show() -> None:
    slit = np.array([[2, 5], [9, 5.5], [17, 5], [9, 5.5]], float)
    assert polygon_mask(slit, Box(0, 0, 20, 10)).max() == 0


def test_a_line_is_darkest_on_itself() -> None:
    mask = line_mask(np.array([[2.0, 5], [17, 5]]), 2.0, Box(0, 0, 20, 11))
    assert mask[5, 10] > 0.6
    assert mask[5, 10] > mask[7, 10] > mask[9, 10]


def test_a_box_is_cut_at_the_frame() -> None:
    assert box_around(np.array([[-5.0, 3], [4, 30]]), 2, 10, 20) == Box(0, 1, 7, 19)
