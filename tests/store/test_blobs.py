import asyncio
import io
import urllib.request
from pathlib import Path

import pytest

from morgana.store import blobs
from tests.watching import watched

pytestmark = pytest.mark.usefixtures("data")

KEY = "videos/video_x/output.mp4"


async def _streamed(key: str, start: int, end: int) -> bytes:
    return b"".join([chunk async for chunk in blobs.stream(key, start, end)])


@pytest.mark.usefixtures("blob_store")
def test_what_was_put_is_fetched(tmp_path: Path) -> None:
    content = bytes(range(256)) * 30_000  # more than one part of a multipart upload
    source = tmp_path / "source"
    source.write_bytes(content)
    blobs.put(KEY, source)
    blobs.fetch(KEY, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == content
    blobs.put(KEY, io.BytesIO(b"new"))
    blobs.fetch(KEY, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"new"


@pytest.mark.usefixtures("blob_store")
def test_a_small_one_is_read_whole() -> None:
    blobs.put(KEY, io.BytesIO(b"0123456789"))
    assert blobs.read(KEY) == b"0123456789"
    with pytest.raises(FileNotFoundError):
        blobs.read("videos/video_x/none.json")


@pytest.mark.usefixtures("blob_store")
def test_a_part_is_streamed() -> None:
    blobs.put(KEY, io.BytesIO(b"0123456789"))
    assert asyncio.run(_streamed(KEY, 0, 10)) == b"0123456789"
    assert asyncio.run(_streamed(KEY, 3, 7)) == b"3456"
    assert asyncio.run(_streamed(KEY, 9, 10)) == b"9"
    assert asyncio.run(_streamed(KEY, 0, 0)) == b""


@pytest.mark.usefixtures("blob_store")
def test_info_tells_size_and_a_tag_that_changes_with_the_content() -> None:
    blobs.put(KEY, io.BytesIO(b"0123456789"))
    first = blobs.info(KEY)
    blobs.put(KEY, io.BytesIO(b"01234"))
    second = blobs.info(KEY)
    assert first is not None
    assert second is not None
    assert (first.size, second.size) == (10, 5)
    assert first.etag != second.etag
    assert all(len(blob.etag) > 2 and blob.etag[0] == blob.etag[-1] == '"' for blob in (first, second))


@pytest.mark.usefixtures("blob_store")
def test_what_is_not_there(tmp_path: Path) -> None:
    assert blobs.info(KEY) is None
    with pytest.raises(FileNotFoundError):
        blobs.fetch(KEY, tmp_path / "target")
    with pytest.raises(FileNotFoundError):
        blobs.copy(KEY, "videos/video_y/output.mp4")
    blobs.delete(KEY)


@pytest.mark.usefixtures("blob_store")
def test_a_copy_lives_on_when_its_source_is_replaced_or_deleted(tmp_path: Path) -> None:
    copies = [f"videos/video_{name}/image.png" for name in "ab"]
    blobs.put(KEY, io.BytesIO(b"content"))
    blobs.copy(KEY, copies[0])
    blobs.put(KEY, io.BytesIO(b"another"))
    blobs.copy(KEY, copies[1])
    blobs.delete(KEY)
    for copy, content in zip(copies, (b"content", b"another"), strict=True):
        blobs.fetch(copy, tmp_path / "target")
        assert (tmp_path / "target").read_bytes() == content


def test_deleting_leaves_the_others(blob_store: str, data: Path) -> None:
    for name in ("a", "b", "c"):
        blobs.put(f"videos/{name}/output.mp4", io.BytesIO(b"x"))
    blobs.delete("videos/a/output.mp4", "videos/b/output.mp4")
    assert [key for key, _ in blobs.stored()] == ["videos/c/output.mp4"]
    if blob_store == "folder":
        assert [folder.name for folder in (data / "blobs/videos").iterdir()] == ["c"]


def test_s3_serves_a_presigned_link_and_a_folder_has_none(blob_store: str) -> None:
    blobs.put(KEY, io.BytesIO(b"0123456789"), content_type="video/mp4", filename="video_x.mp4")
    link = blobs.presign(KEY, 60)
    if blob_store == "folder":
        assert link is None
        return
    assert link is not None
    with urllib.request.urlopen(link) as answer:  # noqa: S310 (the server is the test's own)
        assert answer.read() == b"0123456789"
        assert answer.headers["Content-Type"] == "video/mp4"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="video_x.mp4"'


@pytest.mark.usefixtures("blob_store")
def test_a_download_is_called_after_its_record_and_its_number() -> None:
    shown = {
        "videos/video_a/video-0a1b.mp4": "video_a.mp4",
        "actors/actor_demo/image-1234.png": "actor_demo.png",
        "actors/actor_x/image.jpg": "actor_x.jpg",
        "text_overlays/d7f7-26/video0-99.mp4": "d7f7-26-0.mp4",
        "text_overlays/d7f7-26/video3-0a.mp4": "d7f7-26-3.mp4",
    }
    assert {key: blobs.shown_name(key) for key in shown} == shown


def test_blobs_can_be_used() -> None:
    blobs.check()


def test_a_folder_that_went_away_cannot_be_used(data: Path) -> None:
    blobs.check()
    (data / "blobs").rename(data / "elsewhere")
    with pytest.raises(OSError, match="blob folder"):
        blobs.check()


def test_a_link_in_place_of_a_blob_is_none(data: Path, tmp_path: Path) -> None:
    blobs.put("videos/video_other/audio.wav", io.BytesIO(b"of another owner"))
    link = data / "blobs" / KEY
    link.parent.mkdir(parents=True)
    link.symlink_to(data / "blobs/videos/video_other/audio.wav")
    with watched(data / "blobs/videos/video_other/audio.wav") as other:
        for read in (blobs.read, lambda key: blobs.fetch(key, tmp_path / "target")):
            with pytest.raises(FileNotFoundError):
                read(KEY)
        with pytest.raises(FileNotFoundError):
            asyncio.run(_streamed(KEY, 0, 3))
        assert blobs.info(KEY) is None
        assert not other.touched()
    assert not (tmp_path / "target").exists()
