"""The renderers side by side: mouths at rising openings on one sheet, and what a frame costs with each.

    .venv/bin/python benchmarks/renderers.py SHEET.jpg IMAGE [IMAGE ...]

Each picture gets two rows: drawn interiors (mesh) above learned ones. Prints milliseconds of CPU and of wall
time a frame, the ratio to the mesh, and how sharp the open mouth is against the face beside it.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from morgana.portrait import landmarks as lm
from morgana.portrait.analysis import analyse
from morgana.portrait.image import load_image
from morgana.portrait.learned.renderer import LearnedRenderer
from morgana.portrait.likeness import Portrait
from morgana.portrait.mesh.renderer import MeshRenderer
from morgana.portrait.performance import Action

CELL: Final = (300, 255)  # width, height in pixels of one mouth on the sheet
HALF: Final = 0.75  # of what a cell shows, interocular distances to each side
ROUNDS: Final = 12  # frames of each pose, for the time
# Mouths of speech: (jaw, other actions), from nearly shut to a cry.
POSES: Final[tuple[dict[Action, float], ...]] = (
    {Action.JAW_OPEN: 0.12, Action.MOUTH_STRETCH: 0.3},
    {Action.JAW_OPEN: 0.2},
    {Action.JAW_OPEN: 0.25, Action.MOUTH_UPPER_UP: 0.5, Action.MOUTH_LOWER_DOWN: 0.5},
    {Action.JAW_OPEN: 0.3, Action.MOUTH_SMILE_LEFT: 0.6, Action.MOUTH_SMILE_RIGHT: 0.6},
    {Action.JAW_OPEN: 0.35, Action.MOUTH_FUNNEL: 0.6},
    {Action.JAW_OPEN: 0.45},
    {Action.JAW_OPEN: 0.7},
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds a frame."""

    cpu: float
    wall: float


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sheet", type=Path)
    parser.add_argument("images", type=Path, nargs="+")
    arguments = parser.parse_args()
    rows = [row for image in arguments.images for row in compare(image)]
    Image.fromarray(cv2.vconcat(rows)).save(arguments.sheet, quality=88)


def compare(image: Path) -> Iterator[NDArray[np.uint8]]:
    """The two rows of a picture; its figures are printed."""
    portrait = analyse(load_image(image))
    costs = {}
    for name, renderer in (("mesh", MeshRenderer(portrait)), ("learned", LearnedRenderer(portrait))):
        frames = [posed(renderer, pose) for pose in POSES]
        costs[name] = cost(renderer)
        sharp = np.median([sharpness(frame, portrait) for frame in frames[-3:]])
        ratio = costs[name].cpu / costs["mesh"].cpu
        print(
            f"{image.name:32} {name:8} {costs[name].cpu:6.1f} ms CPU {costs[name].wall:6.1f} ms wall "
            f"a frame, {ratio:.2f} of the mesh; sharpness of the mouth {sharp:.2f} of the face"
        )
        yield cv2.hconcat([cell(frame, portrait) for frame in frames])


def posed(renderer: MeshRenderer, pose: dict[Action, float]) -> NDArray[np.uint8]:
    weights = np.zeros(len(Action))
    for action, weight in pose.items():
        weights[action] = weight
    return renderer.frame(weights, np.zeros(2), np.zeros(6), np.zeros(2))


def cost(renderer: MeshRenderer) -> Cost:
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(ROUNDS):
        for pose in POSES:
            posed(renderer, pose)
    frames = ROUNDS * len(POSES) / 1000
    return Cost((time.process_time() - cpu) / frames, (time.perf_counter() - wall) / frames)


def sharpness(frame: NDArray[np.uint8], portrait: Portrait) -> float:
    """Strength of the finest detail between the lips over that of the cheeks, nose and eyes of the photo."""
    marks, unit = portrait.face.landmarks[:, :2], lm.interocular(portrait.face.landmarks)
    x, y = marks[list(lm.MOUTH_CORNERS)].mean(axis=0).astype(int)
    half = int(0.2 * unit)
    mouth = frame[y : y + 2 * half, x - half : x + half]
    left, top = marks[lm.OVAL].min(axis=0).astype(int)
    right = int(marks[lm.OVAL, 0].max())
    face = portrait.rgb[top:y, left:right]
    return _detail(mouth) / max(_detail(face), 1e-6)


def _detail(rgb: NDArray[np.uint8]) -> float:
    grey = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2GRAY).astype(np.float32)
    return float(np.abs(cv2.Laplacian(grey, cv2.CV_32F)).mean())


def cell(frame: NDArray[np.uint8], portrait: Portrait) -> NDArray[np.uint8]:
    marks, unit = portrait.face.landmarks[:, :2], lm.interocular(portrait.face.landmarks)
    x, y = marks[list(lm.MOUTH_CORNERS)].mean(axis=0)
    half = int(HALF * unit)
    left, top = max(0, int(x) - half), max(0, int(y - 0.6 * half))
    part = frame[top : top + int(1.7 * half), left : left + 2 * half]
    return np.asarray(cv2.resize(part, CELL, interpolation=cv2.INTER_CUBIC), np.uint8)


if __name__ == "__main__":
    main()
