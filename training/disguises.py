"""What a face might look like too: with lipstick or a beard, in a shadow, coarse, painted, grey."""

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana.portrait import landmarks as lm
from training.surfaces import Random, noise

Points = NDArray[np.float64]

_FINEST = 0.4  # least scale of a picture that is made coarse
_MOUSTACHE = (98, 327, 291, 61)  # from the nose to the corners of the mouth
_BEARD = (*lm.RIGHT_JAW[2:], *lm.LEFT_JAW[:1:-1], 291, 17, 61)  # from the jaw to the lower lip


def made_up(rng: Random, rgb: NDArray[np.uint8], marks: Points) -> NDArray[np.uint8]:
    """A face as it might be too: with lipstick, a beard, in a shadow, or as it is."""
    shown = rgb.astype(np.float32)
    if rng.random() < 0.2:
        lips = _polygon(rgb.shape, np.concatenate([marks[lm.UPPER_LIP[3]], marks[lm.LOWER_LIP[3][::-1]]]))
        lips -= _polygon(rgb.shape, np.concatenate([marks[lm.UPPER_LIP[0]], marks[lm.LOWER_LIP[0][::-1]]]))
        share = cv2.GaussianBlur(np.clip(lips, 0, 1), (0, 0), 1)[..., None]
        tint = rng.uniform(0.15, 1.1) * np.array([1, rng.uniform(0.3, 1.0), rng.uniform(0.3, 1.1)])
        shown = shown * (1 - share) + shown * tint * share
    if rng.random() < 0.15:
        shown = _bearded(rng, shown, marks)
    if rng.random() < 0.2:
        shown = shown * _shadow(rng, rgb.shape)[..., None]
    return np.clip(shown, 0, 255).astype(np.uint8)


def _bearded(rng: Random, rgb: NDArray[np.floating], marks: Points) -> NDArray[np.float32]:
    """With a moustache, a beard or both, of hairs of one colour, that leave the lips or most of them."""
    unit = lm.interocular(marks)
    shown = rgb.astype(np.uint8)
    tone = rng.uniform(10, 200) * np.array([1, rng.uniform(0.75, 1), rng.uniform(0.6, 1)])
    places = []
    if (worn := rng.random()) < 0.7:
        places.append((marks[[98, 327, 291, 61], :2], 0.18))
    if worn > 0.4:
        places.append(
            (
                np.vstack(
                    [marks[lm.RIGHT_JAW[2:], :2], marks[lm.LEFT_JAW[:1:-1], :2], marks[[291, 17, 61], :2]]
                ),
                0.2,
            )
        )
    for outline, length in places:
        rows, columns = np.nonzero(_polygon(rgb.shape, outline) > 0.5)
        for index in rng.integers(0, max(len(rows), 1), int(rng.uniform(0.02, 0.25) * len(rows))):
            start = np.array([columns[index], rows[index]])
            aside = (start[0] - marks[0, 0]) / unit
            step = np.array([aside + rng.normal(0, 0.25), 1.0]) * unit * length * rng.uniform(0.3, 0.8)
            end = np.rint(start + step).astype(int)
            cv2.line(
                shown, start.tolist(), end.tolist(), (tone * rng.uniform(0.5, 1.4)).tolist(), 1, cv2.LINE_AA
            )
    return shown.astype(np.float32)


def _shadow(rng: Random, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Light and shade with an edge that may be hard, (H, W)."""
    rows, columns = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    angle = rng.uniform(0, 2 * np.pi)
    away = np.cos(angle) * (columns - rng.normal(0, 0.2)) + np.sin(angle) * (rows - 0.2 - rng.normal(0, 0.2))
    share = 1 / (1 + np.exp(-np.clip(away * rng.uniform(3, 60), -50, 50)))
    return np.asarray(1 - rng.uniform(0.2, 0.75) * share, np.float32)


def worn_down(rng: Random, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """As pictures come: coarse, grainy, compressed, painted, grey, of other exposure and colour."""
    shown = rgb
    if rng.random() < 0.35:
        small = cv2.resize(
            rgb, None, fx=(scale := rng.uniform(_FINEST, 0.9)), fy=scale, interpolation=cv2.INTER_AREA
        )
        shown = cv2.resize(small, rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.15:  # brush strokes: the median of what is near, and canvas
        shown = cv2.medianBlur(shown, int(rng.choice([3, 5, 7, 9])))
        canvas = 1 + rng.uniform(0, 0.4) * (noise(rng, rgb.shape[:2], rng.uniform(1.5, 6)) - 0.5)
        shown = np.clip(shown * canvas[..., None], 0, 255).astype(np.uint8)
    light = (
        255 * (shown / 255.0) ** rng.uniform(0.6, 1.6) * rng.uniform(0.75, 1.15) * rng.uniform(0.88, 1.12, 3)
    )
    grey = light.mean(axis=2, keepdims=True)
    light = grey + (light - grey) * (0 if rng.random() < 0.15 else rng.uniform(0.5, 1.4))
    light = light + rng.normal(0, rng.uniform(0, 10) * (rng.random() < 0.5), light.shape)
    shown = np.clip(light, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 95))]
        shown = np.asarray(cv2.imdecode(cv2.imencode(".jpg", shown, quality)[1], cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(shown)


def lips(shape: tuple[int, ...], marks: Points) -> NDArray[np.float32]:
    """The lips and what is between them, (H, W), 1 there."""
    return _polygon(shape, np.concatenate([marks[lm.UPPER_LIP[3]], marks[lm.LOWER_LIP[3][::-1]]]))


def _polygon(shape: tuple[int, ...], outline: Points) -> NDArray[np.float32]:
    found = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(found, [np.rint(outline[:, :2]).astype(np.int32)], 1)
    return found.astype(np.float32)
