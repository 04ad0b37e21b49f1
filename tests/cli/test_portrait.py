"""`morgana video`."""

from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import Run


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    Image.new("RGB", (512, 512), "grey").save(path)
    return path


def test_bad_input_is_told_and_leaves_nothing(
    morgana: Run, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound = tmp_path / "sound.wav"
    sound.write_text("not a sound")
    before = sorted(tmp_path.rglob("*"))
    assert morgana("video", str(picture), str(sound), str(tmp_path / "made.mp4")) == 1
    error = capsys.readouterr().err
    assert "Traceback" not in error
    assert "WAV" in error
    assert sorted(tmp_path.rglob("*")) == before


def test_an_output_that_cannot_be_written_is_told_first(
    morgana: Run, picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert morgana("video", str(picture), str(picture), str(tmp_path / "no" / "made.mp4")) == 1
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
    assert morgana("video", str(picture), str(missing), str(tmp_path / "made.mp4")) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("Error: ")
    assert f"'{missing}' does not exist" in error


@pytest.mark.parametrize(
    "option", [("--fps", "24"), ("--expression", "bored"), ("--expression-intensity", "2")]
)
def test_options_are_checked(morgana: Run, picture: Path, tmp_path: Path, option: tuple[str, str]) -> None:
    assert morgana("video", str(picture), str(picture), str(tmp_path / "made.mp4"), *option) == 2
