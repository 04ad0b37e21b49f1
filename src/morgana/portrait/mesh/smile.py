"""What a photo shows between parted lips: which pixels are teeth, the upper ones as a row, lips without them.

Landmarks of the lips are off by a few pixels, and what is taken for a lip moves like one. So teeth are told
by their colour.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.portrait.mesh.holes import Box, box_around, mean_height, polygon_mask
from morgana.portrait.mesh.teeth import GUM_COLOUR, UPPER_HEIGHTS, Row

Pixels = NDArray[np.uint8]
Values = NDArray[np.float64]
Mask = NDArray[np.bool_]

LUMA = np.array([0.2126, 0.7152, 0.0722])  # ITU-R BT.709
# All lengths in interocular distances.
PARTED: Final = 0.02  # mean height of an opening in which teeth may be seen
SHOWN: Final = 0.06  # of one in which they are seen well enough to be taken over
AROUND: Final = 0.16  # the outline of the lips that is looked at
ASTRAY: Final = 0.05  # how far the landmarks may be off
EDGED: Final = 0.015  # how far teeth fade into the lips
SMOOTH: Final = 0.012  # what is left out of the biting edges
THIN: Final = 0.015  # half of what is too thin for a tooth
OVERHANG: Final = 0.018  # of a tooth below the arch of the others
LINE: Final = 0.1  # depth of the line between upper and lower teeth, of their brightness
FADING: Final = 0.06  # of a row into the corner of the mouth
REDNESS: Final = 2.0  # weight of the share of red against brightness
UNLIKE: Final = 0.12  # least difference of teeth and lips in both
LEAST: Final = 12  # pixels
WITHIN: Final = 0.3  # share of teeth within the landmarks' opening
TOOTH: Final = 0.5  # likeness of teeth, 0 being a lip
EDGE: Final = 0.35  # the same of the pixels around them


@dataclass(frozen=True, slots=True)
class Smile:
    """box: part of the picture around the mouth; within it, (h, w): inside: what the landmarks take for the
    opening; teeth: pixels of teeth, wherever they lie; edged: the same with their edges.
    """

    box: Box
    inside: Mask
    teeth: Mask
    edged: Mask


def find_smile(rgb: Pixels, outline: Values, lips: Values, unit: float) -> Smile | None:
    """The teeth of a picture; None where it shows none.

    rgb: (H, W, 3); outline: (N, 2) the opening between the lips; lips: (3,) their colour; unit: pixels an
    interocular distance.
    """
    box = box_around(outline, AROUND * unit, rgb.shape[1], rgb.shape[0])
    if mean_height(outline) < PARTED * unit or not (box.width and box.height):
        return None
    patch = rgb[box.rows, box.columns].astype(np.float64)
    inside = polygon_mask(outline, box) > 0.5
    near = _grown(inside, ASTRAY * unit)
    lip, seen = _features(lips), _features(patch)
    # Brighter than lips, or less red and not much darker.
    unlike = (lip[0] - seen[..., 0]) + (seen[..., 1] - lip[1])
    found = _within(near & (unlike > UNLIKE) & (seen[..., 1] > 0.6 * lip[1]), inside)
    if found.sum() < LEAST:
        return None
    enamel = _enamel(patch[found])
    across = _features(enamel) - lip
    likeness = (seen - lip) @ across / (across @ across)
    lit = patch @ LUMA > 0.4 * (enamel @ LUMA)
    teeth = _within(near & lit & (likeness > TOOTH), inside)
    edged = teeth | (_grown(teeth, EDGED * unit) & (likeness > EDGE))
    return Smile(box, inside, teeth, edged)


def _enamel(teeth: Values) -> Values:
    """Colour of the whitest of some (N, 3) pixels, without highlights."""
    white = teeth @ LUMA - 1.2 * np.ptp(teeth, axis=1)
    whitest = (white >= np.percentile(white, 50)) & (white <= np.percentile(white, 97))
    return np.asarray(np.median(teeth[whitest], axis=0))


def _features(colour: Values) -> Values:
    """(..., 3) RGB to (..., 2): how red, whatever the light, and how bright."""
    red, green, blue = np.moveaxis(colour, -1, 0)
    redness = (red - (green + blue) / 2) / (red + green + blue + 30)  # of black nothing is known
    return np.stack([REDNESS * redness, colour @ LUMA / 255], axis=-1)


def _grown(mask: Mask, by: float) -> Mask:
    size = 2 * max(1, round(by)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0)


def _within(mask: Mask, inside: Mask) -> Mask:
    """The connected parts of a mask that lie in the opening, for a good part: others are gloss on a lip."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    size = np.bincount(labels[mask], minlength=count)
    kept = np.bincount(labels[mask & inside], minlength=count) > WITHIN * size
    return np.asarray(mask & kept[labels])


def own_row(
    rgb: Pixels, smile: Smile, outline: Values, to_mouth: NDArray[np.float64], light: Values
) -> Row | None:
    """The upper teeth of the picture itself, where it shows enough of them and not the lower ones too.

    to_mouth: (3, 3) from pixels of the picture; light: (3,) colour of reflectance 1. Above what is seen they
    are continued, under the lip, and then the gum.
    """
    unit = 1 / float(np.hypot(to_mouth[0, 0], to_mouth[1, 0]))
    box = smile.box
    patch = np.ascontiguousarray(rgb[box.rows, box.columns])
    teeth = _solid(smile.teeth, unit)
    if mean_height(outline) < SHOWN * unit or teeth.sum() < 0.3 * smile.inside.sum():
        return None
    luma = patch @ LUMA
    if np.median(luma[teeth]) < 0.5 * (light @ LUMA) or _both_rows(teeth, luma, unit):
        return None
    columns = np.flatnonzero(teeth.any(axis=0))
    rows = np.arange(box.height)[:, None]
    across = np.arange(box.width)
    blur = max(0.8, SMOOTH * unit)
    first, last = teeth.argmax(axis=0), box.height - teeth[::-1].argmax(axis=0)
    last[columns] = _level(columns, last[columns], OVERHANG * unit)
    start, end = (_smooth(np.interp(across, columns, at[columns]), blur) for at in (first, last))
    beyond = np.maximum(columns[0] - across, across - columns[-1])
    alpha = np.clip(end - rows + 0.5, 0, 1) * np.clip(1 - beyond / (FADING * unit), 0, 1)
    unseen = ((rows < start) | (rows >= end) | (beyond > 0)).astype(np.uint8)
    filled = cv2.inpaint(patch, unseen, max(3, round(0.05 * unit)), cv2.INPAINT_TELEA)
    colour = filled / light
    gum = np.clip((end - rows) / unit - max(UPPER_HEIGHTS), 0, 0.03)[..., None] / 0.03
    colour = (1 - gum) * colour + gum * GUM_COLOUR
    rgba = np.concatenate([colour * alpha[..., None], alpha[..., None]], axis=2).astype(np.float32)
    return Row(rgba, to_mouth @ np.array([[1, 0, box.left], [0, 1, box.top], [0, 0, 1]]))


def _solid(teeth: Mask, unit: float) -> Mask:
    """Teeth without threads and crumbs."""
    solid = _opened(teeth, THIN * unit)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid.astype(np.uint8), connectivity=4)
    large = [part for part in range(1, count) if stats[part, cv2.CC_STAT_AREA] > 0.02 * solid.sum()]
    return np.asarray(np.isin(labels, large))


def _opened(mask: Mask, by: float) -> Mask:
    size = 2 * round(by) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel) > 0)


def _both_rows(teeth: Mask, luma: Values, unit: float) -> bool:
    """Whether lower teeth are seen too: a dark line runs through, from side to side."""
    soft = cv2.GaussianBlur(luma, (0, 0), max(0.8, SMOOTH * unit))
    depth = LINE * float(np.median(luma[teeth]))
    tall = parted = 0
    for column in np.flatnonzero(teeth.any(axis=0)):
        rows = np.flatnonzero(teeth[:, column])
        part = soft[rows[0] : rows[-1] + 1, column]
        margin = len(part) // 5
        if len(part) < 0.06 * unit or margin < 1:
            continue
        darkest = margin + int(np.argmin(part[margin:-margin]))
        tall += 1
        parted += min(part[:darkest].max(), part[darkest:].max()) - part[darkest] > depth
    return parted > tall / 2


def _level(columns: NDArray[np.int64], edges: NDArray[np.int64], most: float) -> Values:
    """Biting edges no more than so many pixels below their arch: what hangs lower is not of this row."""
    kept = np.ones(len(columns), bool)
    for _ in range(3):
        arch = np.polyval(np.polyfit(columns[kept], edges[kept], min(2, kept.sum() - 1)), columns)
        kept = np.abs(edges - arch) <= max(most, float(np.median(np.abs(edges - arch))))
    return np.asarray(np.minimum(edges, arch + most))


def _smooth(line: Values, blur: float) -> Values:
    return np.asarray(cv2.GaussianBlur(line[None], (0, 0), blur, borderType=cv2.BORDER_REPLICATE)[0])


def lips_alone(rgb: Pixels, smile: Smile, unit: float) -> Pixels:
    """The picture with skin of the lips in place of teeth, which would be dragged along with the lips."""
    box = smile.box
    hidden = smile.inside | _grown(smile.edged, 0.01 * unit)
    patch = np.ascontiguousarray(rgb[box.rows, box.columns])
    picture = rgb.copy()
    picture[box.rows, box.columns] = cv2.inpaint(
        patch, hidden.astype(np.uint8), max(2, round(0.02 * unit)), cv2.INPAINT_TELEA
    )
    return picture
