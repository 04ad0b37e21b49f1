"""Person and background apart: MODNet's matte, and MI-GAN's guess at what is behind the person."""

import cv2
import numpy as np
from numpy.typing import NDArray

from morgana import models
from morgana.networks import open_network

MATTE_SIDE = 512  # MODNet's training size, for the shorter side
TEXTURE = 9.0  # grey levels by which MI-GAN's texture may differ from the smooth fill, at most
ROUGHNESS = 1.2  # of the mean strength of the texture around the person: more would be seen as an object
_THREADS = 2
INPAINT_SIDE = 768  # MI-GAN's cost grows with the area; what it makes is mostly hidden behind the head


def person_matte(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How much of each pixel is the person, (H, W), 0 to 1."""
    height, width = rgb.shape[:2]
    scale = MATTE_SIDE / min(height, width)
    # An extreme aspect must not make the network's input huge.
    scale = min(scale, 4 * MATTE_SIDE / max(height, width))
    size = (max(32, int(width * scale) // 32 * 32), max(32, int(height * scale) // 32 * 32))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 127.5 - 1
    (matte,) = open_network(models.path("modnet"), _THREADS).run(
        None, {"input": small.transpose(2, 0, 1)[None]}
    )
    full: NDArray[np.float32] = cv2.resize(matte[0, 0], (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip((full - 0.02) / 0.96, 0, 1), np.float32)


def whole_matte(matte: NDArray[np.float32], outline: NDArray[np.float64], unit: float) -> NDArray[np.float32]:
    """The matte without holes: the face and what the person encloses belong to the person.

    outline: (N, 2) of the face, pixels; unit: the interocular distance, pixels.
    """
    height, width = matte.shape
    face = np.zeros((height, width), np.uint8)
    cv2.fillPoly(face, [np.rint(outline).astype(np.int32)], 255)
    face = cv2.dilate(face, _disc(2 * max(1, round(0.08 * unit)) + 1))
    around = np.pad((matte > 0.5).astype(np.uint8), 1)
    cv2.floodFill(around, None, (0, 0), 2)
    enclosed = (around[1:-1, 1:-1] == 0).astype(np.uint8) * 255
    solid = cv2.GaussianBlur(np.maximum(face, enclosed), (0, 0), max(0.8, 0.03 * unit))
    return np.asarray(np.maximum(matte, solid.astype(np.float32) / 255), np.float32)


def _disc(diameter: int) -> NDArray[np.uint8]:
    kernel: NDArray[np.uint8] = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (diameter, diameter))
    return kernel


def _hole(matte: NDArray[np.float32]) -> NDArray[np.uint8]:
    """1 where the background has to be made up, (H, W)."""
    side = max(matte.shape)
    hole = cv2.dilate((matte > 0.03).astype(np.uint8), _disc(max(3, round(side / 70)) | 1))
    # Specks of background between strands of hair would be taken for the scene and continued.
    gap = max(5, round(side / 24)) | 1
    framed = cv2.copyMakeBorder(hole, gap, gap, gap, gap, cv2.BORDER_REPLICATE)
    closed = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, _disc(gap))[gap:-gap, gap:-gap]
    return np.asarray(closed, np.uint8)


def _diffuse(image: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill what is not known, (H, W), smoothly from around it: the push-pull pyramid of Gortler et al.,
    "The Lumigraph" (1996)."""
    if min(known.shape) < 4:
        mean = (image * known[..., None]).sum(axis=(0, 1)) / max(float(known.sum()), 1e-6)
        return np.asarray(image * known[..., None] + mean * (1 - known[..., None]), np.float32)
    weight = cv2.pyrDown(known)
    smaller = cv2.pyrDown(image * known[..., None]) / np.maximum(weight, 1e-6)[..., None]
    below = _diffuse(smaller, np.clip(4 * weight, 0, 1))
    raised = cv2.pyrUp(below, dstsize=(image.shape[1], image.shape[0]))
    return np.asarray(image * known[..., None] + raised * (1 - known[..., None]), np.float32)


def _detail(image: NDArray[np.float32], fineness: float) -> NDArray[np.float32]:
    """What is finer in a picture than so many pixels."""
    return np.asarray(image - cv2.GaussianBlur(image, (0, 0), fineness), np.float32)


def _roughness(
    image: NDArray[np.float32], known: NDArray[np.float32], fineness: float
) -> NDArray[np.float32]:
    """How strong the texture about each pixel is, (H, W, 1), grey levels; continued into what is unknown."""
    strength = np.abs(_detail(image, fineness)).mean(axis=2, keepdims=True)
    # Beside the person the detail is that of the person's outline.
    beside = cv2.erode(known, _disc(2 * round(2 * fineness) + 1))
    spread = np.repeat(strength, 3, axis=2)
    return _diffuse(spread, beside if beside.any() else known)[..., :1]


def background_plate(rgb: NDArray[np.uint8], matte: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The picture without the person, (H, W, 3): unchanged where the matte is 0.

    Colours come smoothly from around the person, and only the fine texture from MI-GAN: the network also
    invents objects, and what shows beside a moving head must never draw the eye.
    """
    height, width = rgb.shape[:2]
    hole = _hole(matte)
    if hole.all():
        return rgb.copy()
    scale = min(1.0, INPAINT_SIDE / max(height, width))
    size = (max(64, round(width * scale)), max(64, round(height * scale)))
    image = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    missing = (cv2.resize(hole * 255, size, interpolation=cv2.INTER_LINEAR) > 0).astype(np.uint8)
    feeds = {"image": image.transpose(2, 0, 1)[None].copy(), "mask": (255 * (1 - missing))[None, None]}
    (made,) = open_network(models.path("migan"), _THREADS).run(None, feeds)
    known, fineness = 1 - missing.astype(np.float32), max(size) / 150
    texture = _detail(made[0].transpose(1, 2, 0).astype(np.float32), fineness)
    smooth = _diffuse(image.astype(np.float32), known)
    allowed = np.minimum(TEXTURE, ROUGHNESS * _roughness(image.astype(np.float32), known, fineness))
    filled = np.clip(smooth + np.clip(texture, -allowed, allowed), 0, 255)
    filled = cv2.resize(filled, (width, height), interpolation=cv2.INTER_CUBIC)
    reach = max(3, round(max(height, width) / 70)) | 1
    blend = cv2.GaussianBlur(hole.astype(np.float32), (reach, reach), 0)[..., None] * hole[..., None]
    return np.asarray(np.rint(np.clip(rgb * (1 - blend) + filled * blend, 0, 255)), np.uint8)
