"""Which portraits the learned renderer does better than the mesh with a drawn mouth interior."""

from collections.abc import Callable
from typing import Final

import numpy as np

from morgana.portrait import landmarks as lm
from morgana.portrait.learned.covering import covered
from morgana.portrait.likeness import Portrait

MAXIMUM_YAW: Final = 25.0  # degrees by the landmarks; generated faces, its lessons, seldom turn further
MINIMUM_MOUTH: Final = 30.0  # pixels from corner to corner; below, not even a middle tooth is five wide
SURELY_COVERED: Final = 0.8  # of 1; docs/mouth-interior.md says how often that is right


def unsuited(portrait: Portrait) -> str | None:
    """Why the portrait does not suit the learned renderer, as the end of a sentence; None if it does."""
    return next((reason for judge in _JUDGES if (reason := judge(portrait))), None)


def _turned(portrait: Portrait) -> str | None:
    yaw = abs(lm.head_yaw(portrait.face.landmarks))
    return None if yaw <= MAXIMUM_YAW else f"the head is turned {yaw:.0f} degrees, over {MAXIMUM_YAW:.0f}"


def _small(portrait: Portrait) -> str | None:
    right, left = portrait.face.landmarks[list(lm.MOUTH_CORNERS), :2]
    width = float(np.linalg.norm(left - right))
    if width >= MINIMUM_MOUTH:
        return None
    return f"the mouth is {width:.0f} pixels wide, under {MINIMUM_MOUTH:.0f}"


def _covered(portrait: Portrait) -> str | None:
    sure = covered(portrait.rgb, portrait.face.landmarks)
    return "the mouth is covered" if sure > SURELY_COVERED else None


_JUDGES: Final[tuple[Callable[[Portrait], str | None], ...]] = (_turned, _small, _covered)
