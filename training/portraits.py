"""Faces of persons who do not exist, each told by seeds and by how far the face goes towards each.

The generator is MobileStyleGAN as PyPI's `random-face` carries it: two networks in OpenVINO's format.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import openvino as ov
from numpy.typing import NDArray

STYLES = 512  # length of the generator's input and of its latent
_PROBES = 2048  # how many latents the mean face is the mean of


class Faces:
    """The generator, loaded. folder: where `MappingNetwork.xml` and `SynthesisNetwork.xml` lie."""

    def __init__(self, folder: Path, threads: int = 2) -> None:
        core = ov.Core()
        # In single precision, so that a seed gives the same person on every machine.
        options = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
        self._mapping = core.compile_model(folder / "MappingNetwork.xml", "CPU", options)
        self._synthesis = core.compile_model(folder / "SynthesisNetwork.xml", "CPU", options)
        probes = np.random.default_rng(0).standard_normal((_PROBES, STYLES)).astype(np.float32)
        self._mean = np.mean([self._mapped(probe) for probe in probes], axis=0)

    def picture(self, seeds: Mapping[int, float]) -> NDArray[np.uint8]:
        """A person, (1024, 1024, 3) uint8 sRGB.

        seeds: for each, how far to go from the mean face towards its own: 0 to 1 (the truncation), where 1
        is as varied as the faces that taught the generator. Of several seeds it is a mixture.
        """
        latent = self._mean.copy()
        for seed, share in seeds.items():
            noise = np.random.default_rng(seed).standard_normal(STYLES).astype(np.float32)
            latent += share * (self._mapped(noise) - self._mean)
        made = self._synthesis(latent[None].astype(np.float32))[0][0]
        rgb = np.clip(np.rint((made.transpose(1, 2, 0) + 1) * 127.5), 0, 255)
        return np.ascontiguousarray(rgb.astype(np.uint8))

    def _mapped(self, noise: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(self._mapping(noise[None])[0][0], np.float32)
