"""Databases of earlier releases are brought up to date with all that is in them."""

import json
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, create_engine, insert, inspect, text
from sqlalchemy.schema import MetaData

from morgana.settings import data_folder
from morgana.store import Kind, Owner, Status, database, text_overlays, videos, work
from tests.store.conftest import ADA, created, let_in, written_over

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def old() -> Engine:
    """A database as the first release left it, with videos in it."""
    url = database._url()
    if url.drivername == "sqlite":
        data_folder()
    engine = create_engine(url)
    with engine.begin() as connection:
        database._upgrade(connection, "0001")
        _fill(connection)
    return engine


def _fill(connection: Connection) -> None:
    tables = MetaData()
    tables.reflect(connection)
    connection.execute(insert(tables.tables["videos"]), [_video(number) for number in range(1, 1203)])
    connection.execute(text("DELETE FROM videos WHERE id = 'video_1202'"))
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT setval('videos_sequence_seq', 1202)"))


def _video(number: int) -> dict[str, Any]:
    finished = number % 2 == 0
    return {
        "sequence": number,
        "id": f"video_{number}",
        "kind": "generation",
        "user_id": "ada",
        "org_id": "engines" if number % 3 else "looms",
        "status": "COMPLETE" if finished else "PROCESSING",
        "progress": 100 if finished else number % 99,
        "error_code": None,
        "error_message": None,
        "model": "mirage-video-1-latest" if number % 5 else None,
        "options": {"fps": 25, "seed": number},
        "inputs": {"image": f"videos/video_{number}/image.png"},
        "output": f"videos/video_{number}/output-1.mp4" if finished else None,
        "created_at": 1_700_000_000_000_000 + number // 4,
        "started_at": 1_700_000_001_000_000 if finished else None,
        "completed_at": 1_700_000_002_000_000 if finished else None,
    }


def test_videos_of_the_first_release_are_kept_as_they_were(old: Engine) -> None:
    with old.connect() as connection:
        before = connection.execute(text("SELECT * FROM videos ORDER BY sequence")).mappings().all()
    old.dispose()
    database.upgrade()
    owners = (ADA, Owner("ada", "looms"))
    after = {video.id: video for owner in owners for video in videos.page(owner, limit=2000)}
    assert len(after) == len(before) == 1201
    for row in before:
        video = after[row["id"]]
        assert (video.owner.user, video.owner.org) == (row["user_id"], row["org_id"])
        assert (video.kind, video.status, video.progress) == (Kind.GENERATION, row["status"], row["progress"])
        assert (video.model, video.actor_id, video.voice_id) == (row["model"], None, None)
        assert video.options["seed"] == row["sequence"]
        options, inputs = (row[name] for name in ("options", "inputs"))
        assert video.options == (json.loads(options) if isinstance(options, str) else options)
        assert video.inputs == (json.loads(inputs) if isinstance(inputs, str) else inputs)
        assert video.outputs == ({"video": row["output"]} if row["output"] else {})
        assert round(video.created_at.timestamp() * 1_000_000) == row["created_at"]
        assert (video.completed_at is None) == (row["completed_at"] is None)
    listed = [video.id for video in videos.page(ADA, order="asc", limit=2000)]
    assert listed == [row["id"] for row in before if row["org_id"] == "engines"]


def test_work_goes_on_after_the_upgrade(old: Engine) -> None:
    old.dispose()
    database.upgrade()
    assert let_in() == [f"video_{number}" for number in range(1, 1203, 2)]
    job = work.begin("video_1")
    assert job is not None
    assert job.inputs == {"image": "videos/video_1/image.png"}
    assert work.complete("video_1", {"video": "videos/video_1/video-2.mp4"})
    newest = created()
    assert videos.page(ADA, limit=1) == [newest]
    assert videos.remove(ADA, "video_2") is not None
    done = videos.get(ADA, "video_1")
    assert done is not None
    assert done.status is Status.COMPLETE
    assert (done.source_video_id, done.caption_template_id) == (None, None)


def test_text_overlays_are_taken_back_and_nothing_else() -> None:
    video = created()
    gone = written_over()
    engine = database.engine()
    with engine.execution_options(writes=True).begin() as connection:
        command.downgrade(database._config(connection), "0003")
    with engine.connect() as connection:
        assert "text_overlays" not in inspect(connection).get_table_names()
        assert connection.execute(text("SELECT id FROM jobs")).scalars().all() == [video.id]
    with engine.execution_options(writes=True).begin() as connection:
        database._upgrade(connection)
    assert let_in() == [video.id]
    assert text_overlays.get(ADA, gone.id) is None
    assert text_overlays.page(ADA) == []
    kept = written_over()
    assert text_overlays.page(ADA) == [kept]
