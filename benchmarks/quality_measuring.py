"""Makes films of a portrait and measures them. Used by `portrait_quality.py`."""

import json
import wave
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from contact_sheet import write_contact_sheet
from face_figures import Figures, lag, measure
from face_track import Track, track
from mouth_figures import MouthFigures, Openings, find_openings, measure_mouth

from morgana.portrait import VideoOptions, generate_video
from morgana.portrait.acting import ActingOptions, aperture, perform
from morgana.portrait.analysis import analyse
from morgana.portrait.image import load_image
from morgana.portrait.learned.suiting import unsuited
from morgana.portrait.likeness import Portrait
from morgana.portrait.renderer import RendererName
from morgana.portrait.rendering import Wanted, choose
from morgana.speech.listening import listen
from morgana.speech.transcript import Phone, Span, Speech
from morgana.video.decode import read_frames
from morgana.video.sound import film_sound, read_sound, stream_sound

Timed = TypeVar("Timed", Phone, Span)

RATE: Final = 48_000
SILENCE_S: Final = 1.5


@dataclass(frozen=True, slots=True)
class Measured:
    """lag: of the measured aperture behind the intended: frames, the same to a fraction, correlation.

    mouth: of the renderer that made the film; None where that is not known. unsuited: why "auto" would not
    take the learned renderer for this portrait; None if it would.
    """

    figures: Figures
    lag: tuple[int, float, float]
    mouth: MouthFigures | None = None
    unsuited: str | None = None


@dataclass(frozen=True)
class Subject:
    """A portrait that is to say something. audio: what is said; padded: the same with silence after it."""

    image: Path
    audio: Path
    padded: Path
    options: VideoOptions

    @cached_property
    def portrait(self) -> Portrait:
        return analyse(load_image(self.image))

    @cached_property
    def speech(self) -> Speech:
        sound = read_sound(self.padded)
        return listen(sound.samples, sound.rate)

    @cached_property
    def openings(self) -> Openings:
        return find_openings(self.portrait, self.speech, self.acting)

    @property
    def acting(self) -> ActingOptions:
        options = self.options
        return ActingOptions(options.fps, options.expression, options.expression_intensity, options.seed)

    @property
    def digest(self) -> str:
        """Of everything that the films are made from, but for the program."""
        parts = self.image.read_bytes(), self.audio.read_bytes(), repr(self.options).encode()
        return sha256(b"".join(sha256(part).digest() for part in parts)).hexdigest()


def make_subject(image: Path, audio: Path, options: VideoOptions, scratch: Path) -> Subject:
    """With its speech, and the silence after it, in a file of the folder `scratch`."""
    padded = scratch / f"{audio.stem}-with-silence.wav"
    add_silence(audio, padded)
    return Subject(image, audio, padded, options)


def add_silence(audio: Path, output: Path) -> None:
    """Write `audio` as a mono WAV with `SILENCE_S` of silence after it."""
    samples = np.concatenate([piece[0] for piece in stream_sound(audio, RATE, channels=1)])
    padded = np.concatenate([samples, np.zeros(round(SILENCE_S * RATE))])
    with wave.open(str(output), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((padded * 32_767).astype("<i2").tobytes())


def make(subject: Subject, wanted: Wanted, film: Path) -> RendererName:
    """The film; which renderer made it."""
    return generate_video(subject.portrait, subject.padded, film, replace(subject.options, renderer=wanted))


def measure_film(film: Path, subject: Subject, sheet: Path, wanted: Wanted | None = None) -> Measured:
    """Against the picture that the film was made from. The sheet is written; the figures beside it, as JSON.

    wanted: the renderer, if it is known: its mouth is measured as well.
    """
    portrait, found = subject.portrait, track(film)
    write_contact_sheet(film, found, sheet)
    points = portrait.face.landmarks[:, :2]
    figures = measure(film, found, portrait.rgb, points, subject.speech)
    mouth = measure_mouth(choose(portrait, wanted), subject.openings) if wanted else None
    measured = Measured(figures, _lag(subject.speech, subject.acting, found), mouth, unsuited(portrait))
    keep(measured, subject, sheet.with_suffix(".json"))
    return measured


def keep(measured: Measured, subject: Subject, record: Path) -> None:
    """Write the figures, and of what, as JSON."""
    record.write_text(json.dumps({"made_from": subject.digest, **asdict(measured)}, indent=1) + "\n")


@dataclass(frozen=True, slots=True)
class Kept:
    """What a record says. measured: None if it was written when other figures were measured."""

    measured: Measured | None


def read_kept(record: Path, subject: Subject) -> Kept | None:
    """What `keep` wrote; None if there is nothing, or it is of other inputs or options."""
    try:
        told = json.loads(record.read_text())
        if told.pop("made_from") != subject.digest:
            return None
    except (FileNotFoundError, ValueError, KeyError, AttributeError):
        return None
    try:
        figures = {name: _tuples(value) for name, value in told["figures"].items()}
        mouth = MouthFigures(**told["mouth"]) if told["mouth"] else None
        return Kept(Measured(Figures(**figures), _tuples(told["lag"]), mouth, told["unsuited"]))
    except (KeyError, TypeError, AttributeError):
        return Kept(None)


def _tuples(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


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
