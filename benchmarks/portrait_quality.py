"""Generates a talking head, finds the face again in the finished MP4 and says how natural it is.

    .venv/bin/python benchmarks/portrait_quality.py IMAGE AUDIO [--keep FOLDER] [--renderer both]

AUDIO is followed by a second and a half of silence, to see the mouth come to rest. Each figure stands beside
the same figure of a real speaker on video. With --keep, the MP4, a contact sheet (PNG) and the figures (JSON)
stay in FOLDER. With --renderer both, one video of each renderer is measured. With --video, that MP4 of IMAGE
saying AUDIO is measured and none is generated.
"""

import argparse
import json
import tempfile
import wave
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from contact_sheet import write_contact_sheet
from face_figures import Figures, lag, measure
from face_track import Track, track

from morgana.portrait import VideoOptions, generate_video
from morgana.portrait.acting import ActingOptions, aperture, perform
from morgana.portrait.analysis import analyse
from morgana.portrait.image import load_image
from morgana.portrait.rendering import Wanted
from morgana.speech.listening import listen
from morgana.speech.transcript import Phone, Span, Speech
from morgana.video.decode import read_frames
from morgana.video.sound import film_sound, read_sound, stream_sound

Timed = TypeVar("Timed", Phone, Span)

REFERENCE = Path(__file__).resolve().parents[2] / "shared/samples/reference/real-speaker-8s-512x512.mp4"
RATE = 48_000
SILENCE_S = 1.5
_RENDERERS: dict[str, tuple[Wanted, ...]] = {
    "auto": ("auto",),
    "mesh": ("mesh",),
    "learned": ("learned",),
    "both": ("mesh", "learned"),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """lag: of the measured aperture behind the intended: frames, the same to a fraction, correlation."""

    figures: Figures
    lag: tuple[int, float, float]


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        columns = dict(_measured(arguments, folder, Path(scratch)))
        if arguments.reference.exists():
            columns["real speaker"] = measure_reference(arguments.reference)
        report(columns)


def _measured(arguments: argparse.Namespace, folder: Path, scratch: Path) -> Iterator[tuple[str, Measured]]:
    """The figures of the video that is given, or of one of each renderer that is asked for, by name."""
    stem = f"{arguments.image.stem}-{arguments.audio.stem}"
    options = VideoOptions(fps=arguments.fps, expression=arguments.expression, seed=arguments.seed)
    if arguments.video:
        sheet = folder / f"{stem}.png"
        yield (
            "this video",
            measure_generated(arguments.video, arguments.image, arguments.audio, options, sheet),
        )
        return
    audio = scratch / "with-silence.wav"
    add_silence(arguments.audio, audio)
    for wanted in _RENDERERS[arguments.renderer]:
        video = folder / f"{stem}-{wanted}.mp4"
        name = generate_video(arguments.image, audio, video, replace(options, renderer=wanted))
        figures = measure_generated(video, arguments.image, audio, options, video.with_suffix(".png"))
        yield name, figures


def add_silence(audio: Path, output: Path) -> None:
    """Write `audio` as a mono WAV with `SILENCE_S` of silence after it."""
    samples = np.concatenate([piece[0] for piece in stream_sound(audio, RATE, channels=1)])
    padded = np.concatenate([samples, np.zeros(round(SILENCE_S * RATE))])
    with wave.open(str(output), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((padded * 32_767).astype("<i2").tobytes())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("image", type=Path)
    parser.add_argument("audio", type=Path)
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="where the video and the contact sheet stay"
    )
    parser.add_argument("--reference", type=Path, default=REFERENCE, help="an MP4 of a real speaker")
    parser.add_argument("--video", type=Path, help="measure this MP4 instead of generating one")
    parser.add_argument("--renderer", choices=_RENDERERS, default="auto")
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--expression", default="auto")
    parser.add_argument("--seed", type=int, default=0)
    arguments: argparse.Namespace = parser.parse_args()
    return arguments


def measure_generated(video: Path, image: Path, audio: Path, options: VideoOptions, sheet: Path) -> Measured:
    """Against the picture that the video was made from. Written beside the contact sheet as well, as JSON."""
    portrait, sound = analyse(load_image(image)), read_sound(audio)
    found, speech = track(video), listen(sound.samples, sound.rate)
    write_contact_sheet(video, found, sheet)
    figures = measure(video, found, portrait.rgb, portrait.face.landmarks[:, :2], speech)
    acting = ActingOptions(options.fps, options.expression, options.expression_intensity, options.seed)
    measured = Measured(figures, _lag(speech, acting, found))
    sheet.with_suffix(".json").write_text(json.dumps(asdict(measured), indent=1) + "\n")
    return measured


def measure_reference(video: Path) -> Measured:
    """A real speaker, against the first frame of the video.

    The lag is that behind what we would have acted to the same words. It is a matter of how the sound was put
    to the clip, and is taken out before the lips are judged against the phones.
    """
    _, first = next(read_frames(video))
    sound, found = film_sound(video), track(video)
    speech = listen(sound.samples, sound.rate)
    late = _lag(speech, ActingOptions(fps=round(found.fps)), found)
    figures = measure(video, found, first, found.points[0], _moved(speech, late[1] / found.fps))
    return Measured(figures, late)


def _moved(speech: Speech, seconds: float) -> Speech:
    def move(part: Timed) -> Timed:
        return replace(part, start=part.start + seconds, end=part.end + seconds)

    return replace(speech, phones=tuple(map(move, speech.phones)), voiced=tuple(map(move, speech.voiced)))


def _lag(speech: Speech, acting: ActingOptions, found: Track) -> tuple[int, float, float]:
    performance = perform(speech, acting).performance
    return lag(aperture(performance.actions).astype(np.float64), found.aperture)


def report(columns: Mapping[str, Measured]) -> None:
    """Print the figures of each side by side."""
    print(f"{'':44}" + "".join(f"{name:>22}" for name in columns))
    for rows in zip(*map(_rows, columns.values()), strict=True):
        print(f"{rows[0][0]:44}" + "".join(f"{value:>22}" for _, value in rows))


def _rows(measured: Measured) -> list[tuple[str, str]]:
    figures = measured.figures
    return [
        ("face found, share of frames", f"{figures.found:.3f}"),
        ("lip aperture p5 / p50 / p95, interocular", _row(figures.aperture, 3)),
        ("lips closed on p, b, m, share (number)", f"{figures.closed:.2f} ({figures.closures})"),
        ("lag behind the intended aperture, frames", f"{measured.lag[0]} ({measured.lag[1]:+.2f})"),
        ("correlation with the intended aperture", f"{measured.lag[2]:.2f}"),
        ("silence looked at, s", f"{figures.silence:.1f}"),
        ("aperture in silence", f"{figures.silent_aperture:.3f}"),
        (
            "aperture change a frame, silence / speech",
            _row((figures.silent_motion, figures.spoken_motion), 4),
        ),
        ("blinks a minute", f"{figures.blinks_a_minute:.1f}"),
        ("blink length min / median / max, s", _row(figures.blink_lengths, 2)),
        ("eye opening left in a blink", f"{figures.blink_depth:.2f}"),
        ("yaw / pitch / roll deviation, degrees", _row(figures.pose, 1)),
        ("head translation deviation, interocular", f"{figures.translation:.3f}"),
        ("landmark jitter, 1/1000 interocular", f"{1000 * figures.jitter:.2f}"),
        ("identity, mean / least cosine", _row(figures.identity, 3)),
        (
            "sharpness of source: skin / around lips",
            _row((figures.skin_sharpness, figures.mouth_sharpness), 2),
        ),
        ("background PSNR, dB", f"{figures.background_psnr:.1f}"),
        ("background change, worst frame, grey levels", f"{figures.background_motion:.2f}"),
    ]


def _row(values: tuple[float, ...], digits: int) -> str:
    return " / ".join(f"{value:.{digits}f}" for value in values)


if __name__ == "__main__":
    main()
