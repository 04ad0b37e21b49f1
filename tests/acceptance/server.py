"""A real `morgana serve`, with the real weights and pipeline, and a client to talk to it."""

import os
import socket
import subprocess
import sys
import time
import wave
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import httpx2

from morgana.settings import settings

DEADLINE = 300.0  # seconds; a video takes about 10 on a machine with nothing else to do
SPEECH_SECONDS = 2.0
MORGANA = str(Path(sys.executable).parent / "morgana")


def eventually(found: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + DEADLINE
    while not (value := found()):
        assert time.monotonic() < deadline, f"not within {DEADLINE} s: {what}"
        time.sleep(0.05)
    return value


def processes(module: str, parent: int | None = None) -> list[int]:
    """Ids of the living processes that run `python -m MODULE`, of one parent or of any."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
            status = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if module.encode() in command and status[0] != "Z" and parent in (None, int(status[1])):
            found.append(int(folder.name))
    return found


def portrait() -> bytes:
    with as_file(files("morgana") / "assets" / "demo" / "portrait.png") as path:
        return path.read_bytes()


def speech(folder: Path) -> bytes:
    """The beginning of the shipped recording."""
    cut = folder / "speech.wav"
    with (
        as_file(files("morgana") / "assets" / "demo" / "speech.wav") as path,
        wave.open(str(path)) as source,
        wave.open(str(cut), "wb") as target,
    ):
        target.setparams(source.getparams())
        target.writeframes(source.readframes(round(SPEECH_SECONDS * source.getframerate())))
    return cut.read_bytes()


@dataclass
class Server:
    """One installation: a data folder, a port, and a server that can be killed and started again."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes]"
    client: httpx2.Client

    @classmethod
    def begin(cls, folder: Path) -> "Server":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        key = subprocess.run(
            [MORGANA, "keys", "create", "--name", "acceptance"],
            env=_environment(folder),
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout.strip()
        client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers={"x-api-key": key}, timeout=60)
        return cls(folder, port, _serve(folder, port, client), client)

    def kill(self) -> None:
        """kill -9 the server, and nothing else."""
        self.process.kill()
        self.process.wait()

    def start(self) -> None:
        self.process = _serve(self.folder, self.port, self.client)

    def end(self) -> None:
        self.client.close()
        self.process.terminate()
        assert self.process.wait(DEADLINE) == 0

    def worker(self) -> int:
        """Process id of the server's worker."""
        found: list[int] = eventually(
            lambda: processes("morgana.jobs.worker", self.process.pid), "the server has a worker"
        )
        return found[0]

    def child(self) -> int:
        """Process id of the child that runs the job."""
        found: list[int] = eventually(
            lambda: processes("morgana.jobs.child", self.worker()), "the worker has a child"
        )
        return found[0]

    def post(self, image: bytes | None = None, idempotency_key: str | None = None) -> dict[str, Any]:
        return self.create(
            "/v1/videos",
            {
                "image_reference": ("portrait.png", image or portrait(), "image/png"),
                "audio_reference": ("speech.wav", speech(self.folder), "audio/wav"),
            },
            {"Idempotency-Key": idempotency_key} if idempotency_key else {},
            model="mirage-video-1-latest",
        )

    def create(
        self, path: str, files: dict[str, Any], headers: dict[str, str] | None = None, **form: str
    ) -> dict[str, Any]:
        fields = {name: (None, value) for name, value in form.items()}
        answer = self.client.post(path, files=files | fields, headers=headers)
        assert answer.status_code == httpx2.codes.OK, answer.text
        return dict(answer.json())

    def actor(self, actor_id: str) -> dict[str, Any]:
        """The actor once it is analysed."""

        def look() -> dict[str, Any] | None:
            actor = dict(self.client.get(f"/v1/actors/{actor_id}").raise_for_status().json())
            return actor if actor["status"] != "PROCESSING" else None

        found: dict[str, Any] = eventually(look, "the actor is analysed")
        return found

    def video(self, video_id: str) -> dict[str, Any]:
        return dict(self.client.get(f"/v1/videos/{video_id}").raise_for_status().json())

    def begun(self, video_id: str) -> None:
        """Wait until the job is well under way."""
        eventually(lambda: self.video(video_id)["progress"] >= 10, "the job makes progress")

    def ended(self, video_id: str) -> dict[str, Any]:
        seen: list[int] = []

        def look() -> dict[str, Any] | None:
            video = self.video(video_id)
            if video["status"] != "PROCESSING":
                return video
            seen.append(video["progress"])
            return None

        video: dict[str, Any] = eventually(look, "the job ends")
        assert seen == sorted(seen)
        assert max(seen, default=0) <= 99
        return video


def _serve(folder: Path, port: int, client: httpx2.Client) -> "subprocess.Popen[bytes]":
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [MORGANA, "serve", "--port", str(port)], env=_environment(folder), stdout=log, stderr=log
        )

    def ready() -> bool:
        assert process.poll() is None, (folder / "server.log").read_text()
        try:
            return client.get("/ready").status_code == httpx2.codes.OK
        except httpx2.TransportError:
            return False

    eventually(ready, "the server is ready")
    return process


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {
        "MORGANA_DATA": str(folder / "data"),
        "MORGANA_MODELS": str(settings().models_folder.absolute()),
    }
