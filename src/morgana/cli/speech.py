"""`morgana speak` and `morgana voices`."""

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from morgana.cli.console import fail, progress_bar, table
from morgana.progress import Progress
from morgana.settings import settings

if TYPE_CHECKING:
    from morgana.speech.utterance import TimedWord, Utterance
    from morgana.video.sound_encoder import SoundFormat

_DECIMALS = 4  # of seconds


def speak(
    text: Annotated[str, typer.Argument(help="What to say; `-` reads it from standard input.")],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", dir_okay=False, help="File to write: .wav .mp3 .opus .aac .flac .pcm"),
    ],
    voice: Annotated[str, typer.Option(help="Who says it: see `morgana voices`.")] = "heart",
    speed: Annotated[float, typer.Option(min=0.5, max=2.0, help="1 is the voice's own pace.")] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same samples.")] = 0,
    timestamps: Annotated[
        Path | None, typer.Option(dir_okay=False, help="JSON file to write: when each word is said.")
    ] = None,
) -> None:
    """Say TEXT."""
    sound_format = _format(output)
    for path in (output, timestamps):
        if path and not os.access(path.absolute().parent, os.W_OK | os.X_OK):
            raise fail(f"{path} cannot be written: its folder does not exist or is not yours to write to.")
    from morgana.speech.speaking import speak as spoken

    written = sys.stdin.read() if text == "-" else text
    utterances = spoken(written, voice, speed=speed, seed=seed)
    # Made beside the output: only a finished file takes its place, in one step.
    with tempfile.TemporaryDirectory(prefix=".morgana-", dir=output.absolute().parent) as folder:
        made = Path(folder) / output.name
        with progress_bar("Speaking") as progress:
            words = _write(_watched(utterances, len(written), progress), made, sound_format)
        if timestamps:
            _write_times(words, timestamps)
        made.replace(output)


def voices(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")] = False,  # noqa: FBT002
    language: Annotated[str, typer.Option(help="Only of this language, such as en or pt-BR.")] = "",
) -> None:
    """List the voices."""
    from morgana.speech import voices as known

    chosen = [
        voice for voice in known.voices().values() if voice.language.lower().startswith(language.lower())
    ]
    if as_json:
        listed = [{**asdict(voice), "available": known.is_available(voice)} for voice in chosen]
        typer.echo(json.dumps(listed, indent=2))
        return
    rows = [("ID", "NAME", "LANGUAGE", "GENDER", "GRADE", "ENGINE", "LICENCE", "STATE")]
    for voice in chosen:
        state = "available" if known.is_available(voice) else f"needs `morgana models pull {voice.weights}`"
        described = (
            voice.name,
            voice.language,
            voice.gender,
            voice.grade or "-",
            voice.engine,
            voice.licence,
        )
        rows.append((voice.id, *described, state))
    typer.echo(table(rows))


def _format(output: Path) -> "SoundFormat":
    from morgana.video.sound_encoder import SoundFormat

    known: Sequence[SoundFormat] = get_args(SoundFormat)
    for name in known:
        if output.suffix.lower() == f".{name}":
            return name
    raise fail(f"{output} has to end in one of {', '.join(f'.{name}' for name in known)}.")


def _watched(utterances: Iterable["Utterance"], length: int, progress: Progress) -> Iterator["Utterance"]:
    """The utterances; how far the text is done shows in the last word of each."""
    progress(0.0)
    for utterance in utterances:
        yield utterance
        if utterance.words:
            progress(min((utterance.words[-1].offset + utterance.words[-1].length) / length, 1.0))
    progress(1.0)


def _write(utterances: Iterable["Utterance"], path: Path, sound_format: "SoundFormat") -> list["TimedWord"]:
    """Write a sound file and return the words that are said in it."""
    from morgana.video.provenance import SourceType
    from morgana.video.sound_encoder import sound_encoder, wav_header

    mark = SourceType.GENERATED if settings().mark_generated == "on" else None
    words: list[TimedWord] = []
    encoder = None
    samples = 0
    with path.open("wb") as file:
        for utterance in utterances:
            encoder = encoder or sound_encoder(sound_format, utterance.rate, mark=mark)
            file.write(encoder.encode(utterance.samples))
            samples += len(utterance.samples)
            words += utterance.words
        if encoder:
            file.write(encoder.finish())
        if sound_format == "wav":
            file.seek(0)
            file.write(wav_header(utterance.rate, samples, mark))
    return words


def _write_times(words: Sequence["TimedWord"], path: Path) -> None:
    described = {"words": [asdict(word) for word in words]}
    fresh = path.with_name(f".{path.name}.partial")
    fresh.write_text(json.dumps(_rounded(described), ensure_ascii=False, indent=1), "utf-8")
    fresh.replace(path)


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {name: _rounded(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(member) for member in value]
    return round(value, _DECIMALS) if isinstance(value, float) else value
