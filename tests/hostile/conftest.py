from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import fuzz
import pytest

from morgana.jobs import places, warming
from morgana.jobs.sandbox import Level, Sandbox
from morgana.settings import settings

_REPOSITORY = Path(__file__).parents[2]
_STALL_SECONDS = 1200.0  # on a machine that is busy with other things; what stops a child does so for ever


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where what the first child compiles is kept for all others."""
    return tmp_path_factory.mktemp("compiled") / "caches"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory, compiled: Path) -> Iterator[Sandbox]:
    """The limits of a job, which work everywhere; what it can import lies in `benchmarks` and here."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("MORGANA_DATA", str(tmp_path_factory.mktemp("data")))
        monkeypatch.setenv("PYTHONPATH", f"{_REPOSITORY / 'benchmarks'}:{_REPOSITORY}")
        monkeypatch.setattr(fuzz, "STALL_SECONDS", _STALL_SECONDS)
        settings.cache_clear()
        made = replace(places.sandbox(Level.LIMITS), caches=compiled)
        scratch = tmp_path_factory.mktemp("scratch")
        assert warming.warm(made, "fuzz_opening:open_given", scratch) is None
        yield made
    settings.cache_clear()
