"""`morgana video`."""

import json
from io import StringIO
from pathlib import Path

import pytest
from PIL import Image

from morgana.settings import settings
from morgana.video.probe import probe
from morgana.video.provenance import mark_of
from tests.cli.conftest import Run
from tests.portrait.conftest import DEMO


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    Image.new("RGB", (512, 512), "grey").save(path)
    return path


def video(morgana: Run, image: Path, output: Path, *more: str) -> int:
    return morgana("video", "--image", str(image), "-o", str(output), *more)


def test_bad_input_is_told_and_leaves_nothing(
    morgana: Run, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = tmp_path / "sound.wav"
    sound.write_text("not a sound")
    before = sorted(tmp_path.rglob("*"))
    assert video(morgana, picture, tmp_path / "made.mp4", "--audio", str(sound)) == 3
    error = capsys.readouterr().err
    assert "Traceback" not in error
    assert "WAV" in error
    assert sorted(tmp_path.rglob("*")) == before


def test_an_output_that_cannot_be_written_is_told_first(
    morgana: Run, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert video(morgana, picture, tmp_path / "no" / "made.mp4", "--audio", str(picture)) == 1
    assert "its folder does not exist" in capsys.readouterr().err


@pytest.mark.parametrize("columns", ["20", "80", "400"])
def test_an_input_that_is_not_there_is_a_usage_error_on_one_line(
    morgana: Run,
    picture: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    columns: str,
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("FORCE_COLOR", "1")
    missing = tmp_path / "none.wav"
    assert video(morgana, picture, tmp_path / "made.mp4", "--audio", str(missing)) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("Error: ")
    assert f"'{missing}' does not exist" in error


@pytest.mark.parametrize(
    "option",
    [
        ("--fps", "24"),
        ("--expression", "bored"),
        ("--expression-intensity", "2"),
        ("--speed", "3"),
        ("--renderer", "oil"),
    ],
)
def test_options_are_checked(morgana: Run, picture: Path, tmp_path: Path, option: tuple[str, str]) -> None:
    assert video(morgana, picture, tmp_path / "made.mp4", "--audio", str(picture), *option) == 2


@pytest.mark.parametrize("said", [(), ("--script", "Hi.", "--audio", str(DEMO / "speech.wav"))])
def test_exactly_one_of_recording_and_script_is_asked_for(
    morgana: Run, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], said: tuple[str, ...]
) -> None:
    assert video(morgana, picture, tmp_path / "made.mp4", *said) == 2
    assert "exactly one of --audio and --script" in capsys.readouterr().err


def test_a_script_becomes_a_video(
    morgana: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("Hi there."))
    monkeypatch.setenv("MORGANA_MARK_GENERATED", "off")
    settings.cache_clear()
    made = tmp_path / "made.mp4"
    asked = ("--script", "-", "--speed", "1.5", "--renderer", "mesh", "--json")
    assert video(morgana, DEMO / "portrait.png", made, *asked) == 0
    assert 0.3 < probe(made).duration < 2
    assert mark_of(made, {}) is None
    assert list(tmp_path.iterdir()) == [made]
    captured = capfd.readouterr()
    assert json.loads(captured.out) == {"output": str(made), "renderer": "mesh"}
    assert json.loads(captured.err.splitlines()[-1]) == {"progress": 1.0}


def test_a_voice_that_does_not_exist_is_told(
    morgana: Run, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert video(morgana, picture, tmp_path / "made.mp4", "--script", "Hi.", "--voice", "nobody") == 3
    assert "morgana voices" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["picture.png"]
