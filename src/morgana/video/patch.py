"""A picture that lies over a part of a frame: what drawing makes and burning blends."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A picture over the frame, never changed once it is made.

    x, y: where its top left pixel lies on the displayed (upright) frame; it may reach outside.
    rgba: (h, w, 4) uint8, sRGB, colours already multiplied by alpha.

    Whoever draws returns the same object for as long as nothing changes: what burning makes of it is kept by
    identity, which is also why two patches are equal only if they are one.
    """

    x: int
    y: int
    rgba: NDArray[np.uint8]

    def __post_init__(self) -> None:
        if self.rgba.dtype != np.uint8 or self.rgba.ndim != 3 or self.rgba.shape[2] != 4:
            raise ValueError(f"a patch is (h, w, 4) uint8, not {self.rgba.shape} {self.rgba.dtype}")
        self.rgba.flags.writeable = False


# The patches of the frame shown at a time in seconds, the lowest first.
Draw: TypeAlias = Callable[[float], Sequence[Patch]]
