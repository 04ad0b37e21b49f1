"""The first slice, whole: a real server, a real client, real weights, and processes that are killed."""

import io
import os
import signal
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from morgana.video.probe import probe
from tests.acceptance.server import MORGANA, SPEECH_SECONDS, Server, eventually, portrait, processes, speech

pytestmark = pytest.mark.acceptance


def _download(server: Server, video_id: str) -> Path:
    """The finished video, asked for as clients do: by following the redirect, and in part."""
    redirect = server.client.get(f"/v1/videos/{video_id}/content")
    assert redirect.status_code == 302
    whole = server.client.get(f"/v1/videos/{video_id}/content", follow_redirects=True)
    assert whole.status_code == 200
    assert whole.headers["content-type"] == "video/mp4"
    middle = server.client.get(redirect.headers["location"], headers={"Range": "bytes=1000-1999"})
    assert middle.status_code == 206
    assert middle.content == whole.content[1000:2000]
    path = server.folder / f"{video_id}.mp4"
    path.write_bytes(whole.content)
    return path


def _check_video(path: Path) -> None:
    info = probe(path)
    assert info.codec == "h264"
    assert info.duration == pytest.approx(SPEECH_SECONDS, abs=0.05)
    assert info.frames == SPEECH_SECONDS * 25
    assert info.audio
    assert info.audio.duration == pytest.approx(SPEECH_SECONDS, abs=0.05)


def _kinds(server: Server, video_id: str) -> list[str]:
    """What is stored of a video."""
    return sorted(path.suffix for path in (server.folder / "data/blobs/videos" / video_id).iterdir())


def test_a_video_survives_the_death_of_the_worker(server: Server) -> None:
    video_id = server.post()["id"]
    server.begun(video_id)
    child = server.child()
    os.kill(server.worker(), signal.SIGKILL)
    eventually(lambda: child not in processes("morgana.jobs.child"), "the child dies with its worker")
    video = server.ended(video_id)
    assert (video["status"], video["progress"], video["error"]) == ("COMPLETE", 100, None)
    _check_video(_download(server, video_id))
    assert _kinds(server, video_id) == [".jpg", ".json", ".mp4", ".png", ".wav"]  # one output, not two


def test_a_video_survives_the_death_of_the_server(server: Server) -> None:
    video_id = server.post(idempotency_key="once")["id"]
    server.begun(video_id)
    worker, child = server.worker(), server.child()
    server.kill()
    eventually(lambda: worker not in processes("morgana.jobs.worker"), "the worker dies with the server")
    eventually(lambda: child not in processes("morgana.jobs.child"), "the child dies with the worker")
    server.start()
    assert server.post(idempotency_key="once")["id"] == video_id
    assert server.ended(video_id)["status"] == "COMPLETE"
    _check_video(_download(server, video_id))
    listed = [video["id"] for video in server.client.get("/v1/videos").json()]
    assert listed.count(video_id) == 1
    assert _kinds(server, video_id) == [".jpg", ".json", ".mp4", ".png", ".wav"]


def test_a_running_job_is_cancelled_and_its_process_ends(server: Server) -> None:
    video_id = server.post()["id"]
    server.begun(video_id)
    child = server.child()
    assert server.client.delete(f"/v1/videos/{video_id}").json()["status"] == "CANCELLED"
    eventually(lambda: child not in processes("morgana.jobs.child"), "the child ends")
    assert server.video(video_id)["status"] == "CANCELLED"
    assert server.client.get(f"/v1/videos/{video_id}/content").is_client_error
    assert server.client.delete(f"/v1/videos/{video_id}").status_code == 204
    assert server.client.get(f"/v1/videos/{video_id}").status_code == 404


def test_a_picture_without_a_face_fails_with_advice(server: Server) -> None:
    grey = io.BytesIO()
    Image.new("RGB", (512, 512), "grey").save(grey, "PNG")
    video = server.ended(server.post(grey.getvalue())["id"])
    assert video["status"] == "FAILED"
    assert video["error"]["code"] == "no_face_detected"
    assert video["error"]["message"]


def test_the_command_line_makes_a_video_and_prints_nothing_but_its_progress(tmp_path: Path) -> None:
    picture, sound, made = tmp_path / "portrait.png", tmp_path / "speech.wav", tmp_path / "made.mp4"
    picture.write_bytes(portrait())
    speech(tmp_path)
    command = [MORGANA, "video", "--image", str(picture), "--audio", str(sound), "-o", str(made)]
    command += ["--fps", "30", "--seed", "7"]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (0, "")
    shown = [
        int(line.removeprefix("Making the video: ").removesuffix("%")) for line in result.stderr.splitlines()
    ]
    assert (shown[0], shown[-1]) == (0, 100)
    assert shown == sorted(set(shown))
    assert probe(made).frames == SPEECH_SECONDS * 30
    assert sorted(tmp_path.iterdir()) == sorted([picture, sound, made])
