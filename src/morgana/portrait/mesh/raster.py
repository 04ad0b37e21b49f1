"""Rasterisation of the moved mesh into a backward map: where each pixel of the frame is in the photo."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

_PLANE = "float32[:, ::1]"
_SIGNATURE = f"void({_PLANE}, {_PLANE}, int32[:, ::1], {_PLANE}, {_PLANE}, {_PLANE})"  # importing compiles


@njit(_SIGNATURE, cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def fill_map(
    target: NDArray[np.float32],
    source: NDArray[np.float32],
    triangles: NDArray[np.int32],
    map_x: NDArray[np.float32],
    map_y: NDArray[np.float32],
    depth: NDArray[np.float32],
) -> None:
    """Write source coordinates into `map_x`, `map_y` (H, W) wherever a triangle covers a pixel centre.

    target: (V, 3) moved vertices in pixels of the map, z growing away from the camera; source: (V, 2).
    The nearest surface wins; `depth` (H, W) must start at a large value.
    """
    height, width = map_x.shape
    for index in range(triangles.shape[0]):
        a, b, c = triangles[index, 0], triangles[index, 1], triangles[index, 2]
        ax, ay = target[a, 0], target[a, 1]
        bx, by = target[b, 0] - ax, target[b, 1] - ay
        cx, cy = target[c, 0] - ax, target[c, 1] - ay
        area = bx * cy - by * cx
        if abs(area) < 1e-9:
            continue
        top = max(0, int(np.ceil(min(0.0, by, cy) + ay)))
        bottom = min(height - 1, int(np.floor(max(0.0, by, cy) + ay)))
        left = max(0, int(np.ceil(min(0.0, bx, cx) + ax)))
        right = min(width - 1, int(np.floor(max(0.0, bx, cx) + ax)))
        if top > bottom or left > right:
            continue
        inverse = 1.0 / area
        u_x, v_x = cy * inverse, -by * inverse
        u_y, v_y = -cx * inverse, bx * inverse
        az, bz, cz = target[a, 2], target[b, 2] - target[a, 2], target[c, 2] - target[a, 2]
        sx, sy = source[a, 0], source[a, 1]
        sbx, sby = source[b, 0] - sx, source[b, 1] - sy
        scx, scy = source[c, 0] - sx, source[c, 1] - sy
        for y in range(top, bottom + 1):
            u = (left - ax) * u_x + (y - ay) * u_y
            v = (left - ax) * v_x + (y - ay) * v_y
            for x in range(left, right + 1):
                if u >= -1e-4 and v >= -1e-4 and u + v <= 1.0001:
                    z = az + u * bz + v * cz
                    if z < depth[y, x]:
                        depth[y, x] = z
                        map_x[y, x] = sx + u * sbx + v * scx
                        map_y[y, x] = sy + u * sby + v * scy
                u += u_x
                v += v_x
