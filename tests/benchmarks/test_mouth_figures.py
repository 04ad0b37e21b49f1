"""The figures of a mouth, on made pictures: each has to tell the picture it is there to tell."""

import cv2
import numpy as np
import pytest
from face_track import Pixels, Values
from mouth_flicker import flicker
from mouth_frames import HELD_S, Marking, Place, held
from mouth_seam import seam
from mouth_sharpness import fine_detail, inside, steepness

from morgana.portrait.mesh.holes import Box, polygon_mask
from morgana.portrait.performance import Action

SIDE, UNIT, COUNT = 200, 120.0, 12
BOX = Box(0, 0, SIDE, SIDE)
LIP = (190, 110, 110)


def outline(shift: float = 0.0) -> Values:
    """An opening 90 pixels wide, 50 high: along the upper lip, then back along the lower one."""
    angle = np.linspace(np.pi, 3 * np.pi, 81)[:-1]
    return np.stack([100 + shift + 45 * np.cos(angle), 100 + 25 * np.sin(angle)], axis=1)


def teeth(shift: float = 0.0, dark: int = 60, light: int = 220) -> Pixels:
    """Light crowns 14 pixels wide, with dark gaps 4 wide."""
    x, y = np.meshgrid(np.arange(SIDE) - shift, np.arange(SIDE))
    gaps = np.clip(np.abs((x % 18) - 9) - 6.5, 0, 1) + np.clip(2 - np.abs(y - 103), 0, 1)
    grey = np.rint(light + (dark - light) * np.clip(gaps, 0, 1)).astype(np.uint8)
    return np.stack([grey] * 3, axis=2)


def laid(painted: Pixels, shift: float = 0.0, feather: float = 0.0) -> Pixels:
    """What is painted, between lips; feather: pixels over which it fades into them."""
    mask = polygon_mask(outline(shift), BOX)
    mask = cv2.GaussianBlur(mask, (0, 0), feather)[..., None] if feather else mask[..., None]
    return np.asarray(np.rint(np.array(LIP) * (1 - mask) + painted * mask), np.uint8)


def place(shift: float = 0.0) -> Place:
    mask = polygon_mask(outline(shift), BOX)
    affine = np.array([[UNIT, 0, 100 + shift], [0, UNIT, 100]])
    return Place(BOX, mask, 1 - mask, outline(shift), affine, UNIT)


def blurred(picture: Pixels, by: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), by), np.uint8)


@pytest.mark.parametrize(("by", "most"), [(1.0, 0.93), (2.0, 0.75)])
def test_blurred_teeth_are_less_sharp(by: float, most: float) -> None:
    within = inside(place().interior, UNIT)
    assert steepness(laid(blurred(teeth(), by)), within) < most * steepness(laid(teeth()), within)


def test_pale_teeth_are_as_sharp_as_bright_ones() -> None:
    within = inside(place().interior, UNIT)
    pale, bright = (steepness(laid(teeth(light=light)), within) for light in (130, 220))
    assert pale == pytest.approx(bright, rel=0.03)


def test_a_sharp_lip_does_not_make_blurred_teeth_sharp() -> None:
    within = inside(place().interior, UNIT)
    soft = blurred(teeth(), 3)
    assert steepness(laid(soft), within) == pytest.approx(steepness(soft, within), rel=0.05)


def test_plain_paint_and_small_openings_are_not_judged() -> None:
    plain = laid(np.full_like(teeth(), 90))
    assert np.isnan(steepness(plain, inside(place().interior, UNIT)))
    assert np.isnan(steepness(teeth(), np.zeros((SIDE, SIDE), np.bool_)))
    assert np.isnan(fine_detail(teeth(), np.zeros((SIDE, SIDE), np.bool_)))


def test_blurred_skin_has_less_detail() -> None:
    skin = np.random.default_rng(0).integers(90, 160, (SIDE, SIDE, 1), dtype=np.uint8).repeat(3, 2)
    everywhere = np.ones((SIDE, SIDE), np.bool_)
    assert fine_detail(blurred(skin, 0.8), everywhere) < 0.8 * fine_detail(skin, everywhere)


def test_a_cut_edge_shows_more_than_a_soft_one() -> None:
    dark = np.full_like(teeth(), 40)
    cut, soft = (seam(laid(dark, feather=feather), outline()) for feather in (0.0, 4.0))
    assert soft < 0.5 * cut


@pytest.mark.parametrize("colour", [(220, 220, 220), (30, 30, 30), (170, 104, 81)])  # the last as bright
def test_a_rim_shows_by_its_light_or_its_colour(colour: tuple[int, int, int]) -> None:
    plain = np.full((SIDE, SIDE, 3), 121, np.uint8)
    rimmed = plain.copy()
    cv2.polylines(rimmed, [outline().round().astype(np.int32)], True, colour, 2)  # noqa: FBT003
    assert seam(plain, outline()) < 0.01
    assert seam(rimmed, outline()) > 5


def test_there_is_no_seam_in_what_goes_on_across_the_border() -> None:
    skin = np.random.default_rng(0).integers(90, 160, (SIDE, SIDE, 1), dtype=np.uint8).repeat(3, 2)
    assert seam(skin, outline()) < 0.35 * seam(laid(np.full_like(skin, 40)), outline())


def test_sharp_teeth_do_not_hide_a_seam() -> None:
    assert seam(laid(teeth()), outline()) >= 0.95 * seam(laid(blurred(teeth(), 5)), outline())


def moving(count: int, swim: Values, gain: Values) -> tuple[float, float]:
    """Flicker of a head that goes 6 pixels aside; swim: of the teeth in it, pixels; gain: of their light."""
    shifts = np.linspace(0, 6, count)
    frames = [
        laid(np.clip(teeth(shift + off) * factor, 0, 255).astype(np.uint8), shift)
        for shift, off, factor in zip(shifts, swim, gain, strict=True)
    ]
    return flicker(frames, [place(shift) for shift in shifts])


def test_teeth_that_go_with_the_head_are_still() -> None:
    none, one = np.zeros(COUNT), np.ones(COUNT)
    unsteady, quick = moving(COUNT, none, one)
    swimming = moving(COUNT, np.linspace(0, 2, COUNT), one)
    assert swimming[0] > 4 * unsteady
    trembling = moving(COUNT, np.resize([0.0, 0.5], COUNT), one)
    assert trembling[1] > 3 * quick
    flashing = moving(COUNT, none, np.resize([0.9, 1.0], COUNT))
    assert flashing[1] > 4 * quick


def test_light_that_changes_slowly_is_unsteady_and_no_flicker() -> None:
    steady = moving(COUNT, np.zeros(COUNT), np.ones(COUNT))
    waning = moving(COUNT, np.zeros(COUNT), np.linspace(1, 0.8, COUNT))
    assert waning[0] > 4 * steady[0]
    assert waning[1] < steady[1] + 0.5


def test_a_closed_mouth_has_no_flicker() -> None:
    assert np.isnan(flicker([np.zeros((0, 0, 3), np.uint8)] * COUNT, [None] * COUNT)).all()


def test_a_held_mouth_stays_as_it_is_while_the_head_moves() -> None:
    performance = held(25, 0)
    assert len(performance) == HELD_S * 25
    mouth = performance.actions[:, : Action.EYE_BLINK_LEFT]
    assert (mouth == mouth[0]).all()
    assert mouth[0, Action.JAW_OPEN] > 0
    assert np.ptp(performance.head[:, :3], axis=0).min() > 0.1


def test_the_marking_painter_notes_where_it_painted() -> None:
    marking, mask = Marking(), np.ones((4, 6), np.float32)
    affine = np.eye(2, 3)
    painted = marking.paint(mask, BOX, affine, affine, np.zeros(len(Action)), outline())
    assert painted.shape == (4, 6, 3)
    assert (painted == (0, 0, 255)).all()
    assert (marking.outlines[0] == outline()).all()
