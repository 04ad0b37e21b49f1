"""In which colours a text is written, and what supports it: an outline, a shadow, a plate."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.overlays.contrast import luminance, luminance_of, ratio
from morgana.overlays.drawing import Drawn, draw_letters
from morgana.overlays.ground import Ground
from morgana.overlays.look import Look
from morgana.overlays.overlay import Overlay
from morgana.overlays.paint import INK, WHITE, Paint
from morgana.overlays.placing import Place
from morgana.text.geometry import Box
from morgana.text.style import rgba

READABLE: Final = 4.5  # WCAG 2.2, 1.4.3
_SHARE = 10  # percent of what is around the letters may contrast less
_SHADES = (0.0, 0.5, 0.75)


@dataclass(frozen=True)
class Subject:
    """A text in its place, to be painted."""

    overlay: Overlay
    look: Look
    place: Place
    ground: Ground


def paint_all(subjects: Sequence[Subject]) -> list[Paint]:
    """A paint for each; those of one look without wishes get the same one."""
    groups: dict[object, list[int]] = {}
    for index, subject in enumerate(subjects):
        groups.setdefault(_wishes(subject), []).append(index)
    paints: dict[int, Paint] = {}
    for group in groups.values():
        chosen = _choose([subjects[index] for index in group])
        paints |= dict.fromkeys(group, chosen)
    return [paints[index] for index in range(len(subjects))]


def paint_one(subject: Subject) -> Paint:
    """A paint for one alone."""
    return _choose([subject])


def _wishes(subject: Subject) -> object:
    one = subject.overlay
    return subject.look.name, one.color, one.background, one.stroke, one.shadow


def _choose(subjects: Sequence[Subject]) -> Paint:
    """The plainest paint that can be read in all places; the most readable where none can."""
    scenes = [_Scene(subject) for subject in subjects]
    tried: list[tuple[float, Paint]] = []
    for paint in _candidates(subjects):
        reads = min(scene.reads(paint) for scene in scenes)
        if reads >= READABLE:
            return paint
        tried.append((reads, paint))
    return max(tried, key=lambda one: one[0])[1]


def _candidates(subjects: Sequence[Subject]) -> Iterator[Paint]:
    """The plainest first."""
    one, look = subjects[0].overlay, subjects[0].look
    background = one.background or (look.background if look.background != "none" else None)
    colours = (one.color,) if one.color else look.colours or (WHITE, INK)
    if background in ("box", "line"):
        yield from _on_plates(subjects, colours if one.color else (), background)
        return
    shades = _SHADES[:1] if one.shadow is False else _SHADES[1:] if one.shadow else _SHADES
    for shade in shades:
        for colour in colours:
            outline = opposite(colour) if one.stroke else None
            if shade and luminance_of(colour) < 0.2 and not (one.color or one.shadow):
                continue  # a light around dark letters looks like fog
            yield Paint(colour, outline=outline, shade=shade)
    if one.background is None:
        yield from _on_plates(subjects, colours if one.color or look.colours else (), "line")
    elif one.stroke is None:
        yield from (Paint(colour, outline=opposite(colour), shade=shades[-1]) for colour in colours)


def _on_plates(
    subjects: Sequence[Subject], colours: Sequence[str], background: Literal["box", "line"]
) -> Iterator[Paint]:
    """The plate that stands out more against what is behind it; letters in the other colour or the given."""
    if colours:
        for colour in colours:
            yield _stroked(
                Paint(colour, plate=background, plate_colour=opposite(colour)), subjects[0].overlay
            )
        return
    light = np.mean([np.median(luminance(one.ground.seen(one.place.box))) for one in subjects])
    plate = max((WHITE, INK), key=lambda colour: float(ratio(luminance_of(colour), float(light))))
    yield _stroked(Paint(opposite(plate), plate=background, plate_colour=plate), subjects[0].overlay)


def _stroked(paint: Paint, overlay: Overlay) -> Paint:
    if overlay.stroke:
        paint = replace(paint, outline=opposite(paint.colour))
    return replace(paint, shade=_SHADES[1]) if overlay.shadow else paint


def opposite(colour: str) -> str:
    """White or nearly black, whichever contrasts more."""
    light = luminance_of(colour)
    return max((INK, WHITE), key=lambda other: float(ratio(luminance_of(other), light)))


class _Scene:
    """A subject with what is measured of it once: where letters are, and what is around them."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._around = subject.place.box.grown(0.5 * subject.place.setting.size)
        self._seen = subject.ground.seen(self._around)[::2]
        self._area = subject.ground.area(self._around)
        self._drawn: dict[tuple[bool, float], Drawn] = {}

    def reads(self, paint: Paint) -> float:
        """The contrast that all but a tenth of what is around the letters has with them, over time."""
        light = luminance_of(paint.colour)
        if paint.plate:
            return float(ratio(light, luminance_of(paint.plate_colour)))
        if paint.outline:
            return float(ratio(light, luminance_of(paint.outline)))
        place = self._subject.place
        drawn = draw_letters(place, paint, self._subject.look)
        letters = self._small(drawn.letters, drawn)
        near = cv2.GaussianBlur(
            letters, (0, 0), max(0.12 * place.setting.size * self._subject.ground.scale, 1.0)
        )
        weights = near * (1 - letters)
        around = weights > 0.25 * weights.max()
        behind = self._seen[:, around].astype(np.float32)
        if drawn.shade is not None:
            shade = self._small(drawn.shade, drawn)[around][None, :, None]
            behind = behind * (1 - shade) + np.array(rgba(drawn.shade_colour)[:3]) * shade
        contrast = ratio(light, luminance(np.rint(behind).astype(np.uint8)))
        return float(np.percentile(contrast, _SHARE))

    def _small(self, mask: NDArray[np.float32], drawn: Drawn) -> NDArray[np.float32]:
        """A mask of pixels of the frame at the size of the glances."""
        area = self._area.rounded()
        canvas = np.zeros((int(area.height), int(area.width)), np.float32)
        part = Box(drawn.x, drawn.y, drawn.x + mask.shape[1], drawn.y + mask.shape[0]).clipped(area)
        if part.is_empty:
            return np.zeros(self._seen.shape[1:3], np.float32)
        top, left = int(part.top - area.top), int(part.left - area.left)
        canvas[top : top + int(part.height), left : left + int(part.width)] = mask[
            int(part.top - drawn.y) : int(part.bottom - drawn.y),
            int(part.left - drawn.x) : int(part.right - drawn.x),
        ]
        size = self._seen.shape[2], self._seen.shape[1]
        return np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), np.float32)
