"""What a template looks like: a short film of sample words over a moving background, and a picture of it.

`python -m morgana.captions.preview film ID PATH` and `... posters ID PATH ID PATH ...` make them in a process
of their own. What cannot be made is left out; then the last line on standard output is
`{"code": ..., "message": ...}` of the first such, and the process ends with 1.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from morgana.captions.drawing import drawing
from morgana.captions.layout import Frame
from morgana.captions.pages import Word
from morgana.captions.template import Template, templates
from morgana.errors import InputError
from morgana.video.encode import write_mp4
from morgana.video.patch import Draw, Patch

SIZE: Final = (540, 960)  # width, height
SECONDS: Final = 3
TEXT: Final = "Every word lights up the moment you say it."
_FPS: Final = 30
_FIRST, _STEP, _SAID = 0.1, 0.29, 0.26  # seconds: to the first word, from word to word, that a word lasts
POSTER_AT: Final = 0.93  # seconds: a page is there, and its third word is nearly said
_TRAVEL: Final = 240  # pixels that the background moves
_NICENESS: Final = 5  # whoever serves, on the same cores, stays quick to answer


def film_template(template: Template, target: Path) -> None:
    """Write three seconds of 540x960 to `target` (MP4).

    The same template gives the same pixels. Raises InputError where a font is not installed.
    """
    total = SECONDS * _FPS
    write_mp4(target, _frames(_drawing(template), total), fps=_FPS, size=SIZE, total=total)


def draw_poster(template: Template, target: Path) -> None:
    """Write one frame of that film to `target` (JPEG). Raises as `film_template`."""
    picture = _frame(_scenery(), _drawing(template), POSTER_AT)
    Image.fromarray(picture).save(target, "JPEG", quality=88)


def _drawing(template: Template) -> Draw:
    return drawing(template, Frame(*SIZE, language="en"), _words())


def _words() -> list[Word]:
    starts = [(_FIRST + index * _STEP, text) for index, text in enumerate(TEXT.split())]
    return [Word(text, start, start + _SAID) for start, text in starts]


def _frames(draw: Draw, total: int) -> Iterator[NDArray[np.uint8]]:
    scenery = _scenery()
    for index in range(total):
        yield _frame(scenery, draw, index / _FPS)


def _frame(scenery: NDArray[np.uint8], draw: Draw, time: float) -> NDArray[np.uint8]:
    width, _ = SIZE
    moved = round(_TRAVEL * time / SECONDS)
    return _over(scenery[:, moved : moved + width], draw(time))


@cache
def _scenery() -> NDArray[np.uint8]:
    """(960, 780, 3): two soft lights in dusk, neither bright nor dark, on which every colour can be seen."""
    width, height = SIZE[0] + _TRAVEL, SIZE[1]
    y, x = np.mgrid[0:height, 0:width] / SIZE[0]
    warm = np.exp(-((x - 0.35) ** 2 + (y - 0.5) ** 2) / 0.18)[..., None] * (96.0, 62.0, 34.0)
    cool = np.exp(-((x - 1.15) ** 2 + (y - 1.3) ** 2) / 0.25)[..., None] * (20.0, 58.0, 84.0)
    dusk = np.array((62.0, 66.0, 78.0)) + 12.0 * (1 - y / y.max())[..., None]
    grain = np.random.default_rng(0).uniform(-0.5, 0.5, (height, width, 1))  # no steps in the gradients
    scenery: NDArray[np.uint8] = np.rint(np.clip(dusk + warm + cool + grain, 0, 255)).astype(np.uint8)
    return scenery


def _over(picture: NDArray[np.uint8], patches: Sequence[Patch]) -> NDArray[np.uint8]:
    """The picture (h, w, 3) with the patches over it, the lowest first."""
    height, width = picture.shape[:2]
    result = picture.copy()
    for patch in patches:
        top, left = max(patch.y, 0), max(patch.x, 0)
        rgba = patch.rgba[top - patch.y : height - patch.y, left - patch.x : width - patch.x]
        if not rgba.size:
            continue
        place = result[top : top + rgba.shape[0], left : left + rgba.shape[1]]
        kept = place * (255 - rgba[..., 3:].astype(np.uint16))
        place[...] = np.minimum(rgba[..., :3] + (kept + 127) // 255, 255).astype(np.uint8)
    return result


def main() -> None:
    kind, *pairs = sys.argv[1:]
    make = {"film": film_template, "posters": draw_poster}[kind]
    os.nice(_NICENESS)
    refusals = []
    for template, target in zip(pairs[::2], pairs[1::2], strict=True):
        try:
            make(templates()[template], Path(target))
        except InputError as error:
            refusals.append(error)
    if refusals:
        said = {"code": refusals[0].code.value, "message": refusals[0].message}
        print(json.dumps(said), flush=True)  # noqa: T201
        sys.exit(1)


if __name__ == "__main__":
    main()
