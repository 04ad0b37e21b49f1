"""Put evenly spaced frames of an MP4, or a part of each, side by side in one image."""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from morgana.video.decode import read_frames

HEIGHT = 320  # pixels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", type=Path)
    parser.add_argument("image", type=Path)
    parser.add_argument("--frames", type=int, default=6)
    parser.add_argument("--crop", type=int, nargs=4, metavar=("LEFT", "TOP", "WIDTH", "HEIGHT"))
    wanted = parser.parse_args()
    strip(wanted.video, wanted.image, wanted.frames, wanted.crop)


def strip(video: Path, image: Path, count: int, crop: tuple[int, int, int, int] | None) -> None:
    total = sum(1 for _ in read_frames(video))
    chosen = set(np.linspace(0, total - 1, count + 2, dtype=int)[1:-1].tolist())
    frames = [Image.fromarray(rgb) for index, (_, rgb) in enumerate(read_frames(video)) if index in chosen]
    image.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.hstack([np.asarray(cut(frame, crop)) for frame in frames])).save(image, quality=90)


def cut(frame: Image.Image, crop: tuple[int, int, int, int] | None) -> Image.Image:
    left, top, width, height = crop or (0, 0, *frame.size)
    size = (round(width * HEIGHT / height), HEIGHT)
    box = (left, top, left + width, top + height)
    return frame.resize(size, Image.Resampling.LANCZOS, box=box)


if __name__ == "__main__":
    main()
