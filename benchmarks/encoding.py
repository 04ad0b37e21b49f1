"""What x264's searches are worth: `python benchmarks/encoding.py [--frames N] [FILM ...]`.

Each film is encoded with several settings of x264, at three qualities, on one thread. What counts is how many
more or fewer bits a setting takes for the same PSNR and SSIM of its brightness (the mean over the qualities
that all reach, as in Bjontegaard's VCEG-M33, with straight lines between them), and the processor's time for
a file of the same size. The first setting, x264's "veryfast" as it comes, is what the others are compared
with; the last one is ours. Without a film it makes one of 1080x1920 with grain, as a phone would.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from overlays import Stage, write_film
from picture_figures import likeness

from morgana.video.film_writer import SEARCH

SETTINGS = ("", "me=dia", "partitions=i8x8,i4x4", "bframes=2", "bframes=1", "bframes=0", SEARCH)
QUALITIES = (18.0, 20.5, 23.0)  # crf
EVERY = 5  # frames, of which one is compared
RATE = 30


@dataclass(frozen=True, slots=True)
class Encoded:
    """cpu: seconds. size: bytes. psnr, ssim: dB, the second as -10 log10(1 - SSIM)."""

    cpu: float
    size: int
    psnr: float
    ssim: float


def frames_of(film: Path, count: int) -> list[av.VideoFrame]:
    with av.open(film) as container:
        found = list(islice(container.decode(video=0), count))
    for index, frame in enumerate(found):
        frame.pict_type, frame.pts, frame.time_base = 0, index, Fraction(1, RATE)
    return found


def encoded(frames: Sequence[av.VideoFrame], output: Path, search: str, crf: float) -> float:
    """Write `output`; the CPU seconds that this took."""
    options = {"preset": "veryfast", "crf": str(crf), "profile": "high"}
    if search:
        options["x264-params"] = search
    before = time.process_time()
    with av.open(output, "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = frames[0].width, frames[0].height, "yuv420p"
        stream.codec_context.thread_count = 1
        for frame in [*frames, None]:
            container.mux(stream.encode(frame))
    return time.process_time() - before


def tried(frames: Sequence[av.VideoFrame], place: Path, search: str) -> list[Encoded]:
    found = []
    for crf in QUALITIES:
        output = place / "output.mp4"
        cpu = encoded(frames, output, search, crf)
        seen = likeness(place / "source.mkv", output, [], EVERY)
        found.append(Encoded(cpu, output.stat().st_size, seen.psnr, -10 * np.log10(1 - seen.ssim)))
    return found


def keep(frames: Sequence[av.VideoFrame], output: Path) -> None:
    """Without any loss, to compare with."""
    with av.open(output, "w") as container:
        stream = container.add_stream("ffv1", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = frames[0].width, frames[0].height, "yuv420p"
        for frame in [*frames, None]:
            container.mux(stream.encode(frame))


def more_bits(found: Sequence[Encoded], base: Sequence[Encoded], measure: str) -> float:
    """The mean share of bits that `found` takes beyond those of `base` for the same quality."""

    def curve(runs: Sequence[Encoded]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        points = sorted((getattr(one, measure), np.log(one.size)) for one in runs)
        return np.array([point[0] for point in points]), np.array([point[1] for point in points])

    (mine, bits), (theirs, base_bits) = curve(found), curve(base)
    shared = np.linspace(max(mine[0], theirs[0]), min(mine[-1], theirs[-1]), 20)
    return float(np.expm1(np.mean(np.interp(shared, mine, bits) - np.interp(shared, theirs, base_bits))))


def cpu_at(found: Sequence[Encoded], size: int) -> float:
    points = sorted((one.size, one.cpu) for one in found)
    return float(np.interp(size, [point[0] for point in points], [point[1] for point in points]))


def compare(film: Path, count: int, place: Path) -> None:
    frames = frames_of(film, count)
    keep(frames, place / "source.mkv")
    print(f"\n{film.name}: {frames[0].width}x{frames[0].height}, {len(frames)} frames\n")
    print("| x264 | CPU at the same size | bits for the same PSNR | bits for the same SSIM |")
    print("|---|---:|---:|---:|")
    base = tried(frames, place, SETTINGS[0])
    middle = base[len(base) // 2]
    for search in SETTINGS:
        found = tried(frames, place, search) if search else base
        psnr, ssim = (more_bits(found, base, measure) for measure in ("psnr", "ssim"))
        ratio = cpu_at(found, middle.size) / middle.cpu
        print(f"| veryfast {search} | {ratio:.2f} | {psnr:+.1%} | {ssim:+.1%} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("films", type=Path, nargs="*")
    parser.add_argument("--frames", type=int, default=60)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        films = given.films
        if not films:
            write_film(Stage(place), None, given.frames / RATE)
            films = [Stage(place).film()]
        for film in films:
            compare(film, given.frames, place)


if __name__ == "__main__":
    main()
