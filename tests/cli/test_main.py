"""A mistake in the surroundings ends in a sentence that says what to do."""

from pathlib import Path

import pytest

from morgana import __version__
from morgana.settings import settings
from tests.cli.conftest import Run


def test_version(morgana: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert morgana("version") == 0
    assert capsys.readouterr().out == f"{__version__}\n"


def test_a_wrong_setting_is_named(
    morgana: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("MORGANA_PORT", "eighty")
        settings.cache_clear()
        assert morgana("keys", "list") == 1
    settings.cache_clear()
    assert capsys.readouterr().err.startswith("MORGANA_PORT: ")


def test_a_data_folder_that_cannot_be_made_is_named(
    morgana: Run, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data.write_text("a file is in the way")
    assert morgana("keys", "list") == 1
    error = capsys.readouterr().err
    assert f"The data folder {data} cannot be made" in error
    assert "Set MORGANA_DATA" in error
    data.unlink()


def test_a_broken_database_is_told(morgana: Run, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data.mkdir()
    (data / "morgana.db").write_text("not a database, and longer than a header of one hundred bytes" * 9)
    assert morgana("keys", "list") == 1
    error = capsys.readouterr().err
    assert error.startswith("The database cannot be opened: ")
    assert "file is not a database" in error
    (data / "morgana.db").unlink()
