"""`morgana video`: one talking-head video, made here and now, without a server."""

import os
import sys
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from morgana.cli.console import fail, progress_bar, quiet_libraries
from morgana.settings import settings


class Rate(StrEnum):
    """Frames per second."""

    FILM = "25"
    VIDEO = "30"


class Expression(StrEnum):
    """What the face shows beside speech."""

    AUTO = "auto"
    NEUTRAL = "neutral"
    HAPPY = "happy"
    SERIOUS = "serious"
    SURPRISED = "surprised"
    SAD = "sad"


def video(
    image: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, readable=True, help="The portrait, JPEG or PNG.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", dir_okay=False, help="MP4 file to write.")],
    audio: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, readable=True, help="A recording, WAV or MP3."),
    ] = None,
    script: Annotated[
        str | None, typer.Option(help="Or what to say; `-` reads it from standard input.")
    ] = None,
    voice: Annotated[str, typer.Option(help="Who says the script: see `morgana voices`.")] = "heart",
    speed: Annotated[float, typer.Option(min=0.5, max=2.0, help="How fast the script is said.")] = 1.0,
    fps: Annotated[Rate, typer.Option(help="Frames per second.")] = Rate.FILM,
    expression: Annotated[Expression, typer.Option(help="auto: as the speech suggests.")] = Expression.AUTO,
    expression_intensity: Annotated[float, typer.Option(min=0.0, max=1.0)] = 0.5,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same video.")] = 0,
) -> None:
    """Make a video of the person in an image, saying a recording or a script."""
    if (audio is None) == (script is None):
        raise typer.BadParameter("Give exactly one of --audio and --script.")
    from morgana.portrait import Narration, VideoOptions, generate_video

    options = VideoOptions(
        fps=int(fps),
        expression=expression.value,
        expression_intensity=expression_intensity,
        seed=seed,
        max_audio_seconds=settings().max_audio_seconds,
        mark_generated=settings().mark_generated == "on",
    )
    said = audio or Narration(_text(script or ""), voice, speed, seed)
    if not os.access(output.absolute().parent, os.W_OK | os.X_OK):
        raise fail(f"{output} cannot be written: its folder does not exist or is not yours to write to.")
    # Made beside the output: only a finished file takes its place, in one step.
    with tempfile.TemporaryDirectory(prefix=".morgana-", dir=output.absolute().parent) as folder:
        made = Path(folder) / output.name
        with quiet_libraries() as screen, progress_bar("Making the video", screen) as progress:
            progress(0.0)  # the first report from inside is seconds away
            generate_video(image, said, made, options, progress)
        made.replace(output)


def _text(script: str) -> str:
    return sys.stdin.read() if script == "-" else script
