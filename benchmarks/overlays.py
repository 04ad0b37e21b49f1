"""What four text overlays cost: `python benchmarks/overlays.py [--seconds S] [--turns N] [FILM]`.

Four variants of one film, each with another text in a box, made four ways with the same settings of x264:

1. ours, all at once (with nothing left to decide: what deciding costs comes at the end), and one by one;
2. the `ffmpeg` command with drawtext: four runs, and one run with split=4; same font, size, place and box;
   four runs also with the searches that x264 makes by itself (see `benchmarks/encoding.py`);
3. the floor: one decoding and four encoders, and nothing drawn.

Then what is left of the picture where nothing is drawn, ours and ffmpeg's at the same size of file; what
deciding costs; and whether memory grows with the length. Without FILM it makes one of 1080x1920 at 30 frames
a second with sound, in as many bits as a phone's camera uses.

Each job is a process of its own, and all of it counts, from the start of its interpreter on. Jobs take turns,
so that a busy machine is busy for all; the best of each counts.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from math import log2
from pathlib import Path

import av
import numpy as np
from burn import made, measured, plain
from costs import Cost, in_turns, peak, spent, verdict
from picture_figures import Likeness, likeness

from morgana.overlays.ground import survey
from morgana.overlays.overlay import Overlay
from morgana.overlays.overlaying import Design, design_all, overlay_video
from morgana.text.fonts import face
from morgana.text.geometry import Box
from morgana.video.film import inspect
from morgana.video.film_writer import SEARCH, Quality
from morgana.video.glance import glances

TEXTS = (
    "Three things nobody\ntells you about dogs",
    "I tried this\nfor thirty days",
    "Stop scrolling and\nlook at this face",
    "Here is what happened\nwhen we opened the door",
)
POSITIONS = (0.0, 0.35, 0.65, 1.0)
FAMILY, PIXELS = "Montserrat", 72.0
PHONE = 17_000_000  # bits a second of a film of 1080x1920 at 30 frames a second
GOAL = 0.85  # of the processor's time of four runs of ffmpeg
DECIDING = 0.3  # CPU seconds for four texts
LONGER = 3  # times as long, to see whether memory grows
SPILL = 48  # pixels around a text where prediction may carry traces of it
APART = 0.1  # seconds
SAME_SIZE, TRIES = 0.005, 6  # as a power of two
SETTINGS = Quality()

Job = Callable[[], object]


@dataclass(frozen=True)
class Stage:
    """The folder of a run, with the film in it."""

    place: Path

    def film(self, times: int = 1) -> Path:
        return self.place / f"film{times}.mp4"

    def folder(self, name: str) -> Path:
        folder = self.place / name
        folder.mkdir(exist_ok=True)
        return folder


def wished() -> list[Overlay]:
    """Texts that leave as little open as a drawtext filter does."""
    return [
        Overlay(
            text,
            font=FAMILY,
            size=PIXELS,
            color="#FFFFFF",
            position=position,
            align="left",
            background="box",
            stroke=False,
            shadow=False,
        )
        for text, position in zip(TEXTS, POSITIONS, strict=True)
    ]


# The film


def write_film(stage: Stage, given: Path | None, seconds: float) -> None:
    if given:
        shutil.copyfile(given, stage.film())
    else:
        made(stage.place / "camera.mp4", seconds)
        as_a_phone(stage.place / "camera.mp4", stage.film())
    repeat(stage.film(), stage.film(LONGER), LONGER)


def as_a_phone(source: Path, output: Path) -> None:
    """In as few bits as a phone spends, with a keyframe a second: decoding gets cheaper, for everybody."""
    with av.open(source) as incoming, av.open(output, "w") as outgoing:
        video, sound = incoming.streams.video[0], incoming.streams.audio[0]
        stream = outgoing.add_stream("libx264", rate=video.average_rate, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = video.width, video.height, "yuv420p"
        stream.bit_rate = PHONE
        stream.codec_context.gop_size = round(video.average_rate or 30)
        copy = outgoing.add_stream_from_template(sound)
        for packet in incoming.demux(video, sound):
            if packet.stream is sound and packet.dts is not None:
                packet.stream = copy
                outgoing.mux(packet)
            elif packet.stream is video:
                for frame in video.decode(packet):
                    frame.pict_type = 0
                    outgoing.mux(stream.encode(frame))
        outgoing.mux(stream.encode(None))


def repeat(source: Path, output: Path, times: int) -> None:
    """The same packets several times over, a moment apart: none comes before the last one of its stream."""
    with av.open(output, "w") as outgoing:
        copies: list[av.stream.Stream] = []
        for turn in range(times):
            with av.open(source) as incoming:
                late_by = turn * ((incoming.duration or 0) / av.time_base + APART)
                copies = copies or [outgoing.add_stream_from_template(one) for one in incoming.streams]
                for packet in incoming.demux():
                    if packet.dts is None or packet.pts is None:
                        continue
                    late = round(late_by / packet.time_base)
                    packet.pts, packet.dts = packet.pts + late, packet.dts + late
                    packet.stream = copies[packet.stream_index]
                    outgoing.mux(packet)


# Jobs, each in a process of its own


def work_of(job: str, stage: Stage) -> Job:
    """`floor`, `all`, `one:N`, `long` or `decide`."""
    kind, _, number = job.partition(":")
    if kind == "floor":
        return partial(plain, stage.film(), *(stage.folder(kind) / f"{name}.mp4" for name in range(4)))
    if kind == "decide":
        return partial(decide, stage)
    texts = wished()[int(number) :][:1] if number else wished()
    film = stage.film(LONGER if kind == "long" else 1)
    return partial(make, film, stage.folder(kind), texts)


def make(film: Path, folder: Path, overlays: Sequence[Overlay]) -> None:
    failed = [one for one in overlay_video(film, folder, overlays) if isinstance(one, Exception)]
    if failed:
        raise failed[0]


def decide(stage: Stage) -> None:
    """Everything about four texts, and what that takes once all is loaded."""
    film = inspect(stage.film())

    def all_four() -> None:
        ground = cache(
            lambda start, end: survey(glances(stage.film(), film, start=start, end=end), film.size[0])
        )
        design_all([Overlay(text) for text in TEXTS], film, ground)

    first, again = measured(all_four), measured(all_four)
    (stage.place / "decide").write_text(f"{first[0]} {again[0]}", "ascii")


def do(job: str, stage: Stage) -> None:
    """In the process of a job."""
    work_of(job, stage)()
    (stage.place / "peak").write_text(str(peak()), "ascii")


def ours(job: str, stage: Stage) -> Cost:
    """A job of ours, as it runs where it is installed: with its modules compiled."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(stage.place / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    cost = spent([sys.executable, __file__, "--job", job, "--place", str(stage.place)], environment)
    return Cost(cost.cpu, cost.wall, int((stage.place / "peak").read_text("ascii")))


def one_by_one(stage: Stage) -> Cost:
    return sum((ours(f"one:{number}", stage) for number in range(len(TEXTS))), Cost(0, 0))


# The same with ffmpeg


def designs(stage: Stage) -> list[Design]:
    """What ours draws, so that ffmpeg can be given the same."""
    film = inspect(stage.film())
    seen = survey(glances(stage.film(), film), film.size[0])
    made = design_all(wished(), film, lambda _start, _end: seen)
    return [one for one in made if isinstance(one, Design)]


def covered(design: Design) -> Box:
    """The pixels of the frame that an overlay reaches."""
    rows, columns = np.nonzero(design.patch.rgba[..., 3])
    box = Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    return box.moved(design.patch.x, design.patch.y)


def drawtext(design: Design, text: Path) -> str:
    """The filter that draws the same letters, of the same size, at the same place, in a box as large."""
    setting = design.place.setting
    ink = setting.box.moved(design.place.x, design.place.y)
    steps = len(setting.lines) - 1
    pitch = (setting.lines[-1].bottom - setting.lines[0].bottom) / max(steps, 1)
    letters = ink.height - pitch * steps  # what drawtext takes for the height of a line
    options = {
        "fontfile": face(design.look.family, design.look.weight).path,
        "textfile": text,
        "fontsize": round(setting.size),
        "fontcolor": "white",
        "x": round(ink.left),
        "y": round(ink.top),
        "line_spacing": round(pitch - letters),
        "box": 1,
        "boxcolor": design.paint.plate_colour.replace("#", "0x"),
        "boxborderw": round((covered(design).height - ink.height) / 2),
    }
    return "drawtext=" + ":".join(f"{name}={value}" for name, value in options.items())


def filters(stage: Stage) -> list[str]:
    found = []
    for number, design in enumerate(designs(stage)):
        text = stage.place / f"text{number}.txt"
        text.write_text(TEXTS[number], "utf-8")
        found.append(drawtext(design, text))
    return found


def encoder(crf: float = SETTINGS.crf, search: str = SEARCH) -> list[str]:
    settings = ["-c:v", "libx264", "-preset", SETTINGS.preset, "-crf", f"{crf:.3f}", "-profile:v", "high"]
    settings += ["-x264-params", search] if search else []
    return [*settings, "-g", "60", "-c:a", "copy", "-movflags", "+faststart"]


def ffmpeg(stage: Stage, arguments: Sequence[str]) -> Cost:
    return spent(["ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-i", str(stage.film()), *arguments])


def alone(stage: Stage, drawn: str, number: int, crf: float = SETTINGS.crf, search: str = SEARCH) -> Cost:
    output = stage.folder("ffmpeg") / f"video{number}.mp4"
    return ffmpeg(stage, ["-vf", drawn, *encoder(crf, search), str(output)])


def four_runs(stage: Stage, drawn: Sequence[str], search: str = SEARCH) -> Cost:
    return sum((alone(stage, one, number, search=search) for number, one in enumerate(drawn)), Cost(0, 0))


def split(stage: Stage, drawn: Sequence[str]) -> Cost:
    numbers = range(len(drawn))
    graph = f"[0:v]split={len(drawn)}" + "".join(f"[in{number}]" for number in numbers)
    graph += "".join(f";[in{number}]{drawn[number]}[out{number}]" for number in numbers)
    arguments = ["-filter_complex", graph]
    for number in numbers:
        output = stage.folder("split") / f"video{number}.mp4"
        arguments += ["-map", f"[out{number}]", "-map", "0:a?", *encoder(), str(output)]
    return ffmpeg(stage, arguments)


# The picture


def matched(stage: Stage, drawn: str, size: int) -> float:
    """Have ffmpeg make a file as large as ours, and return the crf that this takes."""
    output = stage.folder("ffmpeg") / "video0.mp4"
    crf, step = float(SETTINGS.crf), 1.0  # step: how much of crf halves a file; grain makes that very little
    tried: list[tuple[float, float]] = []
    for _ in range(TRIES):
        alone(stage, drawn, 0, crf)
        tried.append((crf, log2(output.stat().st_size / size)))
        (used, over), before = tried[-1], tried[-2:-1]
        if abs(over) <= SAME_SIZE:
            break
        if before and before[0][1] != over:
            step = max((used - before[0][0]) / (before[0][1] - over), 0.1)
        crf = used + step * over
    return tried[-1][0]


# Tables


def costs_table(found: dict[str, Cost], base: Cost) -> None:
    print("| | CPU s | to four runs of ffmpeg | wall s | to four runs of ffmpeg |\n|---|---:|---:|---:|---:|")
    for name, cost in found.items():
        print(f"| {name} | {cost.cpu:.2f} | {cost.cpu / base.cpu:.3f} ", end="")
        print(f"| {cost.wall:.2f} | {cost.wall / base.wall:.3f} |")


def compare(stage: Stage, turns: int) -> None:
    """The first table."""
    drawn = filters(stage)
    four = "ffmpeg drawtext, four runs"
    ours("all", stage)  # compiles what is compiled once
    work: dict[str, Callable[[], Cost]] = {
        "ours, all at once": lambda: ours("all", stage),
        four: lambda: four_runs(stage, drawn),
        "the same as x264 comes": lambda: four_runs(stage, drawn, ""),
        "ffmpeg drawtext, split=4": lambda: split(stage, drawn),
        "plain decode, four encoders": lambda: ours("floor", stage),
        "ours, one by one": lambda: one_by_one(stage),
    }
    found = in_turns(work, turns)
    print("## Four variants\n")
    costs_table(found, found[four])
    ratio = found["ours, all at once"].cpu / found[four].cpu
    print(
        f"\nGoal: ours at most {GOAL:.2f} of four runs of ffmpeg: {verdict(met=ratio <= GOAL)}.\n", flush=True
    )


def compare_pictures(stage: Stage) -> None:
    """The second table."""
    mine, theirs = stage.folder("all") / "video0.mp4", stage.folder("ffmpeg") / "video0.mp4"
    drawn, text = filters(stage)[0], covered(designs(stage)[0]).grown(SPILL)
    crf = matched(stage, drawn, mine.stat().st_size)
    print(
        "## The picture outside of the text\n\n| | bytes | crf | PSNR, dB | SSIM |\n|---|---:|---:|---:|---:|"
    )
    quality: list[Likeness] = []
    for name, file, used in (("ours", mine, float(SETTINGS.crf)), ("ffmpeg", theirs, crf)):
        found = likeness(stage.film(), file, [text], every=4)
        print(f"| {name} | {file.stat().st_size} | {used:.2f} | {found.psnr:.3f} | {found.ssim:.5f} |")
        quality.append(found)
    same = quality[0].psnr > quality[1].psnr - 0.05 and quality[0].ssim > quality[1].ssim - 0.001
    print(f"\nGoal: ours no worse, to 0.05 dB and 0.001: {verdict(met=same)}.\n", flush=True)


def growth(stage: Stage, seconds: float) -> None:
    first, again = decided(stage)
    short, long = ours("all", stage), ours("long", stage)
    print(f"Deciding for four texts: {first:.2f} CPU s at first, {again:.2f} once all is loaded ", end="")
    print(f"(wanted: {DECIDING:g}).")
    print(f"Peak memory: {short.memory / 2**20:.0f} MiB for {seconds:g} s, ", end="")
    print(f"{long.memory / 2**20:.0f} MiB for {seconds * LONGER:g} s.")


def decided(stage: Stage) -> list[float]:
    ours("decide", stage)
    return [float(part) for part in (stage.place / "decide").read_text("ascii").split()]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("film", type=Path, nargs="?")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--job", help=argparse.SUPPRESS)
    parser.add_argument("--place", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.job:
        do(given.job, Stage(given.place))
        return
    if not shutil.which("ffmpeg"):
        parser.error("there is no `ffmpeg` command to compare with")
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        write_film(stage, given.film, given.seconds)
        film = inspect(stage.film())
        rate = stage.film().stat().st_size * 8 / film.duration
        print(
            f"{film.size[0]}x{film.size[1]}, {film.fps:.2f} frames a second, {film.duration:.1f} s, ", end=""
        )
        print(f"{rate / 1e6:.1f} Mbit a second; x264 {SETTINGS.preset}, crf {SETTINGS.crf}\n", flush=True)
        compare(stage, given.turns)
        compare_pictures(stage)
        growth(stage, film.duration)


if __name__ == "__main__":
    main()
