import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from morgana.api import create_app
from morgana.captions.template import templates
from morgana.errors import ErrorCode, InputError
from morgana.live import Captioner, Overlayer, Speaker
from morgana.settings import data_folder, settings
from tests.api.conftest import Room, error_code, locations

PATH = "/v1/videos/captions/templates"
FIRST = next(iter(templates()))


class Making:
    """Previews that are made of bytes; how often."""

    def __init__(self) -> None:
        self.films = 0
        self.rows = 0
        self.error: Exception | None = None

    async def film(self, template_id: str, video: Path) -> None:
        self.films += 1
        if self.error:
            raise self.error
        video.write_bytes(b"film of " + template_id.encode())

    async def draw(self, targets: Mapping[str, Path]) -> None:
        self.rows += 1
        for template_id, poster in targets.items():
            poster.write_bytes(b"picture of " + template_id.encode())


@pytest.fixture
def making() -> Making:
    return Making()


@pytest.fixture
def app(data: Path, room: Room, speaker: Speaker, overlayer: Overlayer, making: Making) -> FastAPI:
    assert data.exists()
    captioner = Captioner(data_folder("previews"), making.film, making.draw)
    return create_app(room, speaker, captioner, overlayer)


def test_a_template_says_all_about_itself(client: TestClient) -> None:
    assert client.get(f"{PATH}/{FIRST}").json() == {
        "id": FIRST,
        "object": "caption_template",
        "name": templates()[FIRST].name,
        "preview_url": f"http://testserver{PATH}/{FIRST}/preview.mp4",
        "created_at": 1_795_305_600,
        "poster_url": f"http://testserver{PATH}/{FIRST}/poster.jpg",
    }


def test_links_begin_with_the_public_address(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORGANA_PUBLIC_URL", "https://video.example.org/")
    settings.cache_clear()
    url = client.get(f"{PATH}/{FIRST}").json()["preview_url"]
    assert url == f"https://video.example.org{PATH}/{FIRST}/preview.mp4"


def test_pages_follow_each_other_by_name(client: TestClient) -> None:
    paged: list[dict[str, Any]] = []
    more = True
    while more:
        query: dict[str, Any] = {"limit": 30} | ({"after": paged[-1]["id"]} if paged else {})
        answer = client.get(PATH, params=query).json()
        assert set(answer) == {"data", "has_more", "object"}
        assert answer["object"] == "list"
        paged += answer["data"]
        more = answer["has_more"]
    assert [one["id"] for one in paged] == list(templates())
    assert len(client.get(PATH).json()["data"]) == 20
    assert client.get(PATH, params={"after": paged[-1]["id"]}).json()["data"] == []


def test_an_unknown_template_is_not_found(client: TestClient) -> None:
    for path in ("nobody", "nobody/preview.mp4", "nobody/poster.jpg"):
        assert error_code(client.get(f"{PATH}/{path}"), 404) == "template_not_found"
    assert locations(client.get(PATH, params={"after": "x"})) == [(["query", "after"], "unknown_id")]


def test_templates_need_a_key_and_previews_do_not(client: TestClient, making: Making) -> None:
    del client.headers["x-api-key"]
    assert error_code(client.get(PATH), 401) == "missing_api_key"
    assert error_code(client.get(f"{PATH}/{FIRST}"), 401) == "missing_api_key"
    film, picture = client.get(f"{PATH}/{FIRST}/preview.mp4"), client.get(f"{PATH}/{FIRST}/poster.jpg")
    assert (film.content, film.headers["content-type"]) == (b"film of " + FIRST.encode(), "video/mp4")
    assert (picture.content, picture.headers["content-type"]) == (
        b"picture of " + FIRST.encode(),
        "image/jpeg",
    )
    part = client.get(f"{PATH}/{FIRST}/preview.mp4", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"film")
    same = client.get(f"{PATH}/{FIRST}/poster.jpg", headers={"If-None-Match": picture.headers["etag"]})
    assert same.status_code == 304
    assert (making.films, making.rows) == (1, 1)


def test_a_preview_that_many_ask_for_is_made_once(client: TestClient, making: Making) -> None:
    answers: list[int] = []

    def ask(name: str) -> None:
        answers.append(client.get(f"{PATH}/{FIRST}/{name}").status_code)

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("preview.mp4", "poster.jpg") * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 8
    assert (making.films, making.rows) == (1, 1)


def test_a_preview_without_fonts_says_what_is_missing(client: TestClient, making: Making) -> None:
    making.error = InputError(ErrorCode.MODEL_MISSING, "Run `morgana models pull fonts`.")
    answer = client.get(f"{PATH}/{FIRST}/preview.mp4")
    assert error_code(answer, 409) == "model_missing"
    assert "models pull" in answer.json()["error"]["message"]
    making.error = None
    assert client.get(f"{PATH}/{FIRST}/preview.mp4").status_code == 200
