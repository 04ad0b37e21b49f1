"""Uploaded picture -> sRGB pixels, upright, however the camera or the program that wrote it stored them."""

import io
import math
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from morgana.errors import ErrorCode, InputError
from morgana.polyglots import is_polyglot

Pixels: TypeAlias = NDArray[np.uint8]

MAXIMUM_PIXELS = 40_000_000
MINIMUM_SIDE = 256
LONGEST_OUTPUT = 1920
SHORTEST_OUTPUT = 512  # a smaller portrait is enlarged until its longest side has this
BACKDROP = (128, 128, 128)  # behind transparency; mid grey shows neither dark nor light fringes around hair

_FORMATS = ("JPEG", "PNG")  # told by content; MPO, as phones write it, is a JPEG
_SIDEWAYS = (5, 6, 7, 8)  # EXIF orientations that swap width and height
_ENOUGH = 2 * LONGEST_OUTPUT  # what is decoded beyond this is averaged away at once, to keep memory low
_MOST_SCANS = 256  # a progressive JPEG has about ten; each may go over all pixels, for a few bytes
# A JPEG's next marker (ISO/IEC 10918-1, B.1.1): no stuffed byte, no restart, nothing without a length.
_MARKER = re.compile(rb"\xff[\x02-\xcf\xd9-\xfe]")
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    TypeError,
)  # all that Pillow's parsers raise


@dataclass(frozen=True, slots=True)
class Picture:
    """rgb: (height, width, 3) uint8 sRGB, upright; source: (width, height) of the whole file, upright.

    rgb is as large as the source, unless the source's longest side is 7680 or more: then it is a whole
    fraction of it, the longest side still at least 3840.
    """

    rgb: Pixels
    source: tuple[int, int]


def load_image(path: Path) -> Picture:
    """Read a JPEG or PNG: orientation applied, colours converted to sRGB, transparency laid on `BACKDROP`.

    Raises InputError: IMAGE_UNDECODABLE, IMAGE_TOO_LARGE (over 40 megapixels), IMAGE_TOO_SMALL (a side under
    256 pixels).
    """
    if is_polyglot(path):
        raise InputError(
            ErrorCode.IMAGE_UNDECODABLE,
            "The image file is an archive or a document as well. Export the image again, by itself.",
        )
    try:
        with warnings.catch_warnings():
            # Odd metadata is not worth a word; the size that Pillow warns about is checked in `_read`.
            warnings.simplefilter("ignore")
            # From memory, or Pillow makes room for as many bytes as a chunk claims to have.
            raw = path.read_bytes()
            with Image.open(io.BytesIO(raw), formats=_FORMATS) as image:
                if isinstance(image, JpegImageFile):
                    _check_scans(raw)
                return _read(image)
    except FileNotFoundError:  # ours to explain, not the sender's
        raise
    except Image.DecompressionBombError as error:
        raise _too_large("The image has far too many pixels.") from error
    except _UNREADABLE as error:
        raise InputError(
            ErrorCode.IMAGE_UNDECODABLE,
            "The image could not be read. Send a complete JPEG or PNG file; "
            "convert other formats first, renaming the file is not enough.",
        ) from error


def fit_output(width: int, height: int) -> tuple[int, int]:
    """(width, height) of the video for a picture of that size: the same aspect, both sides even.

    The longest side is at most 1920; a picture whose longest side is under 512 is enlarged to 512, any other
    keeps its size. No side is under 2.
    """
    longest = max(width, height)
    target = min(max(longest, SHORTEST_OUTPUT), LONGEST_OUTPUT)
    return _even(width * target / longest), _even(height * target / longest)


def resize(rgb: Pixels, size: tuple[int, int]) -> Pixels:
    """Resample to (width, height) in one go: area averages to shrink, Lanczos to enlarge."""
    height, width = rgb.shape[:2]
    if (width, height) == size:
        return rgb
    smaller = size[0] < width or size[1] < height
    resized: Pixels = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LANCZOS4)
    return resized


def _even(side: float) -> int:
    """The nearest even number; an odd whole number goes down, so that nothing is enlarged for it."""
    return max(2, 2 * math.ceil(side / 2 - 0.5))


def _read(image: Image.Image) -> Picture:
    width, height = image.size
    _check_size(width, height)
    profile = image.info.get("icc_profile")
    sideways = image.getexif().get(ExifTags.Base.Orientation) in _SIDEWAYS
    if isinstance(image, JpegImageFile):
        share = min(1.0, _ENOUGH / max(width, height))
        image.draft(None, (math.ceil(width * share), math.ceil(height * share)))
    small = _reduced(_simple_mode(image))
    upright = ImageOps.exif_transpose(_flatten(small, profile))
    return Picture(np.array(upright), (height, width) if sideways else (width, height))


def _check_scans(raw: bytes) -> None:
    """Raises OSError, as Pillow does for what it cannot read."""
    at = count = 0
    while (marker := _MARKER.search(raw, at)) and raw[marker.end() - 1] != _END_OF_IMAGE:
        count += raw[marker.end() - 1] == _START_OF_SCAN
        if count > _MOST_SCANS:
            raise OSError("too many scans")
        at = marker.end() + max(2, int.from_bytes(raw[marker.end() : marker.end() + 2]))


def _check_size(width: int, height: int) -> None:
    if width * height > MAXIMUM_PIXELS:
        raise _too_large(f"The image has {width} x {height} pixels.")
    if min(width, height) < MINIMUM_SIDE:
        raise InputError(
            ErrorCode.IMAGE_TOO_SMALL,
            f"The image has {width} x {height} pixels. "
            f"Send one with at least {MINIMUM_SIDE} pixels on each side.",
        )


def _too_large(what: str) -> InputError:
    megapixels = MAXIMUM_PIXELS // 1_000_000
    return InputError(ErrorCode.IMAGE_TOO_LARGE, f"{what} Scale it down to at most {megapixels} megapixels.")


def _simple_mode(image: Image.Image) -> Image.Image:
    """8 bits a channel, no palette, transparency as a channel: L, LA, RGB, RGBA or CMYK."""
    if image.mode.startswith("I"):  # 16-bit grey; Pillow itself keeps the upper 8 bits of 16-bit colour
        deep = np.asarray(image).astype(np.uint32)
        return _with_metadata(Image.fromarray(((deep * 255 + 32_767) // 65_535).astype(np.uint8)), image)
    if image.mode in ("LA", "RGBA"):
        return image
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("L" if image.mode == "1" else "RGB")


def _with_metadata(image: Image.Image, source: Image.Image) -> Image.Image:
    image.info = dict(source.info)
    return image


def _reduced(image: Image.Image) -> Image.Image:
    factor = max(image.size) // _ENOUGH
    return _with_metadata(image.reduce(factor), image) if factor > 1 else image


def _flatten(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB in sRGB over `BACKDROP`, metadata kept."""
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    opaque = image.convert(image.mode.removesuffix("A")) if alpha else image
    rgb = _to_srgb(opaque, profile)
    if alpha:
        rgb = Image.composite(rgb, Image.new("RGB", rgb.size, BACKDROP), alpha)
    return _with_metadata(rgb, image)


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """By the embedded profile; one that is damaged or for other channels is passed over, as browsers do."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), ImageCms.Intent.RELATIVE_COLORIMETRIC, "RGB"
            )
            return converted if converted else image.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return image.convert("RGB")
