"""From one frame's action weights to displacements of the mesh's control points, and on to every vertex."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morgana.portrait import landmarks as lm
from morgana.portrait.mesh.geometry import EARS_FROM_PIVOT, HeadFrame, PortraitMesh
from morgana.portrait.mesh.influence import influence
from morgana.portrait.mesh.lips import Lips, jaw_turn, lips_at_rest, meeting_line, move_lips
from morgana.portrait.performance import Action

Field = NDArray[np.float64]

# How much of the jaw's turn each point of the jaw line follows, from below the ear to beside the chin.
JAW_FOLLOW = np.array([0.0, 0.04, 0.14, 0.3, 0.52, 0.74, 0.9, 1.0, 1.0])
CLOSED_LID_HEIGHT = 0.1  # where the lids meet, as a share of the opening above the lower lid
SMILE_ADDED = 0.75  # by how much a smile in the photo leaves less to add
SMILE_RELAXED = 0.45  # share of the photo's own smile given up while neutral
NECK_REACH = 1.0  # how far from the face's outline the skin is free to follow it, interocular distances


@dataclass(frozen=True, slots=True)
class Eye:
    """One eye's control points; rows as in `landmarks`. blink: its action."""

    upper: NDArray[np.int64]
    lower: NDArray[np.int64]
    upper_ring: NDArray[np.int64]
    lower_ring: NDArray[np.int64]
    blink: Action


EYES = (
    Eye(
        lm.RIGHT_EYE_UPPER, lm.RIGHT_EYE_LOWER, lm.RIGHT_LID_UPPER, lm.RIGHT_LID_LOWER, Action.EYE_BLINK_RIGHT
    ),
    Eye(lm.LEFT_EYE_UPPER, lm.LEFT_EYE_LOWER, lm.LEFT_LID_UPPER, lm.LEFT_LID_LOWER, Action.EYE_BLINK_LEFT),
)


@dataclass(frozen=True, slots=True)
class Rig:
    """What turns weights into displacements.

    face: (468, 3) landmarks in head coordinates and interocular distances; controls: (C,) vertex indices;
    weights: (V, C) influence; hinge: (3,) of the jaw, in the coordinates of `lips`; bite: (3,) from the
    middle between the mouth corners to the line where the lips meet; smile: the photo's own, 0 to 1.
    """

    frame: HeadFrame
    face: Field
    lips: Lips
    hinge: Field
    controls: NDArray[np.int64]
    weights: NDArray[np.float64]
    hold: Field
    bite: Field
    smile: float


def _still_net(mesh: PortraitMesh) -> NDArray[np.int64]:
    """Net vertices that expressions do not move: all but those on the neck near the jaw."""
    net = np.arange(lm.SURFACE, len(mesh.vertices))
    face, frame = mesh.vertices[: lm.SURFACE], mesh.frame
    outline = face[lm.OVAL, :2]
    distance = np.linalg.norm(mesh.vertices[net, None, :2] - outline[None], axis=2).min(axis=1)
    mouth = face[list(lm.MOUTH_CORNERS), :2].mean(axis=0)
    below = (mesh.vertices[net, :2] - mouth) @ frame.axes[1, :2]
    near = (distance < NECK_REACH * frame.unit) & (below > 0)
    return np.asarray(net[~near])


def build_rig(mesh: PortraitMesh, blendshapes: Mapping[str, float]) -> Rig:
    """Prepare a portrait's mesh for acting."""
    frame = mesh.frame
    face = (mesh.vertices[: lm.SURFACE] - frame.pivot) @ frame.axes.T / frame.unit
    mouth = face[list(lm.MOUTH_CORNERS)].mean(axis=0)
    # The jaw's joint lies just before and below the ear canal.
    hinge = EARS_FROM_PIVOT + np.array([0.0, 0.1, -0.15]) - mouth
    moving = [lm.UPPER_LIP, lm.LOWER_LIP, lm.RIGHT_JAW, lm.LEFT_JAW, lm.CHIN_FRONT, np.array([lm.CHIN])]
    moving += [lm.RIGHT_BROW, lm.LEFT_BROW, lm.RIGHT_CHEEK, lm.LEFT_CHEEK]
    for eye in EYES:
        moving += [eye.upper, eye.lower, eye.upper_ring, eye.lower_ring]
    still = [lm.FOREHEAD, lm.NOSE, _still_net(mesh)]
    controls = np.unique(np.concatenate([np.ravel(part) for part in moving + still]))
    weights = influence(mesh.vertices, mesh.triangles, controls)
    lips = lips_at_rest(face)
    smile = (blendshapes.get("mouthSmileLeft", 0.0) + blendshapes.get("mouthSmileRight", 0.0)) / 2
    return Rig(frame, face, lips, hinge, controls, weights, mesh.hold, meeting_line(lips), smile)


def _jaw(rig: Rig, move: Field, jaw: float) -> None:
    middle = rig.face[list(lm.MOUTH_CORNERS)].mean(axis=0)
    for rows, follow in ((lm.RIGHT_JAW, JAW_FOLLOW), (lm.LEFT_JAW, JAW_FOLLOW)):
        move[rows] += jaw_turn(rig.face[rows] - middle, jaw, rig.hinge) * follow[:, None]
    for rows in (lm.CHIN_FRONT, np.array([lm.CHIN])):
        move[rows] += jaw_turn(rig.face[rows] - middle, jaw, rig.hinge)


def _lid_motion(rig: Rig, eye: Eye, w: Field, gaze_pitch: float) -> tuple[Field, Field]:
    """Displacement of the upper and lower lid margins, (9, 3) each."""
    upper, lower = rig.face[eye.upper], rig.face[eye.lower]
    opening = upper - lower
    height = np.linalg.norm(opening, axis=1, keepdims=True).max()
    # The upper lid rides on the cornea: about half of the eye's own travel.
    follow = 0.012 * np.clip(gaze_pitch, -20, 12) * height
    bow = np.linalg.norm(opening, axis=1, keepdims=True) / max(height, 1e-6)
    up = np.array([0.0, -1.0, 0.0])
    raised = up * bow * (follow + 0.03 * w[Action.EYE_WIDE])
    squint = opening * 0.3 * w[Action.EYE_SQUINT]
    blink = float(w[eye.blink])
    meet = lower + CLOSED_LID_HEIGHT * opening
    upper_move = (1 - blink) * raised + blink * (meet - upper)
    lower_move = (1 - blink) * squint + blink * (meet - lower)
    return upper_move, lower_move


def _eyes(rig: Rig, move: Field, w: Field, gaze_pitch: float) -> None:
    for eye in EYES:
        upper, lower = _lid_motion(rig, eye, w, gaze_pitch)
        move[eye.upper], move[eye.lower] = upper, lower
        move[eye.upper_ring] = 0.36 * upper[1:-1]
        move[eye.lower_ring] = 0.45 * lower[1:-1]


def _brows(move: Field, w: Field) -> None:
    inner = np.array([0.0, 0.1, 0.35, 0.8, 1.0])
    for rows, outer_up in (
        (lm.RIGHT_BROW, w[Action.BROW_OUTER_UP_RIGHT]),
        (lm.LEFT_BROW, w[Action.BROW_OUTER_UP_LEFT]),
    ):
        rise = 0.1 * w[Action.BROW_INNER_UP] * inner + 0.09 * outer_up * (1 - 0.6 * inner)
        rise -= 0.055 * w[Action.BROW_DOWN] * (0.4 + 0.6 * inner)
        side = -1.0 if rows is lm.LEFT_BROW else 1.0
        move[rows, 1] -= rise
        move[rows, 0] += side * 0.03 * w[Action.BROW_DOWN] * inner


def _cheeks(move: Field, w: Field) -> None:
    lift = np.array([1.0, 1.0, 0.7, 0.6, 0.4])
    for rows, smile in (
        (lm.RIGHT_CHEEK, w[Action.MOUTH_SMILE_RIGHT]),
        (lm.LEFT_CHEEK, w[Action.MOUTH_SMILE_LEFT]),
    ):
        move[rows, 1] -= (0.035 * w[Action.CHEEK_SQUINT] + 0.04 * smile) * lift
        move[rows, 1] += 0.02 * w[Action.JAW_OPEN]


def displace(rig: Rig, weights: Field, gaze_pitch: float) -> Field:
    """Displacement of every coarse vertex in pixels, (V, 3), before the head moves.

    weights: (len(Action),) from `fit_weights`; gaze_pitch: of the eyes against the head, degrees.
    """
    w = weights.copy()
    # A broad smile in the photo is relaxed: nobody speaks through a fixed grin.
    for side in (Action.MOUTH_SMILE_LEFT, Action.MOUTH_SMILE_RIGHT):
        w[side] = w[side] * (1 - SMILE_ADDED * rig.smile) - SMILE_RELAXED * rig.smile * (1 - w[side])
    move = np.zeros((lm.SURFACE, 3))
    _jaw(rig, move, float(w[Action.JAW_OPEN]))
    _eyes(rig, move, w, gaze_pitch)
    _brows(move, w)
    _cheeks(move, w)
    upper, lower = move_lips(rig.lips, w, rig.hinge)
    move[lm.UPPER_LIP], move[lm.LOWER_LIP] = upper, lower
    face_rows = rig.controls[rig.controls < lm.SURFACE]
    every = rig.weights[:, : len(face_rows)] @ move[face_rows]
    return np.asarray(every @ rig.frame.axes * rig.frame.unit * rig.hold[:, None])


def rotation(yaw: float, pitch: float, roll: float) -> Field:
    """Turn of the head about its own axes (left, down, back), degrees; positive: to the person's left, up,
    and tilted towards the person's left shoulder."""
    a, b, c = np.deg2rad([yaw, pitch, roll])
    about_y = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x)


CAMERA_DISTANCE = 12.0  # interocular distances, a portrait lens; sets how much nearer means larger


def pose(mesh: PortraitMesh, points: Field, head: Field, torso: Field, vertex: int | None = None) -> Field:
    """Points (V, 3) after the head's turn and shift (6,) and the shoulders' shift (2,), in pixels.

    The points are the mesh's vertices, or, with `vertex`, any points that move as that vertex does.
    """
    frame = mesh.frame
    turn = frame.axes.T @ rotation(*head[:3]) @ frame.axes
    turned = (points - frame.pivot) @ turn.T
    scale = 1 + head[5] / CAMERA_DISTANCE
    shift = np.array([head[3], head[4], 0.0]) * frame.unit
    moved = turned * scale + frame.pivot + shift - points
    sway = np.array([torso[0], torso[1], 0.0]) * frame.unit
    rows = slice(None) if vertex is None else slice(vertex, vertex + 1)
    hold = mesh.hold[rows, None]
    return np.asarray(points + mesh.head_weight[rows, None] * hold * moved + hold * sway)
