"""`morgana speak` and `morgana voices`."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from morgana.cli import remote
from morgana.cli.completion import voice_ids
from morgana.cli.console import check_writable, fail, progress_bar, table, workplace, write_whole
from morgana.cli.outcome import Json, tell
from morgana.cli.remote import Key, Server
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
    voice: Annotated[
        str, typer.Option(autocompletion=voice_ids, help="Who says it: see `morgana voices`.")
    ] = "heart",
    speed: Annotated[float, typer.Option(min=0.5, max=2.0, help="1 is the voice's own pace.")] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same samples.")] = 0,
    timestamps: Annotated[
        Path | None, typer.Option(dir_okay=False, help="JSON file to write: when each word is said.")
    ] = None,
    server: Server = None,
    key: Key = None,
    _as_json: Json = False,  # noqa: FBT002 (a command line flag)
) -> None:
    """Say TEXT."""
    sound_format = _format(output)
    check_writable(output, timestamps)
    written = sys.stdin.read() if text == "-" else text
    if server:
        wishes = {"voice": voice, "speed": speed, "seed": seed, "format": sound_format}
        timed = timestamps is not None or sound_format == "wav"  # whose header tells its length
        with remote.connected(server, key) as client:
            times = remote.speak(client, written, output, wishes, timed=timed)
        if timestamps:
            _write_json(times, timestamps)
    else:
        words = _make(written, output, sound_format, voice, speed, seed)
        if timestamps:
            _write_json({"words": [asdict(word) for word in words]}, timestamps)
    tell({"output": str(output)} | ({"timestamps": str(timestamps)} if timestamps else {}))


def _make(
    text: str, output: Path, sound_format: "SoundFormat", voice: str, speed: float, seed: int
) -> list["TimedWord"]:
    from morgana.speech.speaking import speak as spoken

    utterances = spoken(text, voice, speed=speed, seed=seed)
    with workplace(output) as folder:
        made = folder / output.name
        with progress_bar("Speaking") as progress:
            words = _write(_watched(utterances, len(text), progress), made, sound_format)
        made.replace(output)
    return words


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


def _write_json(value: object, path: Path) -> None:
    write_whole(path, json.dumps(_rounded(value), ensure_ascii=False, indent=1))


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {name: _rounded(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(member) for member in value]
    return round(value, _DECIMALS) if isinstance(value, float) else value
