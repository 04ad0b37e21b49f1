"""A script and an actor in place of a recording and a picture."""

import io
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from morgana import store
from morgana.settings import settings
from tests.api.conftest import PNG, WAV, Room, blob_files, cast, error_code, files, locations
from tests.store.conftest import let_in

IMAGE = {"image_reference": ("face.png", PNG)}
SCRIPT = "Hello there. [happy] How are you?"


def _options(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    job = store.work.begin(answer.json()["id"])
    assert job is not None
    return job.options


def test_a_script_takes_the_place_of_a_recording(client: TestClient, room: Room) -> None:
    answer = client.post("/v1/videos", files=IMAGE, data={"script": SCRIPT})
    assert _options(answer) == {
        "fps": 25,
        "expression": "auto",
        "expression_intensity": 0.5,
        "seed": 0,
        "script": SCRIPT,
        "voice_id": "heart",
        "speed": 1.0,
    }
    video = answer.json()
    assert (video["voice_id"], video["actor_id"]) == ("heart", None)
    assert room.enqueued == [video["id"]]
    assert client.get(f"/v1/videos/{video['id']}").json() == video


def test_a_script_with_an_actor_needs_no_file(client: TestClient) -> None:
    actor = cast(client, voice_id="heart", expression="happy", expression_intensity="0.7")
    sent = {"script": SCRIPT, "actor_id": actor["id"], "speed": "1.5"}
    for form in ({"data": sent, "files": {"x": ("", b"")}}, {"files": _multipart(sent)}):
        options = _options(client.post("/v1/videos", **form))
        assert (options["expression"], options["expression_intensity"]) == ("happy", 0.7)
        assert (options["voice_id"], options["speed"]) == ("heart", 1.5)


def _multipart(form: dict[str, str]) -> Any:
    return {name: (None, value) for name, value in form.items()}


def test_a_script_without_a_voice_is_said_by_the_actor(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_MODELS", str(tmp_path / "no-models"))
    settings.cache_clear()
    sent = {"script": SCRIPT, "actor_id": cast(client, voice_id="bm_george")["id"]}
    assert error_code(client.post("/v1/videos", files=_multipart(sent)), 409) == "model_missing"  # not heart
    options = _options(client.post("/v1/videos", files=_multipart(sent | {"voice_id": "heart"})))
    assert options["voice_id"] == "heart"


@pytest.mark.parametrize(("pulled", "spoken"), [(True, ["bf_emma", "am_fenrir"]), (False, ["heart", None])])
def test_a_built_in_actor_has_a_voice_of_the_same_gender_or_says_which_is_missing(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, *, pulled: bool, spoken: list[str | None]
) -> None:
    monkeypatch.setattr("morgana.models.installed.has_sizes", lambda _weight, _folder: pulled)
    for voice_id, expected in zip(("bf_emma", "am_fenrir"), spoken, strict=True):
        draft = store.ActorDraft(f"actor_{voice_id}", "Eve", {"image": "actors/eve/image.jpg"}, voice_id)
        store.blobs.put(draft.inputs["image"], io.BytesIO(PNG))
        store.actors.provide(draft)
        answer = client.post("/v1/videos", files=_multipart({"script": SCRIPT, "actor_id": draft.id}))
        if expected is None:
            assert error_code(answer, 409) == "model_missing"
            assert "morgana models pull kokoro" in answer.json()["error"]["message"]
        else:
            assert (_options(answer)["voice_id"], answer.json()["voice_id"]) == (expected, expected)


def test_what_the_request_says_goes_before_what_its_actor_says(client: TestClient) -> None:
    actor = cast(client, expression="happy", expression_intensity="0.7")
    sent = {"actor_id": actor["id"], "expression": "auto", "expression_intensity": "0"}
    options = _options(client.post("/v1/videos", files={"audio_reference": ("v.wav", WAV)}, data=sent))
    assert (options["expression"], options["expression_intensity"]) == ("auto", 0.0)
    assert "script" not in options


@pytest.mark.parametrize(
    ("form", "sent", "found"),
    [
        ({"script": SCRIPT}, files(), [("script", "mutually_exclusive")]),
        ({"actor_id": "actor_x"}, files(), [("actor_id", "mutually_exclusive")]),
        ({"script": SCRIPT}, {}, [("image_reference", "missing")]),
        ({"actor_id": "actor_x"}, {}, [("audio_reference", "missing")]),
        ({"fps": "25"}, {}, [("image_reference", "missing"), ("audio_reference", "missing")]),
        ({"voice_id": "heart"}, files(), [("voice_id", "script_expected")]),
        ({"speed": "1"}, files(), [("speed", "script_expected")]),
        ({"script": SCRIPT, "speed": "0.49"}, IMAGE, [("speed", "greater_than_equal")]),
        ({"script": SCRIPT, "speed": "2.01"}, IMAGE, [("speed", "less_than_equal")]),
        ({"script": SCRIPT, "speed": "nan"}, IMAGE, [("speed", "finite_number")]),
        ({"script": ""}, IMAGE, [("script", "text_unpronounceable")]),
        ({"script": " \n"}, IMAGE, [("script", "text_unpronounceable")]),
        ({"script": "?!"}, IMAGE, [("script", "text_unpronounceable")]),
        ({"script": "[happy]"}, IMAGE, [("script", "text_unpronounceable")]),
        ({"script": "[hapy] Hello."}, IMAGE, [("script", "mark_invalid")]),
        ({"script": "a " * 5000 + "b"}, IMAGE, [("script", "text_too_long")]),
        ({"script": "a" * 70_000}, IMAGE, [("script", "string_too_long")]),
    ],
)
def test_what_does_not_go_together_or_cannot_be_said_is_refused(
    client: TestClient, data: Path, room: Room, form: Any, sent: Any, found: list[tuple[str, str]]
) -> None:
    answer = client.post("/v1/videos", data=form, files=sent or {"x": ("", b"")})
    assert locations(answer) == [(["body", name], kind) for name, kind in found]
    assert blob_files(data) == room.enqueued == let_in() == []


def test_a_script_of_10000_characters_is_not_too_long(client: TestClient) -> None:
    assert client.post("/v1/videos", files=IMAGE, data={"script": "a " * 5000}).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"script": SCRIPT, "voice_id": "nobody"}, 404, "voice_not_found"),
        ({"script": SCRIPT, "actor_id": "actor_nobody"}, 404, "actor_not_found"),
        ({"script": SCRIPT, "actor_id": "a\x00b"}, 404, "actor_not_found"),
    ],
)
def test_unknown_voices_and_actors_are_404(
    client: TestClient, data: Path, form: Any, status: int, code: str
) -> None:
    sent = {"x": ("", b"")} if "actor_id" in form else IMAGE
    assert error_code(client.post("/v1/videos", data=form, files=sent), status) == code
    assert blob_files(data) == []


def test_a_voice_whose_weights_are_missing_is_409_with_the_command(
    client: TestClient, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_MODELS", str(tmp_path / "no-models"))
    settings.cache_clear()
    answer = client.post("/v1/videos", data={"script": SCRIPT, "voice_id": "bm_george"}, files=IMAGE)
    assert error_code(answer, 409) == "model_missing"
    assert "morgana models pull kokoro" in answer.json()["error"]["message"]
    assert blob_files(data) == []


def test_blank_fields_are_taken_for_not_sent(client: TestClient) -> None:
    """As a browser sends a form in which only some fields are filled in."""
    blank = dict.fromkeys(("actor_id", "script", "voice_id", "speed", "seed", "fps", "expression"), "")
    answer = client.post("/v1/videos", files=files(), data=blank)
    assert _options(answer) == {"fps": 25, "expression": "auto", "expression_intensity": 0.5, "seed": 0}
    unfilled = {"audio_reference": ("", b""), "image_reference": ("face.png", PNG)}
    answer = client.post("/v1/videos", files=unfilled, data={"script": SCRIPT})
    assert _options(answer)["script"] == SCRIPT
    fields = _multipart({"image_reference": "", "actor_id": cast(client)["id"], "script": SCRIPT})
    assert _options(client.post("/v1/videos", files=fields))["script"] == SCRIPT


def test_another_script_or_voice_is_another_request(client: TestClient) -> None:
    def post(script: str, **form: str) -> Any:
        return client.post(
            "/v1/videos", files=IMAGE, data={"script": script} | form, headers={"Idempotency-Key": "k"}
        )

    first = post(SCRIPT)
    assert post(SCRIPT).json() == first.json()
    for other in (post("Hello."), post(SCRIPT, speed="1.1"), post(SCRIPT, expression="sad")):
        assert error_code(other, 409) == "idempotency_key_reused"
