"""What there is to see in a picture."""

import numpy as np
import skia
from numpy.typing import NDArray

from morgana.text.faces import Face
from morgana.text.sprite import Sprite

Mask = NDArray[np.bool_]


def alpha(sprite: Sprite) -> NDArray[np.float64]:
    return sprite.rgba[..., 3] / 255.0


def coloured(sprite: Sprite, colour: tuple[int, int, int], tolerance: int = 40) -> Mask:
    """Where the picture is opaque and of about this colour."""
    apart = np.abs(sprite.rgba[..., :3].astype(int) - colour).max(axis=2)
    found: Mask = (sprite.rgba[..., 3] > 250) & (apart <= tolerance)
    return found


def middle(mask: Mask) -> tuple[float, float]:
    """The mean x and y of what is marked."""
    rows, columns = np.nonzero(mask)
    return float(columns.mean()), float(rows.mean())


def extent(mask: Mask) -> tuple[int, int, int, int]:
    """The first column and row that are marked, and those behind the last."""
    rows, columns = np.nonzero(mask)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def trimmed(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Without empty rows and columns at its edges."""
    left, top, right, bottom = extent(picture[..., 3] > 0)
    return picture[top:bottom, left:right]


def box_of(face: Face, size: float) -> NDArray[np.uint8]:
    """How a face draws what it does not have, in white; (0, 0, 4) if it draws nothing."""
    pixels = np.zeros((int(3 * size), int(3 * size), 4), np.uint8)
    information = skia.ImageInfo.Make(
        *pixels.shape[1::-1], skia.ColorType.kRGBA_8888_ColorType, skia.AlphaType.kPremul_AlphaType
    )
    canvas = skia.Canvas.MakeRasterDirect(information, pixels, pixels.shape[1] * 4)
    builder = skia.TextBlobBuilder()
    builder.allocRunPos(face.font(size), [0], [skia.Point(size, 2 * size)])
    canvas.drawTextBlob(builder.make(), 0, 0, skia.Paint(AntiAlias=True, Color=skia.ColorWHITE))
    return trimmed(pixels) if pixels[..., 3].any() else pixels[:0, :0]
