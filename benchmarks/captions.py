"""What captions cost and how well speech is heard: `python benchmarks/captions.py [--seconds S] [--all]`.

On one clip of 1080x1920 at 30 frames a second, in which a voice speaks whose word times are known exactly:

1. CPU of ours, of libass (the `ffmpeg` command) and of MoviePy (`--moviepy-python`), against a plain decode
   and encode with the same x264 settings; memory of ours for the clip and for one three times as long.
2. Recognition: how fast, the errors in words, and how far the starts of words are off.
3. CPU of templates against that floor, and of their drawing alone.

Each job runs in a process of its own, and counts from when its modules are imported. Jobs take turns, so that
a busy machine is busy for all; the best of each counts.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import cycle
from pathlib import Path

import av
import numpy as np
from burn import FLOOR, SIZE, measured, plain, scene
from costs import Cost, in_turns, peak, spent, verdict
from numpy.typing import NDArray
from speech_figures import errors, spoken_words, start_errors

from morgana.captions.captioning import transcribe
from morgana.captions.drawing import drawing
from morgana.captions.layout import Frame, fits
from morgana.captions.pages import Page, Word, paginate
from morgana.captions.template import Template, templates
from morgana.speech import transcript
from morgana.speech.speaking import speak
from morgana.speech.utterance import TimedWord, Utterance
from morgana.text.fonts import face
from morgana.video.burn import burn
from morgana.video.encode import write_mp4
from morgana.video.film import inspect

FPS = 30
VOICE = "heart"
SAID = (
    "What if your photo could talk?",
    "Honestly, it is amazing.",
    "Nobody expected this to work at home, but here we are.",
    "Take one picture, write what it should say, and watch.",
    "Every word lights up at the moment when somebody says it.",
    "The video stays as sharp as it was.",
)
DEAREST = ("Glow", "Cygnus A", "Nova", "Milky Way", "Neon", "Minima")
LONGER = 3  # times as long, to see whether memory grows
GOALS = {"ours": 1.10, "templates": 1.25, "speed": 4.0, "starts": 0.040}
LINE_TO_EM = 1.219  # an .ass measures Montserrat by its lines, a template by its em

Job = Callable[[], object]


@dataclass(frozen=True)
class Stage:
    """The folder of a run: the clip and what is said in it, written once and read by every job."""

    place: Path

    def film(self, times: int = 1) -> Path:
        return self.place / f"clip{times}.mp4"

    def words(self, times: int = 1) -> list[Word]:
        """What is said in the clip, as often as it is repeated."""
        length = inspect(self.film()).duration
        return [
            Word(word.text, word.start + turn * length, word.end + turn * length)
            for turn in range(times)
            for word in self.said()
        ]

    def said(self) -> list[TimedWord]:
        saved = json.loads((self.place / "words.json").read_text("utf-8"))
        return [TimedWord(**{**word, "phonemes": ()}) for word in saved]

    @property
    def output(self) -> Path:
        return self.place / f"out{os.getpid()}.mp4"


# The clip


def utterances(seconds: float) -> Iterator[Utterance]:
    """Whole sentences, as many as there is time for."""
    fitting: list[str] = []
    for sentence in cycle(SAID):
        tried = list(speak(" ".join([*fitting, sentence]), VOICE))
        if tried[-1].words[-1].end > seconds:
            break
        fitting.append(sentence)
    return speak(" ".join(fitting), VOICE)


def write_clip(stage: Stage, seconds: float) -> None:
    """The clip, what is said in it, and the clip three times over."""
    spoken = list(utterances(seconds))
    words = [replace(word, phonemes=()) for utterance in spoken for word in utterance.words]
    (stage.place / "words.json").write_text(json.dumps([asdict(word) for word in words]), "utf-8")
    rate, count = spoken[0].rate, round(seconds * spoken[0].rate)
    voice = np.concatenate([utterance.samples for utterance in spoken])[:count]
    voice = np.pad(voice, (0, count - len(voice)))
    write(stage.film(), scene(seconds, FPS), voice, rate)
    write(stage.film(LONGER), again(stage.film(), LONGER), np.tile(voice, LONGER), rate)


def write(path: Path, frames: Iterator[NDArray[np.uint8]], voice: NDArray[np.float32], rate: int) -> None:
    sound = path.with_suffix(".wav")
    with av.open(sound, "w", format="wav") as container:
        stream = container.add_stream("pcm_s16le", rate=rate)
        samples = (voice.clip(-1, 1) * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples[None], "s16", "mono")
        frame.sample_rate = rate
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    write_mp4(path, frames, fps=FPS, size=SIZE, total=round(len(voice) / rate * FPS), audio=sound)


def again(film: Path, times: int) -> Iterator[NDArray[np.uint8]]:
    for _ in range(times):
        with av.open(film) as container:
            for frame in container.decode(video=0):
                yield frame.to_ndarray(format="rgb24").astype(np.uint8)


# The same captions for others


def template(name: str) -> Template:
    return next(one for one in templates().values() if one.name == name)


def pages(chosen: Template, words: Sequence[Word]) -> list[Page]:
    return paginate(words, chosen.layout.words, partial(fits, chosen, Frame(*SIZE, "en")))


def states(page: Page) -> Iterator[tuple[int, float, float]]:
    """Which word of a page is lit, from when to when."""
    ends = [word.start for word in page.words[1:]] + [page.end]
    for index, (word, end) in enumerate(zip(page.words, ends, strict=True)):
        yield index, word.start, end


def ass(chosen: Template, words: Sequence[Word]) -> str:
    """The captions as libass has them: an event for each word, which is yellow in it."""
    size = chosen.layout.size * LINE_TO_EM
    head = (
        f"[Script Info]\nScriptType: v4.00+\nPlayResX: {SIZE[0]}\nPlayResY: {SIZE[1]}\n\n[V4+ Styles]\n"
        "Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, Bold, Outline, Shadow, "
        "Alignment, MarginL, MarginR, MarginV\n"
        f"Style: Default,Montserrat Black,{size:.0f},&H00FFFFFF,&H00000000,&H00000000,0,6,6,5,70,90,0\n\n"
        "[Events]\nFormat: Layer, Start, End, Style, Text\n"
    )
    events = [
        f"Dialogue: 0,{_stamp(start)},{_stamp(end)},Default,{_lit(page, index)}\n"
        for page in pages(chosen, words)
        for index, start, end in states(page)
    ]
    return head + "".join(events)


def _lit(page: Page, lit: int) -> str:
    texts = [word.text.upper() for word in page.words]
    texts[lit] = r"{\c&H0AD6FF&}" + texts[lit] + r"{\c&HFFFFFF&}"
    return " ".join(texts)


def _stamp(seconds: float) -> str:
    return f"{int(seconds // 3600)}:{int(seconds // 60 % 60):02}:{seconds % 60:05.2f}"


MOVIEPY = """
import json, resource, sys, time
from moviepy import CompositeVideoClip, TextClip, VideoFileClip
source, output, font, size, states = sys.argv[1:]
def work():
    film = VideoFileClip(source)
    texts = [
        TextClip(font=font, text=text, font_size=int(size), color="white", stroke_color="black",
                 stroke_width=6, method="caption", text_align="center", size=(920, None))
        .with_start(start).with_duration(end - start).with_position(("center", 1040))
        for text, start, end in json.loads(states)
    ]
    CompositeVideoClip([film, *texts]).write_videofile(
        output, fps=30, codec="libx264", preset="veryfast", audio_codec="aac", logger=None,
        ffmpeg_params=["-crf", "23", "-profile:v", "high", "-g", "60"])
def cpu():
    whole = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in whole)
before, wall = cpu(), time.perf_counter()
work()
print(json.dumps({"cpu": cpu() - before, "wall": time.perf_counter() - wall}))
"""


# Jobs, each in a process of its own


def captioned(stage: Stage, chosen: Template, times: int = 1) -> None:
    draw = drawing(chosen, Frame(*SIZE, "en"), stage.words(times))
    burn(stage.film(times), stage.output, draw, quality=FLOOR)


def drawn(stage: Stage, chosen: Template) -> None:
    """What is laid over every frame of the clip, and nothing else."""
    draw = drawing(chosen, Frame(*SIZE, "en"), stage.words())
    for moment in inspect(stage.film()).times:
        draw(float(moment))


def work_of(job: str, stage: Stage) -> Job:
    """`plain`, `ours:TEMPLATE`, `long:TEMPLATE` or `draw:TEMPLATE`."""
    kind, _, name = job.partition(":")
    if kind == "plain":
        return lambda: plain(stage.film(), stage.output)
    chosen = template(name)
    if kind == "draw":
        return lambda: drawn(stage, chosen)
    return lambda: captioned(stage, chosen, LONGER if kind == "long" else 1)


def do(job: str, stage: Stage) -> None:
    """In the process of a job: do it and print what it took."""
    if job == "hear":
        print(json.dumps(heard(stage)))
        return
    cpu, wall = measured(work_of(job, stage))
    print(json.dumps({"cpu": cpu, "wall": wall, "memory": peak()}))
    stage.output.unlink(missing_ok=True)


def started(job: str, stage: Stage) -> str:
    command = [sys.executable, __file__, "--job", job, "--place", str(stage.place)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def ours(job: str, stage: Stage) -> Cost:
    return Cost(**json.loads(started(job, stage).splitlines()[-1]))


def ffmpeg(stage: Stage, command: str, *, subtitles: bool) -> Cost:
    """The `ffmpeg` command with the settings of the floor: all of its process counts."""
    fonts = face("Montserrat", 900).path.parent
    drawn = ["-vf", f"ass={stage.place / 'words.ass'}:fontsdir={fonts}"] if subtitles else []
    settings = ["-c:v", "libx264", "-preset", FLOOR.preset, "-crf", str(FLOOR.crf), "-profile:v", "high"]
    output = str(stage.place / "ffmpeg.mp4")
    rest = ["-g", "60", "-c:a", "copy", "-movflags", "+faststart", "-loglevel", "error", "-y", output]
    return spent([command, "-nostdin", "-i", str(stage.film()), *drawn, *settings, *rest])


def moviepy(stage: Stage, python: Path, chosen: Template) -> Cost:
    """MoviePy with a `TextClip` for each word that is lit (all of it white: it has no mixed colours)."""
    shown = [
        (" ".join(word.text.upper() for word in page.words), start, end)
        for page in pages(chosen, stage.words())
        for _, start, end in states(page)
    ]
    font, size = str(face("Montserrat", 900).path), f"{chosen.layout.size:.0f}"
    output = str(stage.place / "moviepy.mp4")
    script = [str(python), "-c", MOVIEPY, str(stage.film()), output, font, size, json.dumps(shown)]
    done = subprocess.run(script, check=True, stdout=subprocess.PIPE, text=True)
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


# Recognition


def heard(stage: Stage) -> dict[str, float]:
    """Speed with models loaded and without, and errors of what is recognised."""
    film, words = inspect(stage.film()), stage.said()
    _, first = measured(lambda: transcribe(stage.film(), film))
    found = transcribe(stage.film(), film)
    warm = min(measured(lambda: transcribe(stage.film(), film))[1] for _ in range(2))
    said, got = (" ".join(word.text for word in those) for those in (words, found.words))
    expected = spoken_words(said, "en-US")
    placed = [transcript.Word(word.text, word.start, word.end, 1.0) for word in found.words]
    off = np.abs(start_errors(words, placed))
    return {
        "first": film.duration / first,
        "warm": film.duration / warm,
        "words": len(expected),
        "wrong": errors(expected, spoken_words(got, "en-US")),
        "placed": len(off),
        "mean": float(off.mean()),
        "worst": float(off.max()),
    }


# Tables


def costs_table(found: dict[str, Cost], seconds: float) -> None:
    floor = found["plain decode and encode"]
    print("| | CPU s | to the floor | wall s | times real time |\n|---|---:|---:|---:|---:|")
    for name, cost in found.items():
        print(
            f"| {name} | {cost.cpu:.2f} | {cost.cpu / floor.cpu:.3f} | {cost.wall:.2f} "
            f"| {seconds / cost.wall:.2f} |"
        )


def compare(stage: Stage, given: argparse.Namespace) -> None:
    """The first table."""
    chosen = template(given.template)
    work: dict[str, Callable[[], Cost]] = {
        "plain decode and encode": lambda: ours("plain", stage),
        f"ours, {chosen.name}": lambda: ours(f"ours:{chosen.name}", stage),
    }
    command, skipped = shutil.which("ffmpeg"), []
    if command:
        (stage.place / "words.ass").write_text(ass(chosen, stage.words()), "utf-8")
        work["ffmpeg, nothing drawn"] = partial(ffmpeg, stage, command, subtitles=False)
        work["ffmpeg with libass"] = partial(ffmpeg, stage, command, subtitles=True)
    else:
        skipped.append("libass was skipped: there is no `ffmpeg` command.")
    found = in_turns(work, given.turns)
    if given.moviepy_python:
        found["MoviePy (once)"] = moviepy(stage, given.moviepy_python, chosen)
    else:
        skipped.append("MoviePy was skipped: give `--moviepy-python`.")
    print("## Captions from given words\n")
    costs_table(found, given.seconds)
    one, long = found[f"ours, {chosen.name}"], ours(f"long:{chosen.name}", stage)
    ratio = one.cpu / found["plain decode and encode"].cpu
    print(f"\nGoal: ours at most {GOALS['ours']:.2f} of the floor: {verdict(met=ratio <= GOALS['ours'])}.")
    print(
        f"Peak memory of ours: {one.memory / 2**20:.0f} MiB for {given.seconds:g} s, "
        f"{long.memory / 2**20:.0f} MiB for {given.seconds * LONGER:g} s."
    )
    print("\n".join(skipped), flush=True)


def compare_templates(stage: Stage, names: Sequence[str], turns: int) -> None:
    """The third table, the dearest first."""
    jobs = ["plain", *(f"{kind}:{name}" for name in names for kind in ("ours", "draw"))]
    found = in_turns({job: partial(ours, job, stage) for job in jobs}, turns)
    floor, frames = found["plain"].cpu, len(inspect(stage.film()).times)
    print("## Templates\n\n| | CPU s | to the floor | | drawing, ms a frame |\n|---|---:|---:|---|---:|")
    for name in sorted(names, key=lambda name: -found[f"ours:{name}"].cpu):
        cost, drawing_cost = found[f"ours:{name}"].cpu, found[f"draw:{name}"].cpu * 1000 / frames
        met = verdict(met=cost / floor <= GOALS["templates"])
        print(f"| {name} | {cost:.2f} | {cost / floor:.3f} | {met} | {drawing_cost:.2f} |")
    print(f"\nFloor {floor:.2f} CPU s. Goal: at most {GOALS['templates']:.2f} of it.\n")


def recognition(stage: Stage) -> None:
    """The second table."""
    found = json.loads(started("hear", stage).splitlines()[-1])
    print("## Recognition\n\n| | | goal | |\n|---|---:|---:|---|")
    fast, exact = found["warm"] >= GOALS["speed"], found["mean"] <= GOALS["starts"]
    print(
        f"| times real time, models loaded | {found['warm']:.2f} | {GOALS['speed']:g} | {verdict(met=fast)} |"
    )
    print(f"| times real time, first time in a process | {found['first']:.2f} | | |")
    print(f"| word error rate ({found['wrong']} of {found['words']}) ", end="")
    print(f"| {found['wrong'] / found['words']:.1%} | | |")
    print(f"| mean error of word starts, ms ({found['placed']} words) | {found['mean'] * 1000:.0f} ", end="")
    print(f"| {GOALS['starts'] * 1000:.0f} | {verdict(met=exact)} |")
    print(f"| worst error of a word start, ms | {found['worst'] * 1000:.0f} | | |\n", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--template", default="Alhena", metavar="NAME")
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--all", action="store_true", help="measure every template")
    parser.add_argument("--moviepy-python", type=Path, metavar="PATH", help="an interpreter with MoviePy 2")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    parser.add_argument("--place", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    given = arguments()
    if given.job:
        do(given.job, Stage(given.place))
        return
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        write_clip(stage, given.seconds)
        compare(stage, given)
        names = [one.name for one in templates().values()] if given.all else DEAREST
        recognition(stage)
        compare_templates(stage, names, given.turns)


if __name__ == "__main__":
    main()
