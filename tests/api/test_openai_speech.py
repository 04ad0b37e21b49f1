"""Speech for OpenAI's clients: their own Python package against our server."""

import base64
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from morgana import store
from morgana.api.openai_speech import VOICES
from morgana.settings import settings
from morgana.speech.voices import voices
from tests.api.conftest import error_code
from tests.api.test_speech import FRAME, TEXT, figure, samples, until
from tests.live.scripted import MANY, RATE, Scripted

DOCS = Path(__file__).parents[2] / "docs/openai.md"


@pytest.fixture
def client_of(server: str) -> Iterator[Any]:
    opened = []

    def client(key: str) -> openai.OpenAI:
        opened.append(openai.OpenAI(base_url=f"{server}/v1", api_key=key, max_retries=0))
        return opened[-1]

    yield client
    for one in opened:
        one.close()


@pytest.fixture
def their(client_of: Any, key: str) -> openai.OpenAI:
    """OpenAI's client with Ada's key."""
    made: openai.OpenAI = client_of(key)
    return made


def spoken(their: openai.OpenAI, **fields: Any) -> Any:
    asked: dict[str, Any] = {"model": "tts-1", "voice": "alloy", "input": TEXT} | fields
    return their.audio.speech.create(**asked)


def test_it_speaks_mp3_unless_told_otherwise(their: openai.OpenAI, engine: Scripted) -> None:
    answer = spoken(their)
    assert answer.response.headers["content-type"] == "audio/mpeg"
    assert 0 <= samples(answer.content) - 1.5 * RATE < FRAME
    assert engine.said == ["One.", "Two.", "Three."]


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("wav", "audio/wav"),
        ("opus", "audio/ogg; codecs=opus"),
        ("aac", "audio/aac"),
        ("flac", "audio/flac"),
        ("pcm", "audio/pcm;rate=24000;channels=1"),
    ],
)
def test_it_speaks_every_format_of_theirs(their: openai.OpenAI, name: str, content_type: str) -> None:
    answer = spoken(their, response_format=name)
    assert answer.response.headers["content-type"] == content_type
    length = len(answer.content) // 2 if name == "pcm" else samples(answer.content)
    assert 0 <= length - 1.5 * RATE < FRAME


def test_speed_is_heeded_and_directions_are_not(their: openai.OpenAI) -> None:
    usual, directed, fast = (
        spoken(their, response_format="pcm", **fields).content
        for fields in ({}, {"instructions": "Whisper."}, {"speed": 2})
    )
    assert directed == usual
    assert len(fast) * 2 == len(usual)


def test_the_first_sentence_is_heard_before_the_second_is_made(
    their: openai.OpenAI, engine: Scripted
) -> None:
    engine.gate = threading.Semaphore(1)
    streaming = their.audio.speech.with_streaming_response
    with streaming.create(model="tts-1", voice="nova", input=TEXT, response_format="pcm") as answer:
        parts = answer.iter_bytes(1000)
        received = b""
        while len(received) < RATE - 1000:
            received += next(parts)
        until(lambda: engine.said == ["One.", "Two."], "the second sentence is begun")
        engine.gate.release(MANY)
        received += b"".join(parts)
    assert len(received) == 2 * 1.5 * RATE


def test_events_hold_the_same_sound_and_then_what_was_used(their: openai.OpenAI) -> None:
    answer = spoken(their, stream_format="sse", response_format="pcm")
    assert answer.response.headers["content-type"].startswith("text/event-stream")
    events = [json.loads(line.removeprefix("data: ")) for line in answer.text.split("\n\n") if line]
    *deltas, done = events
    assert {delta["type"] for delta in deltas} == {"speech.audio.delta"}
    sound = b"".join(base64.b64decode(delta["audio"]) for delta in deltas)
    assert sound == spoken(their, response_format="pcm").content
    usage = {"input_tokens": len(TEXT), "output_tokens": 60, "total_tokens": len(TEXT) + 60}
    assert done == {"type": "speech.audio.done", "usage": usage}


def test_their_voices_speak_with_the_default_one_until_ours_are_there(their: openai.OpenAI) -> None:
    for voice in ("nova", {"id": "onyx"}, "heart"):
        assert spoken(their, voice=voice).response.headers["x-voice-id"] == "heart"
    with pytest.raises(openai.BadRequestError) as refused:
        spoken(their, voice="af_nova")
    assert (refused.value.code, refused.value.param) == ("model_missing", "voice")
    assert "morgana models pull kokoro" in refused.value.message


def test_their_voices_speak_with_ours_once_these_are_there(
    their: openai.OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("morgana.live.speaker.known.is_available", lambda _voice: True)
    monkeypatch.setattr("morgana.live.speaker.speaking.check", lambda _text, _voice: None)
    assert spoken(their, voice="nova").response.headers["x-voice-id"] == "af_nova"


def test_every_voice_of_theirs_is_one_of_ours_and_documented() -> None:
    assert set(VOICES.values()) <= set(voices())
    listed = re.findall(r"^\| `(\w+)` \| `([a-z]{2}_\w+)` \|$", DOCS.read_text(), re.MULTILINE)
    assert dict(listed) == VOICES


@pytest.mark.parametrize(
    ("fields", "status", "code", "param"),
    [
        ({"voice": "nobody"}, 404, "voice_not_found", "voice"),
        ({"model": "gpt-9"}, 404, "model_not_found", "model"),
        ({"input": " "}, 400, "text_unpronounceable", "input"),
        ({"input": "x" * 10_001}, 400, "text_too_long", "input"),
        ({"input": "x" * 200_000}, 413, "payload_too_large", None),
        ({"input": 5}, 400, "string_type", "input"),
        ({"voice": {"name": "alloy"}}, 400, "string_type", "voice"),
        ({"speed": 4}, 400, "less_than_equal", "speed"),
        ({"response_format": "midi"}, 400, "literal_error", "response_format"),
        ({"stream_format": "smoke"}, 400, "literal_error", "stream_format"),
    ],
)
def test_what_cannot_be_spoken_raises_what_it_should(
    their: openai.OpenAI, engine: Scripted, fields: dict[str, Any], status: int, code: str, param: str | None
) -> None:
    with pytest.raises(openai.APIStatusError) as refused:
        spoken(their, **fields)
    error = refused.value
    assert (error.status_code, error.code, error.param) == (status, code, param)
    assert error.type == "invalid_request_error"
    assert error.body["message"]  # type: ignore[index]
    assert engine.said == []


def test_a_wrong_key_raises_what_it_should(client_of: Any) -> None:
    with pytest.raises(openai.AuthenticationError) as refused:
        spoken(client_of("morgana_wrong"))
    assert refused.value.code == "invalid_api_key"
    assert refused.value.response.headers["www-authenticate"].endswith("Bearer")


def test_too_many_requests_raise_what_they_should(
    their: openai.OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_RATE_LIMITS", "speech=1/hour")
    settings.cache_clear()
    spoken(their)
    with pytest.raises(openai.RateLimitError) as refused:
        spoken(their)
    assert (refused.value.code, refused.value.type) == ("rate_limit_exceeded", "requests")
    assert int(refused.value.response.headers["retry-after"]) > 1


def test_speech_that_breaks_off_is_not_taken_for_whole(their: openai.OpenAI) -> None:
    for stream_format in ("audio", "sse"):
        with capture_logs(), pytest.raises(openai.APIConnectionError):
            spoken(their, input="One. This breaks.", stream_format=stream_format)
    with capture_logs(), pytest.raises(openai.InternalServerError):
        spoken(their, input="This breaks.")


def test_a_client_that_leaves_is_spoken_to_no_more(their: openai.OpenAI, engine: Scripted) -> None:
    engine.gate = threading.Semaphore(1)
    streaming = their.audio.speech.with_streaming_response
    with streaming.create(model="tts-1", voice="nova", input=TEXT, response_format="pcm") as answer:
        next(answer.iter_bytes(10))
        until(lambda: engine.said == ["One.", "Two."], "the second sentence is begun")
    engine.gate.release(MANY)
    spoken(their, input="Another.")
    assert engine.said == ["One.", "Two.", "Another."]


def test_models_are_listed_and_found(their: openai.OpenAI) -> None:
    names = [model.id for model in their.models.list()]
    assert names == ["mirage-audio-1", "tts-1", "tts-1-hd", "gpt-4o-mini-tts"]
    assert their.models.retrieve("tts-1").object == "model"
    assert their.models.retrieve("gpt-4o-mini-tts-2025-12-15").id == "gpt-4o-mini-tts-2025-12-15"
    with pytest.raises(openai.NotFoundError) as unknown:
        their.models.retrieve("whisper-1")
    assert unknown.value.code == "model_not_found"


def test_a_bearer_token_is_a_key_everywhere(client: TestClient, key: str) -> None:
    del client.headers["x-api-key"]
    assert client.get("/v1/videos", headers={"authorization": f"Bearer {key}"}).status_code == 200
    for wrong, code in ((f"Basic {key}", "missing_api_key"), (f"Bearer {key}x", "invalid_api_key")):
        answer = client.get("/v1/videos", headers={"authorization": wrong})
        assert error_code(answer, 401) == code


def test_of_two_keys_the_contract_s_header_counts(client: TestClient, key: str) -> None:
    bob = store.keys.create("test", "bob")[1]
    answer = client.get("/v1/videos", headers={"x-api-key": "wrong", "authorization": f"Bearer {key}"})
    assert error_code(answer, 401) == "invalid_api_key"
    answer = client.get("/v1/videos", headers={"authorization": f"Bearer {bob}"})
    assert answer.status_code == 200


def test_speech_is_counted_like_all_speech(client: TestClient) -> None:
    body = {"model": "tts-1", "voice": "alloy", "input": TEXT}
    assert client.post("/v1/audio/speech", json=body).status_code == 200
    assert figure(client, "morgana_speech_requests_total", "hibari", "mp3") == 1
    assert figure(client, "morgana_speech_characters_total") == len(TEXT)
    assert figure(client, "morgana_speech_audio_seconds_total") == 1.5


def test_the_example_in_the_docs_runs(
    server: str, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written = DOCS.read_text().split("```python\n")[1].split("```")[0]
    exec(written.replace("http://127.0.0.1:8000", server), {"KEY": key})  # noqa: S102
    assert samples((tmp_path / "hello.mp3").read_bytes()) > RATE / 4
