"""Scripts and actors, whole: a real server, real weights, and the recogniser to hear what was said."""

import json
import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from morgana.portrait import load_portrait
from morgana.speech.listening import listen
from morgana.video.probe import probe
from morgana.video.sound import film_sound
from tests.acceptance.server import SPEECH_SECONDS, Server, eventually, portrait, processes, speech

pytestmark = pytest.mark.acceptance

SCRIPT = "[happy] Good morning, everybody. The library opens at nine o'clock today."


def _complete(server: Server, created: dict[str, Any]) -> Path:
    video = server.ended(created["id"])
    assert (video["status"], video["error"]) == ("COMPLETE", None)
    path = server.folder / f"{video['id']}.mp4"
    content = server.client.get(f"/v1/videos/{video['id']}/content", follow_redirects=True)
    path.write_bytes(content.raise_for_status().content)
    return path


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", re.sub(r"\[.*?\]", "", text).lower())


def _transcript(server: Server, video_id: str) -> Any:
    folder = server.folder / "data/blobs/videos" / video_id
    return json.loads(next(folder.glob("transcript-*.json")).read_text())


def test_the_demo_actor_says_a_script(server: Server) -> None:
    created = server.create("/v1/videos", {}, script=SCRIPT, actor_id="actor_demo")
    assert (created["actor_id"], created["voice_id"]) == ("actor_demo", "heart")
    path = _complete(server, created)
    info = probe(path)
    assert info.audio
    assert info.duration == pytest.approx(info.audio.duration, abs=0.05)
    sound = film_sound(path)
    heard = listen(sound.samples, sound.rate)
    assert _words(" ".join(word.text for word in heard.words)) == _words(SCRIPT)
    said = _transcript(server, created["id"])["words"]
    assert [_words(word["text"]) for word in said] == [[word] for word in _words(SCRIPT)]
    assert 0 <= said[0]["start"] < said[-1]["end"] <= info.duration


def test_an_actor_of_our_own_speaks_a_recording_after_the_worker_was_killed(server: Server) -> None:
    image = {"portrait": ("face.png", portrait(), "image/png")}
    actor_id = server.create("/v1/actors", image, name="Zoé", expression="happy")["id"]
    os.kill(server.worker(), signal.SIGKILL)
    assert server.actor(actor_id)["status"] == "READY"
    sound = {"audio_reference": ("speech.wav", speech(server.folder), "audio/wav")}
    created = server.create("/v1/videos", sound, actor_id=actor_id)
    blobs = server.folder / "data/blobs"
    kept = next((blobs / "actors" / actor_id).glob("portrait-*.npz"))
    assert load_portrait(kept) is not None
    assert server.client.delete(f"/v1/actors/{actor_id}").status_code == 204
    assert not kept.exists()
    assert probe(_complete(server, created)).duration == pytest.approx(SPEECH_SECONDS, abs=0.05)
    assert (blobs / "videos" / created["id"] / "portrait.npz").exists()


def test_a_picture_says_a_script_and_a_script_is_cancelled(server: Server) -> None:
    image = {"image_reference": ("face.png", portrait(), "image/png")}
    cancelled = server.create("/v1/videos", image, script=SCRIPT * 10)["id"]
    child = server.child()
    assert server.client.delete(f"/v1/videos/{cancelled}").json()["status"] == "CANCELLED"
    eventually(lambda: child not in processes("morgana.jobs.child"), "the child ends")
    created = server.create("/v1/videos", image, script="Good evening.", speed="1.25", fps="30")
    assert probe(_complete(server, created)).frames > 15
    words = _transcript(server, created["id"])["words"]
    assert [word["text"] for word in words] == ["Good", "evening."]


def test_an_actor_without_a_face_fails_with_advice(server: Server, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (512, 512), "grey").save(tmp_path / "grey.png")
    image = {"portrait": ("grey.png", (tmp_path / "grey.png").read_bytes(), "image/png")}
    actor = server.actor(server.create("/v1/actors", image, name="Nobody")["id"])
    assert (actor["status"], actor["error"]["code"]) == ("FAILED", "no_face_detected")
    refused = server.client.post(
        "/v1/videos", files={"actor_id": (None, actor["id"]), "script": (None, "Hello.")}
    )
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "actor_failed")
