"""One picture that stands for a film: sharp, neither dark nor empty, at a moment worth looking at."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from morgana.video.film import Limits, inspect, opened
from morgana.video.glance import Glance, glances
from morgana.video.provenance import SourceType, mark_of, xmp

Picture: TypeAlias = NDArray[np.uint8]

LONGER_SIDE: Final = 1280  # pixels at most
_QUALITY: Final = 85
_OURS: Final = Limits(seconds=None, frame_rate=None)  # what we made of a film is within the limits of that
_JUST_S: Final = 0.0005  # containers round times
_FLAT: Final = 0.04  # deviation of brightness below which a picture shows nothing, such as a fade
_ENDS: Final = 0.06  # of the film, at its start and end: people begin and stop there


def write_poster(film: Path, poster: Path, worthy: Callable[[float], bool] = lambda _time: True) -> None:
    """Write to `poster`, as JPEG of at most 1280 pixels a side, the best of 16 moments of a film of ours.

    worthy: whether a moment (seconds) shows what the film is about; if none does, all are as good. What the
    film says of its origin, the picture says as well.
    """
    found = inspect(film, _OURS)
    seen = glances(film, found, limits=_OURS)
    some = [one for one in seen if worthy(one.time)] or seen
    time = _best(some, found.duration).time
    (large, *_) = glances(
        film, found, start=time - _JUST_S, end=time + _JUST_S, longer_side=LONGER_SIDE, limits=_OURS
    )
    with opened(film, _OURS) as reel:
        mark = mark_of(film, reel.container.metadata)
    save_poster(large.rgb, poster, mark)


def save_poster(picture: Picture, poster: Path, mark: SourceType | None = None) -> None:
    """Write a picture, (h, w, 3) uint8 sRGB, as JPEG of at most 1280 pixels a side; mark: of its origin."""
    image = Image.fromarray(picture)
    image.thumbnail((LONGER_SIDE, LONGER_SIDE), Image.Resampling.LANCZOS)
    said = {} if mark is None else {"xmp": xmp(mark)}
    image.save(poster, "JPEG", quality=_QUALITY, progressive=True, **said)


def _best(seen: Sequence[Glance], duration: float) -> Glance:
    """The sharpest, where something is to be seen and not at the very ends."""
    return max(seen, key=lambda one: _worth(one, duration))


def _worth(one: Glance, duration: float) -> float:
    light = cv2.cvtColor(one.rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    if light.std() < _FLAT:
        return float(light.std() - 1)
    # Relative, so that a dark scene is not taken for a blurred one.
    sharpness = float(cv2.Laplacian(light, cv2.CV_32F).std() / light.std())
    place = one.time / duration
    return sharpness * (1.0 if _ENDS < place < 1 - _ENDS else 0.7)
