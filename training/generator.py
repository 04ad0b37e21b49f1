"""The generator of faces that do not exist: MobileStyleGAN, as PyPI's `random-face` carries it for OpenVINO.

Its 23 style inputs are driven one by one, so that a person's mouth can change while the person stays.
"""

import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import opset10 as ops

Latent = NDArray[np.float32]

STYLES = 512  # length of a latent


class Generator:
    """Faces from latents. folder: where `MappingNetwork.xml` and `SynthesisNetwork.xml` lie."""

    def __init__(self, folder: Path, threads: int = 2) -> None:
        core = ov.Core()
        settings = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"}
        self._mapping = core.compile_model(folder / "MappingNetwork.xml", "CPU", settings)
        model, self.layers = _with_style_inputs(core.read_model(folder / "SynthesisNetwork.xml"))
        self._synthesis = core.compile_model(model, "CPU", settings)
        probes = np.random.default_rng(0).standard_normal((512, STYLES)).astype(np.float32)
        self.mean: Latent = np.mean([self._mapped(probe) for probe in probes], axis=0)

    def _mapped(self, noise: Latent) -> Latent:
        return np.asarray(self._mapping(noise[None])[0][0], np.float32)

    def latent(self, seed: int, truncation: float) -> Latent:
        """The latent (512,) of a person. truncation: 0 (the mean face) to 1 (as varied as people are)."""
        noise = np.random.default_rng(seed).standard_normal(STYLES).astype(np.float32)
        return np.asarray(self.mean + truncation * (self._mapped(noise) - self.mean), np.float32)

    def spread(self, latent: Latent) -> Latent:
        """The same latent for each style input, (layers, 512)."""
        return np.repeat(latent[None], self.layers, axis=0)

    def picture(self, styles: Latent, size: int = 1024) -> NDArray[np.uint8]:
        """The face of styles (layers, 512): (size, size, 3) uint8 RGB."""
        made = self._synthesis({0: styles.astype(np.float32)})[0][0]
        full = np.clip((made.transpose(1, 2, 0) + 1) * 127.5, 0, 255).astype(np.uint8)
        if size == full.shape[0]:
            return np.ascontiguousarray(full)
        return np.asarray(cv2.resize(full, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def _with_style_inputs(model: Any) -> tuple[Any, int]:
    """The synthesis network with one input (layers, 512) in place of one latent for all layers."""
    style = model.get_parameters()[0]
    readers = [target.get_node() for target in style.output(0).get_target_inputs()]
    products = [node for node in readers if node.get_type_name() == "MatMul"]
    products.sort(key=lambda node: int(re.findall(r"\d+", node.get_friendly_name())[0]))
    styles = ops.parameter([len(products), STYLES], np.float32, name="styles")
    parts = ops.split(styles, 0, len(products))
    for index, node in enumerate(products):
        node.input(0).replace_source_output(parts.output(index))
    for target in list(style.output(0).get_target_inputs()):
        target.replace_source_output(parts.output(0))
    return ov.Model(model.get_results(), [styles], "styles"), len(products)
