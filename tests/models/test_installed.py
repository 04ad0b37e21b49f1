from collections.abc import Iterator
from pathlib import Path

import pytest

from morgana import models
from morgana.errors import ErrorCode, InputError
from morgana.models import installed
from morgana.settings import settings
from tests.models.stand_in import SHIPPED, weight
from tests.portrait.conftest import DEMO


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("MORGANA_MODELS", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def install(folder: Path, name: str) -> None:
    for file in models.catalogue()[name].files:
        path = folder / name / file.name
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as sparse:
            sparse.truncate(file.size)


def test_weights_of_one_file_are_that_file(folder: Path) -> None:
    install(folder, "modnet")
    assert models.path("modnet") == folder / "modnet" / "modnet.onnx"


def test_weights_of_several_files_are_their_folder(folder: Path) -> None:
    install(folder, "whisper-base")
    assert models.path("whisper-base") == folder / "whisper-base"


@pytest.mark.usefixtures("folder")
def test_missing_weights_say_how_to_get_them() -> None:
    with pytest.raises(InputError, match="`morgana models pull modnet`") as caught:
        models.path("modnet")
    assert caught.value.code is ErrorCode.MODEL_MISSING


def test_a_file_cut_short_is_missing(folder: Path) -> None:
    install(folder, "whisper-base")
    (folder / "whisper-base" / "model.bin").write_bytes(b"half")
    assert not models.is_installed("whisper-base")
    with pytest.raises(InputError, match="not installed"):
        models.path("whisper-base")


@pytest.mark.usefixtures("folder")
def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"face-landmarker.*modnet") as caught:
        models.path("gpt")
    assert caught.value.code is ErrorCode.MODEL_MISSING


def test_missing_shrinks_as_weights_are_installed(folder: Path) -> None:
    pulled = set(models.names()) - SHIPPED
    assert set(models.missing()) == pulled
    install(folder, "modnet")
    assert set(models.missing()) == pulled - {"modnet"}
    assert models.missing("benchmarks") == ["sface"]


def test_what_is_shipped_needs_no_pull(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = weight({"portrait.png": (DEMO / "portrait.png").read_bytes()}, [{"shipped": "assets/demo"}])
    monkeypatch.setattr(installed, "catalogue", lambda: {entry.name: entry})
    assert models.is_installed(entry.name)
    assert models.path(entry.name) == DEMO / "portrait.png"
    assert models.present() == [entry.name]
    assert list(folder.iterdir()) == []
