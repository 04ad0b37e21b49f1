"""Directions among latents along which one thing in a face changes: found by regression over random faces.

Ridge regression tells how a score depends on the latent; the direction is the covariance-weighted gradient
with what it would change of the other scores taken out, in the manner of linear editing of latents (Shen et
al., "Interpreting the Latent Space of GANs for Semantic Face Editing", 2020).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from morgana.portrait import landmarks as lm
from morgana.portrait.likeness import FaceMesh
from training.generator import Generator, Latent
from training.labels import labeller

SCORES: Final = (
    "jawOpen",
    "mouthSmileLeft",
    "eyeBlinkLeft",
    "mouthPucker",
    "mouthUpperUpLeft",
    "mouthLowerDownLeft",
)
NAMES: Final = ("yaw", "pitch", *SCORES)
TRUNCATION: Final = 0.8
_RIDGE: Final = 1.8  # of the mean variance of a latent's entries, a face
LABEL_SIZE: Final = 320  # pixels a side at which faces are labelled


def attributes(face: FaceMesh) -> list[float]:
    """The values of `NAMES` for a face: degrees, and scores from 0 to 1."""
    top, chin = face.landmarks[lm.FOREHEAD[0]], face.landmarks[lm.CHIN]
    pitch = float(np.degrees(np.arctan2(chin[2] - top[2], chin[1] - top[1])))
    return [lm.head_yaw(face.landmarks), pitch, *(face.blendshapes[name] for name in SCORES)]


def observe(generator: Generator, count: int, first: int = 0) -> tuple[Latent, NDArray[np.float64]]:
    """Latents (n, 512) and attributes (n, len(NAMES)) of random faces with seeds from `first` on."""
    latents, values = [], []
    with labeller() as label:
        for seed in range(first, first + count):
            latent = generator.latent(seed, TRUNCATION)
            face = label(generator.picture(generator.spread(latent), LABEL_SIZE))
            if face is not None:
                latents.append(latent)
                values.append(attributes(face))
    return np.array(latents), np.array(values)


def fit(latents: Latent, values: NDArray[np.float64]) -> dict[str, Latent]:
    """For each of `NAMES` the direction (512,) that changes it by its standard deviation, and no other."""
    x = (latents - latents.mean(axis=0)).astype(np.float64)
    y = (values - values.mean(axis=0)) / values.std(axis=0)
    strength = _RIDGE * x.var() * len(x)
    coefficients = np.linalg.solve(x.T @ x + strength * np.eye(x.shape[1]), x.T @ y)
    return {name: _direction(index, coefficients, x.T @ x / len(x)) for index, name in enumerate(NAMES)}


def _direction(index: int, coefficients: NDArray[np.float64], covariance: NDArray[np.float64]) -> Latent:
    others = np.delete(coefficients, index, axis=1)
    wanted, taken = covariance @ coefficients[:, index], covariance @ others
    pure = wanted - taken @ np.linalg.solve(others.T @ taken, others.T @ wanted)
    return np.asarray(pure / (coefficients[:, index] @ pure), np.float32)
