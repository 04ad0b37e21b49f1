"""`morgana overlay`: texts over a video, written here or by a server."""

from pathlib import Path
from typing import Annotated, Any

import typer

from morgana.cli import remote
from morgana.cli.completion import font_names
from morgana.cli.console import check_writable, progress_bar, quiet_libraries, workplace
from morgana.cli.outcome import Ended, Json, of_failure, tell, wants_json
from morgana.cli.remote import Key, Server


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
        str | None,
        typer.Option(
            autocompletion=font_names, help="A font, or Classic, Modern, Typewriter, Neon or Strong."
        ),
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
    server: Server = None,
    key: Key = None,
    _as_json: Json = False,  # noqa: FBT002 (a command line flag)
) -> None:
    """Write texts over VIDEO. What is not given is decided by what is in the picture."""
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
    texts = [one.replace("\\n", "\n") for one in text]
    if server:
        files = _files(video, output, len(texts))
        per_text = {"fonts": wishes.pop("font"), "sizes": wishes.pop("size"), "colors": wishes.pop("color")}
        wishes |= {name: [wish] * len(texts) for name, wish in per_text.items() if wish is not None}
        with remote.connected(server, key) as client:
            made = remote.overlay(client, video, texts, files, wishes)
    else:
        made = _make(video, output, texts, wishes)
    _report(made)


def _report(made: list[dict[str, Any]]) -> None:
    """Tell what became of each text; one that failed decides how the command ends."""
    failures = [one for one in made if one["error"]]
    if wants_json() or not failures:
        tell({"outputs": made})
    if failures:
        status = max(of_failure(one["error"]["code"]) for one in failures)
        if wants_json():
            raise typer.Exit(status)
        lines = [_in_words(one, alone=len(made) == 1) for one in failures]
        raise Ended(status, failures[0]["error"]["code"], "\n".join(lines))


def _in_words(failed: dict[str, Any], *, alone: bool) -> str:
    message: str = failed["error"]["message"]
    return message if alone else f"'{failed['text']}': {message}"


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
    check_writable(output)
    if is_file:
        return [output]
    output.mkdir(exist_ok=True)
    return [output / f"{video.stem}-{number}.mp4" for number in range(1, count + 1)]


def _make(video: Path, output: Path, texts: list[str], wishes: dict[str, Any]) -> list[dict[str, Any]]:
    """Write the videos; of each text, what became of it."""
    from morgana.overlays.overlay import Overlay, check
    from morgana.overlays.overlaying import overlay_video
    from morgana.video.film import Limits

    overlays = [Overlay(text, **wishes) for text in texts]
    for one in overlays:
        check(one)
    files = _files(video, output, len(overlays))
    told: list[dict[str, Any]] = []
    with workplace(files[0]) as folder:
        with quiet_libraries() as screen, progress_bar("Writing", screen) as progress:
            progress(0.0)  # the first report from inside is seconds away
            made = overlay_video(video, folder, overlays, limits=Limits(seconds=None), progress=progress)
        for text, file, outcome in zip(texts, files, made, strict=True):
            if isinstance(outcome, Path):
                outcome.replace(file)
                told.append({"text": text, "output": str(file), "error": None})
            else:
                error = {"code": outcome.code.value, "message": outcome.message}
                told.append({"text": text, "output": None, "error": error})
    return told
