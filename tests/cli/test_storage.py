"""`morgana storage`."""

import io

import pytest

from morgana import store
from tests.cli.conftest import Run


def test_what_each_owner_keeps_is_listed_the_largest_first(
    morgana: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    store.demo.provide()
    for user, org, size in (("ada", "engines", 3000), ("grace", "", 5_000_000)):
        video_id = store.videos.new_id()
        key = f"videos/{video_id}/image.png"
        store.blobs.put(key, io.BytesIO(b"x" * size))
        draft = store.VideoDraft(video_id, store.Kind.GENERATION, {}, {"image": key})
        store.videos.create(store.Owner(user, org), draft)
    store.blobs.put("videos/video_gone/image.png", io.BytesIO(b"x"))
    assert morgana("storage") == 0
    heading, *rows = capsys.readouterr().out.splitlines()
    assert heading.split() == ["USER", "ORG", "VIDEOS", "OVERLAYS", "ACTORS", "FILES", "BYTES", "SIZE"]
    demo = next(row for row in rows if row.startswith("(built in)"))
    rows.remove(demo)
    assert [row.split() for row in rows] == [
        ["grace", "-", "1", "0", "0", "1", "5000000", "4.8", "MiB"],
        ["ada", "engines", "1", "0", "0", "1", "3000", "2.9", "KiB"],
        ["(no", "record)", "-", "0", "0", "0", "1", "1", "1", "B"],
    ]
    assert demo.split()[2:7] == ["-", "0", "0", "1", "1"]
