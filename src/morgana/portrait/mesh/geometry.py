"""The mesh that carries a portrait: the face surface stitched into a coarse net over the whole picture."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay, cKDTree

from morgana.portrait import landmarks as lm
from morgana.portrait.mesh.easing import smoothstep
from morgana.portrait.mesh.subdivision import Subdivided, subdivide

Points = NDArray[np.float64]

NET_SPACING = 0.6  # of the net around the face, in interocular distances
LEVELS = 2
# The atlas lies about 3 cm below the ear canal; the interocular distance is about 6.3 cm.
EARS_FROM_PIVOT = np.array([0.0, -0.45, -0.1])
RELIEF = 1.2  # true depth of a face over that of its landmarks, which are flat for want of perspective
STEEPEST = 1.4  # depth per distance across the picture
RIM = 0.2  # how far around the face hair and ears keep its depth, interocular distances
LEFT_OF_PAIRS = (263, 362, 454, 323, 361, 308, 291, 397)  # eye corners, ear, jaw, mouth corners
RIGHT_OF_PAIRS = (33, 133, 234, 93, 132, 78, 61, 172)


@dataclass(frozen=True, slots=True)
class HeadFrame:
    """Axes of the head in the picture's coordinates (x right, y down, z away from the camera), in pixels.

    axes: (3, 3), rows: towards the person's left, down, away through the back of the head.
    unit: the interocular distance, not foreshortened.
    pivot: (3,) the point the head turns about, at the top of the neck between the ears.
    """

    axes: NDArray[np.float64]
    unit: float
    pivot: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PortraitMesh:
    """vertices: (V, 3) coarse, in pixels; the first 468 are the face landmarks.

    head_weight: (V,) 1 on the head, 0 on the torso; hold: (V,) 0 where the picture's edge must not move.
    fine: the subdivided mesh, drawn; its matrix takes (V, k) coarse to fine values.
    """

    vertices: Points
    triangles: NDArray[np.int32]
    head_weight: NDArray[np.float64]
    hold: NDArray[np.float64]
    frame: HeadFrame
    fine: Subdivided


def head_frame(landmarks: Points) -> HeadFrame:
    """The head's axes from the landmarks: left-right pairs give one, forehead and chin another.

    In MediaPipe's canonical face the line from landmark 10 (forehead) to 152 (chin) is vertical.
    """
    pairs = landmarks[list(LEFT_OF_PAIRS)] - landmarks[list(RIGHT_OF_PAIRS)]
    left = pairs.sum(axis=0)
    left = left / np.linalg.norm(left)
    down = landmarks[lm.CHIN] - landmarks[lm.FOREHEAD[0]]
    down = down - (down @ left) * left
    down = down / np.linalg.norm(down)
    back = np.cross(left, down)
    unit = lm.interocular(landmarks)
    ears = landmarks[list(lm.EARS)].mean(axis=0)
    axes = np.stack([left, down, back])
    return HeadFrame(axes, unit, ears - unit * EARS_FROM_PIVOT @ axes)


def _net(width: int, height: int, spacing: float, oval: Points) -> Points:
    """Net points over the picture, staggered, clear of the face."""
    columns = np.linspace(0, width, max(4, round(width / spacing)) + 1)
    rows = np.linspace(0, height, max(4, round(height / spacing)) + 1)
    x, y = np.meshgrid(columns, rows)
    inner = x[1::2, 1:-1]
    x[1::2, 1:-1] = inner + (columns[1] - columns[0]) * 0.25
    x[0::2, 1:-1] -= (columns[1] - columns[0]) * 0.25
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    contour = oval.astype(np.float32).reshape(-1, 1, 2)
    distance = [cv2.pointPolygonTest(contour, (float(px), float(py)), measureDist=True) for px, py in points]
    return np.asarray(points[np.array(distance) < -0.4 * spacing])


def _outer_triangles(oval_indices: NDArray[np.int64], points: Points, oval: Points) -> NDArray[np.int32]:
    """Triangulate between the face's outline and the net; `points` starts with the outline."""
    simplices = Delaunay(points).simplices
    contour = oval.astype(np.float32).reshape(-1, 1, 2)
    outside = [
        cv2.pointPolygonTest(contour, (float(x), float(y)), measureDist=False) < 0
        for x, y in points[simplices].mean(axis=1)
    ]
    kept = simplices[np.array(outside)]
    index = np.concatenate([oval_indices, np.arange(len(points) - len(oval_indices)) + lm.SURFACE])
    return np.asarray(index[kept], np.int32)


def _gentle_depth(face: Points) -> NDArray[np.float64]:
    """Depth of the face with no side steeper than `STEEPEST`.

    Where a cheek turns away from the camera the photo has no pixels to show of it when the head turns back.
    """
    sides = lm.triangles()[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    ends = np.concatenate([sides, sides[:, ::-1]])
    reach = STEEPEST * np.linalg.norm(face[ends[:, 0], :2] - face[ends[:, 1], :2], axis=1)
    depth = RELIEF * face[:, 2]
    for _ in range(len(face)):
        nearer = depth.copy()
        np.minimum.at(nearer, ends[:, 0], depth[ends[:, 1]] + reach)
        if np.allclose(nearer, depth):
            break
        depth = nearer
    return depth


def _depth(net: Points, face: Points, frame: HeadFrame) -> NDArray[np.float64]:
    """Depth of net points: from the face's outline back to the middle of the skull."""
    oval = face[lm.OVAL]
    distance, nearest = cKDTree(oval[:, :2]).query(net, k=4)
    weight = 1 / np.maximum(distance, 1e-3) ** 2
    rim = (oval[nearest, 2] * weight).sum(axis=1) / weight.sum(axis=1)
    back = frame.pivot[2]
    share = smoothstep((distance[:, 0] / frame.unit - RIM) / 0.9)
    return np.asarray(rim + (np.maximum(back, rim) - rim) * share)


def build_mesh(landmarks: Points, frame: HeadFrame, width: int, height: int) -> PortraitMesh:
    """Build the mesh of a portrait from its (478, 3) landmarks in pixels."""
    face = landmarks[: lm.SURFACE].copy()
    face[:, 2] = _gentle_depth(face)
    oval = face[lm.OVAL, :2]
    spacing = max(NET_SPACING * frame.unit, max(width, height) / 45)
    net = _net(width, height, spacing, oval)
    outer = _outer_triangles(lm.OVAL, np.concatenate([oval, net]), oval)
    vertices = np.concatenate([face, np.column_stack([net, _depth(net, face, frame)])])
    below = (vertices[:, :2] - face[lm.CHIN, :2]) @ frame.axes[1, :2] / frame.unit
    head_weight = np.asarray(1 - smoothstep((below - 0.05) / 1.7), np.float64)
    head_weight[: lm.SURFACE] = 1
    edge = np.minimum.reduce(
        [vertices[:, 0], width - vertices[:, 0], vertices[:, 1], height - vertices[:, 1]]
    )
    hold = np.asarray(smoothstep(edge / (0.9 * frame.unit)), np.float64)
    triangles = np.concatenate([lm.triangles(), outer])
    at_sides = (np.isclose(vertices[:, 0], 0) | np.isclose(vertices[:, 0], width)).astype(int)
    at_sides += np.isclose(vertices[:, 1], 0) | np.isclose(vertices[:, 1], height)
    picture_corners = np.flatnonzero(at_sides == 2)
    corners = np.concatenate([lm.MOUTH_CORNERS, lm.EYE_CORNERS, picture_corners]).astype(np.int64)
    fine = subdivide(len(vertices), triangles, corners, LEVELS)
    return PortraitMesh(vertices, triangles, head_weight, hold, frame, fine)
