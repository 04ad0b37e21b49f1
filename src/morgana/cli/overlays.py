"""`morgana overlay`: texts over a video, made here and now, without a server."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from morgana.cli.console import fail, progress_bar, quiet_libraries

if TYPE_CHECKING:
    from morgana.overlays.overlay import Overlay


def overlay(
    video: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The video, MP4 or MOV.")
    ],
    text: Annotated[
        list[str], typer.Option(help="What to write; once more for another video. \\n breaks a line.")
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="MP4 file to write, or the folder for one video for each text."),
    ],
    font: Annotated[
        str | None, typer.Option(help="A font, or Classic, Modern, Typewriter, Neon or Strong.")
    ] = None,
    size: Annotated[float | None, typer.Option(help="Pixels to the em.")] = None,
    color: Annotated[str | None, typer.Option(help="Of the letters, as #RRGGBB.")] = None,
    position: Annotated[
        str | None, typer.Option(help="top, middle, bottom, or from 0 (the top) to 1 (the bottom).")
    ] = None,
    align: Annotated[str | None, typer.Option(help="left, center or right.")] = None,
    background: Annotated[
        str | None, typer.Option(help="none, box, or line: a label behind each line.")
    ] = None,
    stroke: Annotated[bool | None, typer.Option(help="An outline, or none whatever is behind.")] = None,
    shadow: Annotated[bool | None, typer.Option(help="A shadow, or none whatever is behind.")] = None,
    start: Annotated[float | None, typer.Option(help="Second from which the text is shown.")] = None,
    end: Annotated[float | None, typer.Option(help="Second up to which it is shown.")] = None,
) -> None:
    """Write texts over VIDEO. What is not given is decided by what is in the picture."""
    from morgana.overlays.overlay import Overlay, check

    wishes: dict[str, Any] = {
        "font": font,
        "size": size,
        "color": color,
        "position": _place(position),
        "align": align,
        "background": background,
        "stroke": stroke,
        "shadow": shadow,
        "start": start,
        "end": end,
    }
    overlays = [Overlay(one.replace("\\n", "\n"), **wishes) for one in text]
    for one in overlays:
        check(one)
    files = _files(video, output, len(overlays))
    failures = _make(video, overlays, files)
    if failures:
        raise fail("\n".join(failures))


def _place(position: str | None) -> str | float | None:
    try:
        return None if position is None else float(position)
    except ValueError:
        return position


def _files(video: Path, output: Path, count: int) -> list[Path]:
    """Where each video is to lie; the folder for several is made."""
    is_file = output.suffix.lower() == ".mp4" and not output.is_dir()
    if is_file and count > 1:
        raise typer.BadParameter("There are several texts: give a folder for the videos, not a file.")
    if not os.access(output.absolute().parent, os.W_OK | os.X_OK):
        raise fail(f"{output} cannot be written: its folder does not exist or is not yours to write to.")
    if is_file:
        return [output]
    output.mkdir(exist_ok=True)
    return [output / f"{video.stem}-{number}.mp4" for number in range(1, count + 1)]


def _make(video: Path, overlays: "list[Overlay]", files: list[Path]) -> list[str]:
    """Write the videos; what could not be made, in words."""
    from morgana.overlays.overlaying import overlay_video
    from morgana.video.film import Limits

    # Made beside the output: only a finished file takes its place, in one step.
    with tempfile.TemporaryDirectory(prefix=".morgana-", dir=files[0].absolute().parent) as folder:
        with quiet_libraries() as screen, progress_bar("Writing", screen) as progress:
            progress(0.0)  # the first report from inside is seconds away
            made = overlay_video(
                video, Path(folder), overlays, limits=Limits(seconds=None), progress=progress
            )
        failures = []
        for one, file, outcome in zip(overlays, files, made, strict=True):
            if isinstance(outcome, Path):
                outcome.replace(file)
            else:
                failures.append(outcome.message if len(made) == 1 else f"'{one.text}': {outcome.message}")
    return failures
