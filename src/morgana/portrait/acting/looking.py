"""Gaze: at the viewer with small saccades, away for a moment where people think."""

import numpy as np

from morgana.portrait.acting.phrasing import Phrasing
from morgana.portrait.performance import FloatArray

FIXATION = (0.4, 2.0)  # seconds
SMALL = (0.5, 2.0)  # degrees between fixations on a face
AWAY = (6.0, 12.0)  # degrees; speakers look away as they plan an utterance (Kendon 1967)
AWAY_TIME = (0.3, 0.8)  # seconds
AWAY_GAP = 6.0  # seconds between two glances away, at least
AWAY_CHANCE = 0.45  # at each pause that is far enough from the last glance


def look(phrasing: Phrasing, frames: int, fps: int, generator: np.random.Generator) -> FloatArray:
    """(frames, 2) gaze in degrees (yaw, pitch), in steps as eyes move; (0, 0) on the first frame."""
    gaze = np.zeros((frames, 2), np.float32)
    for start, end, target in _fixations(phrasing, generator):
        gaze[max(round(start * fps), 1) : round(end * fps)] = target
    return _landed(gaze)


def _landed(gaze: FloatArray) -> FloatArray:
    """Saccades over 4 degrees take a frame more: halfway, then there (main sequence, Bahill et al. 1975)."""
    jumps = np.flatnonzero(np.linalg.norm(np.diff(gaze, axis=0), axis=1) > 4) + 1
    landed = gaze.copy()
    landed[jumps] = 0.35 * gaze[jumps - 1] + 0.65 * gaze[jumps]
    return landed


def _fixations(
    phrasing: Phrasing, generator: np.random.Generator
) -> list[tuple[float, float, tuple[float, float]]]:
    glances = _glances(phrasing, generator)
    fixations: list[tuple[float, float, tuple[float, float]]] = []
    position, away = 0.0, False
    while position < phrasing.duration:
        if glances and position >= glances[0][0] - 1e-9:
            _, length, target = glances.pop(0)
            fixations.append((position, position + length, target))
            position, away = position + length, True
            continue
        end = position + generator.uniform(*FIXATION)
        if glances:
            end = min(end, glances[0][0])
        fixations.append(
            (position, end, (0.0, 0.0) if away or not fixations else _near(fixations, generator))
        )
        position, away = max(end, position + 0.04), False
    return fixations


def _near(
    fixations: list[tuple[float, float, tuple[float, float]]], generator: np.random.Generator
) -> tuple[float, float]:
    """Back to the middle half the time, else to a spot on the viewer's face."""
    if any(fixations[-1][2]) and generator.random() < 0.6:
        return (0.0, 0.0)
    size, angle = generator.uniform(*SMALL), generator.uniform(0, 2 * np.pi)
    return float(size * np.cos(angle)), float(0.6 * size * np.sin(angle))


def _glances(
    phrasing: Phrasing, generator: np.random.Generator
) -> list[tuple[float, float, tuple[float, float]]]:
    glances: list[tuple[float, float, tuple[float, float]]] = []
    for phrase in phrasing.phrases[1:]:
        draws = generator.random(5)
        start = phrase.start - 0.25 + 0.3 * draws[0]
        length = AWAY_TIME[0] + (AWAY_TIME[1] - AWAY_TIME[0]) * draws[1]
        if draws[2] > AWAY_CHANCE or start < 1.0 or start + length > phrasing.duration - 0.6:
            continue
        if glances and start - glances[-1][0] < AWAY_GAP:
            continue
        size = AWAY[0] + (AWAY[1] - AWAY[0]) * draws[3]
        side = -1.0 if draws[4] < 0.5 else 1.0
        tilt = (draws[4] * 2 % 1) - 0.55  # more often down than up
        glances.append(
            (float(start), float(length), (float(side * size * np.sqrt(1 - tilt**2)), float(size * tilt)))
        )
    return glances
