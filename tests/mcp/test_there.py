"""Assistants whose jobs a server does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from morgana import store
from morgana.client import AsyncClient
from morgana.mcp.folders import Folders
from morgana.mcp.server import build
from morgana.mcp.there import There
from tests.api.conftest import MP4, app, captioner, data, engine, finish, key, overlayer, server, speaker
from tests.cli.test_remote import SAID, Workers, inputs, quiet, room
from tests.mcp.test_server import call, complaint

__all__ = [
    "app",
    "captioner",
    "data",
    "engine",
    "inputs",
    "key",
    "overlayer",
    "quiet",
    "room",
    "server",
    "speaker",
]

Scene = Callable[[Client], Awaitable[None]]


@asynccontextmanager
async def assistant(server: str, key: str, folder: Path) -> AsyncIterator[Client]:
    async with Client(build(Folders([folder]), There(AsyncClient(server, key, max_retries=0)))) as client:
        yield client


@pytest.fixture
def act(server: str, key: str, tmp_path: Path) -> Callable[[Scene], None]:
    """Play a scene with an assistant that may use the test's folder."""

    def play(scene: Scene) -> None:
        async def played() -> None:
            async with assistant(server, key, tmp_path) as client:
                await scene(client)

        asyncio.run(played())

    return play


def test_everything_is_made_by_the_server(
    act: Callable[[Scene], None], room: Workers, inputs: dict[str, str], tmp_path: Path
) -> None:
    async def scene(client: Client) -> None:
        made = await call(
            client, "create_video", image=inputs["face"], script="Hello!", output="a.mp4", expression="happy"
        )
        assert made["job_id"].startswith("video_")
        assert made["files"] == [str(tmp_path / "a.mp4")]
        room.deed = lambda job_id: finish(job_id, {"video.mp4": MP4, "transcript.json": SAID})
        captioned = {"video": inputs["film"], "template": "Alhena", "emphasize": ["Hello"], "position": 0.3}
        await call(client, "caption_video", **captioned, output="b.mp4", subtitles="b.srt")
        room.deed = lambda job_id: finish(job_id, {"video0.mp4": MP4})
        over = await call(
            client, "overlay_text", video=inputs["film"], text="Hi", output="c.mp4", font="Neon", size=40
        )
        await call(client, "speak", text="One. Two.", output="d.mp3")
        await call(client, "download", job_id=over["job_id"], output="e.mp4")

    act(scene)
    names = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert names == {"a.mp4", "b.mp4", "b.srt", "c.mp4", "d.mp3", "e.mp4"}
    for name in ("a.mp4", "b.mp4", "c.mp4", "e.mp4"):
        assert (tmp_path / name).read_bytes() == MP4
    assert "Hello" in (tmp_path / "b.srt").read_text()


def test_a_job_outlives_the_assistant(
    act: Callable[[Scene], None], room: Workers, inputs: dict[str, str], tmp_path: Path
) -> None:
    room.deed = lambda _job_id: None

    async def begin(client: Client) -> None:
        begun = await call(
            client, "create_video", image=inputs["face"], script="Hi!", output="a.mp4", wait_seconds=0
        )
        assert begun["status"] == "PROCESSING"

    act(begin)
    (job_id,) = room.enqueued
    finish(job_id, {"video.mp4": MP4})

    async def go_on(client: Client) -> None:
        assert (await call(client, "wait_for_job", job_id=job_id))["status"] == "COMPLETE"
        await call(client, "download", job_id=job_id, output="b.mp4")

    act(go_on)
    assert (tmp_path / "b.mp4").read_bytes() == MP4


def test_a_job_is_cancelled_on_the_server(
    act: Callable[[Scene], None], room: Workers, inputs: dict[str, str]
) -> None:
    room.deed = lambda _job_id: None

    async def scene(client: Client) -> None:
        asked = {"image": inputs["face"], "script": "Hi!", "output": "a.mp4", "wait_seconds": 0}
        begun = await call(client, "create_video", **asked)
        assert (await call(client, "cancel_job", job_id=begun["job_id"]))["status"] == "CANCELLED"
        assert room.cancelled == [begun["job_id"]]

    act(scene)


def test_what_the_server_refuses_is_told(
    act: Callable[[Scene], None], room: Workers, inputs: dict[str, str], tmp_path: Path
) -> None:
    async def scene(client: Client) -> None:
        asked: dict[str, Any] = {"image": inputs["face"], "script": "Hi!", "output": "a.mp4"}
        assert "voice" in await complaint(client, "create_video", **asked, voice="nobody")
        room.deed = lambda job_id: store.work.fail(job_id, "no_face_detected", "Send another picture.")
        told = await complaint(client, "create_video", **asked)
        assert "Send another picture. (no_face_detected)" in told
        assert "nobody" in await complaint(client, "speak", text="Hi.", output="b.mp3", voice="nobody")
        assert await complaint(client, "job_status", job_id="video_x")
        assert await complaint(client, "download", job_id="video_x", output="c.mp4")

    act(scene)
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_wrong_key_is_told_with_where_it_is_set(server: str, tmp_path: Path) -> None:
    async def scene() -> None:
        async with assistant(server, "morgana_wrong", tmp_path) as client:
            assert "MORGANA_API_KEY" in await complaint(client, "list_voices")

    asyncio.run(scene())


def test_lists_are_the_server_s(act: Callable[[Scene], None]) -> None:
    store.demo.provide()

    async def scene(client: Client) -> None:
        voices = (await call(client, "list_voices", language="en-GB"))["result"]
        assert {voice["language"] for voice in voices} == {"en-GB"}
        assert "Alhena" in {one["name"] for one in (await call(client, "list_templates"))["result"]}
        assert "Neon" in {one["name"] for one in (await call(client, "list_fonts"))["result"]}
        (actor,) = (await call(client, "list_actors"))["result"]
        assert actor["id"] == "actor_demo"

    act(scene)
