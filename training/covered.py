"""Lessons for the network that tells covered mouths: crops of generated faces with something before them.

Negatives get the same things beside the mouth, and what is mistaken for a cover: beards, lipstick, shadow.
The crop is taken by the landmarks that are found on the covered picture, as it is when the judge is asked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.portrait import landmarks as lm
from morgana.portrait.learned.covering import mouth_crop
from training.covers import KINDS
from training.disguises import lips, made_up, worn_down
from training.generator import Generator, Latent
from training.labels import Label, labeller
from training.mouths import MOUTH_LAYERS
from training.spots import Cover, Points, spot
from training.surfaces import Random

FIRST_SEED: Final = 20_000
VARIANTS: Final = 16  # pictures of a face
COVERED: Final = 1 / 3  # share of the lips that is hidden, from which on they count as covered
UNCOVERED: Final = 0.05  # up to which they count as seen; what lies between is not learned
SIZE: Final = 256  # pixels a side of the pictures
_MOST_YAW: Final = 28.0  # degrees
_CHEEK: Final = (50, 205)  # landmarks between which there is nothing but skin


@dataclass(frozen=True, slots=True)
class Lessons:
    """crops: (N, 64, 64, 3) uint8; covered: (N,) bool; face: (N,) which of the pictures it was."""

    crops: NDArray[np.uint8]
    covered: NDArray[np.bool_]
    face: NDArray[np.int64]

    def of(self, rows: NDArray[np.bool_]) -> "Lessons":
        """Some of them: (N,) which."""
        return Lessons(self.crops[rows], self.covered[rows], self.face[rows])


def faces(generator: Generator, along: dict[str, Latent], count: int) -> Iterator[NDArray[np.uint8]]:
    """That many persons, most with the mouth opened, shut or smiling along the directions."""
    for seed in range(FIRST_SEED, FIRST_SEED + count):
        rng = np.random.default_rng([seed, 7])
        styles = generator.spread(generator.latent(seed, rng.uniform(0.5, 0.85)))
        if rng.random() < 0.7:
            styles[MOUTH_LAYERS] += rng.uniform(-3, 3) * along["jawOpen"]
            styles[MOUTH_LAYERS] += rng.uniform(-2.5, 1.5) * along["mouthSmileLeft"]
        yield generator.picture(styles, SIZE)


def lessons(pictures: Iterable[NDArray[np.uint8]], seed: int = 0) -> Lessons:
    """Lessons from pictures of faces, (H, W, 3) each, `VARIANTS` a face where they can be made out."""
    crops: list[NDArray[np.uint8]] = []
    covered, owners = [], []
    skins: list[NDArray[np.uint8]] = []
    with labeller() as label:
        for index, picture in enumerate(pictures):
            rng = np.random.default_rng([seed, index])
            rgb = cv2.resize(picture, (SIZE, SIZE), interpolation=cv2.INTER_AREA).astype(np.uint8)
            face = label(rgb)
            if face is None or abs(lm.head_yaw(face.landmarks)) > _MOST_YAW:
                continue
            skins = [*skins[-30:], _cheek(rgb, face.landmarks)]
            for _ in range(VARIANTS):
                lesson = _lesson(rng, rgb, face.landmarks, skins, label)
                if lesson is not None:
                    crops.append(lesson[0])
                    covered.append(lesson[1])
                    owners.append(index)
    return Lessons(np.array(crops, np.uint8), np.array(covered, bool), np.array(owners, np.int64))


def _lesson(
    rng: Random, rgb: NDArray[np.uint8], marks: Points, skins: list[NDArray[np.uint8]], label: Label
) -> tuple[NDArray[np.uint8], bool] | None:
    shown, hidden = made_up(rng, rgb, marks), 0.0
    if rng.random() < 0.85:
        skin = skins[-1] if rng.random() < 0.5 else skins[int(rng.integers(len(skins)))]
        cover = drawn(rng, rgb.shape[:2], marks, skin)
        shown, hidden = over(rng, shown, cover), share_hidden(cover, marks)
    if UNCOVERED < hidden < COVERED:
        return None
    shown = worn_down(rng, shown)
    found = label(shown)
    if found is None or abs(lm.head_yaw(found.landmarks)) > _MOST_YAW:
        return None
    return mouth_crop(shown, _jittered(rng, found.landmarks)), hidden >= COVERED


def drawn(rng: Random, size: tuple[int, int], marks: Points, skin: NDArray[np.uint8]) -> Cover:
    """Something before the mouth, or near it."""
    if rng.random() < 0.6:
        at, edge = rng.normal(0, 0.22, 2), rng.uniform(-0.75, -0.05)
    else:
        angle, away = rng.uniform(-0.3, np.pi + 0.3), rng.uniform(0.7, 1.5)
        at, edge = away * np.array([np.cos(angle), np.sin(angle)]), rng.uniform(0.3, 0.9)
    draw = KINDS[int(rng.integers(len(KINDS)))]
    return draw(rng, spot(size, marks, at, edge, skin))


def share_hidden(cover: Cover, marks: Points) -> float:
    """How much of the lips and of what is between them is hidden, 0 to 1."""
    wanted = lips(cover.alpha.shape, marks)
    return float((cover.alpha * wanted).sum() / max(float(wanted.sum()), 1.0))


def over(rng: Random, rgb: NDArray[np.uint8], cover: Cover) -> NDArray[np.uint8]:
    """The picture (H, W, 3) with a cover before it, and the shadow that it casts."""
    unit = rgb.shape[0] / 4
    blur = unit * rng.uniform(0.02, 0.15)
    moved = np.array([[1, 0, rng.normal(0, blur)], [0, 1, rng.normal(0, blur)]])
    shade = cv2.warpAffine(cv2.GaussianBlur(cover.alpha, (0, 0), blur), moved, rgb.shape[1::-1])
    shaded = rgb * (1 - np.float32(rng.uniform(0, 0.6)) * shade)[..., None]
    soft = rng.uniform(0.3, 1.3)
    alpha = cv2.GaussianBlur(cover.alpha, (0, 0), soft)[..., None]
    lit = cv2.GaussianBlur(cover.rgb, (0, 0), soft) * rng.uniform(0.6, 1.1)
    return np.asarray(np.clip(shaded * (1 - alpha) + lit * alpha, 0, 255), np.uint8)


def _cheek(rgb: NDArray[np.uint8], marks: Points) -> NDArray[np.uint8]:
    top, bottom = marks[list(_CHEEK), :2]
    side = max(8, int(0.2 * lm.interocular(marks)))
    left, above = np.clip(((top + bottom) / 2 - side / 2).astype(int), 0, SIZE - side)
    return rgb[above : above + side, left : left + side].copy()


def _jittered(rng: Random, marks: Points) -> Points:
    """Landmarks a little turned, moved and scaled, so that the network relies on none."""
    angle, scale = rng.normal(0, 0.04), rng.uniform(0.92, 1.08)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = marks.copy()
    middle = marks[:, :2].mean(axis=0)
    moved[:, :2] = (marks[:, :2] - middle) @ turn.T + middle + rng.normal(0, 0.03, 2) * lm.interocular(marks)
    return moved


def save(path: Path, kept: Lessons) -> None:
    """Keep lessons in a file."""
    np.savez_compressed(path, **asdict(kept))


def load(path: Path) -> Lessons:
    """The lessons kept in a file."""
    with np.load(path) as kept:
        return Lessons(kept["crops"], kept["covered"], kept["face"])
