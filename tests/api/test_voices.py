import io
from pathlib import Path
from typing import Any

import av
import pytest
from starlette.testclient import TestClient

from morgana.settings import settings
from tests.api.conftest import error_code, locations
from tests.live.scripted import Scripted

PREVIEW = "/v1/voices/heart/preview"


def listed(client: TestClient, **query: Any) -> list[str]:
    answer = client.get("/v1/voices", params={"limit": 100, **query})
    assert answer.status_code == 200, answer.text
    return [voice["id"] for voice in answer.json()["data"]]


def test_a_voice_says_all_about_itself(client: TestClient) -> None:
    voice = client.get("/v1/voices/heart").json()
    assert voice == {
        "id": "heart",
        "object": "voice",
        "name": "Heart",
        "language": "en-US",
        "gender": "female",
        "engine": "hibari",
        "licence": "Apache-2.0",
        "available": True,
        "preview_url": "http://testserver/v1/voices/heart/preview",
    }


def test_a_voice_without_weights_has_no_preview(client: TestClient) -> None:
    voice = client.get("/v1/voices/bm_george").json()
    assert (voice["available"], voice["preview_url"], voice["language"]) == (False, None, "en-GB")
    assert error_code(client.get("/v1/voices/bm_george/preview"), 409) == "model_missing"


def test_an_unknown_voice_is_not_found(client: TestClient) -> None:
    for path in ("/v1/voices/nobody", "/v1/voices/nobody/preview"):
        assert error_code(client.get(path), 404) == "voice_not_found"


def test_voices_are_listed_the_default_one_first(client: TestClient) -> None:
    answer = client.get("/v1/voices").json()
    assert (answer["object"], answer["has_more"], len(answer["data"])) == ("list", True, 20)
    assert answer["data"][0] == client.get("/v1/voices/heart").json()


def test_pages_follow_each_other(client: TestClient) -> None:
    everyone = listed(client)
    assert len(everyone) == len(set(everyone)) >= 55
    paged: list[str] = []
    more = True
    while more:
        query: dict[str, Any] = {"limit": 17} | ({"after": paged[-1]} if paged else {})
        answer = client.get("/v1/voices", params=query).json()
        paged += [voice["id"] for voice in answer["data"]]
        more = answer["has_more"]
    assert paged == everyone


def test_voices_can_be_filtered(client: TestClient) -> None:
    british = listed(client, language="en-GB")
    assert "bm_george" in british
    assert "heart" not in british
    assert set(british) < set(listed(client, language="EN"))
    assert listed(client, language="e") == []
    assert listed(client, language="en-GB", gender="male", engine="kokoro") == [
        name for name in british if name.startswith("bm_")
    ]
    assert listed(client, engine="hibari") == listed(client, available="true") == ["heart"]
    assert "heart" not in listed(client, available="false")


@pytest.mark.parametrize(
    ("query", "field"),
    [("after=nobody", "after"), ("limit=0", "limit"), ("limit=101", "limit"), ("gender=robot", "gender")],
)
def test_wrong_queries_are_refused(client: TestClient, query: str, field: str) -> None:
    assert [loc for loc, _ in locations(client.get(f"/v1/voices?{query}"))] == [["query", field]]


def test_only_previews_need_no_key(client: TestClient) -> None:
    del client.headers["x-api-key"]
    assert error_code(client.get("/v1/voices"), 401) == "missing_api_key"
    assert error_code(client.get("/v1/voices/heart"), 401) == "missing_api_key"
    assert client.get(PREVIEW).status_code == 200


def test_links_begin_with_the_public_address(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORGANA_PUBLIC_URL", "https://video.example.org/api/")
    settings.cache_clear()
    voice = client.get("/v1/voices/heart").json()
    assert voice["preview_url"] == "https://video.example.org/api/v1/voices/heart/preview"


def test_a_preview_is_a_recording_that_is_made_once(client: TestClient, engine: Scripted, data: Path) -> None:
    answer = client.get(PREVIEW)
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.headers["cache-control"] == "public, max-age=86400"
    with av.open(io.BytesIO(answer.content), "r") as file:
        assert file.streams.audio[0].codec_context.name.startswith("mp3")
    said = len(engine.said)
    assert said > 0
    assert client.get(PREVIEW).content == answer.content
    assert len(engine.said) == said
    assert [path.read_bytes() for path in (data / "previews").iterdir()] == [answer.content]


def test_a_preview_can_be_had_in_parts_or_not_again(client: TestClient) -> None:
    whole = client.get(PREVIEW)
    size = len(whole.content)
    assert (whole.headers["content-length"], whole.headers["accept-ranges"]) == (str(size), "bytes")
    head = client.head(PREVIEW)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(size), b"")
    part = client.get(PREVIEW, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{size}"
    assert client.get(PREVIEW, headers={"if-none-match": whole.headers["etag"]}).status_code == 304
    beyond = client.get(PREVIEW, headers={"range": f"bytes={size}-"})
    assert error_code(beyond, 416) == "range_not_satisfiable"
