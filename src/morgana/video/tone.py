"""High dynamic range -> what an ordinary screen shows: BT.2020 in HLG or PQ to BT.709, 8 bits.

HLG is ITU-R BT.2100 with its display at 1000 cd/m2, highlights are compressed as in ITU-R BT.2390 (EETF),
reference white is at 203 cd/m2 (ITU-R BT.2408), and the screen follows ITU-R BT.1886.
"""

from functools import lru_cache

import av
import numpy as np
from numba import njit
from numpy.typing import NDArray

from morgana.video.blend import buffers
from morgana.video.colour import SDR, Hdr, Tags, from_rgb, matrix_of

Floats = NDArray[np.float64]

DEPTH_FORMAT = "yuv420p10le"  # what `to_sdr` takes
_LUMA_STEPS, _CHROMA_STEPS = 65, 65
_WHITE, _PEAK = 203.0, 1000.0  # cd/m2
_DISPLAY_GAMMA = 2.4  # BT.1886
_SYSTEM_GAMMA = 1.2  # of HLG at 1000 cd/m2
_BT2020_LUMA = np.array([0.2627, 0.6780, 0.0593])
_BT709_LUMA = np.array([0.2126, 0.7152, 0.0722])
_TO_BT709 = np.array(  # linear light, ITU-R BT.2087
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]
)
_PQ = (2610 / 16384, 2523 / 4096 * 128, 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32)  # SMPTE ST 2084
_HLG = (0.17883277, 0.28466892, 0.55991073)  # BT.2100, table 5


def to_sdr(frame: av.VideoFrame, hdr: Hdr, tags: Tags, target: av.VideoFrame) -> None:
    """Fill `target`, yuv420p of the same size, from a frame of `DEPTH_FORMAT`."""
    table = _table(hdr, matrix_of(tags, frame.height), tags.full_range)
    source = [rows.view(np.uint16) for rows in buffers(frame)]
    _convert(*source, *buffers(target), frame.height, frame.width, table)


@lru_cache(maxsize=2)
def _table(hdr: Hdr, matrix: int, full_range: bool) -> NDArray[np.float32]:  # noqa: FBT001
    """(3, 65, 65, 65): Y, Cb and Cr of BT.709 for steps of Cb, Cr and Y as they come."""
    luma, chroma = np.linspace(0, 1023, _LUMA_STEPS) / 4, np.linspace(0, 1023, _CHROMA_STEPS) / 4
    blue, red, light = np.meshgrid(chroma, chroma, luma, indexing="ij")
    codes = np.stack([light, blue, red], axis=-1)
    forward, offset = from_rgb(matrix, full_range=full_range)
    signal = np.clip((codes - offset) @ np.linalg.inv(forward).T, 0, 1)
    shown = _compress(_pq_light(signal) if hdr == "pq" else _hlg_light(signal)) / _WHITE
    shown = _into_gamut(shown @ _TO_BT709.T) ** (1 / _DISPLAY_GAMMA)
    back, base = from_rgb(SDR.matrix, full_range=False)
    return np.ascontiguousarray(np.moveaxis(shown @ back.T + base, -1, 0), np.float32)


def _hlg_light(signal: Floats) -> Floats:
    """cd/m2 on a display of 1000."""
    a, b, c = _HLG
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    bright = (scene @ _BT2020_LUMA)[..., None]
    shown: Floats = _PEAK * scene * np.maximum(bright, 1e-9) ** (_SYSTEM_GAMMA - 1)
    return shown


def _pq_light(signal: Floats) -> Floats:
    """cd/m2."""
    m1, m2, c1, c2, c3 = _PQ
    power = np.maximum(signal, 0) ** (1 / m2)
    light: Floats = 10_000 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)
    return light


def _pq_signal(light: Floats) -> Floats:
    m1, m2, c1, c2, c3 = _PQ
    power = (light / 10_000) ** m1
    signal: Floats = ((c1 + c2 * power) / (1 + c3 * power)) ** m2
    return signal


def _compress(light: Floats) -> Floats:
    """Light of up to 1000 cd/m2 into 203: dark and middle tones stay, highlights bend; hues stay."""
    brightest = np.maximum(light.max(axis=-1, keepdims=True), 1e-6)
    peak, white = _pq_signal(np.array(_PEAK)), _pq_signal(np.array(_WHITE))
    value, top = np.minimum(_pq_signal(brightest) / peak, 1), white / peak
    knee = 1.5 * top - 0.5
    t = np.clip((value - knee) / (1 - knee), 0, 1)
    bent = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * top
    compressed: Floats = light * _pq_light(np.where(value < knee, value, bent) * peak) / brightest
    return compressed


def _into_gamut(light: Floats) -> Floats:
    """Colours that BT.709 does not have, made paler until it has them; their brightness stays."""
    grey = np.clip(light @ _BT709_LUMA, 0, 1)[..., None]
    low, high = light.min(axis=-1, keepdims=True), light.max(axis=-1, keepdims=True)
    share = np.minimum(
        np.where(low < 0, grey / np.maximum(grey - low, 1e-9), 1),
        np.where(high > 1, (1 - grey) / np.maximum(high - grey, 1e-9), 1),
    )
    paler: Floats = np.clip(grey + (light - grey) * share, 0, 1)
    return paler


# The kinds of arrays are named, so that importing compiles: what is called is then defined before.
_IN, _OUT = "uint16[:, ::1]", "uint8[:, ::1]"
_SIGNATURE = f"({_IN}, {_IN}, {_IN}, {_OUT}, {_OUT}, {_OUT}, int64, int64, float32[:, :, :, ::1])"


@njit(cache=True, nogil=True, fastmath=True, inline="always")  # type: ignore[untyped-decorator]
def _look_up(table: NDArray[np.float32], iu: int, iv: int, corners: NDArray[np.float32], y: float) -> int:
    """One number of 8 bits, between two of the table's Y and the four corners around its Cb and Cr."""
    iy = min(int(y), table.shape[2] - 2)
    low = corners[0] * table[iu, iv, iy] + corners[1] * table[iu, iv + 1, iy]
    low += corners[2] * table[iu + 1, iv, iy] + corners[3] * table[iu + 1, iv + 1, iy]
    high = corners[0] * table[iu, iv, iy + 1] + corners[1] * table[iu, iv + 1, iy + 1]
    high += corners[2] * table[iu + 1, iv, iy + 1] + corners[3] * table[iu + 1, iv + 1, iy + 1]
    return int(low + np.float32(y - iy) * (high - low) + np.float32(0.5))


@njit(_SIGNATURE, cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def _convert(
    luma: NDArray[np.uint16],
    blue: NDArray[np.uint16],
    red: NDArray[np.uint16],
    luma_out: NDArray[np.uint8],
    blue_out: NDArray[np.uint8],
    red_out: NDArray[np.uint8],
    height: int,
    width: int,
    table: NDArray[np.float32],
) -> None:
    """Trilinear in the table; the four samples of Y around one of Cb and Cr share its place there."""
    by_luma = np.float32((table.shape[3] - 1) / 1023)
    by_chroma = np.float32((table.shape[1] - 1) / 1023)
    corners = np.empty(4, np.float32)
    for row in range((height + 1) // 2):
        for column in range((width + 1) // 2):
            u, v = blue[row, column] * by_chroma, red[row, column] * by_chroma
            iu, iv = min(int(u), table.shape[1] - 2), min(int(v), table.shape[2] - 2)
            fu, fv = np.float32(u - iu), np.float32(v - iv)
            corners[0], corners[1] = (1 - fu) * (1 - fv), (1 - fu) * fv
            corners[2], corners[3] = fu * (1 - fv), fu * fv
            total, count = 0, 0
            for y in range(2 * row, min(2 * row + 2, height)):
                for x in range(2 * column, min(2 * column + 2, width)):
                    total += luma[y, x]
                    count += 1
                    luma_out[y, x] = _look_up(table[0], iu, iv, corners, luma[y, x] * by_luma)
            mean = np.float32(total) * by_luma / np.float32(count)
            blue_out[row, column] = _look_up(table[1], iu, iv, corners, mean)
            red_out[row, column] = _look_up(table[2], iu, iv, corners, mean)
