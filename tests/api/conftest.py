import io
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from morgana import store
from morgana.api import create_app
from morgana.live import Captioner, Overlayer, Speaker
from morgana.queues import Queue
from morgana.settings import data_folder, settings
from morgana.store import database
from tests.live.scripted import Scripted

DEADLINE = 300.0
ADA = store.Owner("ada", "engines")
PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 200
JPEG = b"\xff\xd8\xff\xe0" + b"j" * 200
WAV = b"RIFF\x00\x00\x00\x00WAVEfmt " + b"w" * 200
MP3 = b"\xff\xfb\x90\x00" + b"m" * 200
TAGGED_MP3 = b"ID3\x04" + b"m" * 200
MP4 = bytes(range(256)) * 40

Files = dict[str, tuple[str, bytes]]


def files(image: bytes = PNG, audio: bytes = WAV) -> Files:
    return {"image_reference": ("face.png", image), "audio_reference": ("voice.wav", audio)}


@dataclass
class Room:
    """A jobs room that notes what it was told and runs nothing."""

    enqueued: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    alive: bool = True
    broken: bool = False

    def enqueue(self, job_id: str) -> None:
        assert store.work.wanted(job_id), "told of a job that is not recorded yet"
        if self.broken:
            raise ConnectionError("the queue is away")
        self.enqueued.append(job_id)

    def cancel(self, job_id: str) -> None:
        assert not store.work.wanted(job_id), "told before the record says so"
        if self.broken:
            raise ConnectionError("the queue is away")
        self.cancelled.append(job_id)

    def takers(self) -> dict[str, int]:
        return {queue.value: 2 * self.alive for queue in Queue if queue is not Queue.OVERLAYS} | {
            "overlays": 0
        }

    def worker_alive(self) -> bool:
        return self.alive

    def sandboxes(self) -> list[str]:
        return ["limits (bubblewrap: none)", "bubblewrap", "bubblewrap"] if self.alive else []


@cache
def _records() -> bytes:
    """A database that is set up and empty: to copy it takes a third of the time of making another."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MORGANA_DATA", folder)
        settings.cache_clear()
        store.migrate()
        database.engine().dispose()
        return (Path(folder) / "morgana.db").read_bytes()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    records = _records()
    monkeypatch.setenv("MORGANA_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    (data_folder() / "morgana.db").write_bytes(records)
    store.migrate()
    yield tmp_path / "data"
    database.engine().dispose()
    settings.cache_clear()


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def engine() -> Scripted:
    return Scripted()


@pytest.fixture
def speaker(data: Path, engine: Scripted) -> Speaker:
    """The real live room with an engine that is scripted; no weights are there."""
    assert data.exists()
    return Speaker(settings().max_text_characters, data_folder("previews"), engine.speak)


@pytest.fixture
def captioner(data: Path) -> Captioner:
    assert data.exists()
    return Captioner(data_folder("previews"))


@pytest.fixture
def overlayer(data: Path) -> Overlayer:
    assert data.exists()
    return Overlayer(data_folder("previews"))


@pytest.fixture
def app(data: Path, room: Room, speaker: Speaker, captioner: Captioner, overlayer: Overlayer) -> FastAPI:
    assert data.exists()
    return create_app(room, speaker, captioner, overlayer)


@pytest.fixture
def key(data: Path) -> str:
    assert data.exists()
    return store.keys.create("test", ADA.user, ADA.org)[1]


@pytest.fixture
def client(app: FastAPI, key: str) -> Iterator[TestClient]:
    """A client with Ada's key, which follows no redirects."""
    with TestClient(app, headers={"x-api-key": key}, follow_redirects=False) as client:
        yield client


@pytest.fixture
def server(app: FastAPI) -> Iterator[str]:
    """The application behind a real server on a real socket; its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    deadline = time.monotonic() + DEADLINE
    while not running.started:
        assert thread.is_alive() and time.monotonic() < deadline, "the server did not start"  # noqa: PT018
        time.sleep(0.01)
    port = running.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(DEADLINE)
    assert not thread.is_alive()


def created(client: TestClient, **form: str) -> dict[str, Any]:
    answer = client.post("/v1/videos", files=files(), data=form)
    assert answer.status_code == 200, answer.text
    video: dict[str, Any] = answer.json()
    return video


def completed(client: TestClient, content: bytes = MP4) -> dict[str, Any]:
    """A video that a worker has finished."""
    video_id = created(client)["id"]
    finish(video_id, {"video.mp4": content, "transcript.json": b"{}"})
    video: dict[str, Any] = client.get(f"/v1/videos/{video_id}").json()
    return video


def finish(
    job_id: str,
    outputs: dict[str, bytes],
    failures: dict[int, store.Failure] | None = None,
    facts: store.Facts | None = None,
) -> None:
    """What a worker does."""
    job = store.work.begin(job_id)
    assert job is not None
    keys = {}
    for name, content in outputs.items():
        role, _, suffix = name.partition(".")
        keys[role] = store.work.new_output_key(job, role, f".{suffix}")
        store.blobs.put(keys[role], io.BytesIO(content))
    assert store.work.complete(job_id, keys, failures, facts)


def cast(client: TestClient, image: bytes = PNG, **form: str) -> dict[str, Any]:
    """A new actor."""
    answer = client.post("/v1/actors", files={"portrait": ("face.png", image)}, data={"name": "Zoé"} | form)
    assert answer.status_code == 200, answer.text
    actor: dict[str, Any] = answer.json()
    return actor


def blob_files(data: Path) -> list[str]:
    """What is stored, finished or not, in the folders for blobs and uploads."""
    folders = [data / "blobs", data / "uploads"]
    return sorted(p.name for folder in folders for p in folder.rglob("*") if p.is_file())


def unsigned(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with its links as they are before they are signed, which depends on the second."""
    return {
        name: value.split("?")[0] if name.endswith("_url") and value else value
        for name, value in answer.items()
    }


def locations(answer: Any) -> list[tuple[list[str | int], str]]:
    """Where a 422 answer says that something is wrong, and what; the form of the answer is checked too."""
    assert answer.status_code == 422, answer.text
    body = answer.json()
    assert set(body) == {"detail"}
    for entry in body["detail"]:
        assert set(entry) == {"loc", "msg", "type"}
        assert entry["msg"]
    return [(entry["loc"], entry["type"]) for entry in body["detail"]]


def error_code(answer: Any, status: int) -> str:
    """The code of any other error answer; the form of the answer is checked too."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body["error"]) == {"code", "type", "message"}
    assert body["error"]["code"] == body["error"]["type"]
    assert body["error"]["message"]
    code: str = body["error"]["code"]
    return code
