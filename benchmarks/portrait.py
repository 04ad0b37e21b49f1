"""Measures speed and memory of the portrait engine, stage by stage.

    .venv/bin/python benchmarks/portrait.py [--image IMAGE] [--speech AUDIO] [--seconds 10 60] [--renderer mesh]

The image is fitted to 720x1280 and the speech repeated to each length. Each length runs in a process of its
own, so that its peak memory is its own. The floor is the same encoder on a picture that stands still, in the
same process: what no renderer can beat.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from morgana.portrait.acting import ActingOptions, act
from morgana.portrait.analysis import analyse
from morgana.portrait.image import load_image
from morgana.portrait.rendering import Wanted, choose
from morgana.video.encode import write_mp4
from morgana.video.sound import read_sound, stream_sound

ASSETS = Path(__file__).resolve().parents[1] / "src/morgana/assets/demo"
RATE = 48_000
FPS = 25


@dataclass(frozen=True, slots=True)
class Run:
    """Wall-clock and CPU seconds of each stage; memory in bytes."""

    seconds: int
    frames: int
    size: tuple[int, int]
    analysis: float
    acting: float
    preparation: float
    rendering: float
    making: float  # rendering and encoding, which overlap
    making_cpu: float
    floor: float
    peak: int


def main() -> None:
    arguments = _arguments()
    if arguments.one:
        print(json.dumps(asdict(run(arguments.image, arguments.speech, arguments.one, arguments.renderer))))
        return
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "portrait.png"
        fit(arguments.image, arguments.size, image)
        print(_HEADER)
        for seconds in arguments.seconds:
            print(line(_in_own_process(image, arguments.speech, seconds, arguments.renderer)), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--image", type=Path, default=ASSETS / "portrait.png")
    parser.add_argument("--speech", type=Path, default=ASSETS / "speech.wav")
    parser.add_argument("--seconds", type=int, nargs="+", default=[10, 60, 180])
    parser.add_argument(
        "--size", type=_size, default=(720, 1280), help="the image is fitted to this: 720x1280"
    )
    parser.add_argument("--renderer", choices=("auto", "mesh", "learned"), default="auto")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments: argparse.Namespace = parser.parse_args()
    return arguments


def _size(text: str) -> tuple[int, int]:
    width, height = text.split("x")
    return int(width), int(height)


def fit(image: Path, size: tuple[int, int], output: Path) -> None:
    """Write the picture cut and scaled to `size`."""
    picture = Image.fromarray(load_image(image).rgb)
    ImageOps.fit(picture, size, Image.Resampling.LANCZOS, centering=(0.5, 0.3)).save(output)


def _in_own_process(image: Path, speech: Path, seconds: int, wanted: Wanted) -> Run:
    command = [
        sys.executable,
        __file__,
        "--image",
        str(image),
        "--speech",
        str(speech),
        "--renderer",
        wanted,
        "--one",
        str(seconds),
    ]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return Run(**json.loads(answer.stdout.splitlines()[-1]))


def run(image: Path, speech: Path, seconds: int, wanted: Wanted) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        audio, output = Path(folder) / "audio.wav", Path(folder) / "out.mp4"
        repeat(speech, seconds, audio)
        clock = Clock()
        sound = read_sound(audio)
        portrait = analyse(load_image(image))
        analysis = clock.lap()
        performance = act(sound.samples, sound.rate, ActingOptions(fps=FPS)).performance
        acting = clock.lap()
        renderer = choose(portrait, wanted)
        preparation = clock.lap()
        cpu = time.process_time()
        frames = Timed(renderer.frames(performance))
        write_mp4(output, frames, fps=FPS, size=portrait.size, total=len(performance), audio=audio)
        making, making_cpu = clock.lap(), time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        still = (portrait.rgb for _ in range(len(performance)))
        write_mp4(output, still, fps=FPS, size=portrait.size, total=len(performance), audio=audio)
        return Run(
            seconds=seconds,
            frames=len(performance),
            size=portrait.size,
            analysis=analysis,
            acting=acting,
            preparation=preparation,
            rendering=frames.spent,
            making=making,
            making_cpu=making_cpu,
            floor=clock.lap(),
            peak=peak,
        )


def repeat(speech: Path, seconds: int, output: Path) -> None:
    """Write `speech` over and over as a mono WAV of exactly that length."""
    samples = np.concatenate([piece[0] for piece in stream_sound(speech, RATE, channels=1)])
    with wave.open(str(output), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((np.resize(samples, seconds * RATE) * 32_767).astype("<i2").tobytes())


class Clock:
    """Wall-clock seconds between its laps."""

    def __init__(self) -> None:
        self._last = time.perf_counter()

    def lap(self) -> float:
        now = time.perf_counter()
        spent, self._last = now - self._last, now
        return spent


class Timed:
    """Hands frames on and adds up the seconds that making them took."""

    def __init__(self, frames: Iterator[NDArray[np.uint8]]) -> None:
        self._frames = frames
        self.spent = 0.0

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        return self

    def __next__(self) -> NDArray[np.uint8]:
        start = time.perf_counter()
        try:
            return next(self._frames)
        finally:
            self.spent += time.perf_counter() - start


_COLUMNS = {
    "audio s": 8,
    "size": 10,
    "analysis s": 11,
    "acting s": 9,
    "prepare s": 10,
    "render fps": 11,
    "encode fps": 11,
    "both fps": 9,
    "CPU ms/frame": 13,
    "of floor": 9,
    "real-time factor": 17,
    "peak MB": 8,
}
_HEADER = "".join(name.rjust(width) for name, width in _COLUMNS.items())


def line(run: Run) -> str:
    """Frames per second of wall-clock time; real-time factor: all stages over the length of the audio."""
    whole = run.analysis + run.acting + run.preparation + run.making
    cells = [
        f"{run.seconds}",
        f"{run.size[0]}x{run.size[1]}",
        f"{run.analysis:.1f}",
        f"{run.acting:.1f}",
        f"{run.preparation:.1f}",
        f"{run.frames / run.rendering:.1f}",
        f"{run.frames / (run.making - run.rendering):.1f}",
        f"{run.frames / run.making:.1f}",
        f"{1000 * run.making_cpu / run.frames:.1f}",
        f"{run.making / run.floor:.2f}x",
        f"{whole / run.seconds:.2f}",
        f"{run.peak / 1e6:.0f}",
    ]
    return "".join(cell.rjust(width) for cell, width in zip(cells, _COLUMNS.values(), strict=True))


if __name__ == "__main__":
    main()
