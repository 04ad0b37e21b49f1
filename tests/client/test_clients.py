import asyncio
import inspect
import subprocess
import sys
from typing import assert_type

import httpx2
import pytest

import morgana
from morgana.client import AsyncClient, Client, MorganaError, Video
from morgana.client.operations import Resource
from morgana.settings import Settings
from tests.api.conftest import PNG, WAV
from tests.client.conftest import Connect
from tests.client.faulty import Faulty, answer

VIDEO = {"id": "video_1", "status": "COMPLETE", "created_at": 1, "video_id": "video_1"}


def test_the_client_is_light() -> None:
    heavy = "{'numpy', 'av', 'onnxruntime', 'fastapi', 'sqlalchemy', 'pydantic_settings'}"
    code = f"import sys; from morgana import Client, AsyncClient; print(*{heavy} & set(sys.modules))"
    code += "; print(*[m for m in sys.modules if m.startswith('morgana.') and '.client' not in m])"
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert answer.stdout.split() == []


def test_it_is_exported() -> None:
    assert morgana.Client is Client
    assert morgana.AsyncClient is AsyncClient


def test_the_server_and_the_key_may_be_in_the_environment(
    connect: Connect, faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_BASE_URL", faulty.url)
    monkeypatch.setenv("MORGANA_API_KEY", "from outside")
    faulty.replying(answer(VIDEO))
    connect().videos.retrieve("video_1")
    assert faulty.asked[0].header("x-api-key") == "from outside"
    assert (faulty.asked[0].header("user-agent") or "").startswith("morgana-python/")


def test_these_variables_are_no_settings_of_the_server() -> None:
    assert not {"base_url", "api_key"} & set(Settings.model_fields)


def test_without_a_key_it_is_said_how_to_get_one(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MORGANA_API_KEY", raising=False)
    with pytest.raises(MorganaError, match="morgana keys create"):
        connect()


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://a", "http://", "/v1"])
def test_a_url_that_is_none_is_refused_at_once(connect: Connect, url: str) -> None:
    with pytest.raises(ValueError, match="should be such as"):
        connect(url, "key")


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/"])
def test_a_url_may_end_in_several_ways(connect: Connect, faulty: Faulty, ending: str) -> None:
    faulty.replying(answer(VIDEO))
    connect(faulty.url + "/api" + ending, "key").videos.retrieve("video_1")
    assert faulty.lines() == ["GET /api/v1/videos/video_1"]


def test_the_key_is_not_shown() -> None:
    with Client("http://a", "a secret") as client:
        assert "secret" not in repr(client) + repr(vars(client.videos))


@pytest.mark.parametrize("identifier", ["", ".", ".."])
def test_an_id_that_leads_elsewhere_is_none(connect: Connect, faulty: Faulty, identifier: str) -> None:
    with pytest.raises(ValueError, match="no id"):
        connect(faulty.url, "key").videos.retrieve(identifier)
    assert faulty.asked == []


def test_an_id_is_quoted(connect: Connect, faulty: Faulty) -> None:
    faulty.replying(answer(VIDEO))
    connect(faulty.url, "key").videos.retrieve("a/../b?c#d")
    assert faulty.lines() == ["GET /v1/videos/a%2F..%2Fb%3Fc%23d"]


def test_both_clients_have_the_same_resources_and_every_operation_is_documented() -> None:
    client, other = Client("http://a", "key"), AsyncClient("http://a", "key")
    resources = {name for name, value in vars(client).items() if isinstance(value, Resource)}
    assert resources == {name for name, value in vars(other).items() if isinstance(value, Resource)}
    assert {"videos", "captions", "overlays", "speech", "actors", "voices", "fonts"} <= resources
    for name in resources:
        resource = getattr(client, name)
        for operation in [one for one in dir(resource) if not one.startswith("_")]:
            method = getattr(resource, operation)
            assert method.__doc__, f"{name}.{operation}"
    client.close()


def test_operations_show_their_parameters() -> None:
    client, other = Client("http://a", "key"), AsyncClient("http://a", "key")
    assert (
        str(inspect.signature(client.videos.retrieve))
        == "(video: str | morgana.client.objects.Video) -> morgana.client.objects.Video"
    )
    assert [*inspect.signature(client.videos.wait).parameters] == ["video", "on_progress", "timeout", "poll"]
    assert not inspect.iscoroutinefunction(client.videos.wait)
    assert inspect.iscoroutinefunction(other.videos.wait)
    assert inspect.isasyncgenfunction(other.videos.list)
    client.close()


def test_an_http_client_of_ones_own_is_used_and_left_open(faulty: Faulty) -> None:
    faulty.replying(answer(VIDEO))
    with httpx2.Client(headers={"x-proxy": "yes"}) as http:
        with Client(faulty.url, "key", http_client=http) as client:
            client.videos.retrieve("video_1")
        assert not http.is_closed
    assert faulty.asked[0].header("x-proxy") == "yes"


def test_the_awaited_client_in_an_event_loop(server: str, key: str) -> None:
    async def use() -> None:
        async with AsyncClient(server, key) as client:
            video = await client.videos.create(image=PNG, audio=WAV)
            assert_type(video, Video)
            async for one in client.videos.list():
                assert_type(one, Video)
                assert one.id == video.id
            assert_type(await client.speech.create("One."), bytes)

    asyncio.run(use())


def test_the_blocking_client_may_be_used_in_an_event_loop_too(server: str, key: str) -> None:
    async def use() -> None:
        with Client(server, key) as client:
            video = await asyncio.to_thread(client.videos.create, image=PNG, audio=WAV)
            assert_type(video, Video)
            assert [one.id for one in client.videos.list()] == [video.id]
            assert next(client.speech.stream("One. Two."))

    asyncio.run(use())
