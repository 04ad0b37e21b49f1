import json
from pathlib import Path
from typing import Any

import pysubs2
import pytest
from starlette.testclient import TestClient

from morgana import store
from morgana.captions.template import templates
from morgana.settings import settings
from tests.api.conftest import PNG, Room, blob_files, created, error_code, finish, locations

TEMPLATE = next(iter(templates()))
FILM = b"\x00\x00\x00\x20ftypisom" + b"f" * 200
MOV = b"\x00\x00\x00\x14ftypqt  " + b"f" * 200
OLD_MOV = b"\x00\x00\x00\x08wide\x00\x00\x00\x00mdat" + b"f" * 200
WORDS = '{"words": [{"text": "Hi", "start": 0.1, "end": 0.4}], "language": "en", "duration": 1.0}'
SRT = "1\n00:00:00,100 --> 00:00:00,400\nHi\n"
PATH = "/v1/videos/captions"


def asked(client: TestClient, film: bytes | None = FILM, name: str = "clip.mp4", **form: Any) -> Any:
    form = {"caption_template_id": TEMPLATE} | form
    files = {} if film is None else {"video": (name, film)}
    # A form without a file is multipart, too.
    return client.post(PATH, files=files or {"none": ("", b"")}, data=form)


def captioned(client: TestClient, film: bytes | None = FILM, **form: Any) -> dict[str, Any]:
    answer = asked(client, film, **form)
    assert answer.status_code == 200, answer.text
    video: dict[str, Any] = answer.json()
    return video


def job_of(video: dict[str, Any]) -> store.Job:
    job = store.work.begin(video["id"])
    assert job is not None
    return job


def made(client: TestClient, transcript: str | None = WORDS) -> str:
    """A video that a worker has finished."""
    outputs = {"video.mp4": b"made"} | (
        {} if transcript is None else {"transcript.json": transcript.encode()}
    )
    video_id = str(created(client)["id"])
    finish(video_id, outputs)
    return video_id


def spoken(client: TestClient) -> str:
    """A video that was made from a script."""
    answer = client.post("/v1/videos", files={"image_reference": ("a.png", PNG)}, data={"script": "Hi"})
    video_id = str(answer.raise_for_status().json()["id"])
    finish(video_id, {"video.mp4": b"made", "transcript.json": WORDS.encode()})
    return video_id


def other(client: TestClient) -> dict[str, str]:
    assert client
    return {"x-api-key": store.keys.create("other", "eve")[1]}


@pytest.mark.parametrize(("film", "suffix"), [(FILM, "mp4"), (MOV, "mov"), (OLD_MOV, "mov")])
def test_an_upload_becomes_a_job(client: TestClient, room: Room, film: bytes, suffix: str) -> None:
    video = captioned(client, film)
    assert video == {
        "id": video["id"],
        "object": "video",
        "status": "PROCESSING",
        "created_at": video["created_at"],
        "completed_at": None,
        "progress": 0,
        "stage": None,
        "error": None,
        "model": None,
        "source_video_id": None,
        "caption_template_id": TEMPLATE,
        "share_link_url": None,
        "video_id": video["id"],
        "actor_id": None,
        "voice_id": None,
        "expires_at": None,
        "video_url": None,
        "thumbnail_url": None,
        "renderer": None,
    }
    assert room.enqueued == [video["id"]]
    assert client.get(f"/v1/videos/{video['id']}").json() == video
    assert client.get("/v1/videos").json() == [video]
    job = job_of(video)
    assert (job.kind, job.options) == (store.Kind.CAPTION, {"template": TEMPLATE, "uploaded": True})
    assert job.inputs == {"video": f"videos/{video['id']}/video.{suffix}"}
    assert store.blobs.read(job.inputs["video"]) == film


def test_a_video_of_mine_is_copied_with_what_is_known_to_be_said(client: TestClient) -> None:
    source = made(client)
    video = captioned(client, None, video_id=source)
    assert (video["source_video_id"], video["model"]) == (source, None)
    assert client.delete(f"/v1/videos/{source}").status_code == 204
    job = job_of(video)
    assert job.options == {"template": TEMPLATE, "uploaded": False}
    assert store.blobs.read(job.inputs["video"]) == b"made"
    assert store.blobs.read(job.inputs["words"]) == WORDS.encode()


def test_captions_are_replaced_and_not_written_over(client: TestClient) -> None:
    first = captioned(client, FILM)
    finish(first["id"], {"video.mp4": b"captioned", "transcript.json": WORDS.encode()})
    over = job_of(captioned(client, None, video_id=first["id"]))
    assert store.blobs.read(over.inputs["video"]) == b"captioned"
    anew = captioned(client, None, video_id=first["id"], replace_captions="true", transcript=SRT)
    assert anew["source_video_id"] == first["id"]
    assert client.delete(f"/v1/videos/{first['id']}").status_code == 204
    job = job_of(anew)
    assert set(job.inputs) == {"video", "transcript"}
    assert store.blobs.read(job.inputs["video"]) == FILM
    plain = job_of(captioned(client, None, video_id=made(client), replace_captions="true"))
    assert store.blobs.read(plain.inputs["video"]) == b"made"


@pytest.mark.parametrize("told", [{"vocabulary": "Zoé"}, {"language": "fr"}])
def test_a_recording_is_heard_again_for_names_and_a_language(
    client: TestClient, told: dict[str, str]
) -> None:
    source = made(client)
    assert set(job_of(captioned(client, None, video_id=source, **told)).inputs) == {"video"}
    again = captioned(client, None, video_id=source)
    finish(again["id"], {"video.mp4": b"once", "transcript.json": WORDS.encode()})
    for known in (again["id"], spoken(client)):
        assert set(job_of(captioned(client, None, video_id=known, **told)).inputs) == {"video", "words"}


def test_a_captioned_video_is_captioned_again(client: TestClient) -> None:
    first = captioned(client)
    finish(first["id"], {"video.mp4": b"once", "transcript.json": WORDS.encode()})
    job = job_of(captioned(client, None, video_id=first["id"]))
    assert store.blobs.read(job.inputs["video"]) == b"once"
    assert store.blobs.read(job.inputs["words"]) == WORDS.encode()


def test_a_transcript_of_the_clients_goes_before_ours(client: TestClient) -> None:
    job = job_of(captioned(client, None, video_id=made(client), transcript=SRT))
    assert set(job.inputs) == {"video", "transcript"}
    assert store.blobs.read(job.inputs["transcript"]).decode() == SRT


@pytest.mark.parametrize("text", [SRT, "WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n", WORDS, "Plain words."])
def test_a_transcript_is_sent_as_a_text_or_as_a_file(client: TestClient, text: str) -> None:
    as_text = captioned(client, transcript=text)
    files = {"video": ("a.mp4", FILM), "transcript": ("a.srt", b"\xef\xbb\xbf" + text.encode())}
    answer = client.post(PATH, files=files, data={"caption_template_id": TEMPLATE})
    assert answer.status_code == 200, answer.text
    for video in (as_text, answer.json()):
        stored = store.blobs.read(job_of(video).inputs["transcript"])
        assert stored.decode("utf-8-sig") == text


def test_wishes_reach_the_pipeline(client: TestClient) -> None:
    form: dict[str, Any] = {
        "language": "en-GB",
        "vocabulary": ["Ada, Lovelace", "Zoé", " , "],
        "emphasize": "engine",
        "position": "0.7",
        "font_size": "1.5",
        "highlight_color": "#FFd60a",
    }
    assert job_of(captioned(client, **form)).options == {
        "template": TEMPLATE,
        "uploaded": True,
        "language": "en",
        "vocabulary": ["Ada", "Lovelace", "Zoé"],
        "emphasize": ["engine"],
        "position": "0.7",
        "font_size": 1.5,
        "highlight_color": "#FFd60a",
    }


@pytest.mark.parametrize(
    ("form", "found"),
    [
        ({"caption_template_id": "ctpl_none"}, ["caption_template_id"]),
        ({"caption_template_id": ""}, ["caption_template_id"]),
        ({"video_id": "video_x"}, ["video_id"]),
        ({"language": "tlh"}, ["language"]),
        ({"position": "left"}, ["position"]),
        ({"position": "1.5"}, ["position"]),
        ({"position": "nan"}, ["position"]),
        ({"font_size": "3"}, ["font_size"]),
        ({"font_size": "nan"}, ["font_size"]),
        ({"highlight_color": "red"}, ["highlight_color"]),
        ({"vocabulary": "x" * 81}, ["vocabulary"]),
        ({"emphasize": ",".join(map(str, range(201)))}, ["emphasize"]),
        ({"transcript": '{"words": []}'}, ["transcript"]),
        ({"transcript": "WEBVTT\n\nnonsense --> x\nHi\n"}, ["transcript"]),
        ({"transcript": "x " * 110_000}, ["transcript"]),
        ({"model": "mirage-video-1-latest"}, ["model"]),
    ],
)
def test_what_is_wrong_with_a_form_is_told_where_it_is(
    client: TestClient, room: Room, data: Path, form: dict[str, Any], found: list[str]
) -> None:
    answer = asked(client, **form)
    assert [loc for loc, _ in locations(answer)] == [["body", name] for name in found]
    assert room.enqueued == []
    assert blob_files(data) == []


def test_a_video_or_its_id_is_sent(client: TestClient) -> None:
    answer = asked(client, None)
    assert (["body", "video"], "missing") in locations(answer)
    answer = client.post(PATH, files={"video": ("a.mp4", FILM)})
    assert locations(answer) == [(["body", "caption_template_id"], "missing")]


@pytest.mark.parametrize(
    "other_kind",
    [
        b"\x89PNG\r\n\x1a\n" + b"p" * 99,
        b"\x00\x00\x00\x20ftypheic" + b"f" * 99,
        b"",
        b"RIFF",
        b"ffconcat version 1.0\nfile '/var/lib/morgana/blobs/videos/video_other/video.mp4'\n",
        b"#EXTM3U\n#EXTINF:1,\nfile:///var/lib/morgana/blobs/videos/video_other/video.mp4\n",
        b"1\n00:00:00,000 --> 00:00:01,000\na subtitle\n",
    ],
)
def test_a_file_of_another_kind_is_refused(client: TestClient, other_kind: bytes) -> None:
    assert [loc for loc, _ in locations(asked(client, other_kind))] == [["body", "video"]]


def test_a_transcript_in_another_encoding_is_refused(client: TestClient) -> None:
    files = {"video": ("a.mp4", FILM), "transcript": ("a.srt", SRT.encode("utf-16"))}
    answer = client.post(PATH, files=files, data={"caption_template_id": TEMPLATE})
    assert locations(answer) == [(["body", "transcript"], "string_unicode")]


def test_a_video_that_is_not_mine_or_not_there_is_not_found(client: TestClient) -> None:
    source = made(client)
    hers = client.post(
        PATH,
        files={"none": ("", b"")},
        data={"caption_template_id": TEMPLATE, "video_id": source},
        headers=other(client),
    )
    for answer in (hers, asked(client, None, video_id="video_none"), asked(client, None, video_id="\x00")):
        assert error_code(answer, 404) == "video_not_found"


def test_a_video_that_is_not_complete_is_refused(client: TestClient, data: Path) -> None:
    waiting, failed, cancelled = (created(client)["id"] for _ in range(3))
    store.work.fail(failed, "no_face_detected", "Send another picture.")
    client.delete(f"/v1/videos/{cancelled}")
    stored = blob_files(data)
    codes = [error_code(asked(client, None, video_id=one), 409) for one in (waiting, failed, cancelled)]
    assert codes == ["video_not_ready", "video_failed", "video_cancelled"]
    assert blob_files(data) == stored


def test_the_size_of_an_upload_is_limited_unless_that_is_off(
    client: TestClient, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_MAX_VIDEO_BYTES", "100")
    settings.cache_clear()
    assert error_code(asked(client), 413) == "payload_too_large"
    assert blob_files(data) == []
    monkeypatch.setenv("MORGANA_MAX_VIDEO_BYTES", "off")
    settings.cache_clear()
    assert job_of(captioned(client, FILM + b"x" * 3_000_000)).inputs


def test_the_same_key_creates_once(client: TestClient, room: Room) -> None:
    source = made(client)
    client.headers["Idempotency-Key"] = "k"
    first = captioned(client, None, video_id=source, vocabulary=["Ada", "Zoé"])
    again = asked(client, None, video_id=source, vocabulary=["Ada", "Zoé"])
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first, "true")
    changed = asked(client, None, video_id=source, vocabulary=["Ada"])
    assert error_code(changed, 409) == "idempotency_key_reused"
    del client.headers["Idempotency-Key"]
    assert room.enqueued.count(first["id"]) == 1


def test_it_is_cancelled_and_deleted_like_any_video(client: TestClient, room: Room, data: Path) -> None:
    source = made(client)
    kept = blob_files(data)
    video = captioned(client, None, video_id=source)
    assert client.delete(f"/v1/videos/{video['id']}").json()["status"] == "CANCELLED"
    assert room.cancelled == [video["id"]]
    assert client.delete(f"/v1/videos/{video['id']}").status_code == 204
    assert blob_files(data) == kept
    assert client.get(f"/v1/videos/{source}/content").status_code == 302


def test_the_finished_one_is_downloaded(client: TestClient) -> None:
    video = captioned(client)
    finish(video["id"], {"video.mp4": b"captioned", "transcript.json": WORDS.encode()})
    assert client.get(f"/v1/videos/{video['id']}/content", follow_redirects=True).content == b"captioned"


def test_what_is_said_is_told_in_four_forms(client: TestClient) -> None:
    video = made(client)
    place = f"/v1/videos/{video}/transcript"
    assert client.get(place).json() == json.loads(WORDS)
    srt, vtt, ass = (client.get(f"{place}.{form}") for form in ("srt", "vtt", "ass"))
    assert srt.text.splitlines()[1:] == ["00:00:00,100 --> 00:00:00,700", "Hi"]
    assert srt.headers["content-type"] == "application/x-subrip; charset=utf-8"
    assert vtt.text.splitlines()[:4] == ["WEBVTT", "", "00:00:00.100 --> 00:00:00.700", "Hi"]
    assert vtt.headers["content-type"] == "text/vtt; charset=utf-8"
    assert ass.headers["content-type"] == "text/x-ssa; charset=utf-8"
    for answer, form in ((srt, "srt"), (vtt, "vtt"), (ass, "ass")):
        assert answer.headers["content-disposition"] == f'inline; filename="{video}.{form}"'
        assert answer.headers["content-language"] == "en"
        (line,) = pysubs2.SSAFile.from_string(answer.text, format_=form).events
        assert (line.plaintext, line.start, line.end) == ("Hi", 100, 700)


def test_subtitles_are_in_proportion_to_the_video(client: TestClient) -> None:
    video = created(client)["id"]
    outputs = {"video.mp4": b"made", "transcript.json": WORDS.encode()}
    finish(video, outputs, facts=store.Facts(1.0, 512, 910))
    text = client.get(f"/v1/videos/{video}/transcript.ass").text
    assert pysubs2.SSAFile.from_string(text).info["PlayResY"] == "910"


@pytest.mark.parametrize("form", ["", ".srt", ".vtt", ".ass"])
def test_a_transcript_that_is_not_there_is_not_found(client: TestClient, form: str) -> None:
    bare, waiting, known = made(client, None), created(client)["id"], made(client)
    assert error_code(client.get(f"/v1/videos/{bare}/transcript{form}"), 404) == "transcript_not_found"
    assert error_code(client.get(f"/v1/videos/{waiting}/transcript{form}"), 409) == "video_not_ready"
    place = f"/v1/videos/{known}/transcript{form}"
    assert error_code(client.get(place, headers=other(client)), 404) == "video_not_found"
    assert error_code(client.get(place, headers={"x-api-key": ""}), 401) == "missing_api_key"


def test_a_video_of_a_recording_without_words_has_an_empty_transcript(client: TestClient) -> None:
    silent = json.dumps({"language": None, "duration": 2.0, "words": []})
    place = f"/v1/videos/{made(client, silent)}/transcript"
    assert client.get(place).json()["words"] == []
    assert client.get(f"{place}.vtt").text.startswith("WEBVTT")
    assert client.get(f"{place}.srt").text.strip() == ""
    assert "content-language" not in client.get(f"{place}.ass").headers
