from collections.abc import Iterator
from pathlib import Path

import pytest

from morgana.settings import settings
from tests.jobs.bench import Bench


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setenv("MORGANA_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    made = Bench(tmp_path / "data")
    made.data.mkdir()
    yield made
    made.stop()
    settings.cache_clear()
