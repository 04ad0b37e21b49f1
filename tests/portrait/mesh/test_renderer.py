"""Rendered frames, judged by their pixels and by finding the face in them again."""

from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.portrait import landmarks as lm
from morgana.portrait.analysis import analyse
from morgana.portrait.image import Picture
from morgana.portrait.likeness import Portrait
from morgana.portrait.mesh.renderer import MeshRenderer
from morgana.portrait.performance import Action, Performance
from tests.portrait.posing import aperture, found, lid_gap, pose

BLINK = {Action.EYE_BLINK_LEFT: 1.0, Action.EYE_BLINK_RIGHT: 1.0}


def box(marks: NDArray[np.float64], rows: NDArray[np.int64], margin: int) -> tuple[slice, slice]:
    low, high = marks[rows.ravel(), :2].min(axis=0), marks[rows.ravel(), :2].max(axis=0)
    return (
        slice(int(low[1]) - margin, int(high[1]) + margin),
        slice(int(low[0]) - margin, int(high[0]) + margin),
    )


def test_nothing_moves_but_the_mouth_when_nothing_is_asked(
    portrait: Portrait, renderer: MeshRenderer
) -> None:
    frame = pose(renderer)
    changed = np.abs(frame.astype(int) - portrait.rgb).max(axis=2)
    # The grin is relaxed and the lips closed; from the eyes up and from the neck down it is the photo.
    assert np.percentile(changed[:95], 99.5) <= 2
    assert np.percentile(changed[215:], 99.5) <= 2


def test_the_background_never_changes(portrait: Portrait, renderer: MeshRenderer) -> None:
    away = cv2.dilate((portrait.matte > 0).astype(np.uint8), np.ones((71, 71), np.uint8)) == 0
    still = pose(renderer)
    for head in ((10, 5, 4, 0.1, 0.1, 0.2), (-10, -6, -5, -0.15, -0.1, -0.2)):
        moved = pose(renderer, {Action.JAW_OPEN: 0.5}, head=head, torso=(0.04, -0.04))
        assert (moved[away] == still[away]).all()
        assert not (moved[100:160, 190:260] == still[100:160, 190:260]).all()


def test_a_grin_with_teeth_can_close_its_lips(portrait: Portrait, renderer: MeshRenderer) -> None:
    assert aperture(portrait.face.landmarks) > 0.1
    assert aperture(found(pose(renderer)).landmarks) < 0.02
    sealed = pose(renderer, {Action.JAW_OPEN: 0.2, Action.MOUTH_CLOSE: 1.0})
    assert aperture(found(sealed).landmarks) < 0.02


def test_lips_do_not_drag_teeth_along(portrait: Portrait) -> None:
    """Teeth of the photo reach beyond the landmarks of the lips, as they do in most pictures."""
    marks = portrait.face.landmarks[:, :2]
    below = marks[lm.LOWER_LIP[0, 3:8]] + (0, 3)
    teeth = np.concatenate([marks[lm.UPPER_LIP[0, 3:8]], below[::-1]])
    rgb = cv2.fillPoly(portrait.rgb.copy(), [np.rint(teeth).astype(np.int32)], (228, 222, 210))
    dark = SimpleNamespace(paint=lambda mask, *_: np.zeros((*mask.shape, 3), np.float32))
    frame = pose(MeshRenderer(replace(portrait, rgb=rgb), lambda *_: dark), {Action.JAW_OPEN: 0.4})
    rows, columns = box(marks, np.concatenate([lm.UPPER_LIP[0, 2:9], lm.LOWER_LIP[0, 2:9]]), 0)
    around = frame[rows.start - 20 : rows.stop + 20, columns].astype(int)
    white = (around.min(axis=2) > 190) & (np.ptp(around, axis=2) < 30)
    assert not white.any()


@pytest.mark.parametrize(("jaw", "low", "high"), [(0.2, 0.07, 0.19), (0.5, 0.2, 0.39), (0.8, 0.33, 0.56)])
def test_the_lips_part_as_far_as_the_jaw_says(
    renderer: MeshRenderer, jaw: float, low: float, high: float
) -> None:
    assert low < aperture(found(pose(renderer, {Action.JAW_OPEN: jaw})).landmarks) < high


def test_an_open_mouth_shows_teeth_and_darkness(portrait: Portrait, renderer: MeshRenderer) -> None:
    frame = pose(renderer, {Action.JAW_OPEN: 0.9})
    marks = found(frame).landmarks
    inside = np.zeros(frame.shape[:2], np.uint8)
    outline = np.concatenate([lm.UPPER_LIP[0], lm.LOWER_LIP[0, ::-1]])
    cv2.fillPoly(inside, [np.rint(marks[outline, :2]).astype(np.int32)], 1)
    luma = frame[cv2.erode(inside, np.ones((3, 3), np.uint8)) > 0].mean(axis=1)
    skin = portrait.rgb[box(marks, lm.LEFT_CHEEK, 2)].mean()
    assert np.percentile(luma, 90) > 0.75 * skin
    assert np.percentile(luma, 10) < 0.4 * skin


def test_rounded_lips_are_narrower_and_stretched_lips_wider(renderer: MeshRenderer) -> None:
    def width(actions: dict[Action, float]) -> float:
        marks = found(pose(renderer, actions)).landmarks
        return float(np.linalg.norm(marks[61] - marks[291])) / lm.interocular(marks)

    rest = width({})
    assert width({Action.MOUTH_PUCKER: 0.9}) < 0.8 * rest
    assert width({Action.MOUTH_STRETCH: 1.0}) > 1.05 * rest


def test_eyelids_close_over_the_eyes(renderer: MeshRenderer) -> None:
    assert lid_gap(found(pose(renderer)).landmarks) > 0.2
    assert found(pose(renderer, BLINK)).blendshapes["eyeBlinkLeft"] > 0.4
    assert lid_gap(found(pose(renderer, BLINK)).landmarks) < 0.16


def test_closed_lids_hide_the_eyeball(portrait: Portrait) -> None:
    """Eyes painted green between the lids: open they show green, closed they do not."""
    marks, painted = portrait.face.landmarks, portrait.rgb.copy()
    for upper, lower in ((lm.RIGHT_EYE_UPPER, lm.RIGHT_EYE_LOWER), (lm.LEFT_EYE_UPPER, lm.LEFT_EYE_LOWER)):
        outline = np.concatenate([marks[upper, :2], marks[lower[::-1], :2]])
        outline = outline.mean(axis=0) + 0.6 * (outline - outline.mean(axis=0))
        cv2.fillPoly(painted, [np.rint(outline).astype(np.int32)], (0, 255, 0))
    renderer = MeshRenderer(replace(portrait, rgb=painted))

    def green(frame: NDArray[np.uint8]) -> int:
        red, g, blue = (frame[85:125, 180:260, c].astype(int) for c in range(3))
        return int(((g > red + 60) & (g > blue + 60)).sum())

    assert green(pose(renderer)) > 50
    assert green(pose(renderer, BLINK)) == 0


@pytest.mark.parametrize(("yaw", "sign"), [(15.0, 1), (-15.0, -1)])
def test_the_iris_follows_the_gaze(renderer: MeshRenderer, yaw: float, sign: int) -> None:
    def offset(frame: NDArray[np.uint8]) -> float:
        marks = found(frame).landmarks
        eyes = [(lm.RIGHT_IRIS[0], 33, 133), (lm.LEFT_IRIS[0], 362, 263)]
        return float(
            np.mean(
                [(marks[i, 0] - (marks[a, 0] + marks[b, 0]) / 2) / lm.interocular(marks) for i, a, b in eyes]
            )
        )

    assert sign * (offset(pose(renderer, gaze=(yaw, 0))) - offset(pose(renderer))) > 0.015


def test_eyes_stay_on_the_viewer_while_the_head_turns(renderer: MeshRenderer) -> None:
    """With gaze (0, 0) the iris moves against the head: less of the head's turn reaches it."""
    still, turned = pose(renderer), pose(renderer, head=(10, 0, 0, 0, 0, 0))
    staring = pose(renderer, head=(10, 0, 0, 0, 0, 0), gaze=(10, 0))
    iris = lm.RIGHT_IRIS[0]
    moved = found(turned).landmarks[iris, 0] - found(still).landmarks[iris, 0]
    carried = found(staring).landmarks[iris, 0] - found(still).landmarks[iris, 0]
    assert moved < carried - 1


@pytest.mark.parametrize("yaw", [-10.0, 10.0])
def test_the_head_turns_with_parallax(portrait: Portrait, renderer: MeshRenderer, yaw: float) -> None:
    marks = found(pose(renderer, head=(yaw, 0, 0, 0, 0, 0))).landmarks
    turn = lm.head_yaw(marks) - lm.head_yaw(portrait.face.landmarks)
    assert np.sign(turn) == np.sign(yaw)
    assert 4 < abs(turn) < 14
    rest = portrait.face.landmarks
    nose = (marks[lm.NOSE_TIP, 0] - rest[lm.NOSE_TIP, 0]) / lm.interocular(rest)
    ears = (marks[list(lm.EARS), 0] - rest[list(lm.EARS), 0]).mean() / lm.interocular(rest)
    assert abs(nose) > abs(ears) + 0.08


def test_moved_skin_keeps_its_sharpness(portrait: Portrait, renderer: MeshRenderer) -> None:
    frame = pose(renderer, {Action.JAW_OPEN: 0.3}, head=(4.3, 2.1, 1.3, 0.037, 0.021, 0))

    def energy(image: NDArray[np.uint8], marks: NDArray[np.float64]) -> float:
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[box(marks, np.array([50, 280, 10, 152]), 0)]
        return float(cv2.Laplacian(grey.astype(np.float32), cv2.CV_32F).var())

    assert energy(frame, found(frame).landmarks) > 0.7 * energy(portrait.rgb, portrait.face.landmarks)


def test_the_shoulders_move_and_the_bottom_edge_holds(renderer: MeshRenderer) -> None:
    still, lifted = pose(renderer), pose(renderer, torso=(0, -0.1))
    assert np.abs(lifted[330:420, 120:300].astype(int) - still[330:420, 120:300]).mean() > 3
    assert np.abs(lifted[-1].astype(int) - still[-1]).mean() < 1


def test_frames_are_the_same_every_time_and_one_for_each_of_the_performance(renderer: MeshRenderer) -> None:
    rng = np.random.default_rng(3)
    performance = Performance(
        25,
        (rng.random((4, len(Action))) * 0.5).astype(np.float32),
        rng.normal(0, 3, (4, 2)).astype(np.float32),
        rng.normal(0, 0.5, (4, 6)).astype(np.float32),
        np.zeros((4, 2), np.float32),
    )
    first, second = list(renderer.frames(performance)), list(renderer.frames(performance))
    assert len(first) == 4
    assert first[0].shape == (512, 512, 3)
    assert all((a == b).all() for a, b in zip(first, second, strict=True))
    assert not (first[0] == first[1]).all()
    for index, frame in enumerate(first):  # those that were made beside it left no trace
        rows = performance.actions, performance.gaze, performance.head, performance.torso
        assert (frame == renderer.frame(*(row[index].astype(np.float64) for row in rows))).all()


def test_a_close_picture_is_covered_to_its_corners(astronaut: NDArray[np.uint8]) -> None:
    close = cv2.resize(astronaut[30:215, 150:300], None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    portrait = analyse(Picture(close, (close.shape[1], close.shape[0])))
    moved = pose(MeshRenderer(portrait), head=(8, -5, 4, 0.1, 0.1, 0))
    for corner in (np.s_[:12, :12], np.s_[:12, -12:], np.s_[-12:, :12], np.s_[-12:, -12:]):
        assert np.abs(moved[corner].astype(int) - portrait.rgb[corner]).mean() < 6
