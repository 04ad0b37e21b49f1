"""`morgana caption` and `morgana templates`: captions made here, or by a server."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from morgana.cli import remote
from morgana.cli.completion import template_names
from morgana.cli.console import (
    check_writable,
    fail,
    progress_bar,
    quiet_libraries,
    table,
    workplace,
    write_whole,
)
from morgana.cli.outcome import Json, tell
from morgana.cli.remote import Key, Server

if TYPE_CHECKING:
    from morgana.captions.captioning import Said
    from morgana.captions.tailoring import Position, Wishes
    from morgana.captions.template import Template

templates = typer.Typer(help="Caption templates.", no_args_is_help=True)


def caption(
    video: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The video, MP4 or MOV.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", dir_okay=False, help="MP4 file to write.")],
    template: Annotated[
        str,
        typer.Option(
            autocompletion=template_names,
            help="Name or ID of `morgana templates list`, or a .toml file of your own.",
        ),
    ],
    transcript: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            readable=True,
            help="What is said: plain text, SRT, WebVTT, or words with times as JSON.",
        ),
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="That is spoken, such as en; found out unless given.")
    ] = None,
    vocabulary: Annotated[str, typer.Option(help="Names to spell right, separated by commas.")] = "",
    position: Annotated[
        str | None, typer.Option(help="top, middle, bottom, or from 0 (the top) to 1 (the bottom).")
    ] = None,
    font_size: Annotated[float | None, typer.Option(help="0.5 to 2 times the template's.")] = None,
    highlight_color: Annotated[str | None, typer.Option(help="Of the word being said, as #RRGGBB.")] = None,
    emphasize: Annotated[str, typer.Option(help="Words that stand out, separated by commas.")] = "",
    srt: Annotated[Path | None, typer.Option(dir_okay=False, help="SRT file to write as well.")] = None,
    vtt: Annotated[Path | None, typer.Option(dir_okay=False, help="WebVTT file to write as well.")] = None,
    ass: Annotated[
        Path | None, typer.Option(dir_okay=False, help="ASS file to write as well, with karaoke times.")
    ] = None,
    words: Annotated[
        Path | None, typer.Option(dir_okay=False, help="JSON file to write as well: each word's times.")
    ] = None,
    server: Server = None,
    key: Key = None,
    _as_json: Json = False,  # noqa: FBT002 (a command line flag)
) -> None:
    """Write what is said in VIDEO over its picture."""
    wishes: dict[str, Any] = {
        "position": position,
        "font_size": font_size,
        "highlight_color": highlight_color,
        "language": language,
        "vocabulary": _listed(vocabulary),
        "emphasize": _listed(emphasize),
    }
    extras = {"srt": srt, "vtt": vtt, "ass": ass, "words": words}
    if server:
        if template.endswith(".toml"):
            raise typer.BadParameter("A server has its own templates only: name one of those.")
        _check_places([video, transcript], [output, *extras.values()])
        asked = wishes | {"template": template, "transcript": transcript}
        with remote.connected(server, key) as client:
            made = remote.caption(client, video, output, asked, extras)
    else:
        made = _make(video, output, template, transcript, wishes, extras)
    tell(made | {name: str(file) for name, file in extras.items() if file})


def _make(
    video: Path,
    output: Path,
    template: str,
    transcript: Path | None,
    wishes: dict[str, Any],
    extras: dict[str, Path | None],
) -> dict[str, Any]:
    style = _template(template)
    tailoring = _wishes(wishes["position"], wishes["font_size"], wishes["highlight_color"])
    _check_places([video, transcript, Path(template)], [output, *extras.values()])
    from morgana.captions.captioning import CaptionOptions, caption_video
    from morgana.captions.transcripts import read_transcript
    from morgana.video.film import Limits

    options = CaptionOptions(
        transcript=read_transcript(_text(transcript)) if transcript else None,
        language=wishes["language"],
        vocabulary=wishes["vocabulary"],
        wishes=tailoring,
        emphasized=wishes["emphasize"],
        limits=Limits(seconds=None),
    )
    with workplace(output) as folder:
        made = folder / output.name
        with quiet_libraries() as screen, progress_bar("Captioning", screen) as progress:
            progress(0.0)  # the first report from inside is seconds away
            said = caption_video(video, made, style, None, options, progress)
        _write_transcripts(said, extras, made)
        made.replace(output)
    return {"output": str(output)}


@templates.command("list")
def list_templates(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")] = False,  # noqa: FBT002
) -> None:
    """List the caption templates."""
    from morgana.captions.template import templates as known

    if as_json:
        listed = [{"id": one.id, "name": one.name, "summary": one.summary} for one in known().values()]
        typer.echo(json.dumps(listed, indent=2, ensure_ascii=False))
        return
    rows = [(one.name, one.id, one.summary) for one in known().values()]
    typer.echo(table([("NAME", "ID", "SUMMARY"), *rows]))


@templates.command()
def preview(
    template: Annotated[
        str,
        typer.Argument(autocompletion=template_names, help="A .toml file, or the name or ID of a template."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", dir_okay=False, help="MP4 file to write.")],
) -> None:
    """Write a few seconds of sample words in TEMPLATE, and a still of them beside it (.jpg)."""
    style = _template(template)
    poster = output.with_suffix(".jpg")
    _check_places([Path(template)], [output, poster])
    from morgana.captions.preview import draw_poster, film_template

    with workplace(output) as folder:
        made = folder / "preview.mp4", folder / "preview.jpg"
        film_template(style, made[0])
        draw_poster(style, made[1])
        for file, place in zip(made, (output, poster), strict=True):
            file.replace(place)


def _template(name: str) -> "Template":
    from morgana.captions.template import read_template
    from morgana.captions.template import templates as known

    if name.endswith(".toml"):
        try:
            return read_template(Path(name))
        except OSError as error:
            raise typer.BadParameter(f"{name} cannot be read: {error.strerror}.") from None
        except ValueError as error:
            raise fail(f"{name} is not a template: {error}") from None
    found = [
        one for one in known().values() if name in (one.id, one.name) or name.lower() == one.name.lower()
    ]
    if not found:
        raise typer.BadParameter(f"There is no template '{name}'. `morgana templates list` names all.")
    return found[0]


def _wishes(position: str | None, font_size: float | None, highlight_color: str | None) -> "Wishes":
    from morgana.captions.tailoring import Wishes

    try:
        return Wishes(_place(position), font_size, highlight_color)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.") from None


def _place(position: str | None) -> "Position | float | None":
    match position:
        case None | "top" | "middle" | "bottom":
            return position
        case _:
            try:
                return float(position)
            except ValueError:
                return -1.0  # nowhere: what may be given is told


def _check_places(inputs: list[Path | None], outputs: list[Path | None]) -> None:
    """Every output can be written, and none takes the place of an input or of another output."""
    check_writable(*outputs)
    taken = {path.resolve() for path in inputs if path}
    for path in outputs:
        if path is None:
            continue
        if path.resolve() in taken:
            raise fail(f"{path} is named twice, and would be lost. Give every file a name of its own.")
        taken.add(path.resolve())


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise fail(f"{path} is not text in UTF-8. Save it in that encoding.") from None


def _listed(texts: str) -> tuple[str, ...]:
    return tuple(text.strip() for text in texts.split(",") if text.strip())


def _write_transcripts(said: "Said", files: dict[str, Path | None], film: Path) -> None:
    from morgana.captions.ass import to_ass
    from morgana.captions.transcripts import to_json, to_srt, to_vtt
    from morgana.video.film import Limits, inspect

    if srt := files["srt"]:
        write_whole(srt, to_srt(said.words))
    if vtt := files["vtt"]:
        write_whole(vtt, to_vtt(said.words))
    if ass := files["ass"]:
        write_whole(ass, to_ass(said.words, said.language, inspect(film, Limits(seconds=None)).size))
    if words := files["words"]:
        write_whole(words, to_json(said.words, said.language, said.duration))
