"""Rasterisation of the moved mesh into a backward map: where each pixel of the frame is in the photo."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

_PLANE = "float32[:, ::1]"
_SIGNATURE = f"void({_PLANE}, {_PLANE}, int32[:, ::1], {_PLANE}, {_PLANE}, {_PLANE})"  # importing compiles

_SLACK = 1e-4  # of a triangle: neighbours leave no gap


@njit("UniTuple(float32, 2)(float32, float32, float32, float32)", cache=True, nogil=True, inline="always")  # type: ignore[untyped-decorator]
def _narrowed(
    low: np.float32, high: np.float32, value: np.float32, per: np.float32
) -> tuple[np.float32, np.float32]:
    """The part of `low` to `high` in which what is `value` at 0 and grows by 1 over `per` is not negative."""
    zero = -value * per
    if per > 0:
        return max(low, zero), high
    if per < 0:
        return low, min(high, zero)
    return (low, high) if value >= 0 else (low, low - np.float32(1))


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
    none, one, slack = np.float32(0), np.float32(1), np.float32(_SLACK)
    for index in range(triangles.shape[0]):
        a, b, c = triangles[index, 0], triangles[index, 1], triangles[index, 2]
        ax, ay = target[a, 0], target[a, 1]
        by, cy = target[b, 1] - ay, target[c, 1] - ay
        top = max(0, int(np.ceil(min(none, by, cy) + ay)))
        bottom = min(height - 1, int(np.floor(max(none, by, cy) + ay)))
        bx, cx = target[b, 0] - ax, target[c, 0] - ax
        area = bx * cy - by * cx
        left, right = min(none, bx, cx), max(none, bx, cx)
        if top > bottom or abs(area) < 1e-9 or right + ax < 0 or left + ax > width - 1:
            continue
        # Barycentric coordinates u of b, v of c and w of a, and what they gain from pixel to pixel.
        u_x, v_x, u_y, v_y = cy / area, -by / area, -cx / area, bx / area
        w_x = -u_x - v_x
        per_u = one / u_x if u_x != 0 else none
        per_v = one / v_x if v_x != 0 else none
        per_w = one / w_x if w_x != 0 else none
        az, bz, cz = target[a, 2], target[b, 2] - target[a, 2], target[c, 2] - target[a, 2]
        sx, sy = source[a, 0], source[a, 1]
        sbx, sby = source[b, 0] - sx, source[b, 1] - sy
        scx, scy = source[c, 0] - sx, source[c, 1] - sy
        z_x, sx_x, sy_x = u_x * bz + v_x * cz, u_x * sbx + v_x * scx, u_x * sby + v_x * scy
        for y in range(top, bottom + 1):
            u, v = (y - ay) * u_y, (y - ay) * v_y
            w = one - u - v
            low, high = left, right
            low, high = _narrowed(low, high, u + slack, per_u)
            low, high = _narrowed(low, high, v + slack, per_v)
            low, high = _narrowed(low, high, w + slack, per_w)
            first, last = max(0, int(np.ceil(low + ax))), min(width - 1, int(np.floor(high + ax)))
            u += (first - ax) * u_x
            v += (first - ax) * v_x
            z = az + u * bz + v * cz
            x_there, y_there = sx + u * sbx + v * scx, sy + u * sby + v * scy
            for x in range(first, last + 1):
                if z < depth[y, x]:
                    depth[y, x] = z
                    map_x[y, x] = x_there
                    map_y[y, x] = y_there
                z += z_x
                x_there += sx_x
                y_there += sy_x
