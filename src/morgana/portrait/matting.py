"""Person and background apart: MODNet's matte, and MI-GAN's guess at what is behind the person."""

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from morgana import models

MATTE_SIDE = 512  # MODNet's training size, for the shorter side
INPAINT_SIDE = 768  # MI-GAN's cost grows with the area; what it makes is mostly hidden behind the head


def _session(name: str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(models.path(name)), options, providers=["CPUExecutionProvider"])


def person_matte(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How much of each pixel is the person, (H, W), 0 to 1."""
    height, width = rgb.shape[:2]
    scale = MATTE_SIDE / min(height, width)
    # An extreme aspect must not make the network's input huge.
    scale = min(scale, 4 * MATTE_SIDE / max(height, width))
    size = (max(32, int(width * scale) // 32 * 32), max(32, int(height * scale) // 32 * 32))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 127.5 - 1
    (matte,) = _session("modnet").run(None, {"input": small.transpose(2, 0, 1)[None]})
    full: NDArray[np.float32] = cv2.resize(matte[0, 0], (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip((full - 0.02) / 0.96, 0, 1), np.float32)


def _disc(diameter: int) -> NDArray[np.uint8]:
    kernel: NDArray[np.uint8] = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (diameter, diameter))
    return kernel


def background_plate(rgb: NDArray[np.uint8], matte: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The picture without the person, (H, W, 3): unchanged where the matte is 0."""
    height, width = rgb.shape[:2]
    side = max(height, width)
    reach = max(3, round(side / 70)) | 1
    hole = cv2.dilate((matte > 0.03).astype(np.uint8), _disc(reach))
    # Specks of background between strands of hair would be taken for the scene and continued.
    gap = max(5, round(side / 24)) | 1
    hole = cv2.morphologyEx(
        cv2.copyMakeBorder(hole, gap, gap, gap, gap, cv2.BORDER_REPLICATE), cv2.MORPH_CLOSE, _disc(gap)
    )[gap:-gap, gap:-gap]
    if hole.all():
        return rgb.copy()
    scale = min(1.0, INPAINT_SIDE / max(height, width))
    size = (max(64, round(width * scale)), max(64, round(height * scale)))
    image = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    known = 255 - cv2.resize(hole * 255, size, interpolation=cv2.INTER_LINEAR)
    known = np.where(known == 255, 255, 0).astype(np.uint8)
    feeds = {"image": image.transpose(2, 0, 1)[None].copy(), "mask": known[None, None]}
    (made,) = _session("migan").run(None, feeds)
    filled = cv2.resize(made[0].transpose(1, 2, 0), (width, height), interpolation=cv2.INTER_CUBIC)
    blend = cv2.GaussianBlur(hole.astype(np.float32), (reach, reach), 0)[..., None] * hole[..., None]
    return np.asarray(np.rint(rgb * (1 - blend) + filled * blend), np.uint8)
