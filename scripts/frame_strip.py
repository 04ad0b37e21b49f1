"""Put evenly spaced frames of an MP4 side by side: frame_strip.py VIDEO IMAGE [FRAMES]."""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from morgana.video.decode import Picture, read_frames

HEIGHT = 320  # pixels


def main(video: Path, image: Path, count: int = 6) -> None:
    frames = sum(1 for _ in read_frames(video))
    chosen = set(np.linspace(0, frames - 1, count + 2, dtype=int)[1:-1].tolist())
    pictures = [scaled(picture) for index, (_, picture) in enumerate(read_frames(video)) if index in chosen]
    image.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.hstack(pictures)).save(image, quality=90)


def scaled(picture: Picture) -> Picture:
    height, width, _ = picture.shape
    small = Image.fromarray(picture).resize(
        (round(width * HEIGHT / height), HEIGHT), Image.Resampling.LANCZOS
    )
    return np.asarray(small)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
