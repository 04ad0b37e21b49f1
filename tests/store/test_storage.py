"""What each owner keeps, counted."""

import io
from pathlib import Path

import pytest

from morgana.store import Owner, Resource, blobs, storage, work
from tests.store.conftest import ADA, cast, created, written_over

pytestmark = pytest.mark.usefixtures("db")

GRACE = Owner("grace")


def _put(key: str, size: int) -> str:
    blobs.put(key, io.BytesIO(b"x" * size))
    return key


def test_records_files_and_bytes_are_counted_for_each_owner() -> None:
    assert storage.by_owner() == []
    video, other = created(), created(GRACE)
    for key in video.inputs.values():
        _put(key, 100)
    work.complete(video.id, {"video": _put(f"videos/{video.id}/video-1.mp4", 7000)})
    overlay, actor = written_over(), cast()
    _put(overlay.inputs["video"], 20)
    _put(actor.inputs["image"], 3)
    _put(other.inputs["image"], 9000)
    _put("videos/video_gone/image.png", 11)
    _put("actors/actor_gone/image.png", 1)
    grace, ada, nobody = storage.by_owner()
    assert (grace.owner, grace.files, grace.size) == (GRACE, 1, 9000)
    assert dict(grace.records) == {Resource.VIDEO: 1}
    assert (ada.owner, ada.files, ada.size) == (ADA, 5, 7223)
    assert dict(ada.records) == dict.fromkeys(Resource, 1)
    assert (nobody.owner, nobody.files, nobody.size, dict(nobody.records)) == (None, 2, 12, {})


def test_users_of_one_name_in_two_organisations_are_two_owners() -> None:
    for org in ("engines", "looms"):
        video = created(Owner("ada", org))
        _put(video.inputs["image"], 10)
    assert {(one.owner, one.size) for one in storage.by_owner()} == {
        (Owner("ada", "engines"), 10),
        (Owner("ada", "looms"), 10),
    }


def test_blobs_are_listed_with_their_bytes(blob_store: str, data: Path) -> None:
    assert blob_store in ("folder", "s3")
    assert data
    _put("videos/video_a/image.png", 5)
    _put("videos/video_a/video-1.mp4", 70_000)
    assert dict(blobs.sizes()) == {"videos/video_a/image.png": 5, "videos/video_a/video-1.mp4": 70_000}
    assert {blobs.record_id(key) for key, _ in blobs.sizes()} == {"video_a"}
    assert blobs.record_id("check") == ""
