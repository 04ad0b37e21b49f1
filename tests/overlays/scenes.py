"""Films of a few frames as arrays, what is designed on them, and what is then seen."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from av.video.reformatter import ColorRange
from numpy.typing import NDArray
from PIL import Image

from morgana.errors import InputError
from morgana.overlays.drawing import draw_layers
from morgana.overlays.ground import Ground, survey
from morgana.overlays.overlay import Overlay
from morgana.overlays.overlaying import Design, design_all
from morgana.text.geometry import Box
from morgana.video.colour import Tags
from morgana.video.film import Film
from morgana.video.glance import LONGER_SIDE, Glance
from morgana.video.orientation import UPRIGHT

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]

TALL, SQUARE, PORTRAIT, WIDE = (540, 960), (540, 540), (540, 675), (960, 540)
SIZES = {"9:16": TALL, "1:1": SQUARE, "4:5": PORTRAIT, "16:9": WIDE}
ASTRONAUT = Path(__file__).parents[2] / "src/morgana/assets/demo/portrait.png"


def plain(size: tuple[int, int], level: int | Sequence[int]) -> Picture:
    picture: Picture = np.empty((size[1], size[0], 3), np.uint8)
    picture[:] = level
    return picture


def noise(size: tuple[int, int], cell: int, seed: int = 0) -> Picture:
    """Patches of all colours, about `cell` pixels large."""
    random = np.random.default_rng(seed).random((size[1] // cell + 2, size[0] // cell + 2, 3))
    grown = cv2.resize(random.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(grown * 255, 0, 255), np.uint8)


def checks(size: tuple[int, int], cell: int) -> Picture:
    y, x = np.mgrid[: size[1], : size[0]]
    return np.repeat((((x // cell + y // cell) % 2) * 255).astype(np.uint8)[..., None], 3, axis=2)


def astronaut(size: tuple[int, int]) -> Picture:
    """A person whose face is in the upper half, cut to `size`."""
    picture = np.asarray(Image.open(ASTRONAUT).convert("RGB"))
    height, width = picture.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    grown = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    left = (grown.shape[1] - size[0]) // 2
    return np.asarray(np.ascontiguousarray(grown[: size[1], left : left + size[0]]), np.uint8)


def film_of(pictures: Sequence[Picture]) -> Film:
    height, width = pictures[0].shape[:2]
    times = np.arange(len(pictures), dtype=np.float64)
    tags = Tags(1, 1, 1, ColorRange.MPEG)
    size = (width, height)
    return Film(size, size, times, float(len(times)), "h264", "yuv420p", 8, tags, UPRIGHT, None)


def ground_of(pictures: Sequence[Picture]) -> Ground:
    scale = min(1.0, LONGER_SIDE / max(pictures[0].shape[:2]))
    small = [cv2.resize(one, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) for one in pictures]
    seen = [Glance(float(time), np.asarray(one, np.uint8)) for time, one in enumerate(small)]
    return survey(seen, pictures[0].shape[1])


def designed(pictures: Sequence[Picture], *overlays: Overlay) -> list[Design]:
    """What is decided for overlays of which none fails."""
    made = [one for one in attempted(pictures, *overlays) if isinstance(one, Design)]
    assert len(made) == len(overlays)
    return made


def attempted(pictures: Sequence[Picture], *overlays: Overlay) -> list[Design | InputError]:
    ground = ground_of(pictures)
    return design_all(overlays, film_of(pictures), lambda *_: ground)


def covered(picture: Picture, design: Design) -> Picture:
    """What a viewer sees."""
    patch, seen = design.patch, picture.astype(np.float32)
    height, width = picture.shape[:2]
    canvas = np.zeros((height, width, 4), np.float32)
    top, left = max(patch.y, 0), max(patch.x, 0)
    bottom, right = min(patch.y + patch.rgba.shape[0], height), min(patch.x + patch.rgba.shape[1], width)
    canvas[top:bottom, left:right] = patch.rgba[
        top - patch.y : bottom - patch.y, left - patch.x : right - patch.x
    ]
    return np.rint(seen * (1 - canvas[..., 3:] / 255) + canvas[..., :3]).astype(np.uint8)


def letters(picture: Picture, design: Design) -> NDArray[np.float32]:
    """(h, w) how much of each pixel of the frame letters cover."""
    drawn = draw_layers(design.place, design.paint, design.look)
    height, width = picture.shape[:2]
    mask = np.zeros((height + 2000, width + 2000), np.float32)
    rows, columns = drawn.letters.shape[:2]
    mask[1000 + drawn.y : 1000 + drawn.y + rows, 1000 + drawn.x : 1000 + drawn.x + columns] = drawn.letters[
        ..., 3
    ]
    return mask[1000 : 1000 + height, 1000 : 1000 + width]


def extent(mask: NDArray[np.float32]) -> Box:
    """The smallest box around what is covered."""
    rows, columns = np.flatnonzero((mask > 0.1).any(axis=1)), np.flatnonzero((mask > 0.1).any(axis=0))
    return Box(columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)


def light(rgb: NDArray[np.generic]) -> NDArray[np.float64]:
    """Relative luminance (WCAG 2.2), worked out anew here."""
    share = rgb.astype(np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(picture: Picture, design: Design, part: slice = slice(None)) -> float:
    """The contrast ratio that nine tenths of the pixels just around the letters reach, in what is seen.

    part: of the columns of the frame that are looked at.
    """
    mask, seen = letters(picture, design), covered(picture, design)
    size = design.place.setting.size
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * round(0.07 * size) + 3,) * 2)
    near = cv2.dilate((mask > 0.02).astype(np.uint8), kernel).astype(bool) & (mask < 0.02)
    inside = light(seen[:, part][mask[:, part] > 0.99])
    around = light(seen[:, part][near[:, part]])
    text = float(np.median(inside))
    ratio = (np.maximum(around, text) + 0.05) / (np.minimum(around, text) + 0.05)
    return float(np.percentile(ratio, 10))
