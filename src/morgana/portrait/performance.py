"""The data structure between speech and pixels: what a face does, frame by frame.

Action names follow the ARKit blendshape set (snake case), reduced to what speech and its expressions
need; `tongue_up` is ours. Distances hold for a mouth of mean width; a renderer fits them to the face.
Whoever writes a performance and whoever renders it agree only on this file.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float32]


class Action(IntEnum):
    """Columns of `Performance.actions`. Left and right are the portrayed person's own."""

    JAW_OPEN = 0  # 1: the lower teeth drop by 0.45 interocular distances and the chin with them
    MOUTH_CLOSE = 1  # share of the lip gap that the lips close by themselves; 1: sealed whatever the jaw does
    MOUTH_PUCKER = 2  # corners drawn in and lips pushed forward (w, oo); 1: half the resting width
    MOUTH_FUNNEL = 3  # lips rounded, everted and apart (o, sh); 1: a clear "oh" even with little jaw
    MOUTH_STRETCH = 4  # corners drawn straight out (ee, s); 1: a fifth wider than at rest
    MOUTH_PRESS = 5  # lips rolled in and pressed thin (m, b, p held)
    MOUTH_ROLL_LOWER = 6  # lower lip drawn under the upper teeth (f, v)
    MOUTH_UPPER_UP = 7  # upper lip raised, upper teeth bared; 1: 0.10 interocular distances
    MOUTH_LOWER_DOWN = 8  # lower lip lowered without the jaw; 1: 0.10 interocular distances
    MOUTH_SMILE_LEFT = 9
    MOUTH_SMILE_RIGHT = 10
    MOUTH_FROWN_LEFT = 11
    MOUTH_FROWN_RIGHT = 12
    TONGUE_UP = 13  # tongue tip raised to the upper teeth (l, n, t, d)
    TONGUE_OUT = 14  # tongue tip between the teeth (th)
    EYE_BLINK_LEFT = 15  # 0: open as in the relaxed face; 1: closed
    EYE_BLINK_RIGHT = 16
    EYE_WIDE = 17
    EYE_SQUINT = 18  # lower lids raised (smile, concentration)
    BROW_INNER_UP = 19
    BROW_OUTER_UP_LEFT = 20
    BROW_OUTER_UP_RIGHT = 21
    BROW_DOWN = 22
    CHEEK_SQUINT = 23  # cheeks raised, goes with a smile


@dataclass(frozen=True, slots=True)
class Performance:
    """T frames of acting at `fps` frames per second.

    actions: (T, len(Action)) weights, 0 to 1.
    gaze: (T, 2) where the eyes look, degrees (yaw, pitch); (0, 0) is into the camera wherever the head
        points, positive yaw towards the person's left, positive pitch up.
    head: (T, 6) relative to the pose in the photo: yaw, pitch, roll in degrees (positive: towards the
        person's left, up, and tilted towards the person's left shoulder), then x, y, z translation in
        interocular distances (right, down, towards the camera, as seen in the picture).
    torso: (T, 2) shoulder motion in interocular distances, as seen in the picture: x, y (down positive);
        breathing lifts the shoulders, so a breath in is negative y.
    """

    fps: int
    actions: FloatArray
    gaze: FloatArray
    head: FloatArray
    torso: FloatArray

    def __post_init__(self) -> None:
        frames = len(self.actions)
        shapes = {
            "actions": (frames, len(Action)),
            "gaze": (frames, 2),
            "head": (frames, 6),
            "torso": (frames, 2),
        }
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, not {shape}")

    def __len__(self) -> int:
        return len(self.actions)
