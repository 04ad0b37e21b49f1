from collections.abc import Iterator
from pathlib import Path

import pytest

from morgana import models
from morgana.errors import ErrorCode, InputError
from morgana.models.verifying import Fault
from morgana.settings import settings
from tests.models.stand_in import SHIPPED

INSTALLED = settings().models_folder / "yunet" / "face_detection_yunet_2023mar.onnx"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the file of yunet belongs."""
    monkeypatch.setenv("MORGANA_MODELS", str(tmp_path))
    settings.cache_clear()
    (tmp_path / "yunet").mkdir()
    yield tmp_path / "yunet" / INSTALLED.name
    settings.cache_clear()


def test_what_was_pulled_is_intact(file: Path) -> None:
    file.write_bytes(INSTALLED.read_bytes())
    shares: list[float] = []
    assert models.verify(["yunet"], shares.append) == []
    assert shares == [1.0]


def test_one_changed_byte_is_a_fault(file: Path) -> None:
    data = bytearray(INSTALLED.read_bytes())
    data[1000] ^= 1
    file.write_bytes(data)
    assert models.is_installed("yunet")
    assert models.verify(["yunet"]) == [Fault("yunet", file, missing=False)]


def test_a_missing_file_is_a_fault(file: Path) -> None:
    assert models.verify(["yunet"]) == [Fault("yunet", file, missing=True)]


def test_only_what_is_here_is_present(file: Path) -> None:
    assert set(models.present()) == SHIPPED
    file.write_bytes(b"a beginning")
    assert set(models.present()) == SHIPPED | {"yunet"}


def test_names_and_groups_are_selected_once() -> None:
    assert models.select(["sface", "benchmarks", "yunet"]) == ["sface", "yunet"]
    assert models.select(["default"]) == models.names("default")
    assert models.select(["kokoro"]) == ["kokoro"]


def test_what_is_neither_name_nor_group_is_refused() -> None:
    with pytest.raises(InputError, match=r"'gpt'.*yunet.*benchmarks") as caught:
        models.select(["yunet", "gpt"])
    assert caught.value.code is ErrorCode.MODEL_MISSING
