import asyncio
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import anyio
import pytest

from morgana.client import AsyncClient, Client, transport
from tests.api.conftest import app, captioner, data, engine, key, overlayer, room, server, speaker
from tests.client import faulty as faults
from tests.client import reference
from tests.client.both import waited
from tests.client.faulty import Faulty
from tests.client.samples import samples
from tests.node import alone, install, node

__all__ = ["app", "captioner", "data", "engine", "key", "overlayer", "room", "server", "speaker"]

TYPESCRIPT = Path(__file__).parents[2] / "clients" / "typescript"
Connect = Callable[..., Client]  # takes what `Client` takes


@pytest.fixture(params=["blocking", "awaited"])
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Makes clients of either kind, which are used alike."""
    made: list[Client] = []
    if request.param == "blocking":

        def blocking(*args: str, **options: object) -> Client:
            made.append(Client(*args, **options))  # type: ignore[arg-type]
            return made[-1]

        yield blocking
        for client in made:
            client.close()
        return
    with asyncio.Runner() as runner:

        def awaited(*args: str, **options: object) -> Client:
            made.append(waited(AsyncClient(*args, **options), runner))  # type: ignore[arg-type]
            return made[-1]

        yield awaited
        for client in made:
            client.close()


@pytest.fixture
def client(connect: Connect, server: str, key: str) -> Client:
    """With Ada's key, on a real server."""
    return connect(server, key)


@pytest.fixture
def faulty() -> Iterator[Faulty]:
    with faults.running() as running:
        yield running


@pytest.fixture
def troubled(connect: Connect, faulty: Faulty) -> Client:
    """On a server that does what it is told."""
    return connect(faulty.url, "key")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client waits each time; it does not really, and jitter is none."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(transport, "sleep", slept.append)
    monkeypatch.setattr(anyio, "sleep", sleep)
    monkeypatch.setattr(random, "uniform", lambda _least, most: most)
    return slept


@pytest.fixture(scope="session")
def built() -> Path:
    """The TypeScript client, compiled once, with the samples of the documentation beside it."""
    install(TYPESCRIPT)
    build, run = TYPESCRIPT / "build", os.environ.get("PYTEST_XDIST_TESTRUNUID", str(uuid4()))
    stamp = build / ".made-for"
    with alone(TYPESCRIPT):
        if stamp.exists() and stamp.read_text() == run:
            return TYPESCRIPT
        node(TYPESCRIPT / "node_modules" / "typescript" / "bin" / "tsc", folder=TYPESCRIPT)
        reference.write_typescript(build / "reference")
        (build / "sample.ts").write_text(samples("typescript.md", "typescript"))
        stamp.write_text(run)
    return TYPESCRIPT
