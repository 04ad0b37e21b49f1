from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from morgana import cli
from morgana.settings import settings
from morgana.store import database

Run = Callable[..., int]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of the test's own; the weights stay where they are."""
    monkeypatch.setenv("MORGANA_MODELS", str(settings().models_folder.absolute()))
    monkeypatch.setenv("MORGANA_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    yield tmp_path / "data"
    database.engine().dispose()
    settings.cache_clear()


@pytest.fixture
def morgana(data: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command with these arguments; its exit status."""

    def run(*arguments: str) -> int:
        assert data
        monkeypatch.setattr("sys.argv", ["morgana", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        code = ended.value.code
        return code if isinstance(code, int) else int(code is not None)

    return run
