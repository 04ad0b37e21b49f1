"""What a renderer is: the half of the engine that turns a performance into pixels."""

from collections.abc import Iterator
from typing import Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from morgana.portrait.performance import Performance

RendererName: TypeAlias = Literal["mesh", "learned"]


class Renderer(Protocol):
    """Made from a `Portrait` once, then asked for frames."""

    @property
    def name(self) -> RendererName:
        """What it is called."""
        ...

    def frames(self, performance: Performance) -> Iterator[NDArray[np.uint8]]:
        """Yield one (H, W, 3) uint8 RGB frame of the portrait's size for each frame of the performance.

        The same performance gives the same pixels. Each frame is a new array.
        """
        ...
