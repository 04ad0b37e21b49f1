"""Generates a talking head, finds the face again in the finished MP4 and says how natural it is.

    .venv/bin/python benchmarks/portrait_quality.py IMAGE AUDIO [--keep FOLDER] [--renderer both]
    .venv/bin/python benchmarks/portrait_quality.py --all FOLDER [FOLDER ...] --audio A --audio B \\
        --renderer both --keep FOLDER --table out.md

AUDIO is followed by a second and a half of silence, to see the mouth come to rest. Each figure stands beside
the same figure of a real speaker on video. With --keep, the MP4, a contact sheet (PNG) and the figures (JSON)
stay in FOLDER. With --renderer both, one video of each renderer is measured, and the verdict says where the
learned one reaches its goals. With --video, that MP4 of IMAGE saying AUDIO is measured and none is generated.

With --all, every picture of the folders says every recording (with --in-turn, the first picture the first,
and so on), and one Markdown table has a line a portrait. What is in the folder of --keep is not made again:
take a new one after a change of a renderer. docs/mouth-interior.md tells what the figures mean.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from quality_many import measure_portrait, pictures, spoken_by, table
from quality_measuring import Measured, Subject, make, make_subject, measure_film, measure_reference
from quality_report import report

from morgana import models
from morgana.errors import InputError
from morgana.portrait import VideoOptions
from morgana.portrait.rendering import Wanted, check

REFERENCE: Final = (
    Path(__file__).resolve().parents[2] / "shared/samples/reference/real-speaker-8s-512x512.mp4"
)
_RENDERERS: Final[dict[str, tuple[Wanted, ...]]] = {
    "auto": ("auto",),
    "mesh": ("mesh",),
    "learned": ("learned",),
    "both": ("mesh", "learned"),
}


def main() -> None:
    arguments = _arguments()
    _require(_RENDERERS[arguments.renderer])
    options = VideoOptions(fps=arguments.fps, expression=arguments.expression, seed=arguments.seed)
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if arguments.all:
            _measure_all(arguments, options, folder, Path(scratch))
            return
        subject = make_subject(arguments.image, arguments.sound, options, Path(scratch))
        columns = dict(_measured(arguments, subject, folder))
        if arguments.reference.exists():
            columns["real speaker"] = measure_reference(arguments.reference)
        report(columns)


def _require(renderers: tuple[Wanted, ...]) -> None:
    """Raise SystemExit if weights are missing, before anything slow is begun."""
    try:
        models.path("sface")
        for renderer in renderers:
            check(renderer)
    except InputError as error:
        raise SystemExit(str(error)) from error


def _measured(
    arguments: argparse.Namespace, subject: Subject, folder: Path
) -> Iterator[tuple[str, Measured]]:
    """The figures of the video that is given, or of one of each renderer that is asked for, by name."""
    stem = f"{arguments.image.stem}-{arguments.sound.stem}"
    if arguments.video:
        yield "this video", measure_film(arguments.video, subject, folder / f"{stem}.png")
        return
    for wanted in _RENDERERS[arguments.renderer]:
        film = folder / f"{stem}-{wanted}.mp4"
        name = make(subject, wanted, film)
        yield name, measure_film(film, subject, film.with_suffix(".png"), name)


def _measure_all(arguments: argparse.Namespace, options: VideoOptions, folder: Path, scratch: Path) -> None:
    """The table is written anew after each portrait, so that it can be read while the rest is made."""
    images, wanted = pictures(arguments.all), _RENDERERS[arguments.renderer]
    rows = []
    for image, audios in spoken_by(images, arguments.audio, in_turn=arguments.in_turn):
        rows.append(measure_portrait(image, audios, wanted, options, folder, scratch))
        print(f"{len(rows)} of {len(images)}: {rows[-1].name} {rows[-1].refused or ''}".rstrip(), flush=True)
        if arguments.table:
            arguments.table.write_text(table(rows))
    print(table(rows), end="")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("image", type=Path, nargs="?")
    parser.add_argument("sound", type=Path, nargs="?", metavar="audio")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where videos, sheets and figures stay")
    parser.add_argument("--reference", type=Path, default=REFERENCE, help="an MP4 of a real speaker")
    parser.add_argument("--video", type=Path, help="measure this MP4 instead of generating one")
    parser.add_argument("--renderer", choices=_RENDERERS, default="auto")
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--expression", default="auto")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--all", type=Path, nargs="+", metavar="FOLDER", help="every picture of these folders"
    )
    parser.add_argument("--audio", type=Path, action="append", default=[], help="what they say; repeat it")
    parser.add_argument("--in-turn", action="store_true", help="one recording a picture, not all")
    parser.add_argument("--table", type=Path, metavar="FILE", help="where the table of --all goes")
    arguments: argparse.Namespace = parser.parse_args()
    _check(parser, arguments)
    return arguments


def _check(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    if arguments.all and (arguments.image or arguments.video):
        parser.error("--all takes folders alone; leave IMAGE, AUDIO and --video out")
    if arguments.all and not arguments.audio:
        parser.error("--all needs at least one --audio")
    if arguments.all and not arguments.keep:
        parser.error("--all needs --keep FOLDER, where what has been made is found again")
    if not arguments.all and not arguments.sound:
        parser.error("give IMAGE and AUDIO, or --all")
    if not arguments.all and (arguments.audio or arguments.in_turn or arguments.table):
        parser.error("--audio, --in-turn and --table go with --all")


if __name__ == "__main__":
    main()
