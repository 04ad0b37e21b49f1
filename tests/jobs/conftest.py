import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from morgana.settings import settings
from morgana.store import database
from tests.jobs.bench import Bench
from tests.store.conftest import postgres

__all__ = ["bench", "either_bench", "postgres", "working"]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A data folder of the test's own."""
    yield from _bench(tmp_path, monkeypatch)


@pytest.fixture(params=["sqlite", "postgresql"])
def either_bench(
    request: pytest.FixtureRequest, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    """`bench` with its records and its queue in each kind of database in turn."""
    if request.param == "postgresql":
        server: str = request.getfixturevalue("postgres")
        name = f"jobs_{time.time_ns()}"
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        monkeypatch.setenv("MORGANA_DATABASE_URL", server.replace("/postgres?", f"/{name}?"))
        settings.cache_clear()
    yield bench
    database.engine().dispose()


@pytest.fixture(scope="module")
def working(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A data folder and one worker, which lives as long as the tests of a module."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for made in _bench(tmp_path_factory.mktemp("working"), monkeypatch):
            made.worker()
            yield made


def _bench(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setenv("MORGANA_DATA", str(folder / "data"))
    settings.cache_clear()
    made = Bench(folder / "data")
    made.data.mkdir()
    yield made
    made.stop()
    settings.cache_clear()
