"""What drawn things are made of: cloth, foam, metal mesh, skin, in any colour."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Random = np.random.Generator
Rgb = NDArray[np.float32]

KINDS: Final = ("plain", "plain", "noise", "stripes", "checks", "dots", "grille", "clouds")


def colour(rng: Random, *, dark: bool = False) -> Rgb:
    """(3,), 0 to 255: near black, grey, white, of any hue, or that of skin."""
    if dark:
        return np.asarray(rng.uniform(5, 70) * rng.uniform(0.85, 1.15, 3), np.float32)
    kind = rng.random()
    if kind < 0.35:
        return np.asarray(rng.uniform(5, 250) * rng.uniform(0.92, 1.08, 3), np.float32)
    if kind < 0.5:  # of skin, which is what is mistaken most easily
        light = rng.uniform(60, 240)
        return np.asarray(light * np.array([1, rng.uniform(0.62, 0.85), rng.uniform(0.45, 0.78)]), np.float32)
    return np.asarray(rng.uniform(5, 250, 3), np.float32)


def surface(
    rng: Random,
    size: tuple[int, int],
    unit: float,
    *,
    base: NDArray[np.floating] | None = None,
    kinds: Sequence[str] = KINDS,
) -> Rgb:
    """(height, width, 3), 0 to 255. unit: pixels of an interocular distance; base: its main colour."""
    main = np.asarray(colour(rng) if base is None else base, np.float32)
    other = colour(rng) if rng.random() < 0.5 else main * np.float32(rng.uniform(0.5, 1.5))
    share = _pattern(rng, size, unit, str(rng.choice(kinds)))[..., None]
    light = 1 + 0.3 * (noise(rng, size, unit * rng.uniform(0.3, 2)) - 0.5)[..., None]
    sheet = (main * (1 - share) + other * share) * light + rng.normal(0, rng.uniform(0, 8), (*size, 1))
    return np.asarray(np.clip(sheet, 0, 255), np.float32)


def skin_sheet(rng: Random, size: tuple[int, int], patch: NDArray[np.uint8]) -> Rgb:
    """Skin like a patch of it, (h, w, 3), (height, width, 3), in a light of its own."""
    repeats = (-(-size[0] // patch.shape[0]) + 1, -(-size[1] // patch.shape[1]) + 1)
    tile = np.block([[[patch], [patch[:, ::-1]]], [[patch[::-1]], [patch[::-1, ::-1]]]])
    sheet = np.tile(tile, (*repeats, 1))[: size[0], : size[1]].astype(np.float32)
    sheet = cv2.GaussianBlur(sheet, (0, 0), 1.0)
    mean = sheet.mean(axis=(0, 1))
    mottled = 1 + 0.16 * (noise(rng, size, rng.uniform(6, 40)) - 0.5)[..., None]
    lit = mean * rng.uniform(0.75, 1.15) * rng.uniform(0.95, 1.05, 3)
    return np.asarray(np.clip((lit + (sheet - mean) * rng.uniform(0.4, 1.2)) * mottled, 0, 255), np.float32)


def noise(rng: Random, size: tuple[int, int], grain: float) -> Rgb:
    """Smooth noise, (height, width), 0 to 1, with features of about `grain` pixels."""
    coarse = rng.random((max(2, int(size[0] / grain) + 1), max(2, int(size[1] / grain) + 1))).astype(
        np.float32
    )
    return np.asarray(
        np.clip(cv2.resize(coarse, size[::-1], interpolation=cv2.INTER_CUBIC), 0, 1), np.float32
    )


def _pattern(rng: Random, size: tuple[int, int], unit: float, kind: str) -> Rgb:
    """Share of the second colour, (height, width), 0 to 1."""
    rows, columns = np.mgrid[: size[0], : size[1]].astype(np.float32)
    angle = rng.uniform(0, np.pi)
    along = np.cos(angle) * columns + np.sin(angle) * rows
    across = -np.sin(angle) * columns + np.cos(angle) * rows
    period = unit * (rng.uniform(0.03, 0.07) if kind == "grille" else rng.uniform(0.05, 0.6))
    u, v = (np.sin(2 * np.pi * value / max(period, 2.2) + rng.uniform(0, 6)) for value in (along, across))
    if kind == "stripes":
        share = u * rng.uniform(1, 8) + 0.5
    elif kind == "checks":
        share = (u + v) * rng.uniform(0.3, 4) + 0.5
    elif kind == "dots":
        share = (u + v - rng.uniform(0.6, 1.4)) * 6
    elif kind == "grille":
        share = u * v * 0.8 + 0.5
    elif kind == "noise":
        share = rng.random(size) * rng.uniform(0.2, 1)
    elif kind == "clouds":
        share = noise(rng, size, max(2.0, unit * rng.uniform(0.05, 0.5)))
    else:
        share = np.zeros(size)
    return np.asarray(np.clip(share, 0, 1), np.float32)
