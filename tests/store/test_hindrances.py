"""What passes, and is no fault of what was asked for."""

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from morgana import store
from morgana.settings import settings
from morgana.store import blobs, database, is_hindrance


def test_a_locked_database_is_one(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0.1)
    store.migrate()
    with closing(sqlite3.connect(data / "morgana.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Exception, match="locked") as locked:
            store.work.cancel("video_x")
    assert is_hindrance(locked.value)


def test_an_s3_that_does_not_answer_is_one(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "tester",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "MORGANA_BLOBS": f"s3://morgana/{data.parent.name}",
    }.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(Exception, match=r"127\.0\.0\.1:9") as away:
        blobs.read("videos/video_x/video.mp4")
    assert is_hindrance(away.value)


def test_a_full_disk_is_one_and_a_fault_of_ours_or_a_lost_file_none(data: Path) -> None:
    assert is_hindrance(OSError(errno.ENOSPC, "No space left on device"))
    assert not is_hindrance(ValueError("a fault of ours"))
    with pytest.raises(FileNotFoundError) as lost:
        blobs.read("videos/video_x/video.mp4")
    assert not is_hindrance(lost.value)
    assert data.exists()
