"""Smooth curves over time: low-pass filters, bumps, steps, band-limited noise."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from morgana.portrait.performance import FloatArray


def smooth(values: NDArray[np.floating], cutoff: float, rate: float) -> FloatArray:
    """Second-order Butterworth low-pass, forwards and backwards so that nothing is delayed.

    values: (N,) or (N, K) at `rate` a second; `cutoff` in Hz, where the two passes together halve the power
    twice. The ends are held, so that a constant stays constant.
    """
    if len(values) < 2 or cutoff >= rate / 2:
        return np.asarray(values, np.float32)
    filters = butter(2, cutoff, fs=rate, output="sos")
    padding = min(len(values) - 1, int(3 * rate / cutoff))
    smoothed = sosfiltfilt(
        filters, np.asarray(values, np.float64), axis=0, padtype="constant", padlen=padding
    )
    return np.asarray(smoothed, np.float32)


def ease(position: NDArray[np.floating]) -> NDArray[np.float64]:
    """0 below 0, 1 above 1, half a cosine between."""
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.clip(position, 0.0, 1.0)), np.float64)


def bump(
    times: NDArray[np.floating], start: float, rise: float, hold: float, fall: float
) -> NDArray[np.float64]:
    """0, eased to 1 within `rise` seconds from `start`, held, eased back to 0."""
    up = ease((times - start) / max(rise, 1e-6))
    down = ease((times - start - rise - hold) / max(fall, 1e-6))
    return up - down


def noise(generator: np.random.Generator, count: int, cutoff: float, rate: float) -> FloatArray:
    """(count,) Gaussian noise without content above `cutoff` Hz, with a deviation of 1 over a long time."""
    margin = int(2 * rate / cutoff)
    white = generator.standard_normal(count + 2 * margin)
    filters = butter(2, cutoff, fs=rate, output="sos")
    slow = sosfiltfilt(filters, white)[margin : margin + count]
    # Two passes of a second-order Butterworth leave 0.833 x cutoff of the bandwidth (integral of |H|^4).
    return np.asarray(slow / np.sqrt(0.833 * 2 * cutoff / rate), np.float32)
