"""Frames of an open mouth straight from a renderer, and where in them mouth and lips are, to the pixel.

Both come from the same performance, so that the renderers are compared on the same openings. Nothing is
encoded or searched for: the same mesh moves a picture of labels in place of the photo, and a painter that
paints one more label says where the interior is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

import cv2
import numpy as np
from face_track import Pixels, Values

from morgana.portrait.acting import ActingOptions, aperture, perform
from morgana.portrait.landmarks import LOWER_LIP, UPPER_LIP, interocular
from morgana.portrait.likeness import Portrait
from morgana.portrait.mesh.holes import Box, box_around
from morgana.portrait.mesh.painting import Affine, Image
from morgana.portrait.mesh.renderer import MeshRenderer
from morgana.portrait.performance import Action, Performance
from morgana.portrait.renderer import Renderer
from morgana.speech.prosody import analyse
from morgana.speech.resampling import RATE
from morgana.speech.transcript import Speech

Shares: TypeAlias = Image  # (H, W) how much of each pixel, 0 to 1

SPOKEN: Final = 20  # frames of speech that are looked at
OPEN: Final = 0.08  # interocular distances: an opening in which teeth can be told
HELD_S: Final = 3.0
AROUND: Final = 0.4  # of a frame that is kept around the opening, interocular distances
# Said without end: an open vowel that bares both rows of teeth.
HELD: Final[dict[Action, float]] = {
    Action.JAW_OPEN: 0.4,
    Action.MOUTH_UPPER_UP: 0.3,
    Action.MOUTH_LOWER_DOWN: 0.3,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mouth is in a frame. box: the part of the frame that is kept; everything else lies in it.

    interior: (h, w) what was painted between the lips; lips: (h, w) the skin of the lips around it; outline:
    (N, 2) the border between them, pixels; from_mouth: (2, 3) to pixels from mouth coordinates (see
    `MouthPainter`) that are fixed to the skull; unit: pixels an interocular distance.
    """

    box: Box
    interior: Shares
    lips: Shares
    outline: Values
    from_mouth: Affine
    unit: float


@dataclass(slots=True)
class Marking:
    """A `MouthPainter` that paints the label of the interior (blue) and notes where."""

    outlines: list[Values] = field(default_factory=list)
    affines: list[Affine] = field(default_factory=list)

    def paint(
        self, mask: Image, box: Box, upper: Affine, lower: Affine, weights: Values, outline: Values
    ) -> Image:
        """As `MouthPainter.paint`."""
        del box, lower, weights
        self.outlines.append(outline)
        self.affines.append(upper)
        return np.broadcast_to(np.array([0, 0, 255], np.float32), (*mask.shape, 3))


def places(portrait: Portrait, performance: Performance) -> list[Place | None]:
    """Of each frame; None where the lips leave nothing to paint."""
    marking = Marking()
    unit, (width, height) = interocular(portrait.face.landmarks), portrait.size
    found: list[Place | None] = []
    for frame in MeshRenderer(_labels(portrait), lambda *_: marking).frames(performance):
        if not marking.outlines:
            found.append(None)
            continue
        outline, affine = marking.outlines.pop(), marking.affines.pop()
        box = box_around(outline, AROUND * unit, width, height)
        red, _, blue = np.moveaxis(frame[box.rows, box.columns].astype(np.float32) / 255, 2, 0)
        moved = affine.copy()
        moved[:, 2] -= (box.left, box.top)
        found.append(Place(box, blue, red, outline - (box.left, box.top), moved, unit))
    return found


def _labels(portrait: Portrait) -> Portrait:
    """The lips red, all else black, and to be moved in the same way."""
    picture = np.zeros_like(portrait.rgb)
    points = portrait.face.landmarks[:, :2]
    lips = np.concatenate([points[UPPER_LIP[3]], points[LOWER_LIP[3][::-1]]])
    cv2.fillPoly(picture, [lips.round().astype(np.int32)], (255, 0, 0))
    everywhere = np.ones_like(portrait.matte)
    return replace(portrait, rgb=picture, matte=everywhere, plate=np.zeros_like(portrait.plate))


def draw(renderer: Renderer, performance: Performance, found: Sequence[Place | None]) -> list[Pixels]:
    """The frames of a performance, each cut to its place; empty where there is none."""
    return [
        frame[place.box.rows, place.box.columns].copy() if place else frame[:0, :0]
        for frame, place in zip(renderer.frames(performance), found, strict=True)
    ]


def spoken(speech: Speech, options: ActingOptions) -> Performance:
    """Of a speech as it is acted, `SPOKEN` of the moments with an open mouth, evenly spread."""
    performance = perform(speech, options).performance
    moments = np.flatnonzero(aperture(performance.actions) > OPEN)
    chosen = moments[np.linspace(0, len(moments) - 1, min(SPOKEN, len(moments))).round().astype(int)]
    return _at(performance, chosen)


def held(fps: int, seed: int) -> Performance:
    """A mouth that is held open, in a head that moves, looks about and breathes as in silence."""
    silence = analyse(np.zeros(round(HELD_S * RATE), np.float32))
    speech = Speech(HELD_S, None, (), (), (), silence)
    performance = perform(speech, ActingOptions(fps, "neutral", seed=seed)).performance
    actions = performance.actions.copy()
    actions[:, : Action.EYE_BLINK_LEFT] = 0
    for action, weight in HELD.items():
        actions[:, action] = weight
    return replace(performance, actions=actions)


def _at(performance: Performance, moments: "np.ndarray | Sequence[int]") -> Performance:
    return Performance(
        performance.fps,
        *(
            np.ascontiguousarray(getattr(performance, name)[moments])
            for name in ("actions", "gaze", "head", "torso")
        ),
    )
