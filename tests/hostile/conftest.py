from collections.abc import Iterator
from pathlib import Path

import pytest

from morgana.jobs import places
from morgana.jobs.sandbox import Level, Sandbox
from morgana.settings import settings

_REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The limits of a job, which work everywhere; what it can import lies in `benchmarks` and here."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("MORGANA_DATA", str(tmp_path_factory.mktemp("data")))
        monkeypatch.setenv("PYTHONPATH", f"{_REPOSITORY / 'benchmarks'}:{_REPOSITORY}")
        settings.cache_clear()
        yield places.sandbox(Level.LIMITS)
    settings.cache_clear()
