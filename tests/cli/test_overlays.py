"""`morgana overlay`."""

from pathlib import Path

import numpy as np
import pytest

from morgana.video.encode import write_mp4
from morgana.video.probe import probe
from tests.cli.conftest import Run


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    frames = (np.full((384, 216, 3), 90, np.uint8) for _ in range(10))
    write_mp4(path, frames, fps=25, size=(216, 384), total=10)
    return path


def test_one_text_makes_one_file(
    morgana: Run, film: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "made.mp4"
    wishes = ["--font", "Anton", "--size", "40", "--color", "#ffd60a", "--position", "0.4", "--align", "left"]
    wishes += ["--background", "box", "--stroke", "--no-shadow", "--start", "0", "--end", "0.2"]
    assert morgana("overlay", str(film), "--text", "Hello\\nyou", *wishes, "-o", str(made)) == 0
    assert probe(made).size == (216, 384)
    assert "Writing: 100%" in capfd.readouterr().err
    assert {one.name for one in tmp_path.iterdir()} == {"film.mp4", "made.mp4"}


def test_several_texts_fill_a_folder_and_a_bad_one_is_told(
    morgana: Run, film: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "made"
    texts = ["--text", "One", "--text", "\U00012000", "--text", "Three"]
    assert morgana("overlay", str(film), *texts, "-o", str(folder)) == 3
    assert sorted(one.name for one in folder.iterdir()) == ["film-1.mp4", "film-3.mp4"]
    assert "No font" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--text", "Hi", "--font", "Antn"], "Anton"),
        (["--text", "Hi", "--color", "red"], "#FF0000"),
        (["--text", "Hi", "--position", "left"], "top, middle, bottom"),
        (["--text", " "], "Write some"),
        (["--text", "Hi", "--text", "there"], "give a folder"),
        ([], "--text"),
    ],
)
def test_what_cannot_be_done_is_told_and_leaves_nothing(
    morgana: Run,
    film: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    options: list[str],
    told: str,
) -> None:
    assert morgana("overlay", str(film), *options, "-o", str(tmp_path / "made.mp4")) != 0
    assert told in capfd.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["film.mp4"]


def test_a_folder_that_is_not_there_is_told(
    morgana: Run, film: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    place = str(tmp_path / "nowhere" / "made.mp4")
    assert morgana("overlay", str(film), "--text", "Hi", "-o", place) == 1
    assert "cannot be written" in capfd.readouterr().err
