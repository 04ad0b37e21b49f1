"""Every endpoint has a sample in each language, and each sample calls it."""

import io
import json
import os
import shutil
import subprocess
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from morgana.api import create_app, events
from morgana.client import Client
from morgana.live import Captioner, Overlayer, Speaker
from morgana.settings import settings
from tests.api.conftest import JPEG, MP4, PNG, Room
from tests.client.reference import LANGUAGES, Sample, quick_start, samples, subjects
from tests.client.samples import lay_out, worked_off
from tests.node import node

MODELS = settings().models_folder.absolute()
# Endpoints that answer with a link: a client that has the link already need not ask for it.
LINKED = {
    "GET /v1/videos/{video_id}/thumbnail",
    "GET /v1/videos/captions/{video_id}/thumbnail",
    "GET /v1/meta/text_overlays/{text_overlay_id}/results/{index}/thumbnail",
}


@dataclass
class Calls:
    """What was asked of the server while a sample ran, and with what status it answered."""

    now: str = ""
    of: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))


class Noting:
    """Notes calls; `/sample/NAME` says that the sample of this name begins."""

    def __init__(self, app: ASGIApp, calls: Calls) -> None:
        self.app = app
        self.calls = calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/sample/"):
            self.calls.now = scope["path"].removeprefix("/sample/")

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start" and "route" in scope:
                called = f"{scope['method']} {scope['route'].path.replace(':path', '')}"
                self.calls.of[self.calls.now].append((called, message["status"]))
            await send(message)

        await self.app(scope, receive, noted)


async def _film_preview(_template: str, video: Path) -> None:
    video.write_bytes(MP4)


async def _draw_posters(targets: Mapping[str, Path]) -> None:
    for path in targets.values():
        path.write_bytes(JPEG)


async def _draw_fonts(targets: Mapping[str, Path]) -> None:
    for path in targets.values():
        path.write_bytes(PNG)


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def app(data: Path, room: Room, speaker: Speaker, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The application with fonts, on which nothing takes long, and whose webhooks reach nobody."""
    monkeypatch.setenv("MORGANA_MODELS", str(MODELS))
    settings.cache_clear()
    monkeypatch.setattr("morgana.webhooks.targets._look_up", lambda *_: [])
    monkeypatch.setattr(events, "_LONGEST_SECONDS", 0.5)
    monkeypatch.setattr(events, "_HEARTBEAT_SECONDS", 0.1)
    previews = data / "previews"
    previews.mkdir(exist_ok=True)
    served = create_app(
        room, speaker, Captioner(previews, _film_preview, _draw_posters), Overlayer(previews, _draw_fonts)
    )
    served.add_middleware(Noting, calls=calls)
    return served


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where samples run."""
    lay_out(tmp_path)
    (tmp_path / ".curlrc").write_text("fail-with-body\nsilent\nshow-error\n")
    monkeypatch.setenv("CURL_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def given(
    server: str, key: str, room: Room, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator["Given"]:
    assert folder.exists()
    monkeypatch.setenv("MORGANA_BASE_URL", server)
    monkeypatch.setenv("MORGANA_API_KEY", key)
    with worked_off(room), Client(server, key) as client:
        yield Given(client, key)


@dataclass
class Given:
    """What the names in samples stand for: the same for all, but for those that delete it."""

    client: Client
    key: str
    _shared: dict[str, str] = field(default_factory=dict)

    def to(self, sample: Sample) -> dict[str, str]:
        if sample.endpoint.startswith("DELETE"):
            return subjects(self.client, self.key)
        self._shared = self._shared or subjects(self.client, self.key)
        return self._shared


def of(language: str) -> list[Sample]:
    """Those of the reference, and the first video of the quick start."""
    return [*(sample for sample in samples() if sample.language == language), quick_start(language)]


def uncalled(calls: Calls, language: str) -> list[str]:
    """The samples that did not call what they are about, or were refused something."""
    wrong = []
    for sample in of(language):
        called = {endpoint for endpoint, _ in calls.of[sample.name]}
        refused = [one for one in calls.of[sample.name] if one[1] >= 400 and one[0] != "GET /ready"]
        linked = sample.endpoint in LINKED and "GET /files/{key}" in called
        if refused or not (sample.endpoint in called or linked):
            wrong.append(f"{sample.name} ({sample.endpoint}): {calls.of[sample.name]}")
    return wrong


def test_every_endpoint_has_a_sample_in_each_language(app: FastAPI) -> None:
    served = {f"{method.upper()} {path}" for path, item in app.openapi()["paths"].items() for method in item}
    shown = [(sample.endpoint, sample.language) for sample in samples()]
    assert sorted(shown) == sorted((one, language) for one in served for language in LANGUAGES)


def test_every_sample_with_curl_works(given: Given, calls: Calls) -> None:
    bash = shutil.which("bash") or "bash"
    assert shutil.which("curl"), (
        "curl is not installed. `make test` installs it on Debian; elsewhere install it."
    )
    for sample in of("bash"):
        calls.now = sample.name
        environment = {**os.environ, **given.to(sample)}
        calls.of[sample.name].clear()
        ran = subprocess.run(
            [bash, "-euo", "pipefail", "-c", sample.code], env=environment, capture_output=True, check=False
        )
        assert ran.returncode in (0, 22 * (sample.endpoint == "GET /ready")), (sample, ran.stdout, ran.stderr)
    assert uncalled(calls, "bash") == []
    assert Path("video.mp4").read_bytes() == MP4


def test_every_sample_in_python_works(given: Given, calls: Calls) -> None:
    for sample in of("python"):
        names: dict[str, Any] = {"client": given.client, **given.to(sample)}
        calls.now = sample.name
        with redirect_stdout(io.StringIO()), warnings.catch_warnings():
            exec(compile(sample.code, sample.name, "exec"), names)  # noqa: S102
        if names["client"] is not given.client:
            names["client"].close()
    assert uncalled(calls, "python") == []
    assert Path("video.mp4").read_bytes() == MP4


def test_every_sample_in_typescript_works(built: Path, given: Given, calls: Calls, folder: Path) -> None:
    # Node finds the client from where the module is, not from where it runs.
    told = {sample.name: given.to(sample) for sample in of("typescript")}
    node(
        built / "build" / "reference" / "run.ts",
        folder=folder,
        SUBJECTS=json.dumps(told),
    )
    assert uncalled(calls, "typescript") == []
    assert Path("video.mp4").read_bytes() == MP4
