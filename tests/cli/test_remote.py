"""The commands with `--server`, and `morgana jobs`, against a real server with scripted workers."""

import json
import signal
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from morgana import store
from morgana.client import ConnectionError, transport  # noqa: A004
from morgana.video.encode import write_mp4
from tests.api.conftest import (
    JPEG,
    MP4,
    WAV,
    Room,
    app,
    captioner,
    data,
    engine,
    finish,
    key,
    overlayer,
    server,
    speaker,
)
from tests.cli.conftest import Run

__all__ = ["app", "captioner", "data", "engine", "key", "overlayer", "server", "speaker"]

Captured = pytest.CaptureFixture[str]
SAID = b'{"language": "en", "duration": 1, "words": [{"text": "Hello", "start": 0.2, "end": 0.8}]}'


class Workers(Room):
    """A jobs room whose workers do at once what they are told to."""

    deed: Callable[[str], object] = staticmethod(lambda job_id: finish(job_id, {"video.mp4": MP4}))

    def enqueue(self, job_id: str) -> None:
        super().enqueue(job_id)
        self.deed(job_id)


@pytest.fixture
def room() -> Workers:
    return Workers()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The server, in this process, logs to standard output unless it is told otherwise."""
    with capture_logs():
        yield


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, str]:
    """Files that may be uploaded."""
    folder = tmp_path / "inputs"
    folder.mkdir()
    (folder / "face.jpg").write_bytes(JPEG)
    (folder / "voice.wav").write_bytes(WAV)
    frames = (np.full((384, 216, 3), 90, np.uint8) for _ in range(5))
    write_mp4(folder / "film.mp4", frames, fps=25, size=(216, 384), total=5)
    return {path.stem: str(path) for path in folder.iterdir()}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Where outputs are to go."""
    folder = tmp_path / "made"
    folder.mkdir()
    return folder


@pytest.fixture
def at(server: str, key: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The options that lead to the server."""
    monkeypatch.setenv("MORGANA_API_KEY", key)
    return ["--server", server]


def told(captured: Captured) -> dict[str, Any]:
    """The one object on standard output."""
    said: dict[str, Any] = json.loads(captured.readouterr().out)
    return said


def test_a_video_is_made_by_the_server(
    morgana: Run, at: list[str], inputs: dict[str, str], made: Path, capsys: Captured
) -> None:
    output = made / "video.mp4"
    asked = ["--image", inputs["face"], "--script", "Hello!", "--seed", "7", "--expression", "happy"]
    assert morgana("video", *asked, "-o", str(output), *at) == 0
    assert output.read_bytes() == MP4
    assert list(made.iterdir()) == [output]
    assert "Making the video: 100%" in capsys.readouterr().err


def test_json_tells_what_was_made_and_how_far_it_is(
    morgana: Run, at: list[str], inputs: dict[str, str], made: Path, capsys: Captured
) -> None:
    store.demo.provide()
    output = made / "video.mp4"
    asked = ["--actor", "actor_demo", "--audio", inputs["voice"]]
    assert morgana("video", *asked, "-o", str(output), "--json", *at) == 0
    captured = capsys.readouterr()
    result = json.loads(captured.out)
    assert result["output"] == str(output)
    assert result["id"].startswith("video_")
    shares = [json.loads(line)["progress"] for line in captured.err.splitlines()]
    assert (shares[0], shares[-1]) == (0, 1)


def test_captions_come_with_what_is_said(
    morgana: Run, room: Workers, at: list[str], inputs: dict[str, str], made: Path, capsys: Captured
) -> None:
    room.deed = lambda job_id: finish(job_id, {"video.mp4": MP4, "transcript.json": SAID})
    srt, vtt, words = (made / f"said.{kind}" for kind in ("srt", "vtt", "json"))
    output = made / "captioned.mp4"
    extras = ["--srt", str(srt), "--vtt", str(vtt), "--words", str(words)]
    wishes = ["--template", "alhena", "--position", "0.4", "--emphasize", "you, me", "--font-size", "1.2"]
    asked = [inputs["film"], "-o", str(output), *extras, *wishes]
    assert morgana("caption", *asked, "--json", *at) == 0
    assert output.read_bytes() == MP4
    assert "00:00:00,200 -->" in srt.read_text()
    assert vtt.read_text().startswith("WEBVTT")
    assert json.loads(words.read_text())["words"][0]["text"] == "Hello"
    assert set(told(capsys)) == {"id", "output", "srt", "vtt", "words"}


def test_each_text_has_its_video_and_one_that_fails_spoils_no_other(
    morgana: Run, room: Workers, at: list[str], inputs: dict[str, str], made: Path, capsys: Captured
) -> None:
    refused = {1: store.Failure("text_too_long", "There is no room for it.")}
    room.deed = lambda job_id: finish(job_id, {"video0.mp4": MP4, "video2.mp4": MP4}, refused)
    texts = ["--text", "One", "--text", "Two", "--text", "Three", "--font", "Anton"]
    asked = [inputs["film"], *texts, "-o", str(made / "all"), *at]
    assert morgana("overlay", *asked) == 3
    assert "'Two': There is no room for it." in capsys.readouterr().err
    assert sorted(file.name for file in (made / "all").iterdir()) == ["film-1.mp4", "film-3.mp4"]
    assert morgana("overlay", *asked, "--json") == 3
    one, two, three = told(capsys)["outputs"]
    assert Path(one["output"]).read_bytes() == MP4 == Path(three["output"]).read_bytes()
    assert (two["output"], two["error"]["code"]) == (None, "text_too_long")


def test_a_text_is_spoken_by_the_server(morgana: Run, at: list[str], made: Path, capsys: Captured) -> None:
    output, times = made / "said.wav", made / "said.json"
    assert morgana("speak", "One. Two.", "-o", str(output), "--timestamps", str(times), *at) == 0
    with wave.open(str(output)) as file:
        assert file.getnframes() == 24_000  # the header tells the length
    assert [word["text"] for word in json.loads(times.read_text())["words"]] == ["One.", "Two."]
    assert morgana("speak", "One.", "-o", str(made / "said.aac"), "--json", *at) == 0
    assert (made / "said.aac").read_bytes().startswith(b"ID3")
    assert told(capsys) == {"output": str(made / "said.aac")}
    assert sorted(file.name for file in made.iterdir()) == ["said.aac", "said.json", "said.wav"]


@pytest.mark.parametrize(
    ("code", "status"), [("no_face_detected", 3), ("internal_error", 4), ("something_new", 4)]
)
def test_why_a_job_failed_decides_how_the_command_ends(
    morgana: Run,
    room: Workers,
    at: list[str],
    inputs: dict[str, str],
    made: Path,
    capsys: Captured,
    code: str,
    status: int,
) -> None:
    room.deed = lambda job_id: store.work.fail(job_id, code, "Send another picture.")
    asked = ["--image", inputs["face"], "--script", "Hello!", "-o", str(made / "video.mp4"), *at]
    assert morgana("video", *asked) == status
    assert capsys.readouterr().err.splitlines()[-1] == "Send another picture."
    assert morgana("video", *asked, "--json") == status
    assert told(capsys) == {"error": {"code": code, "message": "Send another picture."}}
    assert list(made.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--voice", "nobody"], 3, "voice"),
        (["--script", "..."], 3, "script"),
        (["--key", "morgana_wrong"], 3, "unknown or was revoked"),
        (["--key", ""], 2, "MORGANA_API_KEY"),
        (["--server", "ftp://nowhere"], 2, "http://127.0.0.1:8000"),
    ],
)
def test_what_the_server_refuses_is_told(
    morgana: Run,
    at: list[str],
    inputs: dict[str, str],
    made: Path,
    capsys: Captured,
    arguments: list[str],
    status: int,
    said: str,
) -> None:
    asked = ["--image", inputs["face"], "--script", "Hello!", "-o", str(made / "video.mp4")]
    assert morgana("video", *asked, *at, *arguments) == status
    assert said in capsys.readouterr().err
    assert list(made.iterdir()) == []


def test_a_server_that_is_not_there_has_a_status_of_its_own(
    morgana: Run, made: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(transport, "sleep", lambda _seconds: None)
    asked = ["Hello.", "-o", str(made / "said.mp3"), "--server", "http://127.0.0.1:1", "--key", "x"]
    assert morgana("speak", *asked, "--json") == 5
    assert told(capsys)["error"]["code"] == "unreachable"
    assert list(made.iterdir()) == []


def test_a_server_that_goes_away_leaves_the_job_to_be_found(
    morgana: Run,
    room: Workers,
    at: list[str],
    inputs: dict[str, str],
    made: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    def lose(_seconds: float) -> None:
        raise ConnectionError("The server is gone.")

    room.deed = lambda _job_id: None
    monkeypatch.setattr(transport, "sleep", lose)
    asked = ["--image", inputs["face"], "--script", "Hello!", "-o", str(made / "video.mp4"), *at]
    assert morgana("video", *asked, "--json") == 5
    captured = capsys.readouterr()
    assert json.loads(captured.out)["error"] == {"code": "unreachable", "message": "The server is gone."}
    assert f"morgana jobs download {room.enqueued[0]}" in json.loads(captured.err.splitlines()[-1])["note"]
    assert room.cancelled == []


def test_only_a_server_has_actors_and_only_we_have_templates_of_our_own(
    morgana: Run, at: list[str], inputs: dict[str, str], made: Path, capsys: Captured
) -> None:
    output = ["-o", str(made / "video.mp4")]
    assert morgana("video", "--actor", "actor_demo", "--script", "Hello!", *output) == 2
    assert "give --server" in capsys.readouterr().err
    assert morgana("caption", inputs["film"], "--template", "own.toml", *output, *at) == 2
    assert "A server has its own templates" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"]
)
def test_an_interrupted_command_cancels_its_job(
    number: signal.Signals,
    status: int,
    morgana: Run,
    room: Workers,
    at: list[str],
    inputs: dict[str, str],
    made: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Captured,
) -> None:
    def interrupt(_seconds: float) -> None:
        signal.raise_signal(number)

    room.deed = lambda _job_id: None
    monkeypatch.setattr(transport, "sleep", interrupt)
    asked = ["--image", inputs["face"], "--script", "Hello!", "-o", str(made / "video.mp4"), *at]
    assert morgana("video", *asked) == status
    assert room.cancelled == room.enqueued
    assert f"Cancelled {room.enqueued[0]}." in capsys.readouterr().err
    assert list(made.iterdir()) == []


def test_jobs_are_listed_shown_cancelled_and_downloaded(
    morgana: Run, room: Workers, at: list[str], inputs: dict[str, str], made: Path, capsys: Captured
) -> None:
    assert morgana("overlay", inputs["film"], "--text", "One", "-o", str(made / "a.mp4"), *at) == 4
    room.deed = lambda job_id: finish(job_id, {"video.mp4": MP4})
    asked = ["--image", inputs["face"], "--script", "Hello!", "-o", str(made / "b.mp4"), "--json"]
    capsys.readouterr()
    assert morgana("video", *asked, *at) == 0
    video = told(capsys)["id"]
    assert morgana("jobs", "list", *at) == 0
    heading, *rows = capsys.readouterr().out.splitlines()
    assert heading.split() == ["ID", "KIND", "STATUS", "CREATED"]
    assert {row.split()[1] for row in rows} == {"video", "overlay"}
    assert morgana("jobs", "list", "--limit", "1", "--json", *at) == 0
    (newest,) = told(capsys)["jobs"]
    assert morgana("jobs", "show", newest["id"], "--json", *at) == 0
    assert told(capsys)["status"] == newest["status"]
    assert morgana("jobs", "cancel", video, *at) == 0
    assert "COMPLETE" in capsys.readouterr().out
    assert morgana("jobs", "download", video, "-o", str(made / "again.mp4"), *at) == 0
    assert (made / "again.mp4").read_bytes() == MP4
    assert morgana("jobs", "download", "video_x", "-o", str(made / "none.mp4"), *at) == 3
    assert sorted(file.name for file in made.iterdir()) == ["again.mp4", "b.mp4"]
