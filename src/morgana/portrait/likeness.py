"""A portrait made ready to act, and how it is kept in a file, so that a face is analysed once."""

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

# Of the file and of everything in `analysis` that decides what is in it: raise it when either changes.
_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class FaceMesh:
    """landmarks: (478, 3) in pixels, x right, y down (0 is the middle of the first pixel), z away from the
    camera in the scale of x. blendshapes: the 52 ARKit scores, 0 to 1, by MediaPipe's names."""

    landmarks: NDArray[np.float64]
    blendshapes: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Portrait:
    """A still picture made ready to act.

    rgb: (H, W, 3) uint8 at the size of the video; face: its landmarks and blendshape scores at that size;
    matte: (H, W) float32, 1 on the person; plate: (H, W, 3) uint8, the picture without the person.
    """

    rgb: NDArray[np.uint8]
    face: FaceMesh
    matte: NDArray[np.float32]
    plate: NDArray[np.uint8]

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self.rgb.shape[1], self.rgb.shape[0]


def save_portrait(portrait: Portrait, path: Path) -> None:
    """Keep a portrait in a file of NumPy's npz format, a few megabytes."""
    scores = portrait.face.blendshapes
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            version=np.int64(_VERSION),
            rgb=portrait.rgb,
            landmarks=portrait.face.landmarks,
            blendshape_names=np.array(list(scores), np.str_),
            blendshape_scores=np.array(list(scores.values()), np.float64),
            matte=portrait.matte,
            plate=portrait.plate,
        )


def load_portrait(path: Path) -> Portrait | None:
    """The portrait kept at `path`, exactly as it was; None if the file is damaged or of another version.

    It is to be analysed anew then.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            if int(kept["version"]) != _VERSION:
                return None
            names, scores = kept["blendshape_names"].tolist(), kept["blendshape_scores"].tolist()
            face = FaceMesh(kept["landmarks"], dict(zip(names, scores, strict=True)))
            return Portrait(kept["rgb"], face, kept["matte"], kept["plate"])
    except (OSError, ValueError, KeyError, EOFError, NotImplementedError, zlib.error, zipfile.BadZipFile):
        return None
