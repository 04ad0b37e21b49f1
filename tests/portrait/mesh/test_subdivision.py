"""Loop subdivision against what the scheme promises."""

import numpy as np

from morgana.portrait.mesh.subdivision import subdivide

SQUARE = np.array([[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]], np.int32)  # a fan about vertex 4
CORNERS = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0.5, 0.5]], float)


def test_each_level_makes_four_triangles_of_one() -> None:
    assert len(subdivide(5, SQUARE, np.array([], np.int64), 2).triangles) == 4 * 16


def test_rows_sum_to_one_so_that_a_shift_stays_a_shift() -> None:
    matrix = subdivide(5, SQUARE, np.array([], np.int64), 2).matrix
    assert np.allclose(matrix @ np.ones(5), 1)


def test_a_flat_symmetric_mesh_keeps_its_middle() -> None:
    fine = subdivide(5, SQUARE, np.array([], np.int64), 1)
    assert np.allclose((fine.matrix @ CORNERS)[4], (0.5, 0.5))


def test_boundaries_follow_the_cubic_spline() -> None:
    fine = subdivide(5, SQUARE, np.array([], np.int64), 1)
    # 3/4 of itself and 1/8 of each neighbour on the rim
    assert np.allclose((fine.matrix @ CORNERS)[0], (0.125, 0.125))


def test_chosen_corners_stay_sharp() -> None:
    fine = subdivide(5, SQUARE, np.array([0]), 2)
    assert np.allclose((fine.matrix @ CORNERS)[0], (0, 0))
