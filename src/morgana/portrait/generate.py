"""One job from files to file: listen or narrate, act, look at the picture, render, encode."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from morgana.portrait import rendering
from morgana.portrait.acting import Acted, ActingOptions, act, perform
from morgana.portrait.image import load_image
from morgana.portrait.likeness import Portrait
from morgana.portrait.moment import best_frame
from morgana.portrait.narration import Narration, narrate, write_wav
from morgana.portrait.renderer import RendererName
from morgana.portrait.rendering import Wanted
from morgana.progress import Progress, ignore, part
from morgana.speech.speaking import check
from morgana.speech.transcript import to_json
from morgana.stages import Stage, enter
from morgana.video.encode import Picture, write_mp4
from morgana.video.poster import save_poster
from morgana.video.provenance import SourceType
from morgana.video.sound import Sound, read_sound

SPEECH_RATE = 16_000  # samples a second, what the recogniser and the aligner were trained on


@dataclass(frozen=True, slots=True)
class VideoOptions:
    """How to make a video.

    fps: 25 or 30. expression: "auto" (chosen from the speech), neutral, happy, serious, surprised or sad;
    expression_intensity: 0 to 1. seed: of everything random. max_audio_seconds: longer speech is refused.
    transcript: a file to write what is said to, as JSON words with their times. poster: a file to write a
    picture of the video to, as JPEG. mark_generated: whether the
    files say that they are generated, see docs/provenance.md. renderer: "mesh", "learned", or "auto", which
    takes the better one that can be had.
    """

    fps: int = 25
    expression: str = "auto"
    expression_intensity: float = 0.5
    seed: int = 0
    max_audio_seconds: float = 180.0
    transcript: Path | None = None
    poster: Path | None = None
    mark_generated: bool = True
    renderer: Wanted = "auto"

    def __post_init__(self) -> None:
        if self.fps not in (25, 30):
            raise ValueError(f"fps is {self.fps}, not 25 or 30")
        if self.renderer not in get_args(Wanted):
            raise ValueError(f"renderer is {self.renderer}, not one of {', '.join(get_args(Wanted))}")


def generate_video(
    image: Path | Portrait,
    audio: Path | Narration,
    output: Path,
    options: VideoOptions | None = None,
    progress: Progress = ignore,
) -> RendererName:
    """Write to `output` an MP4 of the person in `image` saying `audio`; which renderer made it.

    image: a JPEG or PNG file, or a portrait analysed before; audio: a WAV or MP3 file, or a script. The
    video lasts as long as the speech. `output` appears only when it is complete.
    Raises InputError, with a code of `ErrorCode`, if an input cannot be used.
    """
    options = options or VideoOptions()
    # All inputs are checked before the slow work starts.
    rendering.check(options.renderer)
    actor = _actor(audio, options)
    portrait = image if isinstance(image, Portrait) else _analysed(image, part(progress, 0.0, 0.08))
    with TemporaryDirectory(prefix=".speech-", dir=output.parent) as folder:
        take = actor(Path(folder), part(progress, 0.08, 0.25))
        if options.transcript:
            options.transcript.write_text(to_json(take.acted.speech), "utf-8")
        enter(Stage.RENDER)
        renderer = rendering.choose(portrait, options.renderer)
        mark = SourceType.GENERATED if options.mark_generated else None
        frames = renderer.frames(take.acted.performance)
        if options.poster:
            frames = _portrayed(frames, best_frame(take.acted.performance), options.poster, mark)
        write_mp4(
            output,
            frames,
            fps=options.fps,
            size=portrait.size,
            total=len(take.acted.performance),
            audio=take.audio,
            mark=mark,
            progress=part(progress, 0.25, 1.0),
        )
        return renderer.name


@dataclass(frozen=True, slots=True)
class _Take:
    """What is heard, in a file, and how it was acted."""

    audio: Path
    acted: Acted


def _actor(audio: Path | Narration, options: VideoOptions) -> Callable[[Path, Progress], _Take]:
    """Whatever makes a take of `audio`, in a folder that it may use; the audio has been checked."""
    acting = ActingOptions(options.fps, options.expression, options.expression_intensity, options.seed)
    if isinstance(audio, Narration):
        check(audio.text, audio.voice)
        return partial(_read_out, audio, acting, options.max_audio_seconds)
    return partial(_listen_to, audio, read_sound(audio, SPEECH_RATE, options.max_audio_seconds), acting)


def _read_out(
    narration: Narration, acting: ActingOptions, limit: float, folder: Path, progress: Progress
) -> _Take:
    enter(Stage.SPEAK)
    narrated = narrate(narration, limit, progress)
    write_wav(narrated, folder / "speech.wav")
    return _Take(folder / "speech.wav", perform(narrated.speech, replace(acting, cues=narrated.cues)))


def _listen_to(path: Path, sound: Sound, acting: ActingOptions, _: Path, progress: Progress) -> _Take:
    enter(Stage.LISTEN)
    return _Take(path, act(sound.samples, sound.rate, acting, progress))


def _portrayed(
    frames: Iterator[Picture], moment: int, poster: Path, mark: SourceType | None
) -> Iterator[Picture]:
    """The frames, of which the one of this index is written to `poster` on its way."""
    for index, frame in enumerate(frames):
        if index == moment:
            save_poster(frame, poster, mark)
        yield frame


def _analysed(image: Path, progress: Progress) -> Portrait:
    # Imported where it is needed: a portrait that was analysed before does without what analysing takes.
    from morgana.portrait.analysis import analyse

    return analyse(load_image(image), progress)
