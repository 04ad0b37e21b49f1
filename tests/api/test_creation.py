from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from morgana import store
from morgana.api.parts import too_large
from morgana.settings import settings
from tests.api.conftest import (
    ADA,
    JPEG,
    MP3,
    PNG,
    TAGGED_MP3,
    WAV,
    Room,
    blob_files,
    created,
    error_code,
    files,
    locations,
)
from tests.store.conftest import let_in

BOUNDARY = {"content-type": "multipart/form-data; boundary=b"}


def _unchanged(data: Path, room: Room) -> bool:
    return not (blob_files(data) or room.enqueued or let_in())


def test_a_video_is_recorded_stored_and_enqueued_before_the_answer(
    client: TestClient, room: Room, tmp_path: Path
) -> None:
    video = created(client)
    assert room.enqueued == [video["id"]]
    job = store.work.begin(video["id"])
    assert job is not None
    assert job.options == {"fps": 25, "expression": "auto", "expression_intensity": 0.5, "seed": 0}
    for role, content in {"image": PNG, "audio": WAV}.items():
        store.blobs.fetch(job.inputs[role], tmp_path / role)
        assert (tmp_path / role).read_bytes() == content


def test_a_new_video_answers_as_the_contract_says(client: TestClient) -> None:
    video = created(client)
    assert video == {
        "id": video["id"],
        "video_id": video["id"],
        "object": "video",
        "status": "PROCESSING",
        "progress": 0,
        "stage": None,
        "created_at": video["created_at"],
        "completed_at": None,
        "error": None,
        "model": "mirage-video-1-latest",
        "source_video_id": None,
        "caption_template_id": None,
        "share_link_url": None,
        "actor_id": None,
        "voice_id": None,
        "expires_at": None,
        "video_url": None,
        "thumbnail_url": None,
        "renderer": None,
    }
    assert isinstance(video["created_at"], int)


@pytest.mark.parametrize(
    ("image", "audio", "suffixes"),
    [
        (JPEG, MP3, (".jpg", ".mp3")),
        (PNG, TAGGED_MP3, (".png", ".mp3")),
        (PNG, b"RF64" + WAV[4:], (".png", ".wav")),
    ],
)
def test_files_are_known_by_their_first_bytes(
    client: TestClient, image: bytes, audio: bytes, suffixes: tuple[str, str]
) -> None:
    answer = client.post("/v1/videos", files=files(image, audio))
    job = store.work.begin(answer.json()["id"])
    assert job is not None
    assert tuple(Path(job.inputs[role]).suffix for role in ("image", "audio")) == suffixes


def test_options_beyond_the_contract_are_kept(client: TestClient) -> None:
    asked = {"fps": "30", "expression": "sad", "expression_intensity": "0.25", "seed": "7"}
    video = created(client, **asked, renderer="mesh")
    job = store.work.begin(video["id"])
    assert job is not None
    kept = {"fps": 30, "expression": "sad", "expression_intensity": 0.25, "seed": 7, "renderer": "mesh"}
    assert job.options == kept


def test_a_video_says_which_renderer_made_it(client: TestClient) -> None:
    video = created(client, renderer="auto")
    assert video["renderer"] is None
    facts = store.Facts(1.0, 512, 512, generated=True, renderer="learned")
    assert store.work.begin(video["id"])
    assert store.work.complete(video["id"], {}, facts=facts)
    assert client.get(f"/v1/videos/{video['id']}").json()["renderer"] == "learned"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", "mirage-video-0"),
        ("fps", "24"),
        ("fps", "fast"),
        ("expression", "bored"),
        ("expression_intensity", "1.01"),
        ("expression_intensity", "-0.1"),
        ("expression_intensity", "nan"),
        ("renderer", "oil"),
        ("seed", "-1"),
        ("seed", "4294967296"),
        ("seed", "1.5"),
    ],
)
def test_wrong_values_are_refused(client: TestClient, data: Path, room: Room, name: str, value: str) -> None:
    answer = client.post("/v1/videos", files=files(), data={name: value})
    assert [loc for loc, _ in locations(answer)] == [["body", name]]
    assert _unchanged(data, room)


@pytest.mark.parametrize("missing", ["image_reference", "audio_reference"])
def test_missing_files_are_named(client: TestClient, data: Path, room: Room, missing: str) -> None:
    sent = files()
    del sent[missing]
    answer = client.post("/v1/videos", files=sent)
    assert locations(answer) == [(["body", missing], "missing")]
    assert _unchanged(data, room)


def test_unknown_fields_are_refused_whether_text_or_file(client: TestClient, data: Path, room: Room) -> None:
    sent = files() | {"video": ("v.mp4", b"x"), "model": ("m.txt", b"mirage-video-1-latest")}
    answer = client.post("/v1/videos", files=sent, data={"colour": "red"})
    assert sorted(locations(answer)) == [
        (["body", "colour"], "extra_forbidden"),
        (["body", "model"], "extra_forbidden"),
        (["body", "video"], "extra_forbidden"),
    ]
    assert _unchanged(data, room)


@pytest.mark.parametrize(
    "body",
    [
        {"json": {"image_reference": "x", "audio_reference": "y"}},
        {"data": {"image_reference": "x", "audio_reference": "y"}},
        {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
        {"content": b"\x89PNG", "headers": {"content-type": "image/png"}},
        {},
    ],
)
def test_bodies_of_another_kind_are_refused(
    client: TestClient, data: Path, room: Room, body: dict[str, Any]
) -> None:
    found = locations(client.post("/v1/videos", **body))
    assert found == [(["body", f"{role}_reference"], "missing") for role in ("image", "audio")]
    assert _unchanged(data, room)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"--b\r\n",
        b'--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nmirage-video-1-latest',
        b"--b\r\nX: " + b"x" * 10_000 + b"\r\n\r\n--b--\r\n",
        b"".join(b'--b\r\nContent-Disposition: form-data; name="%d"\r\n\r\nx\r\n' % n for n in range(100))
        + b"--b--\r\n",
    ],
)
def test_broken_multipart_is_refused(client: TestClient, data: Path, room: Room, body: bytes) -> None:
    answer = client.post("/v1/videos", content=body, headers=BOUNDARY)
    assert (["body"], "multipart_invalid") in locations(answer)
    assert _unchanged(data, room)


def test_a_file_sent_as_text_is_refused(client: TestClient, data: Path, room: Room) -> None:
    sent = files()
    del sent["image_reference"]
    answer = client.post("/v1/videos", files=sent, data={"image_reference": "data:image/png;base64,AAAA"})
    assert locations(answer) == [(["body", "image_reference"], "file_expected")]
    assert _unchanged(data, room)


@pytest.mark.parametrize(
    ("image", "audio", "field"),
    [
        (b"GIF89a secret", WAV, "image_reference"),
        (b"RIFF\x00\x00\x00\x00WEBP secret", WAV, "image_reference"),
        (WAV, WAV, "image_reference"),
        (b"secret text", WAV, "image_reference"),
        (b"\xff\xd8", WAV, "image_reference"),
        (PNG, PNG, "audio_reference"),
        (PNG, b"RIFF\x00\x00\x00\x00AVI  secret", "audio_reference"),
        (PNG, b"OggS secret", "audio_reference"),
        (PNG, b"\xff\xf1\x50\x80 secret", "audio_reference"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><text>secret</text></svg>", WAV, "image_reference"),
        (b"%!PS-Adobe-3.0 EPSF-3.0 secret", WAV, "image_reference"),
        (b"%PDF-1.7 secret", WAV, "image_reference"),
        (b"PK\x03\x04 secret", WAV, "image_reference"),
        (PNG, b"ffconcat version 1.0 secret", "audio_reference"),
        (PNG, b"#EXTM3U secret", "audio_reference"),
        (PNG, b"1\n00:00:00,000 --> 00:00:01,000\nsecret", "audio_reference"),
    ],
)
def test_other_kinds_of_file_are_refused_without_quoting_them(
    client: TestClient, data: Path, room: Room, image: bytes, audio: bytes, field: str
) -> None:
    answer = client.post("/v1/videos", files=files(image, audio))
    assert locations(answer) == [(["body", field], "file_type")]
    assert "secret" not in answer.text
    assert _unchanged(data, room)


@pytest.mark.parametrize("field", ["image_reference", "audio_reference"])
def test_empty_files_are_refused(client: TestClient, data: Path, room: Room, field: str) -> None:
    answer = client.post("/v1/videos", files=files() | {field: ("empty", b"")})
    assert locations(answer) == [(["body", field], "file_empty")]
    assert _unchanged(data, room)


def test_a_field_sent_twice_is_refused(client: TestClient, data: Path, room: Room) -> None:
    sent = [*files().items(), ("image_reference", ("other.png", PNG))]
    answer = client.post("/v1/videos", files=sent)
    assert locations(answer) == [(["body", "image_reference"], "repeated")]
    assert _unchanged(data, room)


def test_texts_must_be_short_and_utf8(client: TestClient) -> None:
    answer = client.post("/v1/videos", files=files(), data={"model": "x" * 70_000})
    assert (["body", "model"], "string_too_long") in locations(answer)
    head = b'--b\r\nContent-Disposition: form-data; name="model"\r\n\r\n'
    answer = client.post("/v1/videos", content=head + b"\xff\xfe\r\n--b--\r\n", headers=BOUNDARY)
    assert (["body", "model"], "string_unicode") in locations(answer)


def test_everything_that_is_wrong_is_told_at_once(client: TestClient) -> None:
    answer = client.post(
        "/v1/videos", files={"image_reference": ("a", b"GIF89a")}, data={"fps": "1", "x": "y"}
    )
    assert sorted(locations(answer)) == [
        (["body", "audio_reference"], "missing"),
        (["body", "fps"], "literal_error"),
        (["body", "image_reference"], "file_type"),
        (["body", "x"], "extra_forbidden"),
    ]


@pytest.mark.parametrize("limited", ["image", "audio"])
def test_a_file_over_its_limit_is_413_and_one_at_its_limit_is_not(
    client: TestClient, data: Path, room: Room, monkeypatch: pytest.MonkeyPatch, limited: str
) -> None:
    monkeypatch.setenv(
        f"MORGANA_MAX_{limited.upper()}_BYTES", str(len(PNG) if limited == "image" else len(WAV))
    )
    settings.cache_clear()
    sent = files(PNG + b"x", WAV) if limited == "image" else files(PNG, WAV + b"x")
    assert error_code(client.post("/v1/videos", files=sent), 413) == "payload_too_large"
    assert _unchanged(data, room)
    assert client.post("/v1/videos", files=files()).status_code == 200


@pytest.mark.parametrize(
    ("most", "said"), [(50 * 2**20, "the 50 MiB that"), (2**20 - 1, "the 1048575 bytes that")]
)
def test_how_large_a_file_may_be_is_said_in_numbers_that_people_read(most: int, said: str) -> None:
    assert said in too_large("The film", most).message


def test_a_queue_that_is_away_loses_nothing(client: TestClient, room: Room) -> None:
    room.broken = True
    video = created(client)
    assert video["status"] == "PROCESSING"
    store.turns.admit_all(None)  # as every worker does each second
    assert let_in() == [video["id"]]


def test_a_database_that_fails_answers_500_and_the_uploads_are_swept_later(
    client: TestClient, data: Path, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("secret of the database")

    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr(store.videos, "create", fail)
        answer = client.post("/v1/videos", files=files())
    assert error_code(answer, 500) == "internal_error"
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "request_failed" in [entry["event"] for entry in logs]
    assert room.enqueued == []
    assert store.videos.page(ADA) == []
    assert list(data.rglob("*.png"))
    monkeypatch.setattr("morgana.store.sweeping._GRACE", timedelta(0))
    assert store.sweep() == 2
    assert blob_files(data) == []


def test_uploads_that_cannot_all_be_stored_are_not_kept(
    client: TestClient, data: Path, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = store.blobs.put

    def put_images_only(key: str, source: Any, **about: str) -> None:
        if "audio" in key:
            raise OSError("no space left")
        put(key, source, **about)

    monkeypatch.setattr(store.blobs, "put", put_images_only)
    with capture_logs():
        answer = client.post("/v1/videos", files=files())
    assert error_code(answer, 500) == "internal_error"
    assert _unchanged(data, room)
