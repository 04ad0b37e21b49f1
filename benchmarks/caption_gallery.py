"""Every caption template on one sheet, at rest and at three moments of its animation, on dark and bright.

.venv/bin/python benchmarks/caption_gallery.py captions.jpg
.venv/bin/python benchmarks/caption_gallery.py sheet.png --only Neon --only Poem --scale 0.5
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from morgana.captions.drawing import drawing
from morgana.captions.layout import Frame
from morgana.captions.pages import Word
from morgana.captions.template import Template, templates

FRAME = Frame(1080, 1920, "en")
SHOWN = (620, 1330)  # rows of the frame
SAID = "What if your photo could talk, and say 12 things nobody expected? Honestly, it's amazing!"
MOMENTS = (0.18, 0.75, 1.45)  # seconds: coming on, the third word, a later one
TITLE = 20  # pixels
GAP = 10

Pixels = NDArray[np.uint8]


def said() -> list[Word]:
    """The sample, spoken at an ordinary pace."""
    words, now = [], 0.1
    for text in SAID.split():
        length = 0.12 + 0.045 * len(text)
        words.append(Word(text, now, now + length))
        now += length + (0.25 if text[-1] in ".,?!" else 0.02)
    return words


def backgrounds() -> tuple[Pixels, Pixels]:
    """A dark and a bright picture, both with something going on in them."""
    rows, columns = np.mgrid[0 : FRAME.height, 0 : FRAME.width].astype(np.float32)
    waves = np.sin(columns / 61 + np.sin(rows / 83) * 2) + np.sin(rows / 47 + columns / 131)
    dark = np.stack([30 + 9 * waves, 42 + 11 * waves, 60 + 13 * waves], axis=-1)
    bright = np.stack([222 + 12 * waves, 213 + 13 * waves, 198 + 16 * waves], axis=-1)
    return dark.clip(0, 255).astype(np.uint8), bright.clip(0, 255).astype(np.uint8)


def moment(template: Template, time: float, background: Pixels) -> Pixels:
    """(H, W, 3) the frame of `template` at a time."""
    frame = background.astype(np.float32)
    for patch in drawing(template, FRAME, said())(time):
        height, width = patch.rgba.shape[:2]
        alpha = patch.rgba[..., 3:].astype(np.float32) / 255
        under = frame[patch.y : patch.y + height, patch.x : patch.x + width]
        under[:] = under * (1 - alpha) + patch.rgba[..., :3]
    return frame.round().clip(0, 255).astype(np.uint8)


def row(template: Template, scale: float) -> Image.Image:
    """One template: its name, and its moments, on dark and bright in turn; the last one at rest on bright."""
    dark, bright = backgrounds()
    rest = said()[4].start + 0.15
    shots = [(MOMENTS[0], dark), (MOMENTS[1], bright), (MOMENTS[2], dark), (rest, bright)]
    size = (round(FRAME.width * scale), round((SHOWN[1] - SHOWN[0]) * scale))
    sheet = Image.new("RGB", (size[0] * len(shots), size[1] + TITLE), "white")
    ImageDraw.Draw(sheet).text((4, 4), f"{template.name}: {template.summary}", fill="black")
    for index, (time, background) in enumerate(shots):
        shown = Image.fromarray(moment(template, time, background)[SHOWN[0] : SHOWN[1]])
        sheet.paste(shown.resize(size, Image.Resampling.LANCZOS), (index * size[0], TITLE))
    return sheet


def gallery(chosen: Sequence[Template], columns: int, scale: float) -> Image.Image:
    rows = [row(template, scale) for template in chosen]
    width, height = rows[0].width + GAP, rows[0].height + GAP
    lines = -(-len(rows) // columns)
    sheet = Image.new("RGB", (columns * width - GAP, lines * height - GAP), "white")
    for index, one in enumerate(rows):
        sheet.paste(one, (index % columns * width, index // columns * height))
    return sheet


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("output", type=Path, help="PNG or JPEG file to write")
    parser.add_argument("--only", action="append", metavar="NAME", help="a template; may be repeated")
    parser.add_argument("--columns", type=int, default=3)
    parser.add_argument("--scale", type=float, default=0.2)
    arguments = parser.parse_args()
    chosen = [one for one in templates().values() if not arguments.only or one.name in arguments.only]
    gallery(chosen, min(arguments.columns, len(chosen)), arguments.scale).save(arguments.output, quality=82)


if __name__ == "__main__":
    main()
