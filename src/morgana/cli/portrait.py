"""`morgana video`: one talking-head video, made here or by a server."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from morgana.cli import remote
from morgana.cli.completion import voice_ids
from morgana.cli.console import check_writable, progress_bar, quiet_libraries, workplace
from morgana.cli.outcome import Json, tell
from morgana.cli.remote import Key, Server
from morgana.settings import settings

_VOICE = "heart"
_USUAL = {"seed": 0, "fps": 25, "speed": 1.0}  # what need not be said to a server


class Rate(StrEnum):
    """Frames per second."""

    FILM = "25"
    VIDEO = "30"


class Renderer(StrEnum):
    """What makes the frames."""

    AUTO = "auto"
    MESH = "mesh"
    LEARNED = "learned"


class Expression(StrEnum):
    """What the face shows beside speech."""

    AUTO = "auto"
    NEUTRAL = "neutral"
    HAPPY = "happy"
    SERIOUS = "serious"
    SURPRISED = "surprised"
    SAD = "sad"


def video(
    output: Annotated[Path, typer.Option("--output", "-o", dir_okay=False, help="MP4 file to write.")],
    image: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, readable=True, help="The portrait, JPEG or PNG."),
    ] = None,
    actor: Annotated[str | None, typer.Option(help="Or the ID of an actor of the server.")] = None,
    audio: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, readable=True, help="A recording, WAV or MP3."),
    ] = None,
    script: Annotated[
        str | None, typer.Option(help="Or what to say; `-` reads it from standard input.")
    ] = None,
    voice: Annotated[
        str | None,
        typer.Option(
            autocompletion=voice_ids, help="Who says the script: see `morgana voices`. [default: heart]"
        ),
    ] = None,
    speed: Annotated[float, typer.Option(min=0.5, max=2.0, help="How fast the script is said.")] = 1.0,
    fps: Annotated[Rate, typer.Option(help="Frames per second.")] = Rate.FILM,
    expression: Annotated[
        Expression | None, typer.Option(help="auto: as the speech suggests. [default: auto]")
    ] = None,
    expression_intensity: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="[default: 0.5]")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same video.")] = 0,
    renderer: Annotated[
        Renderer | None,
        typer.Option(help="auto: the better one that can be had. [default: MORGANA_RENDERER, or auto]"),
    ] = None,
    server: Server = None,
    key: Key = None,
    _as_json: Json = False,  # noqa: FBT002 (a command line flag)
) -> None:
    """Make a video of the person in an image, saying a recording or a script."""
    if (audio is None) == (script is None):
        raise typer.BadParameter("Give exactly one of --audio and --script.")
    if (image is None) == (actor is None):
        raise typer.BadParameter("Give exactly one of --image and --actor.")
    if actor and not server:
        raise typer.BadParameter("Actors are kept by a server: give --server, or --image.")
    check_writable(output)
    said = _text(script)
    wishes: dict[str, Any] = {
        "seed": seed,
        "fps": int(fps),
        "expression": expression and expression.value,
        "expression_intensity": expression_intensity,
        "renderer": renderer and renderer.value,
    }
    if server:
        asked = wishes | {"image": image, "actor": actor, "audio": audio}
        if said is not None:
            asked |= {"script": said, "voice": voice, "speed": speed}
        asked = {name: wish for name, wish in asked.items() if wish != _USUAL.get(name)}
        with remote.connected(server, key) as client:
            tell(remote.make_video(client, output, asked))
    elif image:
        _make(image, audio or (said or "", voice or _VOICE, speed), output, wishes)


def _make(image: Path, speech: Path | tuple[str, str, float], output: Path, wishes: dict[str, Any]) -> None:
    from morgana.portrait import Narration, VideoOptions, generate_video

    chosen = {"renderer": settings().renderer} | {n: wish for n, wish in wishes.items() if wish is not None}
    options = VideoOptions(
        **chosen,
        max_audio_seconds=settings().max_audio_seconds,
        mark_generated=settings().mark_generated == "on",
    )
    said = speech if isinstance(speech, Path) else Narration(*speech, options.seed)
    with workplace(output) as folder:
        made = folder / output.name
        with quiet_libraries() as screen, progress_bar("Making the video", screen) as progress:
            progress(0.0)  # the first report from inside is seconds away
            used = generate_video(image, said, made, options, progress)
        made.replace(output)
    tell({"output": str(output), "renderer": used})


def _text(script: str | None) -> str | None:
    return sys.stdin.read() if script == "-" else script
