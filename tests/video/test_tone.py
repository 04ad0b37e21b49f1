import av
import numpy as np
import pytest
from numpy.typing import NDArray

from morgana.video.blend import planes
from morgana.video.colour import Hdr, Tags, from_rgb
from morgana.video.tone import DEPTH_FORMAT, to_sdr

TRANSFERS: dict[Hdr, int] = {"pq": 16, "hlg": 18}
HLG_GREY = PQ_GREY = 0.38  # an 18 % card, 26 cd/m2: ITU-R BT.2408, table 1
HLG_WHITE, PQ_WHITE = 0.75, 0.58  # reference white, 203 cd/m2: the same
PQ_PEAK = 0.7518  # 1000 cd/m2: SMPTE ST 2084


def shown(signal: NDArray[np.float64], hdr: Hdr, *, full_range: bool = False) -> NDArray[np.float64]:
    """(3,) R'G'B' of 0 to 1 that BT.2020 R'G'B' of 0 to 1 becomes on an ordinary screen."""
    matrix, offset = from_rgb(9, full_range=full_range)
    codes = matrix @ signal + offset
    scale = 1023 / 255 if full_range else 4
    source, target = av.VideoFrame(32, 16, DEPTH_FORMAT), av.VideoFrame(32, 16, "yuv420p")
    for plane, value in zip(source.planes, codes, strict=True):
        np.frombuffer(memoryview(plane), np.uint16)[:] = round(value * scale)
    tags = Tags(9, TRANSFERS[hdr], 9, 2 if full_range else 1)
    to_sdr(source, hdr, tags, target)
    assert all(np.ptp(plane) == 0 for plane in planes(target))
    back, base = from_rgb(1, full_range=False)
    rgb: NDArray[np.float64] = np.linalg.solve(
        back, [plane[0, 0] - b for plane, b in zip(planes(target), base, strict=True)]
    )
    return rgb


def grey(level: float) -> NDArray[np.float64]:
    return np.full(3, level)


@pytest.mark.parametrize(("hdr", "level"), [("hlg", HLG_GREY), ("pq", PQ_GREY)])
@pytest.mark.parametrize("full_range", [False, True], ids=["limited", "full"])
def test_middle_grey_stays_where_it_is(hdr: Hdr, level: float, full_range: bool) -> None:  # noqa: FBT001
    expected = (26 / 203) ** (1 / 2.4)
    assert shown(grey(level), hdr, full_range=full_range) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(("hdr", "white", "peak"), [("hlg", HLG_WHITE, 1.0), ("pq", PQ_WHITE, PQ_PEAK)])
def test_white_is_bright_and_what_is_brighter_still_differs(hdr: Hdr, white: float, peak: float) -> None:
    assert 0.86 < shown(grey(white), hdr)[1] < 0.95
    assert shown(grey(peak), hdr) == pytest.approx(1, abs=0.01)
    assert shown(grey((white + peak) / 2), hdr)[1] < 0.995


@pytest.mark.parametrize("hdr", ["hlg", "pq"])
def test_black_stays_black_and_brighter_never_becomes_darker(hdr: Hdr) -> None:
    levels = [shown(grey(level), hdr)[1] for level in np.linspace(0, 1, 60)]
    assert abs(levels[0]) < 0.005
    assert min(np.diff(levels)) > -0.005


def pq(light: float) -> float:
    """SMPTE ST 2084, light in cd/m2."""
    power = (light / 10_000) ** (2610 / 16384)
    ratio = (3424 / 4096 + 2413 / 128 * power) / (1 + 2392 / 128 * power)
    return float(ratio ** (2523 / 32))


def test_colours_that_bt_709_has_stay_the_same() -> None:
    """BT.709's own red, green and blue in BT.2020 (ITU-R BT.2087), at 60 cd/m2."""
    to_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
    for index in range(3):
        light = to_2020[:, index] * 60
        expected = np.zeros(3)
        expected[index] = (60 / 203) ** (1 / 2.4)
        found = shown(np.array([pq(value) for value in light]), "pq")
        assert found[index] == pytest.approx(expected[index], abs=0.04)
        assert found.max() == found[index]
        assert np.delete(found, index).max() < 0.2


def test_colours_that_bt_709_lacks_keep_their_hue() -> None:
    red, green, blue = shown(np.array([0.0, 0.6, 0.0]), "hlg")
    assert green > 0.5
    assert max(red, blue) < 0.7 * green
