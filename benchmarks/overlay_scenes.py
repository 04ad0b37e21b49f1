"""Pictures for texts to stand on: drawn here, or cut from photographs that anybody may use.

The photographs are those of scikit-image's package (`skimage/data`), which says of them: astronaut.png, NASA,
public domain; rocket.jpg, SpaceX, public domain; chelsea.png by Stefan van der Walt and coffee.png by
Rachel Michetti, CC0; gravel.png, CC0Textures, CC0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Values = NDArray[np.float64]
Picture = Callable[[float], Pixels]  # (H, W, 3) at a time from 0 to 1

TALL, SQUARE, PORTRAIT, WIDE = (720, 1280), (1080, 1080), (864, 1080), (1280, 720)


@dataclass(frozen=True, slots=True)
class Scene:
    """What is filmed, and the text that is asked for."""

    name: str
    picture: Picture
    text: str


def scenes(photographs: Path) -> list[Scene]:
    """Twelve, for three rows of a sheet."""
    photograph = partial(still, photographs)
    return [
        Scene(
            "a face, 9:16",
            photograph("astronaut.png", TALL, (0.44, 0.5)),
            "What nobody tells you about space",
        ),
        Scene("bright, 9:16", partial(window, TALL), "Slow mornings"),
        Scene("dark, 9:16", partial(lights, TALL), "POV: you missed the last train home"),
        Scene("busy, 9:16", partial(confetti, TALL), "We are turning ten and everybody is invited 🎉"),
        Scene("moving, 9:16", partial(ball, TALL), "Wait for it"),
        Scene("a town at dusk, 9:16", partial(skyline, TALL), "Three cheap flights that leave on Friday"),
        Scene("a rocket, 16:9", photograph("rocket.jpg", WIDE, (0.5, 0.5)), "T minus zero"),
        Scene(
            "a face, 1:1",
            photograph("astronaut.png", SQUARE, (0.5, 0.5)),
            "My first day at work, and I was terrified",
        ),
        Scene("a cat, 4:5", photograph("chelsea.png", PORTRAIT, (0.5, 0.5)), "Monday?"),
        Scene(
            "coffee, 16:9",
            photograph("coffee.png", WIDE, (0.5, 0.6)),
            "How to pull the perfect espresso at home",
        ),
        Scene(
            "gravel, 1:1",
            photograph("gravel.png", SQUARE, (0.5, 0.5)),
            "The ground under your feet is older than you think",
        ),
        Scene(
            "print, 4:5",
            partial(print_page, PORTRAIT),
            "I read 52 books this year. These five changed my mind.",
        ),
    ]


def still(folder: Path, name: str, size: tuple[int, int], centre: tuple[float, float]) -> Picture:
    """The largest part of a photograph in the shape of `size`, as near to `centre` (0..1) as it goes."""
    image = Image.open(folder / name).convert("RGB")
    scale = min(image.width / size[0], image.height / size[1])
    width, height = size[0] * scale, size[1] * scale
    left = min(max(centre[0] * image.width - width / 2, 0), image.width - width)
    top = min(max(centre[1] * image.height - height / 2, 0), image.height - height)
    box = (left, top, left + width, top + height)
    pixels = np.asarray(image.resize(size, Image.Resampling.LANCZOS, box=box), np.uint8)
    return lambda _time: pixels


def grid(size: tuple[int, int]) -> tuple[Values, Values]:
    """x and y, (H, W) each, in widths of the picture."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]] / size[0]
    return x, y


def pixels_of(values: Values) -> Pixels:
    """0..1 as 0..255, with the grain of a camera, or bands would show."""
    grain = np.random.default_rng(5).normal(0, 0.008, (*values.shape[:2], 1))
    return np.asarray(np.rint((values + grain).clip(0, 1) * 255), np.uint8)


def window(size: tuple[int, int], time: float) -> Pixels:
    """Morning light through a window on a white wall."""
    x, y = grid(size)
    wall = np.stack([0.97 - 0.05 * y, 0.95 - 0.06 * y, 0.92 - 0.07 * y], axis=-1)
    slant = x + 0.35 * y + 0.02 * time
    pane = (np.mod(slant * 2.6, 1) > 0.16) & (np.mod(y * 1.9 + 0.2, 1) > 0.12)
    light = cv2.GaussianBlur((pane & (slant < 1.1) & (y > 0.25)).astype(np.float64), (0, 0), 9)
    return pixels_of(wall * 0.93 + light[..., None] * (0.07, 0.055, 0.03))


def lights(size: tuple[int, int], time: float) -> Pixels:
    """Lights of a street at night, out of focus."""
    x, y = grid(size)
    night = np.stack([0.03 + 0.03 * y, 0.035 + 0.03 * y, 0.07 + 0.05 * y], axis=-1)
    generator = np.random.default_rng(8)
    warm = np.array([(1.0, 0.62, 0.25), (1.0, 0.35, 0.2), (0.35, 0.6, 1.0), (1.0, 0.85, 0.6)])
    for _ in range(46):
        middle, radius = generator.uniform((0, 0.75), (1, 1.5)), generator.uniform(0.02, 0.075)
        away = np.hypot(x - middle[0] - 0.01 * time, y - middle[1])
        disc = 1 / (1 + np.exp((away - radius) * 260))
        night += disc[..., None] * warm[generator.integers(4)] * generator.uniform(0.15, 0.55)
    return pixels_of(night)


def confetti(size: tuple[int, int], time: float) -> Pixels:
    """Paper of all colours, everywhere, falling."""
    generator = np.random.default_rng(3)
    canvas = np.full((size[1], size[0], 3), (250, 244, 236), np.uint8)
    colours = [(230, 57, 70), (244, 162, 97), (42, 157, 143), (38, 70, 83), (255, 200, 60), (122, 80, 190)]
    for _ in range(900):
        x, y = generator.uniform(0, 1, 2) * size
        fallen = (y + 90 * time) % size[1]
        shape = ((x, fallen), generator.uniform(12, 40, 2), generator.uniform(0, 180))
        corners = np.rint(cv2.boxPoints(shape)).astype(np.int32)
        cv2.fillConvexPoly(canvas, corners, colours[generator.integers(len(colours))], cv2.LINE_AA)
    return canvas


def ball(size: tuple[int, int], time: float) -> Pixels:
    """A bright ball that crosses the upper half of a dark court."""
    x, y = grid(size)
    court = np.stack([0.10 + 0.08 * y, 0.28 + 0.10 * y, 0.32 + 0.06 * y], axis=-1)
    line = np.abs(y - 1.25) < 0.008
    court[line] = (0.9, 0.9, 0.85)
    away = np.hypot(x - 0.1 - 0.8 * time, y - 0.62 + 1.1 * time * (1 - time))
    disc = 1 / (1 + np.exp((away - 0.15) * 300))[..., None]
    shade = (0.98 - 0.9 * away)[..., None] * (1.0, 0.96, 0.55)
    return pixels_of(court * (1 - disc) + shade * disc)


def skyline(size: tuple[int, int], time: float) -> Pixels:
    """Houses with lit windows before an evening sky."""
    x, y = grid(size)
    share = y / y.max()
    top, glow = np.array((0.16, 0.20, 0.42)), np.array((0.98, 0.60, 0.42))
    sky = top + (glow - top) * np.clip(share * 1.35, 0, 1)[..., None] ** 1.4
    generator = np.random.default_rng(11)
    for depth in range(3):
        shade = np.array((0.30, 0.22, 0.34)) * (1 - 0.3 * depth)
        left = -0.03
        while left < 1:
            width, roof = generator.uniform(0.06, 0.16), generator.uniform(0.62, 0.78) + 0.06 * depth
            house = (x >= left) & (x < left + width) & (share > roof)
            panes = (np.mod((x - left) * 42, 1) > 0.5) & (np.mod(y * 30, 1) > 0.55)
            lit = generator.random(4096)[(np.floor(x * 42) * 61 + np.floor(y * 30)).astype(int) % 4096] > 0.72
            sky[house] = shade
            sky[house & panes & lit] = (0.99, 0.82, 0.5)
            left += width
    return pixels_of(sky + 0.01 * time)


def print_page(size: tuple[int, int], _time: float) -> Pixels:
    """A page of print: rows of words that are none."""
    generator = np.random.default_rng(2)
    page = np.full((size[1], size[0], 3), (246, 241, 230), np.uint8)
    for row in range(46, size[1] - 30, 30):
        left = 60.0
        while left < size[0] - 120:
            width = generator.uniform(18, 90)
            ink = int(generator.integers(30, 70))
            page[row : row + 12, round(left) : round(left + width)] = ink
            left += width + 12
    return np.asarray(cv2.GaussianBlur(page, (0, 0), 0.8), np.uint8)
