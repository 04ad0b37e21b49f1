"""`morgana speak` and `morgana voices`."""

import io
import json
import wave
from pathlib import Path

import av
import pytest

from morgana.settings import settings
from morgana.video.provenance import SourceType
from morgana.video.sound_encoder import wav_header
from tests.cli.conftest import Run

Captured = pytest.CaptureFixture[str]


def frames(path: Path) -> int:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24_000, 1, 2)
        return int(file.getnframes())


def test_a_text_becomes_a_file_with_the_times_of_its_words(
    morgana: Run, tmp_path: Path, capsys: Captured
) -> None:
    output, times = tmp_path / "out.wav", tmp_path / "times.json"
    assert morgana("speak", "Hello there. It is $5.", "-o", str(output), "--timestamps", str(times)) == 0
    words = json.loads(times.read_text())["words"]
    assert [word["text"] for word in words] == ["Hello", "there.", "It", "is", "$5."]
    assert words[0]["phonemes"][0]["symbol"] == "h"
    seconds = frames(output) / 24_000
    assert 1.5 < words[-1]["end"] <= seconds < 5
    header = len(wav_header(24_000, frames(output), SourceType.GENERATED))
    assert len(output.read_bytes()) == header + 2 * frames(output)
    assert sorted(tmp_path.glob("*.*")) == [output, times]
    assert "Speaking: 100%" in capsys.readouterr().err


def test_speech_is_not_marked_where_that_is_off(
    morgana: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_MARK_GENERATED", "off")
    settings.cache_clear()
    output = tmp_path / "out.wav"
    assert morgana("speak", "Hello there.", "-o", str(output)) == 0
    assert output.read_bytes()[:44] == wav_header(24_000, frames(output))


def test_text_comes_from_standard_input(
    morgana: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out.wav"
    monkeypatch.setattr("sys.stdin", io.StringIO("Hello there."))
    assert morgana("speak", "-", "-o", str(output)) == 0
    piped = output.read_bytes()
    assert morgana("speak", "Hello there.", "-o", str(output)) == 0
    assert output.read_bytes() == piped


def test_speed_and_seed_are_heeded(morgana: Run, tmp_path: Path) -> None:
    output = tmp_path / "out.wav"
    lengths, contents = [], set()
    for options in ([], ["--speed", "2"], ["--seed", "7"]):
        assert morgana("speak", "Hello there, my friend.", "-o", str(output), *options) == 0
        lengths.append(frames(output))
        contents.add(output.read_bytes())
    assert lengths[1] < 0.7 * lengths[0]
    assert len(contents) == 3


@pytest.mark.parametrize("suffix", ["mp3", "opus", "aac", "flac"])
def test_the_name_of_the_file_says_its_format(morgana: Run, tmp_path: Path, suffix: str) -> None:
    output = tmp_path / f"out.{suffix}"
    assert morgana("speak", "Hello there.", "-o", str(output)) == 0
    with av.open(str(output)) as container:
        assert container.streams.audio[0].codec_context.name.startswith(suffix)
        assert sum(frame.samples for frame in container.decode(audio=0)) > 12_000


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["Hello", "-o", "out.ogg"], 1, ".wav, .mp3, .opus, .aac, .flac, .pcm"),
        (["Hello", "-o", "nowhere/out.wav"], 1, "its folder does not exist"),
        (["Hello", "-o", "out.wav", "--timestamps", "nowhere/times.json"], 1, "its folder does not exist"),
        (["...", "-o", "out.wav"], 3, "nothing that the voice 'heart' can say"),
        (["Hello", "-o", "out.wav", "--voice", "nobody"], 3, "no voice with the ID 'nobody'"),
    ],
)
def test_what_cannot_be_done_is_told_and_leaves_what_was_there(
    morgana: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
    arguments: list[str],
    status: int,
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out.wav").write_bytes(b"precious")
    assert morgana("speak", *arguments) == status
    assert told in capsys.readouterr().err
    assert (tmp_path / "out.wav").read_bytes() == b"precious"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.wav"]


def test_voices_are_listed_with_what_they_need(
    morgana: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    from morgana.settings import settings

    monkeypatch.setenv("MORGANA_MODELS", str(tmp_path))
    settings.cache_clear()
    assert morgana("voices") == 0
    heading, *rows = capsys.readouterr().out.splitlines()
    assert heading.split()[:4] == ["ID", "NAME", "LANGUAGE", "GENDER"]
    assert len(rows) == 55
    assert rows[0].split() == ["heart", "Heart", "en-US", "female", "-", "hibari", "Apache-2.0", "available"]
    assert "needs `morgana models pull kokoro`" in rows[1]


def test_voices_of_one_language_can_be_read_by_programs(morgana: Run, capsys: Captured) -> None:
    assert morgana("voices", "--json", "--language", "it") == 0
    listed = json.loads(capsys.readouterr().out)
    assert [voice["id"] for voice in listed] == ["if_sara", "im_nicola"]
    assert {voice["language"] for voice in listed} == {"it-IT"}
