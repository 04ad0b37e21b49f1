from collections.abc import Iterator
from pathlib import Path

import pytest

from morgana.settings import settings
from tests.jobs.bench import Bench


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A data folder of the test's own."""
    yield from _bench(tmp_path, monkeypatch)


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
