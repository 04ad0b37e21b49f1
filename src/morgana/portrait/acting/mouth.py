"""Mouth actions, frame by frame: phones where they are known, the sound elsewhere, stillness in silence."""

import numpy as np
from numpy.typing import NDArray

from morgana.portrait.acting.coarticulation import articulate
from morgana.portrait.acting.curves import bump, ease, smooth
from morgana.portrait.acting.sound import mouth_from_sound, murmurs
from morgana.portrait.acting.visemes import BITTEN, NARROWED, SEALED, TRACKS
from morgana.portrait.performance import Action, FloatArray
from morgana.speech.prosody import PROSODY_RATE
from morgana.speech.transcript import Span, Speech

RATE = PROSODY_RATE
CUTOFF = 8.0  # Hz; lip and jaw movements of speech have little above (Ohala 1975; Chandrasekaran et al. 2009)
LEAD = 0.15  # seconds by which the mouth opens before the first sound of a phrase
TAIL = 0.18  # seconds in which it closes after the last
PAUSE = 0.3  # seconds; in longer pauses the mouth comes to rest
SEAL_RAMP = 0.075  # seconds from open lips to closed ones
HEARD = 0.4  # loudness above which an unexplained voice moves the mouth


def mouth(speech: Speech, frames: int, fps: int) -> FloatArray:
    """(frames, len(Action)) with the mouth's and the tongue's actions set."""
    count = max(len(speech.prosody.level), int(frames / fps * RATE) + 2)
    talking, unexplained = _talking(speech, count)
    tracks = articulate(speech.phones, count, RATE) * _effort(speech, count)[:, None]
    if unexplained.any():
        share = smooth(unexplained.astype(np.float32), 6, RATE)[:, None]
        tracks = (1 - share) * tracks + share * _extended(mouth_from_sound(speech.prosody), count)
    tracks = np.clip(smooth(tracks, CUTOFF, RATE), 0, 1)
    gate = _gate(talking, count)
    actions = np.zeros((frames, len(Action)), np.float32)
    times = (np.arange(frames) + 0.5) / fps  # the middle of the time that a frame is shown
    grid = np.arange(count) / RATE
    for column, action in enumerate(TRACKS):
        actions[:, action] = np.interp(times, grid, tracks[:, column] * gate)
    actions[:, Action.MOUTH_CLOSE] = np.interp(times, grid, 1 - gate)
    _seal(actions, speech, unexplained, times)
    return actions


def _extended(values: FloatArray, count: int) -> FloatArray:
    """`values` cut or padded with its last row to `count` rows."""
    if len(values) >= count:
        return values[:count]
    return np.concatenate([values, np.repeat(values[-1:], count - len(values), axis=0)])


def _talking(speech: Speech, count: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """At 100 Hz: where the mouth moves, and where it does so for a voice that no phone explains."""
    phones = _mask([Span(phone.start, phone.end) for phone in speech.phones], count)
    voiced = _mask(speech.voiced, count)
    loud = _extended(smooth(speech.prosody.loudness, 10, RATE), count) > HEARD
    near = smooth(phones.astype(np.float32), 4, RATE) > 0.2  # the ends of words are not always on the point
    unexplained = _without_short(voiced & loud & ~near, int(0.12 * RATE))
    return phones | unexplained, unexplained


def _mask(spans: tuple[Span, ...] | list[Span], count: int) -> NDArray[np.bool_]:
    mask = np.zeros(count, np.bool_)
    for span in spans:
        mask[max(int(span.start * RATE), 0) : int(np.ceil(span.end * RATE))] = True
    return mask


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _without_short(mask: NDArray[np.bool_], shortest: int) -> NDArray[np.bool_]:
    kept = np.zeros_like(mask)
    for start, end in _runs(mask):
        kept[start:end] = end - start >= shortest
    return kept


def _gate(talking: NDArray[np.bool_], count: int) -> NDArray[np.float64]:
    """1 while talking and through short pauses, exactly 0 in the rest of longer ones, eased between."""
    gate = np.zeros(count)
    times = np.arange(count) / RATE
    phrases: list[tuple[int, int]] = []
    for start, end in _runs(talking):
        if phrases and start - phrases[-1][1] <= PAUSE * RATE:
            phrases[-1] = (phrases[-1][0], end)
        else:
            phrases.append((start, end))
    for start, end in phrases:
        gate = np.maximum(gate, bump(times, start / RATE - LEAD, LEAD, (end - start) / RATE, TAIL))
    return gate


def _effort(speech: Speech, count: int) -> NDArray[np.float64]:
    """Quiet phrases move the mouth less and loud, stressed ones more: 0.85 to 1.15.

    Slowly: what is quiet within a syllable is consonants, and those have their own openings.
    """
    loud = _extended(smooth(speech.prosody.loudness, 1.0, RATE), count)
    return np.asarray(0.85 + 0.30 * ease((loud - 0.4) / 0.5))


def _seal(
    actions: FloatArray, speech: Speech, unexplained: NDArray[np.bool_], times: NDArray[np.float64]
) -> None:
    """Close the lips on p, b and m and bite on f and v, fully on at least one frame."""
    for phone in speech.phones:
        if phone.name in SEALED:
            curve = _snapped(times, phone.start, phone.end)
            _raise(actions, Action.MOUTH_CLOSE, curve)
            _raise(actions, Action.MOUTH_PRESS, 0.45 * curve)
        elif phone.name in BITTEN:
            curve = _snapped(times, phone.start, phone.end)
            _raise(actions, Action.MOUTH_ROLL_LOWER, curve)
            actions[:, Action.MOUTH_LOWER_DOWN] *= 1 - curve
            actions[:, [Action.JAW_OPEN, Action.MOUTH_FUNNEL]] *= 1 - 0.6 * curve[:, None]
        elif phone.name == "W":
            _raise(actions, Action.MOUTH_CLOSE, NARROWED * _snapped(times, phone.start, phone.end))
    for start, end in murmurs(speech.prosody):
        if unexplained[int(start * RATE) : int(end * RATE) + 1].all():
            _raise(actions, Action.MOUTH_CLOSE, _snapped(times, start, end))


def _raise(actions: FloatArray, action: Action, curve: NDArray[np.float64]) -> None:
    np.maximum(actions[:, action], curve, out=actions[:, action])


def _snapped(times: NDArray[np.float64], start: float, end: float) -> NDArray[np.float64]:
    """A bump that is 1 from `start` to `end`, and on the nearest frame if no frame lies between them."""
    middle = times[np.abs(times - (start + end) / 2).argmin()]
    start, end = min(start, middle), max(end, middle)
    return bump(times, start - SEAL_RAMP, SEAL_RAMP, end - start, SEAL_RAMP)
