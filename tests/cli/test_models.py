"""`morgana models`."""

from pathlib import Path

import pytest

from morgana import models
from morgana.settings import settings
from tests.cli.conftest import Run


def test_the_list_says_what_is_installed(
    morgana: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MORGANA_MODELS", str(tmp_path / "models"))
    settings.cache_clear()
    weight = models.catalogue()["yunet"]
    for file in weight.files:
        path = tmp_path / "models" / "yunet" / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(file.size))
    assert morgana("models", "list") == 0
    states = {line.split()[0]: line.split()[1] for line in capsys.readouterr().out.splitlines()}
    assert states == {name: "installed" if name == "yunet" else "missing" for name in models.catalogue()}


def test_pulling_what_is_here_already_says_nothing(morgana: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert morgana("models", "pull", "yunet") == 0
    assert capsys.readouterr() == ("", "")


def test_pulling_what_does_not_exist_is_told(morgana: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert morgana("models", "pull", "clairvoyance") == 1
    assert "no weights called 'clairvoyance'" in capsys.readouterr().err
