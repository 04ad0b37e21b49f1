"""The backward map: every pixel once, the nearest surface in front."""

import numpy as np
from numpy.typing import NDArray

from morgana.portrait.mesh.raster import fill_map

QUAD = np.array([[0, 1, 2], [0, 2, 3]], np.int32)


def corners(left: float, top: float, right: float, bottom: float) -> NDArray[np.float32]:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def draw(
    target: NDArray[np.float32], source: NDArray[np.float32], triangles: NDArray[np.int32]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    map_x, map_y = np.full((20, 30), -1, np.float32), np.full((20, 30), -1, np.float32)
    depth = np.full((20, 30), 1e9, np.float32)
    fill_map(target, source, triangles, map_x, map_y, depth)
    return map_x, map_y, depth


def flat(points: NDArray[np.float32], z: float) -> NDArray[np.float32]:
    return np.column_stack([points, np.full(len(points), z, np.float32)])


def test_an_unmoved_mesh_maps_each_pixel_to_itself() -> None:
    frame = corners(-1, -1, 31, 21)
    map_x, map_y, _ = draw(flat(frame, 0), frame, QUAD)
    y, x = np.mgrid[:20, :30]
    assert np.allclose(map_x, x, atol=1e-3)
    assert np.allclose(map_y, y, atol=1e-3)


def test_a_shift_and_a_stretch_are_exact() -> None:
    map_x, map_y, _ = draw(flat(corners(5, 0, 25, 19), 0), corners(0, 0, 10, 19), QUAD)
    assert np.allclose(map_x[10, 5:26], np.arange(21) / 2, atol=1e-3)
    assert map_y[10, 12] == 10
    assert (map_x[:, :5] == -1).all()


def test_two_triangles_leave_no_gap_between_them() -> None:
    map_x, _, _ = draw(flat(corners(0, 0, 29, 19), 0), corners(0, 0, 29, 19), QUAD)
    assert (map_x >= 0).all()


def test_the_nearer_surface_wins_whatever_the_order() -> None:
    near, far = flat(corners(0, 0, 29, 19), 1), flat(corners(0, 0, 29, 19), 2)
    source = np.concatenate([corners(100, 0, 129, 19), corners(200, 0, 229, 19)])
    both = np.concatenate([QUAD, QUAD + 4]).astype(np.int32)
    for order in (both, both[::-1].copy()):
        map_x, _, depth = draw(np.concatenate([near, far]), source, order)
        assert map_x[10, 10] == 110
        assert depth[10, 10] == 1
