import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from morgana.settings import settings
from morgana.text import coverage, fonts
from morgana.text.fonts import families
from tests.api.conftest import error_code, locations

PATH = "/v1/fonts"
MODELS = settings().models_folder.absolute()
LOOKS = ["Classic", "Modern", "Neon", "Strong", "Typewriter"]


@pytest.fixture(autouse=True)
def installed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fonts are there, which `data` has none of."""
    assert data.exists()
    monkeypatch.setenv("MORGANA_MODELS", str(MODELS))
    settings.cache_clear()


def test_a_font_says_all_about_itself(client: TestClient) -> None:
    font = client.get(f"{PATH}/bebas  neue").json()
    assert font == {
        "name": "Bebas Neue",
        "object": "font",
        "kind": "font",
        "summary": "condensed",
        "family": "Bebas Neue",
        "weights": [400],
        "scripts": ["Latin"],
        "licence": "OFL-1.1",
        "origin": "Ryoichi Tsunekawa",
        "available": True,
        "preview_url": f"http://testserver{PATH}/Bebas%20Neue/preview.png",
    }


def test_a_look_is_set_in_one_of_the_fonts(client: TestClient) -> None:
    for name in LOOKS:
        look = client.get(f"{PATH}/{name.lower()}").json()
        assert (look["name"], look["kind"]) == (name, "look")
        font = client.get(f"{PATH}/{look['family']}").json()
        assert len(look["weights"]) == 1
        assert set(look["weights"]) <= set(font["weights"])
        assert (look["scripts"], look["licence"], look["origin"]) == (
            font["scripts"],
            font["licence"],
            font["origin"],
        )
        assert look["summary"] != font["summary"]


def test_pages_hold_the_looks_and_then_the_fonts(client: TestClient) -> None:
    paged: list[dict[str, Any]] = []
    more = True
    while more:
        query: dict[str, Any] = {"limit": 30} | ({"after": paged[-1]["name"]} if paged else {})
        answer = client.get(PATH, params=query).json()
        assert set(answer) == {"object", "data", "has_more"}
        paged += answer["data"]
        more = answer["has_more"]
    assert [font["name"] for font in paged] == [*LOOKS, *families()]
    assert len(client.get(PATH).json()["data"]) == 20
    for font in paged:
        assert client.get(f"{PATH}/{font['name']}").json() == font


def test_every_name_that_is_listed_may_be_asked_for(client: TestClient) -> None:
    names = [font["name"] for font in client.get(PATH, params={"limit": 100}).json()["data"]]
    film = {"video": ("a.mp4", b"\x00\x00\x00\x20ftypisom" + b"f" * 99)}
    for at in range(0, len(names), 4):
        some = names[at : at + 4]
        form = {"texts": some, "fonts": some}
        assert client.post("/v1/meta/text_overlays", files=film, data=form).status_code == 200


def test_an_unknown_font_is_not_found(client: TestClient) -> None:
    for path in ("Antn", "Antn/preview.png"):
        answer = client.get(f"{PATH}/{path}")
        assert error_code(answer, 404) == "font_not_found"
        assert "Anton" in answer.json()["error"]["message"]
    assert locations(client.get(PATH, params={"after": "x"})) == [(["query", "after"], "unknown_id")]
    assert locations(client.get(PATH, params={"limit": 0}))[0][0] == ["query", "limit"]


def test_fonts_need_a_key_and_their_pictures_do_not(client: TestClient) -> None:
    url = client.get(f"{PATH}/Anton").json()["preview_url"]
    del client.headers["x-api-key"]
    assert error_code(client.get(PATH), 401) == "missing_api_key"
    assert error_code(client.get(f"{PATH}/Anton"), 401) == "missing_api_key"
    picture = client.get(url)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(picture.content)).size == (960, 320)
    assert client.get(url, headers={"Range": "bytes=0-3"}).content == picture.content[:4]
    assert client.get(url, headers={"If-None-Match": picture.headers["etag"]}).status_code == 304
    assert "public" in picture.headers["cache-control"]
    head = client.head(url)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(picture.content)))


def test_links_begin_with_the_public_address(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORGANA_PUBLIC_URL", "https://video.example.org/")
    settings.cache_clear()
    assert client.get(f"{PATH}/DM Serif Display").json()["preview_url"] == (
        f"https://video.example.org{PATH}/DM%20Serif%20Display/preview.png"
    )


def test_what_is_not_installed_is_listed_without_a_picture(
    client: TestClient, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_MODELS", str(data / "none"))
    for kept in (settings, fonts.face, fonts._nearest_weight, coverage.scripts):
        kept.cache_clear()
    font = client.get(f"{PATH}/Anton").json()
    assert (font["available"], font["scripts"], font["preview_url"]) == (False, None, None)
    answer = client.get(f"{PATH}/Lobster/preview.png")
    assert error_code(answer, 409) == "model_missing"
    assert "morgana models pull" in answer.json()["error"]["message"]
