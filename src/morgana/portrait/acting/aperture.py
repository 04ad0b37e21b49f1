"""How far apart the lips are meant to be: one number per frame, for measuring and tuning."""

import numpy as np
from numpy.typing import NDArray

from morgana.portrait.performance import Action, FloatArray


def aperture(actions: NDArray[np.float32]) -> FloatArray:
    """(T,) intended gap between the inner lips in interocular distances, from (T, len(Action)) actions.

    The sum of what opens the lips, on the scales that `Action` defines, times what `MOUTH_CLOSE` leaves.
    """
    gap = (
        0.45 * actions[:, Action.JAW_OPEN]
        + 0.10 * actions[:, Action.MOUTH_UPPER_UP]
        + 0.10 * actions[:, Action.MOUTH_LOWER_DOWN]
        + 0.20 * actions[:, Action.MOUTH_FUNNEL]
    )
    return np.asarray(gap * (1 - actions[:, Action.MOUTH_CLOSE]), np.float32)
