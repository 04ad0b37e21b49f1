"""What burning costs: `python benchmarks/burn.py [--seconds S] [--repeat N] [FILM]`.

CPU and wall clock of burning patches like captions, against plain decoding and encoding of the same film with
the same settings. They take turns, so that a busy machine is busy for all; the best of each counts. Without
FILM it makes one of 1080x1920 at 30 frames a second, with sound.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from morgana.video.burn import burn, burn_all
from morgana.video.encode import write_mp4
from morgana.video.film import inspect
from morgana.video.film_writer import SEARCH, Quality
from morgana.video.patch import Draw, Patch
from morgana.video.soundtrack import copied

FLOOR = Quality(crf=23)
SIZE = (1080, 1920)
PATCH = (900, 300)
FRAMES_A_PATCH = 8


def scene(seconds: float, fps: int) -> Iterator[NDArray[np.uint8]]:
    """A soft background, grain of a camera, and something that moves over it."""
    generator = np.random.default_rng(0)
    x, y = np.meshgrid(np.linspace(0, 6, SIZE[0]), np.linspace(0, 10, SIZE[1]))
    soft = np.stack([110 + 60 * np.sin(x), 120 + 50 * np.cos(y), 100 + 40 * np.sin(x + y)], axis=-1)
    grain = [generator.normal(0, 4, (SIZE[1], SIZE[0], 1)) for _ in range(7)]
    for index in range(round(seconds * fps)):
        picture = soft + grain[index % len(grain)]
        column = 100 + round(280 * (1 + np.sin(index / 20)))
        picture[400:1100, column : column + 400] += 60 * np.cos(x[400:1100, :400, None] * 3 + index / 9)
        yield np.clip(picture, 0, 255).astype(np.uint8)


def words(frames_a_patch: int = FRAMES_A_PATCH, fps: float = 30.0) -> Draw:
    """Soft-edged bars about as full as two lines of bold text, another every few frames."""
    width, height = PATCH
    x, y = np.meshgrid(np.arange(width), np.arange(height))

    def patch(seed: int) -> Patch:
        wave = np.sin(x / 17 + seed) * np.sin(y / 38 + 0.4)
        alpha = np.clip(wave * 6 + 0.5, 0, 1)
        colour = np.array([1.0, 0.9, 0.1]) if seed % 2 else np.ones(3)
        rgba = np.concatenate([alpha[..., None] * colour, alpha[..., None]], axis=-1)
        return Patch(90, 1200, np.round(rgba * 255).astype(np.uint8))

    patches = [patch(seed) for seed in range(16)]

    def draw(time: float) -> list[Patch]:
        turn = int(time * fps + 0.5) // frames_a_patch
        original = patches[turn % len(patches)]
        if turn not in shown:
            shown.clear()
            shown[turn] = Patch(original.x, original.y, original.rgba)  # new to the renderer each time
        return [shown[turn]]

    shown: dict[int, Patch] = {}
    return draw


def plain(source: Path, *outputs: Path, quality: Quality = FLOOR) -> None:
    """Decode once, encode for each output, and nothing else: the floor."""
    layout = {"movflags": "+faststart"}
    with ExitStack() as files:
        incoming = files.enter_context(av.open(source))
        video = incoming.streams.video[0]
        video.thread_type = "AUTO"
        outgoing = [files.enter_context(av.open(one, "w", options=layout)) for one in outputs]
        encoders = [_encoder(one, video, quality) for one in outgoing]
        copies = [
            {sound.index: one.add_stream_from_template(sound) for sound in incoming.streams.audio[:1]}
            for one in outgoing
        ]
        for packet in incoming.demux(video, *incoming.streams.audio[:1]):
            if packet.stream is video:
                for frame in video.decode(packet):
                    frame.pict_type = 0
                    for one, stream in zip(outgoing, encoders, strict=True):
                        one.mux(stream.encode(frame))
            elif packet.dts is not None:
                for one, copy in zip(outgoing, copies, strict=True):
                    one.mux(copied(packet, copy[packet.stream_index]))
        for one, stream in zip(outgoing, encoders, strict=True):
            one.mux(stream.encode(None))


def _encoder(output: av.container.OutputContainer, video: av.VideoStream, quality: Quality) -> av.VideoStream:
    options = {"preset": quality.preset, "crf": str(quality.crf), "profile": "high", "x264-params": SEARCH}
    stream = output.add_stream("libx264", rate=video.average_rate, options=options)
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = video.width, video.height, "yuv420p"
    context.time_base = video.time_base or Fraction(1, 30)
    context.thread_type, context.thread_count = "FRAME", min(os.cpu_count() or 1, 8)
    context.gop_size = 60
    return stream


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """(CPU seconds, wall seconds)."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def report(
    name: str, runs: list[tuple[float, float]], floor: list[tuple[float, float]], seconds: float
) -> None:
    cpu, wall = (min(run[index] for run in runs) for index in (0, 1))
    least = [min(run[index] for run in floor) for index in (0, 1)]
    print(
        f"{name:<26}{cpu:7.2f} CPU-s {cpu / least[0]:6.3f}x   {wall:7.2f} s wall {wall / least[1]:6.3f}x   "
        f"{seconds / wall:5.2f} times real time"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("film", type=Path, nargs="?")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        source = given.film or place / "source.mp4"
        if given.film is None:
            made(source, given.seconds)
        compare(source, place, given.repeat)


def made(path: Path, seconds: float) -> None:
    silent = path.with_name("sound.wav")
    write_wav(silent, seconds)
    frames = round(seconds * 30)
    write_mp4(path, scene(seconds, 30), fps=30, size=SIZE, total=frames, audio=silent)


def write_wav(path: Path, seconds: float) -> None:
    with av.open(path, "w", format="wav") as container:
        stream = container.add_stream("pcm_s16le", rate=48_000)
        tone = 8000 * np.sin(np.arange(round(seconds * 48_000)) / 20)
        frame = av.AudioFrame.from_ndarray(tone.astype(np.int16)[None], "s16", "mono")
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def compare(source: Path, place: Path, repeat: int) -> None:
    film = inspect(source)
    print(
        f"{film.size[0]}x{film.size[1]}, {film.fps:.2f} frames a second, {film.duration:.1f} s, {film.codec}"
    )
    one, still, moving = words(), words(10**6), words(1)
    burn(source, place / "warm.mp4", one, quality=FLOOR)
    work: dict[str, Callable[[], object]] = {
        "decode and encode": lambda: plain(source, place / "plain.mp4"),
        "nothing drawn": lambda: burn(source, place / "none.mp4", lambda _: [], quality=FLOOR),
        "a patch that stays": lambda: burn(source, place / "still.mp4", still, quality=FLOOR),
        "changing every 8 frames": lambda: burn(source, place / "words.mp4", one, quality=FLOOR),
        "changing every frame": lambda: burn(source, place / "moving.mp4", moving, quality=FLOOR),
        "four at once": lambda: burn_all(
            source, [(place / f"{index}.mp4", words()) for index in range(4)], quality=FLOOR
        ),
    }
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in work}
    for _ in range(repeat):
        for name, job in work.items():
            runs[name].append(measured(job))
    for name, taken in runs.items():
        report(name, taken, runs["decode and encode"], film.duration)
    sizes = {name: (place / f"{name}.mp4").stat().st_size for name in ("plain", "none", "words")}
    print(", ".join(f"{name} {size / 1e6:.2f} MB" for name, size in sizes.items()))


if __name__ == "__main__":
    main()
