from typing import TypeAlias

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.video.blend import blend, convert, planes
from morgana.video.colour import from_rgb
from morgana.video.patch import Patch

Planes: TypeAlias = list[NDArray[np.uint8]]

SIZE = (160, 96)
BT709, BT601, BT2020 = 1, 6, 9


def noise_frame(seed: int = 0) -> av.VideoFrame:
    generator = np.random.default_rng(seed)
    frame = av.VideoFrame(*SIZE, "yuv420p")
    for plane in planes(frame):
        plane[:] = generator.integers(0, 256, plane.shape)
    return frame


def painted(x: int, y: int, size: tuple[int, int], colour: tuple[int, int, int], alpha: int = 255) -> Patch:
    """A patch of one colour."""
    rgba = np.empty((size[1], size[0], 4), np.uint8)
    rgba[..., :3] = np.round(np.array(colour) * alpha / 255)
    rgba[..., 3] = alpha
    return Patch(x, y, rgba)


def laid_over(frame: av.VideoFrame, patch: Patch, matrix: int = BT709, *, full_range: bool = False) -> Planes:
    sprite = convert(patch, SIZE, *from_rgb(matrix, full_range=full_range))
    if sprite is not None:
        blend(frame, sprite)
    return [plane.copy() for plane in planes(frame)]


@pytest.mark.parametrize(
    ("matrix", "span", "expected"),
    [  # of pure red: ITU-R BT.709, BT.601 and BT.2020, and JPEG
        (BT709, "limited", (63, 102, 240)),
        (BT601, "limited", (81, 90, 240)),
        (BT2020, "limited", (74, 97, 240)),
        (BT601, "full", (76, 85, 255)),
    ],
)
def test_a_colour_has_the_numbers_of_the_videos_own_matrix(
    matrix: int, span: str, expected: tuple[int, int, int]
) -> None:
    frame = noise_frame()
    found = laid_over(frame, painted(20, 10, (40, 30), (255, 0, 0)), matrix, full_range=span == "full")
    assert (found[0][10:40, 20:60] == expected[0]).all()
    assert (found[1][5:20, 11:29] == expected[1]).all()
    assert (found[2][5:20, 11:29] == expected[2]).all()


@pytest.mark.parametrize("place", [(20, 10), (21, 11), (0, 0), (120, 66), (-13, -7), (139, 85), (-30, -30)])
def test_nothing_changes_outside_the_box(place: tuple[int, int]) -> None:
    x, y = place
    before = [plane.copy() for plane in planes(noise_frame())]
    after = laid_over(noise_frame(), painted(x, y, (40, 30), (255, 255, 255)))
    inside = np.zeros((SIZE[1], SIZE[0]), bool)
    inside[max(y, 0) : y + 30, max(x, 0) : x + 40] = True
    assert (after[0][inside] == 235).all()
    assert (after[0] == before[0])[~inside].all()
    near = np.zeros((SIZE[1] // 2, SIZE[0] // 2), bool)  # samples of colour that lie around it
    near[max(y, 0) // 2 : (y + 31) // 2, max(x, 0) // 2 : (x + 42) // 2] = True
    for index in (1, 2):
        assert (after[index] == before[index])[~near].all()


@pytest.mark.parametrize("place", [(160, 0), (0, 96), (-40, 0), (0, -30), (500, 500), (-500, 3)])
def test_a_patch_beside_the_frame_is_nothing(place: tuple[int, int]) -> None:
    assert convert(painted(*place, (40, 30), (9, 9, 9)), SIZE, *from_rgb(BT709, full_range=False)) is None


def test_a_patch_larger_than_the_frame_fills_it() -> None:
    found = laid_over(noise_frame(), painted(-5, -7, (200, 200), (0, 0, 255)))
    assert [set(np.unique(plane)) for plane in found] == [{32}, {240}, {118}]


def test_what_is_transparent_is_nothing() -> None:
    assert convert(painted(3, 3, (40, 30), (0, 0, 0), 0), SIZE, *from_rgb(BT709, full_range=False)) is None


@pytest.mark.parametrize("alpha", [1, 64, 127, 128, 200, 254])
@pytest.mark.parametrize("colour", [(255, 0, 0), (255, 255, 255), (0, 0, 0), (12, 200, 99)])
def test_opacity_is_a_share_of_the_difference(alpha: int, colour: tuple[int, int, int]) -> None:
    """Against the arithmetic in floating point, colours of whole numbers rounded to 8 bits included."""
    before = [plane.astype(float) for plane in planes(noise_frame())]
    patch = painted(0, 0, SIZE, colour, alpha)
    after = laid_over(noise_frame(), patch)
    matrix, offset = from_rgb(BT709, full_range=False)
    share = alpha / 255
    added = matrix @ (patch.rgba[0, 0, :3] / 255) + offset * share
    for index, (old, new) in enumerate(zip(before, after, strict=True)):
        expected = old * (1 - share) + added[index]
        assert np.abs(new - expected).max() <= 1.01
        assert abs((new - expected).mean()) < 0.6


def test_extremes_do_not_run_over() -> None:
    for level in (0, 255):
        for alpha in range(256):
            frame = noise_frame()
            for plane in planes(frame):
                plane[:] = level
            found = laid_over(frame, painted(0, 0, (8, 8), (255, 255, 255), alpha), BT601, full_range=True)
            expected = level * (1 - alpha / 255) + alpha
            assert np.abs(found[0][:8, :8] - expected).max() <= 1, (level, alpha)


def test_colour_at_an_edge_is_filtered_as_the_eye_will_interpolate_it() -> None:
    """An edge through the middle of a sample takes half of it, and one beside it a quarter."""
    frame = noise_frame()
    for plane in planes(frame):
        plane[:] = 128
    found = laid_over(frame, painted(0, 0, (41, 96), (255, 0, 0)))
    share = (found[2][20].astype(float) - 128) / (240 - 128)
    assert share[19] == pytest.approx(1, abs=0.01)
    assert share[20] == pytest.approx(0.75, abs=0.01)
    assert share[21] == 0
    frame = noise_frame()
    for plane in planes(frame):
        plane[:] = 128
    found = laid_over(frame, painted(0, 0, (40, 96), (255, 0, 0)))
    assert (found[2][20, 20] - 128) / (240 - 128) == pytest.approx(0.25, abs=0.01)


def test_patches_know_what_they_are() -> None:
    with pytest.raises(ValueError, match="a patch is"):
        Patch(0, 0, np.zeros((4, 4, 3), np.uint8))
    patch = painted(0, 0, (4, 4), (1, 2, 3))
    with pytest.raises(ValueError, match="read-only"):
        patch.rgba[0, 0, 0] = 1
