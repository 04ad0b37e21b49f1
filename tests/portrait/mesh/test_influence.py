"""Smooth interpolation of displacements."""

import numpy as np
from scipy.spatial import Delaunay

from morgana.portrait.mesh.influence import influence

GRID = np.array([(x, y, 0.0) for y in range(9) for x in range(9)])
TRIANGLES = Delaunay(GRID[:, :2]).simplices.astype(np.int32)
RIM = np.array([i for i, (x, y, _) in enumerate(GRID) if x in (0, 8) or y in (0, 8)])


def test_controls_keep_their_own_displacement() -> None:
    weights = influence(GRID, TRIANGLES, RIM)
    assert np.allclose(weights[RIM], np.eye(len(RIM)))


def test_a_common_shift_of_all_controls_shifts_everything() -> None:
    assert np.allclose(influence(GRID, TRIANGLES, RIM).sum(axis=1), 1)


def test_one_moved_point_carries_its_neighbours_less_the_farther_they_are() -> None:
    centre = 40
    controls = np.append(RIM, centre)
    carried = influence(GRID, TRIANGLES, controls)[:, -1]
    assert carried[centre] == 1
    assert 1 > carried[41] > carried[42] > carried[43] > 0
    assert np.allclose(carried[RIM], 0)
