"""Head and shoulders: nods on stress, sways over phrases, slow shifts of pose, breath."""

import numpy as np
from numpy.typing import NDArray

from morgana.portrait.acting.curves import bump, ease, noise, smooth
from morgana.portrait.acting.phrasing import Phrasing
from morgana.portrait.performance import FloatArray

# Yaw, pitch, roll in degrees, x, y, z in interocular distances.
LIMITS = np.array([12.0, 10.0, 7.0, 0.30, 0.25, 0.25])
SLOW = np.array([3.8, 4.0, 2.5, 0.080, 0.055, 0.060])  # deviation of the shifts of pose
QUICK = np.array([0.9, 1.0, 0.5, 0.012, 0.010, 0.012])  # deviation of the restlessness above them
SLOW_CUTOFF, QUICK_CUTOFF = 0.22, 1.1  # Hz
QUIET = 0.45  # share of the movement that is left in silence
NOD = 8.0  # degrees of pitch for the strongest stress
SWAY = np.array([5.0, 3.4, 3.2, 0.08, 0.0, 0.04])  # for a phrase
SETTLE = 0.9  # seconds from the photo's pose to the performance and back
FINEST = 3.5  # Hz; a head is heavy


def carry(phrasing: Phrasing, frames: int, fps: int, generator: np.random.Generator) -> FloatArray:
    """(frames, 6) head motion, exactly 0 on the first frame and near 0 on the last."""
    times = np.arange(frames) / fps
    drifting, restless, nodding, swaying = generator.spawn(4)
    life = _life(phrasing, times, fps)[:, None]
    motion = _wander(drifting, frames, SLOW_CUTOFF, fps) * SLOW
    motion = motion * (0.5 + 0.5 * life) + life * _wander(restless, frames, QUICK_CUTOFF, fps) * QUICK
    motion = motion + _sways(phrasing, times, swaying)
    motion[:, 1] += _nods(phrasing, times, nodding)
    motion = smooth(motion, FINEST, fps)
    edge = np.minimum(times, max(times[-1], 1e-6) - times) / min(SETTLE, max(times[-1] / 3, 1e-6))
    limited = LIMITS * np.tanh(motion / LIMITS)
    return np.asarray(limited * ease(edge)[:, None], np.float32)


def _life(phrasing: Phrasing, times: NDArray[np.float64], fps: int) -> FloatArray:
    """1 while speaking, QUIET in silence."""
    speaking = np.zeros(len(times), np.float32)
    for phrase in phrasing.phrases:
        speaking[(times >= phrase.start - 0.2) & (times <= phrase.end + 0.2)] = 1
    return np.asarray(QUIET + (1 - QUIET) * smooth(speaking, 0.8, fps), np.float32)


def _wander(generator: np.random.Generator, frames: int, cutoff: float, fps: int) -> NDArray[np.float64]:
    return np.stack([noise(generator, frames, cutoff, fps) for _ in range(6)], axis=1).astype(np.float64)


def _nods(
    phrasing: Phrasing, times: NDArray[np.float64], generator: np.random.Generator
) -> NDArray[np.float64]:
    """A dip of the head that is lowest on the stressed vowel (Hadar et al. 1983), some raised instead."""
    pitch = np.zeros(len(times))
    last = -1.0
    for stress in phrasing.stresses:
        draws = generator.random(3)
        if draws[0] > 0.35 + 0.65 * stress.strength or stress.time - last < 0.5:
            continue
        last = stress.time
        size = NOD * (0.35 + 0.65 * stress.strength) * (0.7 + 0.6 * draws[1])
        direction = 0.5 if draws[2] < 0.18 else -1.0
        pitch += direction * size * bump(times, stress.time - 0.16, 0.22, 0.02, 0.40)
    return pitch


def _sways(
    phrasing: Phrasing, times: NDArray[np.float64], generator: np.random.Generator
) -> NDArray[np.float64]:
    """Each phrase takes the head to one side and lets it come back; sides mostly alternate."""
    motion = np.zeros((len(times), 6))
    side = 1.0 if generator.random() < 0.5 else -1.0
    for phrase in phrasing.phrases:
        draws = generator.uniform(0.3, 1.0, 6) * np.where(generator.random(6) < 0.5, -1, 1)
        length = phrase.end - phrase.start
        amount = min(1.0, length / 1.5)
        parts = max(1, round(length / 2.5))
        for part in range(parts):
            start = phrase.start + part * length / parts
            share = bump(times, start - 0.2, 0.9, max(length / parts - 0.9, 0), 1.1)
            # Roll goes with yaw, as necks do.
            weights = np.array(
                [side * abs(draws[0]), draws[1], 0.6 * side * abs(draws[2]), draws[3], 0, draws[5]]
            )
            motion += amount * share[:, None] * SWAY * weights
            side = -side if generator.random() < 0.75 else side
    return motion


def breathe(phrasing: Phrasing, frames: int, fps: int, generator: np.random.Generator) -> FloatArray:
    """(frames, 2) shoulder motion: 12 to 18 breaths a minute, most at pauses, and a slow shift."""
    times = np.arange(frames) / fps
    lift = np.zeros(frames)
    for start, end, depth in _breaths(phrasing, generator):
        inhale = min(0.35 * (end - start), 1.1)
        lift = np.maximum(lift, depth * bump(times, start, inhale, 0.0, end - start - inhale))
    sideways = 0.012 * noise(generator, frames, 0.25, fps)
    beginning = ease(times / 1.0)
    return np.stack([np.clip(sideways * beginning, -0.04, 0.04), -lift], axis=1).astype(np.float32)


def _breaths(phrasing: Phrasing, generator: np.random.Generator) -> list[tuple[float, float, float]]:
    """(start, end, lift in interocular distances), a new breath beginning in a pause where there is one."""
    pauses = [phrase.start - 0.35 for phrase in phrasing.phrases[1:]]
    breaths: list[tuple[float, float, float]] = []
    position = float(generator.uniform(0.0, 1.0))
    while position < phrasing.duration:
        following = position + float(generator.uniform(3.5, 4.8))
        near = [pause for pause in pauses if abs(pause - following) < 1.0 and pause - position > 3.2]
        if near:
            following = min(near, key=lambda pause: abs(pause - following))
        breaths.append((position, following, float(generator.uniform(0.022, 0.042))))
        position = following
    return breaths
