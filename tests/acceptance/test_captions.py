"""Captions, whole: a real server writes over real videos, and what it wrote is looked for on their pixels."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from morgana.captions.pages import HOLD
from morgana.captions.template import templates
from morgana.video.decode import read_frames
from tests.acceptance.server import Server
from tests.video.filming import Sound, film, scene

pytestmark = pytest.mark.acceptance

SCRIPT = "The library opens at nine. [pause 2s] Bring your own cup."
ALHENA = next(template.id for template in templates().values() if template.name == "Alhena")
PLAIN_NOISE = 60  # levels by which encoding again may change a pixel
LETTERS = 400  # pixels; a short word of captions has many more


def _complete(server: Server, created: dict[str, Any]) -> Path:
    video = server.ended(created["id"])
    assert (video["status"], video["error"]) == ("COMPLETE", None)
    path = server.folder / f"{video['id']}.mp4"
    content = server.client.get(f"/v1/videos/{video['id']}/content", follow_redirects=True)
    path.write_bytes(content.raise_for_status().content)
    return path


def _written(plain: Path, captioned: Path) -> list[tuple[float, int]]:
    """For each frame its time, and in how many pixels the two films differ clearly."""
    found = []
    for (time, before), (same, after) in zip(read_frames(plain), read_frames(captioned), strict=True):
        assert same == pytest.approx(time, abs=0.001)
        difference = np.abs(before.astype(np.int16) - after).max(axis=2)
        found.append((time, int((difference > PLAIN_NOISE).sum())))
    return found


def _upload(path: Path) -> dict[str, Any]:
    return {"video": (path.name, path.read_bytes(), "video/mp4")}


def test_a_spoken_script_is_written_while_it_is_said_and_not_else(server: Server) -> None:
    source = server.create("/v1/videos", {}, script=SCRIPT, actor_id="actor_demo")
    plain = _complete(server, source)
    created = server.create(
        "/v1/videos/captions", {}, video_id=source["id"], caption_template_id=ALHENA, position="middle"
    )
    assert (created["source_video_id"], created["caption_template_id"]) == (source["id"], ALHENA)
    assert (created["model"], created["status"]) == (None, "PROCESSING")
    captioned = _complete(server, created)
    place = f"/v1/videos/{created['id']}/transcript"
    words = server.client.get(place).raise_for_status().json()["words"]
    assert [word["text"] for word in words] == re.sub(r"\[.*?\] ", "", SCRIPT).split()
    assert words == server.client.get(f"/v1/videos/{source['id']}/transcript").json()["words"]
    pause = (words[4]["end"] + HOLD + 0.2, words[5]["start"] - 0.05)
    assert pause[1] - pause[0] > 1
    seen = _written(plain, captioned)
    for word in words:
        middle = (word["start"] + word["end"]) / 2
        _, letters = min(seen, key=lambda one: abs(one[0] - middle))
        assert letters > LETTERS, word
    silent = [
        letters for time, letters in seen if time < words[0]["start"] - 0.05 or pause[0] < time < pause[1]
    ]
    assert len(silent) > 20
    assert max(silent) < LETTERS / 10
    assert server.client.get(f"{place}.srt").text.count("-->") >= 2
    assert server.client.get(f"{place}.vtt").text.startswith("WEBVTT")


def test_an_upload_is_written_over_by_its_transcript_after_its_source_is_gone(
    server: Server, tmp_path: Path
) -> None:
    plain = film(tmp_path / "clip.mp4", scene(60, (360, 640)))
    said = json.dumps({"words": [{"text": "Hello", "start": 0.5, "end": 1.0}], "language": "en"})
    first = server.create("/v1/videos/captions", _upload(plain), caption_template_id=ALHENA, transcript=said)
    once = _complete(server, first)
    again = server.create("/v1/videos/captions", {}, video_id=first["id"], caption_template_id=ALHENA)
    assert server.client.delete(f"/v1/videos/{first['id']}").status_code == 204
    twice = _complete(server, again)
    for path in (once, twice):
        letters = dict(_written(plain, path))
        assert max(count for time, count in letters.items() if 0.8 < time < 1.0) > LETTERS
        assert max(count for time, count in letters.items() if time < 0.45 or time > 1.5) < LETTERS / 10
    kept = server.client.get(f"/v1/videos/{again['id']}/transcript").raise_for_status().json()
    assert kept == {
        "language": "en",
        "duration": 2.0,
        "words": [{"text": "Hello", "start": 0.5, "end": 1.0}],
    }


def test_what_cannot_be_captioned_fails_with_advice(server: Server, tmp_path: Path) -> None:
    tone = film(tmp_path / "tone.mp4", scene(30, (180, 320)), sound=Sound())
    wide = film(tmp_path / "wide.mp4", scene(10, (320, 180)))
    broken = tmp_path / "broken.mov"
    broken.write_bytes(b"\x00\x00\x00\x14ftypqt  " + b"x" * 1000)
    created = [
        server.create("/v1/videos/captions", _upload(path), caption_template_id=ALHENA)
        for path in (tone, wide, broken)
    ]
    ended = [server.ended(video["id"]) for video in created]
    assert [(video["status"], video["error"]["code"]) for video in ended] == [
        ("FAILED", "no_speech_detected"),
        ("FAILED", "video_aspect"),
        ("FAILED", "video_undecodable"),
    ]
    assert all(len(video["error"]["message"]) > 40 for video in ended)


def test_a_template_shows_itself_without_a_key(server: Server) -> None:
    template = server.client.get(f"/v1/videos/captions/templates/{ALHENA}").raise_for_status().json()
    del template["created_at"]
    kinds = {"preview_url": "video/mp4", "poster_url": "image/jpeg"}
    for name, kind in kinds.items():
        answer = server.client.get(template[name], headers={"x-api-key": ""})
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert len(answer.content) > 5000
