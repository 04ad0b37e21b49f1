"""`morgana mcp` as assistants meet it: a process, over standard input and output."""

import asyncio
import re
import socket
import subprocess
import sys
import time
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from morgana.video.encode import write_mp4
from morgana.video.probe import probe

MORGANA = Path(sys.executable).with_name("morgana")
DOCS = Path(__file__).parents[2] / "docs/mcp.md"
DEADLINE = 120.0
SRT = "1\n00:00:00,000 --> 00:00:00,300\nHello\n"


@asynccontextmanager
async def assistant(*options: str) -> AsyncIterator[Client]:
    server = StdioServerParameters(command=str(MORGANA), args=["mcp", *options])
    async with Client(server) as client:
        yield client


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """What the tool answers, which has to be good."""
    answer = await client.call_tool(tool, arguments)
    assert not answer.is_error, answer.content
    content: dict[str, Any] = answer.structured_content
    return content


async def ended_of(client: Client, job: dict[str, Any]) -> dict[str, Any]:
    """The job once it has ended, however long that takes."""
    while job["status"] == "PROCESSING":
        job = await call(client, "wait_for_job", job_id=job["job_id"])
    return job


async def complaint(client: Client, tool: str, **arguments: Any) -> str:
    """Why the tool does not do it."""
    answer = await client.call_tool(tool, arguments)
    assert answer.is_error, answer.content
    return str(getattr(answer.content[0], "text", ""))


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    frames = (np.full((384, 216, 3), 90, np.uint8) for _ in range(10))
    write_mp4(path, frames, fps=25, size=(216, 384), total=10)
    return path


def test_assistants_are_told_of_every_tool_what_it_is_for(tmp_path: Path) -> None:
    async def scene() -> None:
        async with assistant("--folder", str(tmp_path)) as client:
            tools = (await client.list_tools()).tools
            documented = re.findall(r"^\| `(\w+)` \|", DOCS.read_text(), re.MULTILINE)
            assert [tool.name for tool in tools] + ["list_actors"] == documented
            for tool in tools:
                assert tool.description
                for name, field in tool.input_schema["properties"].items():
                    if name not in ("fps", "expression_intensity", "align"):  # which say it all
                        assert field.get("description"), (tool.name, name)
            assert str(tmp_path) in (client.instructions or "")

    asyncio.run(scene())


def test_speech_and_films_are_made_here(tmp_path: Path, film: Path) -> None:
    (tmp_path / "said.srt").write_text(SRT)
    shares: list[float] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        assert (total, message) == (100, f"speak: {progress:.0f} %")
        shares.append(progress)

    async def scene() -> None:
        async with assistant("--folder", str(tmp_path)) as client:
            asked = {"text": "--help is an option. \\n is none.", "output": "said.wav"}
            answer = await client.call_tool("speak", asked, progress_callback=note)
            assert answer.structured_content == {
                "job_id": "speak-1",
                "kind": "speak",
                "status": "COMPLETE",
                "progress": 100,
                "files": [str(tmp_path / "said.wav")],
                "error": None,
                "next": None,
            }
            begun = await call(
                client,
                "overlay_text",
                video="film.mp4",
                text="--Hi",
                output="over.mp4",
                font="Neon",
                wait_seconds=0,
            )
            assert (begun["status"], begun["files"]) == ("PROCESSING", [])
            assert begun["job_id"] in begun["next"]
            captioned = await call(
                client,
                "caption_video",
                video=str(film),
                template="alhena",
                transcript="said.srt",
                subtitles="out.vtt",
                output="captioned.mp4",
                position=0.4,
                emphasize=["Hello"],
                wait_seconds=0,
            )
            captioned = await ended_of(client, captioned)
            assert captioned["files"] == [str(tmp_path / "captioned.mp4"), str(tmp_path / "out.vtt")]
            ended = await ended_of(client, begun)
            assert ended["status"] == "COMPLETE"
            assert await call(client, "job_status", job_id=begun["job_id"]) == ended
            await call(client, "download", job_id=begun["job_id"], output="copy.mp4")

    asyncio.run(scene())
    with wave.open(str(tmp_path / "said.wav")) as sound:
        assert sound.getnframes() > 24_000
    assert shares == sorted(set(shares))
    assert (shares[0], shares[-1]) == (0, 100)
    assert (tmp_path / "out.vtt").read_text().startswith("WEBVTT")
    for name in ("over.mp4", "captioned.mp4"):
        assert probe(tmp_path / name).size == (216, 384)
        assert (tmp_path / name).read_bytes() != film.read_bytes()
    assert (tmp_path / "copy.mp4").read_bytes() == (tmp_path / "over.mp4").read_bytes()


def test_what_cannot_be_done_is_told_with_what_to_do(tmp_path: Path, film: Path) -> None:
    async def scene() -> None:
        async with assistant("--folder", str(tmp_path)) as client:
            told = await complaint(client, "speak", text="...", output="said.mp3")
            assert "Send words in its language" in told
            told = await complaint(client, "speak", text="Hi.", output="../said.mp3")
            assert "morgana mcp --folder" in told
            told = await complaint(client, "create_video", image="film.mp4", output="made.mp4")
            assert "exactly one of script and audio" in told
            told = await complaint(
                client, "create_video", actor="actor_demo", script="Hi.", output="made.mp4"
            )
            assert "--server URL" in told
            told = await complaint(
                client, "caption_video", video="film.mp4", template="No", output="made.mp4"
            )
            assert "There is no template 'No'" in told
            told = await complaint(client, "job_status", job_id="video_x")
            assert "There is no job 'video_x'" in told
            told = await complaint(client, "speak", text="Hi.", output="said.mp3", speed=9)
            assert "less than or equal to 2" in told

    asyncio.run(scene())
    assert list(tmp_path.iterdir()) == [film]


def test_jobs_end_when_they_are_cancelled_and_with_the_server(tmp_path: Path) -> None:
    long = "And so on, and on, and on it goes. " * 280

    async def begun() -> None:
        async with asyncio.timeout(DEADLINE):
            while not list(tmp_path.glob(".morgana-*")):
                await asyncio.sleep(0.05)

    async def scene() -> None:
        async with assistant("--folder", str(tmp_path)) as client:
            for name in ("a.wav", "b.wav"):
                await call(client, "speak", text=long, output=name, wait_seconds=0)
            assert (await call(client, "cancel_job", job_id="speak-2"))["status"] == "CANCELLED"
            await begun()
            assert (await call(client, "cancel_job", job_id="speak-1"))["status"] == "CANCELLED"
            assert list(tmp_path.iterdir()) == []
            assert "CANCELLED" in await complaint(client, "download", job_id="speak-1", output="d.wav")
            await call(client, "speak", text=long, output="c.wav", wait_seconds=0)
            await begun()

    asyncio.run(scene())
    assert list(tmp_path.iterdir()) == []


def test_a_missing_package_is_told() -> None:
    without = "import sys; sys.modules['mcp'] = None; from morgana.cli import main; main()"
    answer = subprocess.run(
        [sys.executable, "-c", without, "mcp"], check=False, capture_output=True, text=True, timeout=60
    )
    assert answer.returncode == 1
    assert (
        answer.stderr == "The MCP server needs the package mcp: `pip install 'morgana[mcp]'` installs it.\n"
    )


def test_assistants_may_connect_by_http(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(MORGANA), "mcp", "--folder", str(tmp_path), "--http", str(port)]

    async def scene() -> None:
        async with Client(f"http://127.0.0.1:{port}/mcp") as client:
            voices = await call(client, "list_voices", language="it")
            assert [voice["id"] for voice in voices["result"]] == ["if_sara", "im_nicola"]

    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + DEADLINE
            while not answers(port):
                assert server.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
            asyncio.run(scene())
        finally:
            server.terminate()


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
