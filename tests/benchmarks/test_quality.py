"""Verdicts, the table of many portraits, and what is kept of them."""

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import portrait_quality
import pytest
import quality_many
from face_figures import Figures
from face_track import NoFaceFoundError
from mouth_figures import MouthFigures
from quality_goals import GOALS, summarise
from quality_many import Row, measure_once, measure_portrait, pictures, spoken_by, table
from quality_measuring import Measured, Subject, keep, read_kept
from quality_report import report

from morgana.errors import ErrorCode, InputError
from morgana.portrait import VideoOptions

OPTIONS = VideoOptions()


def measured(closed: float = 1.0, closures: int = 6, **mouth: float) -> Measured:
    numbers: dict[str, float | int | tuple[float, ...]] = {field.name: 1.0 for field in fields(Figures)}
    numbers |= {"aperture": (0.01, 0.12, 0.25), "identity": (0.9, 0.8), "pose": (3.0, 3.0, 2.0)}
    numbers |= {"closed": closed, "closures": closures, "blink_lengths": (0.1, 0.2, 0.3)}
    own = {"interior": 1.0, "mouth": 1.0, "seam": 10.0, "unsteadiness": 1.0, "flicker": 0.5} | mouth
    return Measured(Figures(**numbers), (0, 0.1, 0.9), MouthFigures(**own))  # type: ignore[arg-type]


def short(mesh: Measured, learned: Measured) -> list[str]:
    pair = summarise([mesh]), summarise([learned])
    return [goal.value for goal in GOALS if goal.verdict(*pair) is False]


def subject(folder: Path) -> Subject:
    image, audio = folder / "image.png", folder / "audio.wav"
    image.write_bytes(b"picture")
    audio.write_bytes(b"sound")
    return Subject(image, audio, audio, OPTIONS)


def test_as_good_as_the_mesh_is_good_enough() -> None:
    assert short(measured(), measured()) == []


@pytest.mark.parametrize(
    ("worse", "goal"),
    [
        (measured(interior=0.94), "interior"),
        (measured(mouth=0.94), "mouth"),
        (measured(seam=11.0), "seam"),
        (measured(unsteadiness=1.1), "unsteadiness"),
        (measured(flicker=0.6), "flicker"),
        (measured(closed=5 / 6), "closed"),
        (replace(measured(), lag=(1, 1.0, 0.9)), "lag"),
        (replace(measured(), figures=replace(measured().figures, jitter=1.2)), "jitter"),
        (replace(measured(), figures=replace(measured().figures, identity=(0.88, 0.8))), "identity"),
        (
            replace(measured(), figures=replace(measured().figures, aperture=(0.0, 0.05, 0.2))),
            "median_aperture",
        ),
        (replace(measured(), figures=replace(measured().figures, aperture=(0.0, 0.1, 0.4))), "wide_aperture"),
    ],
)
def test_what_is_worse_falls_short_of_its_goal_alone(worse: Measured, goal: str) -> None:
    assert short(measured(), worse) == [goal]


def test_what_cannot_be_measured_is_not_judged() -> None:
    unknown = measured(closed=np.nan, closures=0, interior=np.nan, flicker=np.nan)
    pair = summarise([measured()]), summarise([unknown])
    assert {goal.value for goal in GOALS if goal.verdict(*pair) is None} == {"closed", "interior", "flicker"}


def test_closures_of_several_films_count_each() -> None:
    assert summarise([measured(1.0, 9), measured(0.0, 1)]).closed == pytest.approx(0.9)
    assert summarise([measured(1.0, 9), measured(np.nan, 0)]).closed == 1


def test_the_lag_is_that_of_the_worst_film() -> None:
    assert summarise([measured(), replace(measured(), lag=(-2, -2.0, 0.9))]).lag == -2


def test_the_report_has_a_verdict_beside_each_goal(capsys: pytest.CaptureFixture[str]) -> None:
    report({"mesh": measured(), "learned": measured(seam=20.0, flicker=np.nan)})
    lines = capsys.readouterr().out.splitlines()
    assert next(line for line in lines if line.startswith("seam")).endswith("falls short")
    assert next(line for line in lines if line.startswith("held mouth")).endswith("not judged")
    assert next(line for line in lines if line.startswith("sharpness of photo")).endswith("holds")
    assert next(line for line in lines if line.startswith("blinks")).endswith("1.0")


def test_one_renderer_alone_gets_no_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    report({"learned": replace(measured(), unsuited="it is turned"), "real speaker": measured()})
    out = capsys.readouterr().out
    assert "holds" not in out
    assert "auto would take mesh: it is turned" in out


def test_the_table_has_a_line_a_portrait_and_totals_of_those_that_suit() -> None:
    good = Row("good", {"mesh": [measured()] * 2, "learned": [measured()] * 2})
    soft = Row("soft", {"mesh": [measured()], "learned": [measured(interior=0.8)]})
    aside = replace(measured(interior=0.1), unsuited="it is turned")
    turned = Row("turned", {"mesh": [aside], "learned": [aside]})
    lines = table([good, soft, turned, Row("empty", {}, "no face")]).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert [line.split("|")[1].strip() for line in lines[2:]] == [
        "good",
        "soft",
        "turned",
        "empty",
        "**all that suit** (2 of 4)",
    ]
    assert lines[2].endswith("|  |")
    assert lines[3].endswith("| sharpness inside |")
    assert "auto takes mesh: it is turned" in lines[4]
    assert lines[5].endswith("refused: no face |")
    assert "1.00 / 0.90 (1 of 2)" in lines[6]
    assert lines[6].endswith("nothing in 1 of 2 |")


def test_figures_come_back_as_they_were_kept(tmp_path: Path) -> None:
    asked, record = subject(tmp_path), tmp_path / "film.json"
    keep(measured(), asked, record)
    kept = read_kept(record, asked)
    assert kept is not None
    assert kept.measured == measured()


@pytest.mark.parametrize("part", ["image.png", "audio.wav"])
def test_figures_of_another_input_are_not_taken(tmp_path: Path, part: str) -> None:
    asked, record = subject(tmp_path), tmp_path / "film.json"
    keep(measured(), asked, record)
    (tmp_path / part).write_bytes(b"another")
    assert read_kept(record, asked) is None


def test_figures_of_other_options_or_cut_short_are_not_taken(tmp_path: Path) -> None:
    asked, record = subject(tmp_path), tmp_path / "film.json"
    keep(measured(), asked, record)
    assert read_kept(record, replace(asked, options=VideoOptions(seed=1))) is None
    record.write_text(record.read_text()[:100])
    assert read_kept(record, asked) is None


def stand_ins(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """In place of making and measuring; what was done."""
    done: list[str] = []

    def make(asked: Subject, wanted: str, film: Path) -> None:
        del asked
        film.write_bytes(b"film")
        done.append(f"made {wanted}")

    def measure(film: Path, asked: Subject, sheet: Path, wanted: str) -> Measured:
        del film
        keep(measured(), asked, sheet.with_suffix(".json"))
        done.append(f"measured {wanted}")
        return measured()

    monkeypatch.setattr(quality_many, "make", make)
    monkeypatch.setattr(quality_many, "measure_film", measure)
    return done


def test_what_was_measured_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done, asked, film = stand_ins(monkeypatch), subject(tmp_path), tmp_path / "film.mp4"
    for _ in range(2):
        assert measure_once(asked, "mesh", film) == measured()
    assert done == ["made mesh", "measured mesh"]


def test_a_film_without_today_s_figures_is_measured_and_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, asked, film = stand_ins(monkeypatch), subject(tmp_path), tmp_path / "film.mp4"
    measure_once(asked, "mesh", film)
    told = json.loads(film.with_suffix(".json").read_text())
    del told["mouth"]["seam"]
    film.with_suffix(".json").write_text(json.dumps(told))
    measure_once(asked, "mesh", film)
    assert done == ["made mesh", "measured mesh", "measured mesh"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, NoFaceFoundError])
def test_a_film_whose_measuring_was_stopped_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: Callable[[], BaseException]
) -> None:
    done, asked, film = stand_ins(monkeypatch), subject(tmp_path), tmp_path / "film.mp4"

    def stopped(*_: object) -> Measured:
        raise stop()

    with monkeypatch.context() as patch:
        patch.setattr(quality_many, "measure_film", stopped)
        with pytest.raises((KeyboardInterrupt, NoFaceFoundError)):
            measure_once(asked, "mesh", film)
    measure_once(asked, "mesh", film)
    assert done == ["made mesh", "made mesh", "measured mesh"]


def test_a_portrait_without_a_face_is_told_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Subject:
        raise NoFaceFoundError("no face in the first frame")

    monkeypatch.setattr(quality_many, "make_subject", refuse)
    row = measure_portrait(tmp_path / "a.png", [tmp_path / "b.wav"], ["mesh"], OPTIONS, tmp_path, tmp_path)
    assert row.refused == "no face in the first frame"


def test_missing_weights_are_no_fault_of_the_portrait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> Subject:
        raise InputError(ErrorCode.MODEL_MISSING, "The weights are not installed.")

    monkeypatch.setattr(quality_many, "make_subject", missing)
    with pytest.raises(InputError, match="not installed"):
        measure_portrait(tmp_path / "a.png", [tmp_path / "b.wav"], ["mesh"], OPTIONS, tmp_path, tmp_path)


def test_nothing_is_begun_without_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MORGANA_MODELS", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["portrait_quality.py", "image.png", "sound.wav"])
    with pytest.raises(SystemExit, match="morgana models pull sface"):
        portrait_quality.main()


def test_pictures_of_folders_are_found_in_order(tmp_path: Path) -> None:
    for name in ("b.png", "a.JPG", "note.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in pictures([tmp_path])] == ["a.JPG", "b.png"]
    (tmp_path / "none").mkdir()
    with pytest.raises(SystemExit, match="no picture"):
        pictures([tmp_path, tmp_path / "none"])


def test_recordings_are_said_by_all_or_in_turn() -> None:
    images, audios = [Path(name) for name in "abc"], [Path("1"), Path("2")]
    assert [len(said) for _, said in spoken_by(images, audios, in_turn=False)] == [2, 2, 2]
    assert [said for _, (said,) in spoken_by(images, audios, in_turn=True)] == [
        Path("1"),
        Path("2"),
        Path("1"),
    ]
