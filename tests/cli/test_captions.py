"""`morgana caption` and `morgana templates`."""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pysubs2
import pytest
from PIL import Image

from morgana.captions.template import templates
from morgana.captions.transcripts import read_transcript
from morgana.video.encode import write_mp4
from morgana.video.probe import probe
from tests.cli.conftest import Run

SRT = "1\n00:00:00,200 --> 00:00:00,800\nHello there\n"


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    frames = (np.full((384, 216, 3), 90, np.uint8) for _ in range(25))
    write_mp4(path, frames, fps=25, size=(216, 384), total=25)
    return path


@pytest.fixture
def subtitles(tmp_path: Path) -> Path:
    path = tmp_path / "said.srt"
    path.write_text(SRT)
    return path


@pytest.mark.parametrize("name", ["alhena", "ctpl_3NY2lfJiFAULlIG2COz9"])
def test_a_film_is_captioned_by_its_transcript(
    morgana: Run, film: Path, subtitles: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    made, srt, vtt, ass, words = (tmp_path / f"made.{kind}" for kind in ("mp4", "srt", "vtt", "ass", "json"))
    wished = [
        "--position",
        "0.4",
        "--font-size",
        "1.2",
        "--highlight-color",
        "#00ff88",
        "--emphasize",
        "there",
    ]
    outputs = ["-o", str(made), "--srt", str(srt), "--vtt", str(vtt), "--ass", str(ass)]
    outputs += ["--words", str(words)]
    given = ["--template", name, "--transcript", str(subtitles)]
    assert morgana("caption", str(film), *outputs, *given, *wished) == 0
    assert probe(made).duration == pytest.approx(1.0, abs=0.05)
    assert made.read_bytes() != film.read_bytes()
    for path in (srt, vtt, words):
        assert read_transcript(path.read_text()).words == ("Hello", "there")
    lines = pysubs2.load(str(ass))
    assert lines.events[0].plaintext == "Hello there"
    assert lines.info["PlayResX"] == str(probe(made).size[0])
    assert len(list(tmp_path.iterdir())) == 7
    assert "Captioning: 100%" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--template", "nobody"], "morgana templates list"),
        (["--template", "Alhena", "--position", "left"], "top, middle, bottom"),
        (["--template", "Alhena", "--font-size", "3"], "from 0.5 to 2"),
        (["--template", "Alhena", "--highlight-color", "red"], "#RRGGBB"),
        ([], "--template"),
    ],
)
def test_options_are_checked(
    morgana: Run,
    film: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    told: str,
) -> None:
    assert morgana("caption", str(film), "-o", str(tmp_path / "made.mp4"), *options) == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [film]


def test_bad_input_is_told_and_leaves_nothing(
    morgana: Run, film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.srt"
    made = str(tmp_path / "made.mp4")
    wrongs = {b"1\n00:00:02,0 --> 00:00:01,0\na": ("runs backwards", 3), b"\xff\xfe\x00": ("UTF-8", 1)}
    for content, (told, status) in wrongs.items():
        wrong.write_bytes(content)
        before = ["--template", "Alhena", "--transcript", str(wrong)]
        assert morgana("caption", str(film), "-o", made, *before) == status
        assert told in capsys.readouterr().err
    assert morgana("caption", str(film), "-o", made, "--template", "Alhena") == 3
    assert "No speech was found" in capsys.readouterr().err
    assert morgana("caption", str(film), "-o", str(tmp_path / "no" / "made.mp4"), "--template", "Alhena") == 1
    assert "its folder does not exist" in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == [film, wrong]


@pytest.mark.parametrize(
    "places",
    [
        ["-o", "film.mp4"],
        ["-o", "made.mp4", "--srt", "said.srt"],
        ["-o", "made.mp4", "--words", "own.toml"],
        ["-o", "made.mp4", "--vtt", "../film/made.mp4"],
    ],
)
def test_no_file_takes_the_place_of_another(
    morgana: Run,
    film: Path,
    subtitles: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    places: list[str],
) -> None:
    folder = film.parent / "film"
    folder.mkdir()
    own = folder / "own.toml"
    own.write_text(files("morgana.captions").joinpath("templates/alhena.toml").read_text("utf-8"))
    kept = [own, *(path.rename(folder / path.name) for path in (film, subtitles))]
    before = {path: path.read_bytes() for path in kept}
    monkeypatch.chdir(folder)
    given = ["film.mp4", "--template", "own.toml", "--transcript", "said.srt"]
    assert morgana("caption", *given, *places) == 1
    assert "named twice" in capsys.readouterr().err
    for output in ("own.toml", "made.jpg"):
        assert morgana("templates", "preview", "own.toml", "-o", output) == 1
        assert "named twice" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_templates_are_listed(morgana: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert morgana("templates", "list") == 0
    listed = capsys.readouterr().out
    assert all(one.id in listed and one.name in listed for one in templates().values())
    assert morgana("templates", "list", "--json") == 0
    assert {one["id"] for one in json.loads(capsys.readouterr().out)} == set(templates())


def test_a_template_of_ones_own_is_previewed(
    morgana: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.toml"
    text = files("morgana.captions").joinpath("templates/alhena.toml").read_text("utf-8")
    own.write_text(text.replace("#ffd60a", "#00ff00"))
    made = tmp_path / "made.mp4"
    assert morgana("templates", "preview", str(own), "-o", str(made)) == 0
    assert probe(made).duration > 2
    with Image.open(made.with_suffix(".jpg")) as poster:
        pixels = np.asarray(poster.convert("RGB")).astype(int)
    assert ((pixels[..., 1] > 200) & (pixels[..., 0] < 90)).sum() > 200
    own.write_text(text + "\n[nonsense]\nx = 1\n")
    assert morgana("templates", "preview", str(own), "-o", str(made)) == 1
    assert "nonsense" in capsys.readouterr().err
    assert morgana("templates", "preview", str(tmp_path / "none.toml"), "-o", str(made)) == 2
    assert "No such file" in capsys.readouterr().err
