"""Texts over films when nothing but the text is given, and the five looks by name, on one sheet.

    .venv/bin/python benchmarks/overlay_gallery.py overlays.jpg --photographs FOLDER

FOLDER is `skimage/data` of scikit-image, which the project does not need otherwise:
`pip install --no-deps --target FOLDER scikit-image`. Each picture is a frame of a finished film.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
from overlay_scenes import TALL, Picture, Pixels, Scene, scenes, skyline
from PIL import Image, ImageDraw

from morgana.overlays.look import looks
from morgana.overlays.overlay import Overlay
from morgana.overlays.overlaying import overlay_video
from morgana.video.encode import write_mp4

FRAMES, FPS, SHOWN = 8, 8, 4
ROWS = (6, 3, 3)  # pictures of the scenes
LOOK_TEXT = "Saturdays are for slow mornings"
WIDTH, GAP, TITLE = 1600, 12, 22  # pixels of the sheet
GROUND, INK = "#ffffff", "#555555"


def finished(picture: Picture, overlay: Overlay, folder: Path) -> Image.Image:
    """A frame from the middle of the film of `picture` with the overlay."""
    frames = [picture(index / (FRAMES - 1)) for index in range(FRAMES)]
    film = folder / "film.mp4"
    write_mp4(film, frames, fps=FPS, size=(frames[0].shape[1], frames[0].shape[0]), total=FRAMES)
    (made,) = overlay_video(film, folder, [overlay])
    if isinstance(made, Exception):
        raise made
    return Image.fromarray(frame(made, SHOWN))


def frame(film: Path, number: int) -> Pixels:
    with av.open(film) as container:
        for index, one in enumerate(container.decode(video=0)):
            if index == number:
                return np.asarray(one.to_ndarray(format="rgb24"), np.uint8)
    raise ValueError(f"{film} has no frame {number}")


def row(pictures: Sequence[tuple[str, Image.Image]]) -> Image.Image:
    """Pictures of one height, together as wide as the sheet, each with its title above it."""
    room = WIDTH - GAP * (len(pictures) - 1)
    height = round(room / sum(image.width / image.height for _, image in pictures))
    strip = Image.new("RGB", (WIDTH, height + TITLE), GROUND)
    left = 0.0
    for title, image in pictures:
        width = image.width / image.height * height
        edges = round(left), round(left + width)
        shown = image.resize((edges[1] - edges[0], height), Image.Resampling.LANCZOS)
        strip.paste(shown, (edges[0], TITLE))
        ImageDraw.Draw(strip).text((edges[0], 4), title, fill=INK)
        left += width + GAP
    return strip


def sheet(rows: Sequence[Image.Image]) -> Image.Image:
    whole = Image.new("RGB", (WIDTH, sum(one.height + GAP for one in rows) - GAP), GROUND)
    top = 0
    for one in rows:
        whole.paste(one, (0, top))
        top += one.height + GAP
    return whole


def defaults(chosen: Sequence[Scene], folder: Path) -> list[Image.Image]:
    made = [(one.name, finished(one.picture, Overlay(one.text), folder)) for one in chosen]
    starts = [sum(ROWS[:index]) for index in range(len(ROWS))]
    return [row(made[start : start + count]) for start, count in zip(starts, ROWS, strict=True)]


def by_name(folder: Path) -> Image.Image:
    """The looks, on one and the same film."""

    def evening(time: float) -> Pixels:
        return skyline(TALL, time)

    return row([(name, finished(evening, Overlay(LOOK_TEXT, font=name), folder)) for name in looks()])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("output", type=Path, help="PNG or JPEG file to write")
    parser.add_argument("--photographs", type=Path, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = [*defaults(scenes(arguments.photographs), Path(folder)), by_name(Path(folder))]
    sheet(rows).save(arguments.output, quality=80)


if __name__ == "__main__":
    main()
