"""What the learned mouth shows: teeth that stay where they belong, in the colours of the picture."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from morgana import models
from morgana.portrait.learned import interior
from morgana.portrait.learned.canvas import HEIGHT, LINE, WIDTH
from morgana.portrait.learned.interior import LearnedMouth, learned_mouth
from morgana.portrait.likeness import Portrait
from morgana.portrait.mesh.holes import Box, polygon_mask
from morgana.portrait.mesh.mouth import place_row
from morgana.portrait.mesh.renderer import MeshRenderer
from morgana.portrait.mesh.smile import LUMA
from morgana.portrait.performance import Action
from tests.portrait.posing import pose

CANVAS = Box(0, 0, WIDTH, HEIGHT)


def opening(height: float, half_width: float = 46.0, top: float = LINE - 4) -> NDArray[np.float64]:
    """An oval between lips on the canvas, from the right corner along the upper lip and back."""
    angle = np.linspace(np.pi, 3 * np.pi, 80, endpoint=False)
    x, y = half_width * np.cos(angle), height / 2 * np.sin(angle)
    return np.column_stack([(WIDTH - 1) / 2 + x, top + height / 2 + y])


@pytest.fixture(scope="module")
def mouth(portrait: Portrait) -> LearnedMouth:
    made: list[LearnedMouth] = []

    def build(*given: object) -> LearnedMouth:
        made.append(learned_mouth(*given))  # type: ignore[arg-type]
        return made[-1]

    MeshRenderer(portrait, build)
    return made[0]


def painted(mouth: LearnedMouth, outline: NDArray[np.float64], drop: float) -> NDArray[np.float32]:
    """On a frame that is the canvas itself."""
    upper = mouth.to_canvas[:2].copy()
    lower = upper.copy()
    lower[1, 2] += drop * mouth.to_canvas[1, 1]
    mask = polygon_mask(outline, CANVAS)
    return mouth.paint(mask, CANVAS, upper, lower, np.zeros(len(Action)), outline)


def likeness(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Correlation of two pictures."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_the_weights_are_shipped() -> None:
    assert models.is_installed("mouth-interior")


def test_teeth_are_brighter_than_what_is_between_them(mouth: LearnedMouth) -> None:
    luma = painted(mouth, opening(60), 0.3) @ LUMA
    middle = luma[:, WIDTH // 2 - 16 : WIDTH // 2 + 16].mean(axis=1)
    teeth, between = middle[28:40].max(), middle[44:66].min()
    assert teeth > 120
    assert between < 0.5 * teeth


def test_upper_teeth_stay_with_the_skull(mouth: LearnedMouth) -> None:
    area = slice(30, 40), slice(WIDTH // 2 - 26, WIDTH // 2 + 26)
    less, more = (painted(mouth, opening(h), drop) @ LUMA for h, drop in ((36, 0.12), (58, 0.28)))
    still = likeness(less[area], more[area])
    assert still > 0.9
    for aside in (-4, 4):
        moved = slice(area[1].start + aside, area[1].stop + aside)
        assert likeness(less[area], more[area[0], moved]) < still


def test_lower_teeth_go_down_with_the_jaw(mouth: LearnedMouth) -> None:
    def seen(drop: float) -> NDArray[np.float64]:
        return np.diff(painted(mouth, opening(30 + 144 * drop), drop) @ LUMA, axis=0)

    near, far = seen(0.16), seen(0.26)
    columns = slice(WIDTH // 2 - 24, WIDTH // 2 + 24)
    alike = [likeness(near[62:78, columns], far[62 + by : 78 + by, columns]) for by in range(19)]
    by = round(0.1 * mouth.to_canvas[1, 1])
    assert abs(int(np.argmax(alike)) - by) <= 4


def test_a_part_is_painted_as_it_is_in_the_whole(
    mouth: LearnedMouth, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left out to save time is not missed where anything is seen."""
    outline = opening(36)
    part = painted(mouth, outline, 0.12)
    monkeypatch.setattr(interior, "_SEEN", HEIGHT + WIDTH)
    monkeypatch.setattr(interior, "_PAINTED", HEIGHT + WIDTH)
    shown = polygon_mask(outline, CANVAS) > 0
    assert np.abs(part - painted(mouth, outline, 0.12))[shown].max() < 2  # of 255


def test_upper_teeth_are_the_persons_own_where_the_photo_shows_them(mouth: LearnedMouth) -> None:
    strangers = replace(mouth, drawn=replace(mouth.drawn, photographed=False))
    outline = opening(36)
    mask = polygon_mask(outline, CANVAS)
    affine = mouth.to_canvas[:2].copy()
    drawn = mouth.drawn.paint(mask, CANVAS, affine, affine, np.zeros(len(Action)), outline)
    teeth = (place_row(mouth.drawn.upper, affine, CANVAS)[..., 3] > 0.95) & (mask == 1)
    assert teeth.sum() > 300
    own, other = (np.abs(painted(one, outline, 0.12) - drawn)[teeth].mean() for one in (mouth, strangers))
    assert own < 6 < 20 < other
    below = (mask == 1) & (place_row(mouth.drawn.upper, affine, CANVAS)[..., 3] == 0)
    assert np.abs(painted(mouth, outline, 0.12) - drawn)[below].mean() > 20


def test_no_strangers_teeth_hang_below_the_persons_own(
    mouth: LearnedMouth, monkeypatch: pytest.MonkeyPatch
) -> None:
    higher = np.array([[1, 0, 0], [0, 1, -0.07], [0, 0, 1]]) @ mouth.drawn.upper.to_mouth
    drawn = replace(mouth.drawn, upper=replace(mouth.drawn.upper, to_mouth=higher))
    monkeypatch.setattr(interior, "build_interior", lambda *_: drawn)
    made = learned_mouth(np.zeros((1, 1, 3), np.uint8), np.zeros((478, 3)), 1.0, [], np.eye(3), 1.0)
    own = place_row(drawn.upper, made.to_canvas[:2], CANVAS)[:, 54:74, 3].mean(axis=1)
    behind = replace(made, drawn=replace(drawn, photographed=False))
    seen = (painted(behind, opening(60, top=LINE - 14), 0.12) @ LUMA)[:, 54:74].mean(axis=1)
    gap = int(np.argmin(seen[30:48])) + 30  # the dark between the rows
    assert seen[gap] < 0.7 * seen[:gap].max()
    assert own[gap - 3] > 0.9


def test_it_is_dark_where_nothing_was_learned(mouth: LearnedMouth) -> None:
    seen = painted(mouth, opening(50, half_width=63), 0.12) @ LUMA
    assert seen[36, [0, -1]].max() < 12


def test_only_the_opening_is_looked_at(mouth: LearnedMouth) -> None:
    small = painted(mouth, opening(20, half_width=24), 0.08)
    assert np.isfinite(small).all()
    assert (small == painted(mouth, opening(20, half_width=24), 0.08)).all()
    assert 0 <= small.min() < small.max() <= 255


def test_small_mouths_show_what_a_small_picture_can(mouth: LearnedMouth) -> None:
    outline, scale = opening(40), 0.4
    box = Box(0, 0, round(WIDTH * scale), round(HEIGHT * scale))
    upper = scale * mouth.to_canvas[:2]
    upper[:, 2] += (scale - 1) / 2  # the middle of the first pixel
    lower = upper.copy()
    lower[1, 2] += scale * 0.15 * mouth.to_canvas[1, 1]
    small_outline = (outline + 0.5) * scale - 0.5
    mask = polygon_mask(small_outline, box)
    small = mouth.paint(mask, box, upper, lower, np.zeros(len(Action)), small_outline)
    wanted = cv2.resize(painted(mouth, outline, 0.15), (box.width, box.height), interpolation=cv2.INTER_AREA)
    assert np.abs(small - wanted)[mask == 1].mean() < 6.6


def test_grey_pictures_have_grey_mouths(portrait: Portrait) -> None:
    def spread(rgb: NDArray[np.uint8]) -> float:
        renderer = MeshRenderer(replace(portrait, rgb=rgb, plate=rgb), learned_mouth)
        frame = pose(renderer, {Action.JAW_OPEN: 0.6})
        middle = portrait.face.landmarks[[13, 14], :2].mean(axis=0).astype(int)
        patch = frame[middle[1] - 2 : middle[1] + 12, middle[0] - 8 : middle[0] + 8].astype(float)
        return float(np.ptp(patch, axis=2).mean())

    grey = np.repeat((portrait.rgb @ LUMA).astype(np.uint8)[..., None], 3, axis=2)
    assert spread(portrait.rgb) > 12
    assert spread(grey) < 6


def test_nothing_changes_but_what_is_between_the_lips(portrait: Portrait, renderer: MeshRenderer) -> None:
    weights = {Action.JAW_OPEN: 0.5}
    drawn, learned = pose(renderer, weights), pose(MeshRenderer(portrait, learned_mouth), weights)
    changed = np.argwhere((drawn != learned).any(axis=2))
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    mouth = portrait.face.landmarks[[78, 308, 13], :2]
    unit = np.linalg.norm(portrait.face.landmarks[468] - portrait.face.landmarks[473])
    assert left > mouth[0, 0] - 0.1 * unit
    assert right < mouth[1, 0] + 0.1 * unit
    assert top > mouth[2, 1] - 0.15 * unit
    assert bottom < mouth[2, 1] + 0.5 * unit


def test_shut_lips_are_those_of_the_mesh(portrait: Portrait, renderer: MeshRenderer) -> None:
    weights = {Action.MOUTH_CLOSE: 1.0}
    assert (pose(renderer, weights) == pose(MeshRenderer(portrait, learned_mouth), weights)).all()
