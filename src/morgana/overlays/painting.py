"""In which colours a text is written, and what supports it: an outline, a shadow, a plate."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.overlays.contrast import luminance, luminance_of, ratio
from morgana.overlays.drawing import Drawn, draw_layers
from morgana.overlays.ground import Ground
from morgana.overlays.look import Look, Tint
from morgana.overlays.overlay import Overlay
from morgana.overlays.paint import INK, WHITE, Paint
from morgana.overlays.palette import deep
from morgana.overlays.placing import Place
from morgana.text.geometry import Box

READABLE: Final = 4.8  # WCAG 2.2, 1.4.3 asks for 4.5; glances even out the finest detail
_CLEARLY: Final = 7.0  # what dark letters want to have: they look thinner than bright ones
_SHARE = 10  # percent of what is around the letters may contrast less
_LETTER = 0.9  # ems: squares of this side hold a letter
_PART_SHARE = 25  # percent of what is in such a square may contrast less ...
_EACH = 3.0  # ... than this, which is enough for large letters (WCAG 2.2, 1.4.3)
_SOFT, _FIRM = 0.5, 0.75  # how dense a shadow is
_SHADES = (_SOFT, 0.62, _FIRM)
_RESTLESS = 0.3  # how busy the ground may be for letters of `_USUAL` pixels to stand on it without a plate
_USUAL = 97.0  # pixels to the em on a frame whose shorter side has 1080
_DARK = 0.2  # relative luminance


@dataclass(frozen=True)
class Subject:
    """A text in its place, to be painted.

    see: gives what is behind it, which is asked only where that decides; unit: pixels to one of a frame whose
    shorter side has 1080.
    """

    overlay: Overlay
    look: Look
    place: Place
    see: Callable[[], Ground]
    unit: float

    @cached_property
    def ground(self) -> Ground:
        return self.see()


def paint_all(subjects: Sequence[Subject]) -> list[Paint]:
    """A paint for each; those of one look with the same wishes, shown at the same time, get the same one."""
    groups: dict[object, list[int]] = {}
    for index, subject in enumerate(subjects):
        groups.setdefault(_wishes(subject), []).append(index)
    paints: dict[int, Paint] = {}
    for group in groups.values():
        paints |= dict.fromkeys(group, _choose([subjects[index] for index in group]))
    return [paints[index] for index in range(len(subjects))]


def paint_one(subject: Subject) -> Paint:
    """A paint for one alone."""
    return _choose([subject])


def _wishes(subject: Subject) -> object:
    one = subject.overlay
    return subject.look.name, one.color, one.background, one.stroke, one.shadow, one.start, one.end


def _choose(subjects: Sequence[Subject]) -> Paint:
    """The plainest paint that can be read in all places; the most readable where none can."""
    scenes = [_Scene(subject) for subject in subjects]
    tried: list[tuple[float, Paint]] = []
    for paint, wanted in _candidates(subjects):
        reads = min(scene.reads(paint) for scene in scenes)
        if reads >= wanted:
            return paint
        tried.append((reads, paint))
    return max(tried, key=lambda one: one[0])[1]


def _candidates(subjects: Sequence[Subject]) -> Iterator[tuple[Paint, float]]:
    """Paints, the favourite first, and the contrast that each has to have to be chosen."""
    one, look = subjects[0].overlay, subjects[0].look
    plate = one.background or (look.background if look.background != "none" else None)
    if plate in ("box", "line"):
        yield from ((paint, READABLE) for paint in _on_plates(subjects, plate))
        return
    if not (one.background is None and any(map(_is_restless, subjects))):
        for paint, wanted in _on_the_film(subjects):
            yield replace(paint, outline=opposite(paint.colour) if one.stroke else None), wanted
    if one.background is None:
        yield from ((paint, READABLE) for paint in _on_plates(subjects, "line"))
    elif one.stroke is None:
        for tint in _tints(subjects):
            yield Paint(tint.text, opposite(tint.text), shade=0.0 if one.shadow is False else _FIRM), READABLE


def _is_restless(subject: Subject) -> bool:
    """Whether the ground is too busy for letters of this size."""
    size = subject.place.setting.size / subject.unit
    return subject.ground.busy(subject.place.box) * _USUAL / size > _RESTLESS


def _on_the_film(subjects: Sequence[Subject]) -> Iterator[tuple[Paint, float]]:
    one, look = subjects[0].overlay, subjects[0].look
    tints = _tints(subjects)
    shades = (0.0,) if one.shadow is False else _SHADES if one.shadow else (0.0, *_SHADES)
    if look.glow and one.shadow is None:
        shades = _SHADES  # light is seen where it is dark
    free = not (one.color or look.tints)
    for shade in shades:
        for tint in tints:
            dark = luminance_of(tint.text) < _DARK
            if shade and dark and free and not one.shadow:
                continue  # a light around dark letters looks like fog
            paint = Paint(tint.text, light=tint.light if look.glow else None, shade=shade)
            yield paint, _CLEARLY if dark and free else READABLE
    if free and not one.shadow:
        yield from ((Paint(tint.text), READABLE) for tint in tints)


def _tints(subjects: Sequence[Subject]) -> tuple[Tint, ...]:
    """The colours that letters may have, the favourite first."""
    one, look = subjects[0].overlay, subjects[0].look
    if one.color:
        return (Tint(text=one.color.lower(), light=one.color.lower()),)
    return look.tints or tuple(Tint(text=colour, light=colour) for colour in (WHITE, _ink(subjects)))


def _ink(subjects: Sequence[Subject]) -> str:
    return deep(subjects[0].ground.pictures)


def _on_plates(subjects: Sequence[Subject], plate: Literal["box", "line"]) -> Iterator[Paint]:
    """The plate that stands out more against what is behind it; letters in the other colour or the given."""
    one, look = subjects[0].overlay, subjects[0].look
    shade = _SOFT if one.shadow else 0.0
    if one.color or look.tints:
        paints = [
            Paint(tint.text, None, tint.light if look.glow else None, shade, plate, opposite(tint.text))
            for tint in _tints(subjects)
        ]
    else:
        ink = _ink(subjects)
        light = np.mean([np.median(one.ground.light(one.place.box)) for one in subjects])
        brighter = ratio(luminance_of(WHITE), float(light)) >= ratio(luminance_of(ink), float(light))
        colours = (ink, WHITE) if brighter else (WHITE, ink)
        paints = [Paint(colours[0], shade=shade, plate=plate, plate_colour=colours[1])]
    for paint in paints:
        yield replace(paint, outline=opposite(paint.colour) if one.stroke else None)


def opposite(colour: str) -> str:
    """White or nearly black, whichever contrasts more."""
    light = luminance_of(colour)
    return max((INK, WHITE), key=lambda other: float(ratio(luminance_of(other), light)))


class _Scene:
    """A subject with what is measured of it once: what is around its letters."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._around = subject.place.box.grown(0.5 * subject.place.setting.size)

    @cached_property
    def _seen(self) -> NDArray[np.uint8]:
        return self._subject.ground.seen(self._around)[::2]

    @cached_property
    def _area(self) -> Box:
        return self._subject.ground.area(self._around).rounded()

    def reads(self, paint: Paint) -> float:
        """The contrast that all but a tenth of what is around the letters has with them, at the worst time.

        Less where a single letter falls far behind that: one lost letter spoils a word.
        """
        light = luminance_of(paint.colour)
        if paint.outline or (paint.plate and not paint.light):
            return float(ratio(light, luminance_of(paint.outline or paint.plate_colour)))
        place = self._subject.place
        drawn = draw_layers(place, paint, self._subject.look)
        letters = self._small(drawn.letters, drawn)[..., 3]
        spread = max(0.12 * place.setting.size * self._subject.ground.scale, 1.0)
        weights = cv2.GaussianBlur(letters, (0, 0), spread) * (1 - letters)
        around = weights > 0.25 * weights.max()
        under = self._small(drawn.under, drawn)[around] * 255
        behind = self._seen[:, around] * (1 - under[:, 3:] / 255) + under[:, :3]
        contrast = ratio(light, luminance(np.rint(behind).astype(np.uint8)))
        if not contrast.size:
            return 1.0
        side = max(round(_LETTER * place.setting.size * self._subject.ground.scale), 2)
        parts = [contrast[:, part] for part in _squares(around, side)]
        worst = min(float(np.percentile(part, _PART_SHARE)) for part in parts)
        at_each_time = np.percentile(contrast, _SHARE, axis=1)
        return min(float(at_each_time.min()), worst * READABLE / _EACH)

    def _small(self, layer: NDArray[np.float32], drawn: Drawn) -> NDArray[np.float32]:
        """A layer of pixels of the frame at the size of the glances."""
        area = self._area
        canvas = np.zeros((int(area.height), int(area.width), 4), np.float32)
        height, width = layer.shape[:2]
        part = Box(drawn.x, drawn.y, drawn.x + width, drawn.y + height).clipped(area)
        if not part.is_empty:
            top, left = int(part.top - drawn.y), int(part.left - drawn.x)
            shown = layer[top : top + int(part.height), left : left + int(part.width)]
            top, left = int(part.top - area.top), int(part.left - area.left)
            canvas[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
        size = self._seen.shape[2], self._seen.shape[1]
        return np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), np.float32)


def _squares(around: NDArray[np.bool_], side: int) -> Iterator[NDArray[np.bool_]]:
    """For each square of `side` pixels, which of the pixels chosen by `around` lie in it, if many do."""
    rows, columns = np.nonzero(around)
    squares = rows // side * (around.shape[1] // side + 1) + columns // side
    names, counts = np.unique(squares, return_counts=True)
    yield from (squares == name for name in names[counts >= max(0.3 * counts.max(), 1)])
