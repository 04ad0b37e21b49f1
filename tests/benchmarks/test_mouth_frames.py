"""The figures of a whole renderer: the shipped portrait with a mouth that is spoilt in a known way."""

from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import pytest
from mouth_figures import Openings, measure_mouth
from mouth_frames import draw, held, places
from numpy.typing import NDArray

from morgana.portrait.analysis import analyse
from morgana.portrait.image import load_image
from morgana.portrait.likeness import Portrait
from morgana.portrait.mesh.holes import Box
from morgana.portrait.mesh.mouth import build_interior
from morgana.portrait.mesh.painting import Affine, Image, MouthPainter
from morgana.portrait.mesh.renderer import MeshRenderer
from morgana.portrait.performance import Action, Performance

COUNT = 10


class Spoilt:
    """The drawn interior, blurred by some pixels and lit by turns. Implements `MouthPainter`."""

    def __init__(self, painter: MouthPainter, blur: float, flash: float) -> None:
        self._painter, self._blur, self._flash, self._odd = painter, blur, flash, False

    def paint(
        self,
        mask: Image,
        box: Box,
        upper: Affine,
        lower: Affine,
        weights: NDArray[np.float64],
        outline: NDArray[np.float64],
    ) -> Image:
        painted = self._painter.paint(mask, box, upper, lower, weights, outline)
        if self._blur:
            painted = cv2.GaussianBlur(painted, (0, 0), self._blur)
        self._odd = not self._odd
        return painted * np.float32(1 - self._flash * self._odd)


@pytest.fixture(scope="module")
def portrait() -> Portrait:
    return analyse(load_image(Path(str(files("morgana") / "assets" / "demo" / "portrait.png"))))


@pytest.fixture(scope="module")
def performance() -> Performance:
    whole = held(25, 0)
    first = len(whole) // 2  # where the head moves
    parts = (getattr(whole, name)[first : first + COUNT] for name in ("actions", "gaze", "head", "torso"))
    return Performance(whole.fps, *parts)


@pytest.fixture(scope="module")
def openings(portrait: Portrait, performance: Performance) -> Openings:
    found = places(portrait, performance)
    return Openings(portrait, (performance, found), (performance, found))


def spoilt(portrait: Portrait, blur: float = 0.0, flash: float = 0.0) -> MeshRenderer:
    return MeshRenderer(portrait, lambda *given: Spoilt(build_interior(*given), blur, flash))


def test_the_interior_is_where_the_painter_paints(portrait: Portrait, openings: Openings) -> None:
    performance, found = openings.held
    light, dark = (draw(spoilt(portrait, flash=flash), performance, found) for flash in (0.0, 0.9))
    for number in range(0, COUNT, 2):  # those that the flash darkens
        place = found[number]
        assert place is not None
        changed = np.abs(light[number].astype(int) - dark[number]).max(axis=2) > 0
        assert not changed[place.interior == 0].any()
        assert changed[place.interior > 0.9].mean() > 0.95
        assert not ((place.interior > 0.5) & (place.lips > 0.5)).any()
        assert place.lips.sum() > 0


def test_a_closed_mouth_has_no_place(portrait: Portrait, performance: Performance) -> None:
    shut = performance.actions[:1].copy()
    shut[:, Action.MOUTH_CLOSE] = 1
    parts = (getattr(performance, name)[:1] for name in ("gaze", "head", "torso"))
    closed = Performance(performance.fps, shut, *parts)
    found = places(portrait, closed)
    assert found[0] is None or found[0].interior.sum() < 1


def test_each_figure_tells_what_was_spoilt(portrait: Portrait, openings: Openings) -> None:
    good = measure_mouth(spoilt(portrait), openings)
    assert np.isfinite([good.interior, good.mouth, good.seam, good.unsteadiness, good.flicker]).all()
    blurred = measure_mouth(spoilt(portrait, blur=1.5), openings)
    assert blurred.interior < 0.85 * good.interior
    assert blurred.mouth < good.mouth
    assert blurred.flicker < 1.2 * good.flicker
    flashing = measure_mouth(spoilt(portrait, flash=0.1), openings)
    assert flashing.flicker > 2 * good.flicker
    assert flashing.interior == pytest.approx(good.interior, rel=0.05)


def test_a_renderer_that_is_no_worse_measures_the_same(portrait: Portrait, openings: Openings) -> None:
    assert measure_mouth(spoilt(portrait), openings) == measure_mouth(MeshRenderer(portrait), openings)
