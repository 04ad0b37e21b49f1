"""One job from files to file: listen and act, look at the picture, render, encode."""

from dataclasses import dataclass
from pathlib import Path

from morgana.portrait.acting import ActingOptions, act
from morgana.portrait.analysis import analyse
from morgana.portrait.image import load_image
from morgana.portrait.mesh.renderer import MeshRenderer
from morgana.portrait.renderer import Renderer
from morgana.progress import Progress, ignore, part
from morgana.video.encode import write_mp4
from morgana.video.sound import read_sound

SPEECH_RATE = 16_000  # samples a second, what the recogniser and the aligner were trained on


@dataclass(frozen=True, slots=True)
class VideoOptions:
    """How to make a video.

    fps: 25 or 30. expression: "auto" (chosen from the speech), neutral, happy, serious, surprised or sad;
    expression_intensity: 0 to 1. seed: of everything random. max_audio_seconds: longer audio is refused.
    """

    fps: int = 25
    expression: str = "auto"
    expression_intensity: float = 0.5
    seed: int = 0
    max_audio_seconds: float = 180.0

    def __post_init__(self) -> None:
        if self.fps not in (25, 30):
            raise ValueError(f"fps is {self.fps}, not 25 or 30")


def generate_video(
    image: Path,
    audio: Path,
    output: Path,
    options: VideoOptions | None = None,
    progress: Progress = ignore,
) -> None:
    """Write to `output` an MP4 of the person in `image` (JPEG, PNG) saying `audio` (WAV, MP3).

    It lasts as long as the audio. `output` appears only when it is complete.
    Raises InputError, with a code of `ErrorCode`, if an input cannot be used.
    """
    options = options or VideoOptions()
    # Both inputs are checked before the slow work starts.
    sound = read_sound(audio, SPEECH_RATE, options.max_audio_seconds)
    picture = load_image(image)
    portrait = analyse(picture, part(progress, 0.0, 0.08))
    acting = ActingOptions(options.fps, options.expression, options.expression_intensity, options.seed)
    performance = act(sound.samples, sound.rate, acting, part(progress, 0.08, 0.25)).performance
    renderer: Renderer = MeshRenderer(portrait)
    write_mp4(
        output,
        renderer.frames(performance),
        fps=options.fps,
        size=portrait.size,
        total=len(performance),
        audio=audio,
        progress=part(progress, 0.25, 1.0),
    )
