"""Measures how much sooner a video begins if its actor was analysed before.

    .venv/bin/python benchmarks/actors.py [--image IMAGE] [--side PIXELS] [--runs 5]

The same script is spoken by the same face, once from the picture and once from the analysis that is kept with
an actor, in turns. Each run is a child process as a worker starts it; counted are the seconds from its start
to its first frame, by the clock and of the processor, which a busy machine does not stretch as much.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from morgana.jobs.pipelines import PIPELINES
from morgana.jobs.task import Task

DEMO = Path(__file__).resolve().parents[1] / "src/morgana/assets/demo/portrait.png"
OPTIONS = {
    "fps": 25,
    "expression": "auto",
    "expression_intensity": 0.5,
    "seed": 0,
    "script": "Good morning, everybody.",
    "voice_id": "heart",
    "speed": 1.0,
}
FRAMES_BEGIN = 0.25  # share of the work at which `generate_video` reports its first frame


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds by the clock and of the processor."""

    wall: float
    processor: float


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        picture = folder / "picture.png"
        with Image.open(arguments.image) as image:
            scale = (arguments.side or max(image.size)) / max(image.size)
            size = (round(image.width * scale), round(image.height * scale))
            image.convert("RGB").resize(size).save(picture)
        before = time.perf_counter()
        for _ in _reports("actor", {"image": picture}, folder / "actor", {}):
            pass
        analysis = time.perf_counter() - before
        kept = folder / "actor" / "portrait.npz"
        inputs = {"picture": {"image": picture}, "analysis": {"image": picture, "portrait": kept}}
        times: dict[str, list[Times]] = {kind: [] for kind in inputs}
        for run in range(arguments.runs):
            for kind, files in inputs.items():
                times[kind].append(_to_first_frame(files, folder / f"{kind}-{run}"))
        print(f"{size[0]}x{size[1]}; the analysis: {analysis:.1f} s once, {kept.stat().st_size / 1e6:.1f} MB")
        for kind, runs in times.items():
            wall, processor = _spread([one.wall for one in runs]), _spread([one.processor for one in runs])
            print(f"first frame from the {kind}: after {wall} s by the clock, {processor} s of the processor")


def _to_first_frame(inputs: dict[str, Path], folder: Path) -> Times:
    start = time.perf_counter()
    for child, share in _reports("generation", inputs, folder, OPTIONS):
        if share > FRAMES_BEGIN:
            return Times(time.perf_counter() - start, _processor_seconds(child))
    raise RuntimeError("the job ended without a frame")


def _processor_seconds(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _reports(
    kind: str, inputs: dict[str, Path], folder: Path, options: dict[str, object]
) -> Iterator[tuple[int, float]]:
    """The process id of a child, and the progress that it reports, as it does."""
    folder.mkdir()
    files = {name: str(path) for name, path in inputs.items()}
    task = Task(PIPELINES[kind], files, str(folder), dict(options), os.getpid())
    command = [sys.executable, "-m", "morgana.jobs.child"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        assert child.stdin
        assert child.stdout
        child.stdin.write(task.to_json())
        child.stdin.close()
        try:
            for line in child.stdout:
                report = json.loads(line)
                if "progress" not in report:
                    assert report == {"finished": True}, report
                    return
                yield child.pid, report["progress"]
        finally:
            child.kill()


def _spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f} to {max(seconds):.2f})"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--image", type=Path, default=DEMO)
    parser.add_argument("--side", type=int, help="longest side that the picture is scaled to")
    parser.add_argument("--runs", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
