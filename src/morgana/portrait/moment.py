"""Which moment of a performance is the one to show as a picture: with open eyes, in the midst of a word."""

from typing import Final

import numpy as np

from morgana.portrait.performance import Action, Performance

_JAW: Final = 0.3  # how far the jaw of somebody is open who is seen to speak, and not to yawn
_CAUGHT: Final = (  # what looks odd when it stands still
    Action.MOUTH_PUCKER,
    Action.MOUTH_FUNNEL,
    Action.MOUTH_PRESS,
    Action.MOUTH_ROLL_LOWER,
    Action.MOUTH_FROWN_LEFT,
    Action.MOUTH_FROWN_RIGHT,
    Action.TONGUE_OUT,
)
_LIDS: Final = (Action.EYE_BLINK_LEFT, Action.EYE_BLINK_RIGHT)
_SMILE: Final = (Action.MOUTH_SMILE_LEFT, Action.MOUTH_SMILE_RIGHT)
_EDGE: Final = 5  # frames at the start and the end, which are at rest


def best_frame(performance: Performance) -> int:
    """The index of the frame that shows the person best."""
    actions = performance.actions
    turned = np.abs(performance.head[:, :3]).sum(axis=1) / 15.0  # degrees that are noticed
    aside = np.abs(performance.gaze).sum(axis=1) / 10.0
    cost = (
        4.0 * actions[:, _LIDS].max(axis=1)
        + np.abs(actions[:, Action.JAW_OPEN] - _JAW)
        + 0.5 * actions[:, _CAUGHT].sum(axis=1)
        - 0.3 * actions[:, _SMILE].mean(axis=1)
        + 0.5 * (turned + aside)
    )
    inner = slice(_EDGE, -_EDGE) if len(performance) > 4 * _EDGE else slice(None)
    return int(np.argmin(cost[inner])) + (inner.start or 0)
