"""How often a covered mouth is told, and how often an uncovered one is mistaken for one.

    .venv/bin/python benchmarks/covered_mouths.py PICTURE_OR_FOLDER... [--rounds 1] [--sheet sheet.png]

Each picture of one face is judged as it is, mirrored, grey, and coarse; then with each thing of
`drawn_covers.py` before the mouth (at least a third of the lips hidden), and beside it (none). Faces that are
not found with something before them are counted apart: such a picture is refused, or its face is elsewhere.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from drawn_covers import DRAWERS, Drawer, Pixels, Random, before, hidden, scene
from numpy.typing import NDArray

from morgana.errors import InputError
from morgana.portrait import landmarks as lm
from morgana.portrait.detection import choose_face, detect_faces
from morgana.portrait.face_mesh import find_face_mesh
from morgana.portrait.image import fit_output, load_image, resize
from morgana.portrait.learned.covering import covered, mouth_crop
from morgana.portrait.learned.suiting import MAXIMUM_YAW, SURELY_COVERED

LEAST = 1 / 3  # of the lips
MOST_BESIDE = 0.0
TRIES = 60
_KINDS = (".jpg", ".jpeg", ".png", ".webp")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("pictures", type=Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=1, help="how often each thing is drawn on each picture")
    parser.add_argument("--sheet", type=Path, help="a picture of what was judged wrongly, and of some others")
    asked = parser.parse_args()
    sure: dict[str, list[float]] = defaultdict(list)
    shown: dict[str, list[tuple[float, Pixels]]] = defaultdict(list)
    for path in _files(asked.pictures):
        for name, rgb in _shots(path, asked.rounds):
            told = _told(rgb)
            sure[name].append(np.nan if told is None else told[0])
            if told is not None:
                shown[name].append(told)
                if name in _PLAIN and told[0] > SURELY_COVERED:
                    print(f"false alarm: {path} ({name}), {told[0]:.3f}")
    _print(sure)
    if asked.sheet:
        cv2.imwrite(str(asked.sheet), _sheet(shown)[..., ::-1])


def _files(given: list[Path]) -> Iterator[Path]:
    for path in given:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        yield from (file for file in inside if file.suffix.lower() in _KINDS)


_PLAIN = ("as it is", "mirrored", "grey", "coarse")


def _shots(path: Path, rounds: int) -> Iterator[tuple[str, Pixels]]:
    source = load_image(path).rgb
    rgb = resize(source, fit_output(source.shape[1], source.shape[0]))
    marks = _landmarks(rgb)
    if marks is None or abs(lm.head_yaw(marks)) > MAXIMUM_YAW:
        return
    grey = np.repeat(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    small = cv2.resize(rgb, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(small, rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    yield from zip(_PLAIN, (rgb, np.ascontiguousarray(rgb[:, ::-1]), grey, coarse), strict=True)
    for number in range(rounds):
        for index, (name, draw) in enumerate(DRAWERS.items()):
            rng = np.random.default_rng([number, index, *path.name.encode()])
            for kind, beside in ((name, False), (f"beside: {name}", True)):
                made = _covered(rgb, marks, draw, rng, beside=beside)
                if made is not None:
                    yield kind, made


def _covered(
    rgb: Pixels, marks: NDArray[np.float64], draw: Drawer, rng: Random, *, beside: bool
) -> Pixels | None:
    """With something before the mouth, or beside it; None where it would not fit."""
    place = scene(rgb, marks, rng)
    for _ in range(TRIES):
        x, y = rng.normal(0, 0.25, 2)
        if beside:
            x, y = rng.choice([-1, 1]) * rng.uniform(0, 1.3), rng.uniform(0.4, 1.3)
        cover = draw(place, x, y, rng)
        share = hidden(cover, place)
        if (share <= MOST_BESIDE) if beside else (share >= LEAST):
            return before(rgb, cover, place, rng)
    return None


def _landmarks(rgb: Pixels) -> NDArray[np.float64] | None:
    try:
        return find_face_mesh(rgb, choose_face(detect_faces(rgb))).landmarks
    except InputError:
        return None


def _told(rgb: Pixels) -> tuple[float, Pixels] | None:
    marks = _landmarks(rgb)
    return None if marks is None else (covered(rgb, marks), mouth_crop(rgb, marks))


def _print(sure: dict[str, list[float]]) -> None:
    groups: dict[str, list[float]] = defaultdict(list)
    for name, values in sure.items():
        kind = "uncovered" if name in _PLAIN else "beside" if name.startswith("beside") else "covered"
        groups[f"all {kind}"] += values
    for name, values in (*sure.items(), *groups.items()):
        found = np.array([value for value in values if not np.isnan(value)])
        told, lost = int((found > SURELY_COVERED).sum()), len(values) - len(found)
        low, high = np.quantile(found, [0.02, 0.98]) if len(found) else (0, 0)
        print(
            f"{name:22} {told:5} of {len(found):5} told covered, {lost:3} without a face; "
            f"sure {low:.3f} to {high:.3f}"
        )


def _sheet(shown: dict[str, list[tuple[float, Pixels]]]) -> Pixels:
    """A row for each kind: the sixteen that were judged least well."""
    rows = []
    for name, found in shown.items():
        wanted = name in DRAWERS
        worst = sorted(found, key=lambda one: one[0], reverse=not wanted)[:16]
        cells = [crop for _, crop in worst] + [np.zeros_like(found[0][1])] * (16 - len(worst))
        rows.append(np.hstack(cells))
    return np.vstack(rows)


if __name__ == "__main__":
    main()
