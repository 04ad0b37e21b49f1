"""What all rooms share: where things are kept, and for whom."""

import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from morgana.settings import Settings, data_folder, settings


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MORGANA_DATA", str(tmp_path / "share" / "data"))
    settings.cache_clear()
    yield tmp_path / "share" / "data"
    settings.cache_clear()


@pytest.mark.parametrize("name", ["max_video_bytes", "max_video_seconds"])
def test_a_limit_on_videos_is_lifted_by_off_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    variable = f"MORGANA_{name.upper()}"
    assert getattr(Settings(), name) == {"max_video_bytes": 52_428_800, "max_video_seconds": 300}[name]
    monkeypatch.setenv(variable, "off")
    assert getattr(Settings(), name) is None
    monkeypatch.setenv(variable, "70")
    assert getattr(Settings(), name) == 70
    for wrong in ("0", "-1", "none", ""):
        monkeypatch.setenv(variable, wrong)
        with pytest.raises(ValidationError):
            Settings()


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_user_can_look_into_the_data_folder_and_the_folders_in_it(data: Path) -> None:
    assert data_folder("uploads") == data / "uploads"
    assert (_mode(data), _mode(data / "uploads")) == (0o700, 0o700)


def test_a_data_folder_that_is_there_already_is_left_as_it_is(data: Path) -> None:
    data.mkdir(parents=True)
    data.chmod(0o750)
    data_folder("uploads")
    assert (_mode(data), _mode(data / "uploads")) == (0o750, 0o700)


@pytest.mark.parametrize(
    "first_use",
    [
        pytest.param("from morgana import store; store.migrate()", id="records"),
        pytest.param("from morgana import store; store.blobs.check()", id="blobs"),
        pytest.param("from morgana import store; store.signing.signature('x')", id="secret"),
        pytest.param("from morgana import jobs; jobs.worker_alive()", id="workers"),
        pytest.param("from morgana import models; models.pull([])", id="weights"),
    ],
)
def test_whatever_makes_the_data_folder_makes_it_private(
    data: Path, monkeypatch: pytest.MonkeyPatch, first_use: str
) -> None:
    monkeypatch.delenv("MORGANA_MODELS", raising=False)
    subprocess.run([sys.executable, "-c", first_use], check=True, timeout=120)
    assert _mode(data) == 0o700
    assert {_mode(folder) for folder in data.iterdir() if folder.is_dir()} <= {0o700}
