"""Who paints what is seen between the lips: the seam at which another mouth interior is put in."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from morgana.portrait.mesh.holes import Box

Affine: TypeAlias = NDArray[np.float64]  # (2, 3): from mouth coordinates to pixels of the frame
Image: TypeAlias = NDArray[np.float32]


class MouthPainter(Protocol):
    """Paints one portrait's mouth interior, frame by frame. The same arguments give the same pixels.

    Mouth coordinates are interocular distances: x right in the picture, y down, 0 in the middle of the line
    of the closed lips, at the depth of the teeth.
    """

    def paint(
        self,
        mask: Image,
        box: Box,
        upper: Affine,
        lower: Affine,
        weights: NDArray[np.float64],
        outline: NDArray[np.float64],
    ) -> Image:
        """The inside of the mouth in `box`, (h, w, 3) float32, 0 to 255. It is shown as far as `mask` says.

        mask: (h, w) the opening between the lips, 0 to 1; box: where that lies in the frame, cut at its
        edges; upper, lower: where mouth coordinates fall in the frame, for what is fixed to the skull and to
        the jaw; weights: (len(Action),), 0 to 1, as fitted to this face's lips.
        outline: (N, 2) the inner edge of the lips in pixels of the frame (0 is the middle of the first
        pixel), N even: 0 is the corner at the person's right, 0 to N/2 runs along the upper lip to the other
        corner, N/2 to N back along the lower lip.
        """
        ...


class MouthFactory(Protocol):
    """Makes a portrait's `MouthPainter`, once."""

    def __call__(
        self,
        rgb: NDArray[np.uint8],
        landmarks: NDArray[np.float64],
        unit: float,
        openings: Sequence[NDArray[np.float64]],
        to_mouth: NDArray[np.float64],
        arch: float,
        /,
    ) -> MouthPainter:
        """rgb: (H, W, 3) the portrait; landmarks: (478, 3) pixels; unit: pixels per interocular distance;
        openings: outlines (N, 2) of the mouth, in the order of `MouthPainter.paint`, and of both eyes, all as
        the photo has them; to_mouth: (3, 3) from pixels of the portrait to mouth coordinates; arch: size of
        the teeth against those of a mouth of mean width."""
        ...
