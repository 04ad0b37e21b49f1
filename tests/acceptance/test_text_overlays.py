"""Text overlays, whole: a real server writes over a real film, and the texts are looked for on its pixels."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from morgana.video.decode import read_frames
from tests.acceptance.server import Server, eventually
from tests.video.filming import film, scene

pytestmark = pytest.mark.acceptance

PATH = "/v1/meta/text_overlays"
PLAIN_NOISE = 60  # levels by which encoding again may change a pixel
LETTERS = 400  # pixels; a word of an overlay has many more
RED = np.array((255, 0, 0))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds."""
    return film(tmp_path_factory.mktemp("films") / "clip.mp4", scene(60, (360, 640)))


def _upload(path: Path) -> dict[str, Any]:
    return {"video": (path.name, path.read_bytes(), "video/mp4")}


def _ended(server: Server, made: dict[str, Any]) -> dict[str, Any]:
    seen: list[tuple[str, int]] = []

    def look() -> dict[str, Any] | None:
        current = dict(server.client.get(f"{PATH}/{made['id']}").raise_for_status().json())
        seen.append((current["status"], current["progress"]))
        return current if current["status"] not in ("QUEUED", "PROCESSING") else None

    ended: dict[str, Any] = eventually(look, "the text overlay ends")
    statuses = [status for status, _ in seen]
    assert statuses == sorted(statuses, key=("QUEUED", "PROCESSING", ended["status"]).index)
    assert [progress for _, progress in seen] == sorted(progress for _, progress in seen)
    return ended


def _written(server: Server, plain: Path, url: str) -> list[tuple[float, np.ndarray, np.ndarray]]:
    """For each frame its time, the pixels, and which of them differ clearly from the plain film's."""
    path = server.folder / "made.mp4"
    path.write_bytes(server.client.get(url, headers={"x-api-key": ""}).raise_for_status().content)
    found = []
    for (time, before), (same, after) in zip(read_frames(plain), read_frames(path), strict=True):
        assert same == pytest.approx(time, abs=0.001)
        differs = np.abs(before.astype(np.int16) - after).max(axis=2) > PLAIN_NOISE
        found.append((time, after, differs))
    return found


def test_each_text_is_written_over_a_film_of_its_own_and_one_that_cannot_be_spoils_none(
    server: Server, plain: Path
) -> None:
    items: list[dict[str, Any]] = [
        {"text": "Sale ends on Sunday 🎉"},
        {"text": "Later", "style": {"start": 1, "color": "#ff0000", "size": 60, "position": "middle"}},
        {"text": "Never", "style": {"start": 60}},
        {"text": "Lights", "style": {"font": "Neon", "position": "top", "end": 1}},
    ]
    made = server.create(PATH, _upload(plain), items=json.dumps(items))
    assert (made["status"], made["results"]) == ("QUEUED", [])
    done = _ended(server, made)
    assert (done["status"], done["progress"], done["error"]) == ("COMPLETE", 100, None)
    results = done["results"]
    assert [one["status"] for one in results] == ["COMPLETE", "COMPLETE", "FAILED", "COMPLETE"]
    assert [one["text"] for one in results] == [item["text"] for item in items]
    assert results[2]["error"]["code"] == "overlay_never_shown"

    always = _written(server, plain, results[0]["video_url"])
    assert min(differs.sum() for _, _, differs in always) > LETTERS
    for time, picture, differs in _written(server, plain, results[1]["video_url"]):
        red = np.abs(picture.astype(np.int16) - RED).max(axis=2) < PLAIN_NOISE
        if time < 1:
            assert differs.sum() < LETTERS / 10
            assert red.sum() == 0
        else:
            assert red.sum() > LETTERS
            rows = np.flatnonzero(red.any(axis=1))
            assert 200 < rows.mean() < 440  # the middle of 640
    for time, _, differs in _written(server, plain, results[3]["video_url"]):
        rows = np.flatnonzero(differs.any(axis=1))
        assert (differs.sum() > LETTERS) == (time < 1), time
        if time < 1:
            assert rows.mean() < 320


def test_aligned_lists_decide_what_they_say_and_parts_of_a_film_are_served(
    server: Server, plain: Path
) -> None:
    fields = [("texts", "One"), ("texts", "Two"), ("colors", ""), ("colors", "#ff0000"), ("sizes", "90")]
    files = [*_upload(plain).items(), *((name, (None, value)) for name, value in fields)]
    answer = server.client.post(PATH, files=files)
    done = _ended(server, answer.raise_for_status().json())
    first, second = done["results"]
    reds = []
    for result in (first, second):
        _, picture, differs = _written(server, plain, result["video_url"])[30]
        assert differs.sum() > LETTERS
        reds.append((np.abs(picture.astype(np.int16) - RED).max(axis=2) < PLAIN_NOISE).sum())
    assert reds[0] == 0
    assert reds[1] > LETTERS
    whole = server.client.get(second["video_url"], headers={"x-api-key": ""}).content
    part = server.client.get(second["video_url"], headers={"x-api-key": "", "Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole[100:200])
    assert server.client.delete(f"{PATH}/{done['id']}").status_code == 204
    assert server.client.get(second["video_url"]).status_code == 404


def test_a_video_that_cannot_be_read_fails_with_advice(server: Server, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mov"
    broken.write_bytes(b"\x00\x00\x00\x14ftypqt  " + b"x" * 1000)
    failed = _ended(server, server.create(PATH, _upload(broken), texts="One"))
    assert (failed["status"], failed["results"]) == ("FAILED", [])
    assert failed["error"]["code"] == "video_undecodable"
    assert len(failed["error"]["message"]) > 40


def test_one_that_is_being_made_is_cancelled(server: Server, tmp_path: Path) -> None:
    long = film(tmp_path / "long.mp4", scene(10, (360, 640)) * 60, options={"preset": "ultrafast"})
    made = server.create(PATH, _upload(long), texts="One")
    eventually(lambda: server.client.get(f"{PATH}/{made['id']}").json()["status"] != "QUEUED", "work begins")
    cancelled = server.client.delete(f"{PATH}/{made['id']}").raise_for_status().json()
    assert (cancelled["status"], cancelled["results"]) == ("CANCELLED", [])
    after = server.create(PATH, _upload(film(tmp_path / "short.mp4", scene(5))), texts="Two")
    assert _ended(server, after)["status"] == "COMPLETE"
    assert server.client.get(f"{PATH}/{made['id']}").json() == cancelled


def test_fonts_show_themselves_without_a_key(server: Server) -> None:
    listed = server.client.get("/v1/fonts").raise_for_status().json()["data"]
    assert [font["name"] for font in listed[:5]] == ["Classic", "Modern", "Neon", "Strong", "Typewriter"]
    for font in listed[:2] + listed[-2:]:
        picture = server.client.get(font["preview_url"], headers={"x-api-key": ""}).raise_for_status()
        assert picture.headers["content-type"] == "image/png"
        assert len(picture.content) > 2000
