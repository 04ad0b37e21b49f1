"""The mouth interior as a network makes it: teeth, tongue and palate behind the opening of each frame.

`sheets.onnx` gives what belongs to a person, once: features fixed to the skull and to the jaw.
`painter.onnx` joins them behind an opening, each frame. Both are made by `training/`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana import models
from morgana.networks import open_network
from morgana.portrait.learned.canvas import HEIGHT, WIDTH, canvas_from_mouth, canvas_grid
from morgana.portrait.learned.placing import place
from morgana.portrait.mesh.easing import smoothstep
from morgana.portrait.mesh.holes import Box, coordinates, polygon_mask
from morgana.portrait.mesh.mouth import Interior, build_interior, lip_shade, place_row
from morgana.portrait.mesh.painting import Affine, Image
from morgana.portrait.mesh.smile import LUMA
from morgana.portrait.mesh.teeth import Row

WEIGHTS: Final = "mouth-interior"
PERSON: Final = 0
# Generated people smile. In speech the upper teeth hang less far below the line of the lips.
LIFT: Final = 0.03  # interocular distances
GAIN: Final = 1.05  # the persons' teeth are a little in the shade
SHADED: Final = 0.5  # of the shadow of the lips on drawn teeth: the painter knows a part of it
# Interocular distances.
EDGE: Final = 0.158  # the end of the painter's upper incisors, below the line of the lips
HIDDEN: Final = 0.06  # how far they end above the person's own, if those are shown
CORNER: Final = (0.34, 0.44)  # from the middle: behind it nothing was learned, it is dark
DARK: Final = 0.75
REDNESS: Final = 0.45  # of lips in colour photographs against white enamel
_CANVAS: Final = Box(0, 0, WIDTH, HEIGHT)
_GRID: Final = canvas_grid()
# Pixels around the opening: that are looked at, and that are painted so that no edge of the picture is seen.
_SEEN: Final = 14
_PAINTED: Final = 6
_THREADS: Final = 1  # frames are made side by side


@dataclass(frozen=True, slots=True)
class LearnedMouth:
    """A portrait's mouth interior. Implements `MouthPainter`.

    upper, lower: (1, C, HEIGHT, WIDTH) sheets of the skull and of the jaw; drawn: the same portrait's drawn
    interior, which knows its light, and the person's own upper teeth where the photo shows them; colour: of
    the picture against that of photographs, 0 (none) to 1; to_canvas: (3, 3) from mouth coordinates to the
    canvas.
    """

    upper: Image
    lower: Image
    drawn: Interior
    colour: float
    to_canvas: NDArray[np.float64]

    def paint(
        self,
        mask: Image,
        box: Box,
        upper: Affine,
        lower: Affine,
        weights: NDArray[np.float64],  # noqa: ARG002 (the protocol's)
        outline: NDArray[np.float64],
    ) -> Image:
        """As `MouthPainter.paint`."""
        to_frame = (np.vstack([upper, [0, 0, 1]]) @ np.linalg.inv(self.to_canvas))[:2]
        back = cv2.invertAffineTransform(to_frame)
        opening = polygon_mask(outline @ back[:, :2].T + back[:, 2], _CANVAS)
        drop = float((np.linalg.inv(upper[:, :2]) @ (lower[:, 2] - upper[:, 2]))[1])
        painted, part = self._painted(opening, drop)
        to_frame[:, 2] += to_frame[:, :2] @ (part.left, part.top) - (box.left, box.top)
        placed = place(painted, to_frame, box.width, box.height)
        u, _ = coordinates(box, upper)
        side = np.clip(1 + 0.5 * self.drawn.slope * u, 0.7, 1.3)[..., None]
        light = self.drawn.light.astype(np.float32) * side
        shade = lip_shade(mask, float(np.hypot(upper[0, 0], upper[1, 0])))
        deep = smoothstep(np.abs(u) * self.to_canvas[0, 0] / canvas_from_mouth()[0, 0], *CORNER)[..., None]
        image = placed * light * (1 - SHADED * (1 - shade)) * (1 - DARK * deep)
        if self.drawn.photographed:
            own = place_row(self.drawn.upper, upper, box)
            image = image * (1 - own[..., 3:]) + own[..., :3] * light * shade
        return np.asarray(np.clip(image, 0, 255), np.float32)

    def _painted(self, opening: Image, drop: float) -> tuple[Image, Box]:
        """What lies behind the opening, (h, w, 3), 1 being white enamel, and where on the canvas."""
        seen, part = _around(opening, _SEEN), _around(opening, _PAINTED)
        shift = drop * self.to_canvas[1, 1]
        made = session("painter.onnx").run(
            None,
            {
                "upper": np.ascontiguousarray(self.upper[..., part.rows, part.columns]),
                "lower": _moved(self.lower[..., part.columns], shift, part.rows),
                "opening": np.ascontiguousarray(opening[None, None, seen.rows, seen.columns]),
                "grid": np.ascontiguousarray(_GRID[..., seen.rows, seen.columns]),
                "drop": np.array([shift / canvas_from_mouth()[1, 1]], np.float32),
                "start": np.array([part.top - seen.top, part.left - seen.left]),
            },
        )[0][0]
        return self._tinted(np.ascontiguousarray(made.transpose(1, 2, 0))), part

    def _tinted(self, painted: Image) -> Image:
        """In the colours of the picture: flesh is no redder than its lips are."""
        grey = (painted @ LUMA.astype(np.float32))[..., None]
        return np.asarray(np.clip(GAIN * (grey + self.colour * (painted - grey)), 0, 1.1), np.float32)


def learned_mouth(
    rgb: NDArray[np.uint8],
    landmarks: NDArray[np.float64],
    unit: float,
    openings: Sequence[NDArray[np.float64]],
    to_mouth: NDArray[np.float64],
    arch: float,
) -> LearnedMouth:
    """A `MouthFactory`. Raises InputError: MODEL_MISSING without the weights."""
    upper, lower = session("sheets.onnx").run(None, {"person": np.array(PERSON, np.int64)})
    drawn = build_interior(rgb, landmarks, unit, openings, to_mouth, arch)
    to_canvas = canvas_from_mouth()
    to_canvas[[0, 1], [0, 1]] /= arch  # small mouths hold smaller teeth
    raised = max(LIFT, EDGE - (_edge(drawn.upper) - HIDDEN) / arch) if drawn.photographed else LIFT
    return LearnedMouth(_raised(upper, raised), lower, drawn, _colourfulness(drawn), to_canvas)


def _edge(row: Row) -> float:
    """How far below the line of the lips the middle of a row of upper teeth ends, interocular distances."""
    alpha = row.rgba[..., 3]
    columns = np.flatnonzero((alpha > 0.5).any(axis=0))
    middle = columns[len(columns) // 3 : -(len(columns) // 3) or None]
    ends = len(alpha) - (alpha[::-1, middle] > 0.5).argmax(axis=0)
    x, y = float(np.median(middle)), float(np.median(ends))
    return float((row.to_mouth @ (x, y, 1))[1])


def _raised(sheet: Image, by: float) -> Image:
    """The sheet moved up, by interocular distances."""
    return _moved(sheet, -by * canvas_from_mouth()[1, 1])


def _moved(sheet: Image, by: float, rows: slice = slice(None)) -> Image:
    """Those rows of the sheet moved down by that many pixels, its edges repeated."""
    source = np.clip(np.arange(HEIGHT)[rows] - by, 0, HEIGHT - 1)
    above = np.minimum(source.astype(int), HEIGHT - 2)
    share = (source - above).astype(np.float32)[:, None]
    return np.asarray(sheet[:, :, above] * (1 - share) + sheet[:, :, above + 1] * share, np.float32)


def _colourfulness(drawn: Interior) -> float:
    """How much redder than white enamel the lips are, against those of photographs, 0 to 1."""
    red, green, blue = drawn.flesh / drawn.light
    redness = (red - (green + blue) / 2) / max((red + green + blue) / 3, 1e-3)
    return float(np.clip(redness / REDNESS, 0.1, 1))


@cache
def session(name: str) -> Any:
    """One of the networks among the weights, loaded once. Raises InputError: MODEL_MISSING without them."""
    return open_network(models.path(WEIGHTS) / name, _THREADS)


def _around(opening: Image, margin: int) -> Box:
    """The opening and so many pixels around it, as far as the canvas goes: even sides, never empty."""
    shown = np.argwhere(opening > 0)
    if not len(shown):
        return Box(0, 0, 2, 2)
    (top, left), (bottom, right) = shown.min(axis=0), shown.max(axis=0) + 1
    top, left = max(0, top - margin) // 2 * 2, max(0, left - margin) // 2 * 2
    bottom, right = min(HEIGHT, bottom + margin), min(WIDTH, right + margin)
    return Box(int(left), int(top), int(right - left + 1) // 2 * 2, int(bottom - top + 1) // 2 * 2)
