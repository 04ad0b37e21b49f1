"""The melody of speech at 100 Hz: loudness, pitch, and the energy of five bands."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morgana.speech.arrays import FloatArray
from morgana.speech.resampling import RATE

PROSODY_RATE = 100  # frames a second
HOP = RATE // PROSODY_RATE
WINDOW = 640  # samples, 40 ms: two periods of the lowest pitch
FFT = 2048
BANDS = ((80, 400), (400, 1000), (1000, 2000), (2000, 3500), (3500, 7500))  # Hz
LOWEST_PITCH, HIGHEST_PITCH = 65.0, 420.0  # Hz
BLOCK = 1000  # frames analysed at a time


@dataclass(frozen=True, slots=True)
class Prosody:
    """N frames at 100 Hz, frame n centred on n / 100 s.

    level: (N,) RMS in dB relative to full scale, at least -100.
    pitch: (N,) fundamental frequency in Hz, 0 where unvoiced.
    clarity: (N,) how periodic the sound is, 0 to 1: one voice or tone above 0.8, chords and noise below.
    bands: (N, 5) mean power in dB of `BANDS`, at least -120.
    """

    level: FloatArray
    pitch: FloatArray
    clarity: FloatArray
    bands: FloatArray

    @property
    def reference(self) -> float:
        """The level of the loud passages in dB: the 90th percentile of what is within 30 dB of the peak."""
        audible = self.level[self.level > self.level.max() - 30]
        return max(float(np.percentile(audible, 90)), -60.0)

    @property
    def loudness(self) -> FloatArray:
        """(N,) 0 at 30 dB under the loud passages and below, 1 at their level and above."""
        return np.clip((self.level - self.reference + 30) / 30, 0, 1).astype(np.float32)


def analyse(audio: NDArray[np.float32]) -> Prosody:
    """The prosody of 16 kHz mono audio."""
    count = max(1, round(len(audio) / HOP))
    level = np.empty(count, np.float32)
    pitch = np.empty(count, np.float32)
    clarity = np.empty(count, np.float32)
    bands = np.empty((count, len(BANDS)), np.float32)
    window = np.hanning(WINDOW).astype(np.float32)
    for start in range(0, count, BLOCK):
        stop = min(start + BLOCK, count)
        frames = _frames(audio, start, stop)
        level[start:stop] = _decibels((frames**2).mean(axis=1), -100)
        power = np.abs(np.fft.rfft(frames * window, FFT)) ** 2
        bands[start:stop] = _band_levels(power)
        pitch[start:stop], clarity[start:stop] = _pitch(power, level[start:stop])
    pitch[level < Prosody(level, pitch, clarity, bands).reference - 35] = 0
    return Prosody(level, _without_octave_jumps(pitch), clarity, bands)


def _frames(audio: NDArray[np.float32], start: int, stop: int) -> FloatArray:
    """(stop - start, WINDOW) samples centred on each frame, zeros beyond the ends."""
    first = start * HOP - WINDOW // 2
    last = (stop - 1) * HOP + WINDOW // 2
    piece = np.zeros(last - first, np.float32)
    inside = audio[max(first, 0) : max(last, 0)]
    offset = max(-first, 0)
    piece[offset : offset + len(inside)] = inside
    return np.lib.stride_tricks.sliding_window_view(piece, WINDOW)[::HOP]


def _decibels(power: NDArray[np.floating], floor: float) -> NDArray[np.floating]:
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (floor / 10))))


def _band_levels(power: FloatArray) -> FloatArray:
    scale = RATE / FFT
    means = [power[:, int(low / scale) : int(high / scale)].mean(axis=1) for low, high in BANDS]
    return _decibels(np.stack(means, axis=1) / (WINDOW * WINDOW), -120).astype(np.float32)


def _pitch(power: FloatArray, level: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Place and height of the peak of the autocorrelation divided by that of the window (Boersma 1993).

    The pitch is 0 where the height is under 0.5.
    """
    window = np.hanning(WINDOW)
    own = np.fft.irfft(np.abs(np.fft.rfft(window, FFT)) ** 2)[: WINDOW // 2]
    correlation = np.fft.irfft(power)[:, : WINDOW // 2]
    correlation = correlation / np.maximum(correlation[:, :1], 1e-12) / (own / own[0])
    shortest, longest = int(RATE / HIGHEST_PITCH), min(int(RATE / LOWEST_PITCH), WINDOW // 2 - 1)
    lags = np.arange(shortest, longest)
    # A slight preference for short lags keeps the octave below from winning ties.
    strength = correlation[:, shortest:longest] - 0.02 * np.log2(lags / shortest)
    best = strength.argmax(axis=1)
    height = strength[np.arange(len(best)), best]
    voiced = (height > 0.5) & (level > -65)
    pitch = np.where(voiced, RATE / lags[best], 0)
    return pitch.astype(np.float32), np.clip(height, 0, 1).astype(np.float32)


def _without_octave_jumps(pitch: FloatArray) -> FloatArray:
    """Frames more than 0.8 octaves from the median of their neighbourhood (0.5 s) are called unvoiced."""
    clean = pitch.copy()
    voiced = np.flatnonzero(pitch > 0)
    for index in voiced:
        near = pitch[max(index - 25, 0) : index + 26]
        if abs(np.log2(pitch[index] / np.median(near[near > 0]))) > 0.8:
            clean[index] = 0
    return clean
