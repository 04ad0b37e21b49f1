import io
import os
import time
from pathlib import Path

import pytest

from morgana import store
from morgana.store import actors, blobs, videos, work
from tests.store.conftest import ADA, cast, created

pytestmark = pytest.mark.usefixtures("db")


def _put(key: str, folder: Path, *, hours_ago: float) -> str:
    blobs.put(key, io.BytesIO(b"x"))
    return _aged(key, folder, hours_ago=hours_ago)


def _aged(key: str, folder: Path, *, hours_ago: float) -> str:
    moment = time.time() - hours_ago * 3600
    os.utime(folder / "blobs" / key, (moment, moment))
    return key


def _kept() -> set[str]:
    return {key for key, _ in blobs.stored()}


def test_blobs_of_no_record_are_deleted_after_an_hour(data: Path) -> None:
    _put("videos/video_gone/image.jpg", data, hours_ago=2)
    fresh = _put("videos/video_new/image.jpg", data, hours_ago=0.9)
    assert store.sweep() == 1
    assert _kept() == {fresh}
    assert not (data / "blobs/videos/video_gone").exists()


def test_blobs_of_records_are_kept(data: Path) -> None:
    running, finished = created(), created()
    work.complete(
        finished.id,
        {
            "video": f"videos/{finished.id}/video-1.mp4",
            "transcript": f"videos/{finished.id}/transcript-1.json",
        },
    )
    actor = cast()
    work.complete(actor.id, {"portrait": f"actors/{actor.id}/portrait-1.npz"})
    wanted = {f"videos/{running.id}/video-being-stored.mp4"}
    for record in (running, videos.get(ADA, finished.id), actors.get(ADA, actor.id)):
        assert record is not None
        wanted.update(record.blobs())
    assert len(wanted) == 9
    for key in wanted:
        _put(key, data, hours_ago=48)
    assert store.sweep() == 0
    assert _kept() == wanted


def test_outputs_of_executions_that_came_late_are_deleted(data: Path) -> None:
    video = created()
    output = _put(f"videos/{video.id}/output-1.mp4", data, hours_ago=2)
    _put(f"videos/{video.id}/output-2.mp4", data, hours_ago=2)
    work.complete(video.id, {"video": output})
    assert store.sweep() == 1
    assert _kept() == {output}


def test_writes_that_a_crash_cut_off_are_deleted(data: Path) -> None:
    video = created()
    output = _put(f"videos/{video.id}/output-1.mp4", data, hours_ago=2)
    work.complete(video.id, {"video": output})
    half = data / "blobs" / f"{output}#1"  # how a write in progress is named
    half.write_bytes(b"half")
    _aged(f"{output}#1", data, hours_ago=2)
    assert store.sweep() == 1
    assert _kept() == {output}


def test_what_a_removed_video_left_is_deleted(data: Path) -> None:
    video = created()
    work.cancel(video.id)
    store.videos.remove(ADA, video.id)
    actor = cast()
    store.actors.remove(ADA, actor.id)
    for key in (*video.blobs(), *actor.blobs()):
        _put(key, data, hours_ago=2)
    assert store.sweep() == 3
    assert _kept() == set()


def test_a_copy_of_something_old_is_not_taken_for_abandoned(data: Path) -> None:
    actor = cast()
    _put(actor.inputs["image"], data, hours_ago=48)
    blobs.copy(actor.inputs["image"], "videos/video_soon/image.png")
    assert store.sweep() == 0
    assert _kept() == {actor.inputs["image"], "videos/video_soon/image.png"}
