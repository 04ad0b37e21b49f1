"""Where Whisper runs. No GPU is needed: CTranslate2's answers are stood in for at its border."""

import ctypes
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ctranslate2
import faster_whisper
import numpy as np
import onnxruntime
import pytest

from morgana import networks
from morgana.errors import ErrorCode, InputError
from morgana.settings import settings
from morgana.speech import whisper


class Model:
    """A recogniser that notes how it was made."""

    def __init__(self, *_: object, **chosen: Any) -> None:
        self.chosen = chosen
        self.feature_extractor = type("", (), {"mel_filters": np.zeros((80, 201))})

    def encode(self, features: np.ndarray) -> None:
        assert features.shape == (80, 3000)


class Lacking(Model):
    """One that finds out late that it cannot use a GPU."""

    def encode(self, _: np.ndarray) -> None:
        if self.chosen["device"] == "cuda":
            raise RuntimeError("CUDA failed with error out of memory")


@pytest.fixture(autouse=True)
def afresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    networks._warn.cache_clear()
    monkeypatch.setattr(faster_whisper, "WhisperModel", Model)
    yield
    settings.cache_clear()


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which CTranslate2 sees a GPU, and the plain ONNX Runtime is installed."""
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 1)
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    monkeypatch.setattr(ctypes, "CDLL", lambda _: None)


def choose(monkeypatch: pytest.MonkeyPatch, wanted: str) -> None:
    monkeypatch.setenv("MORGANA_DEVICE", wanted)
    settings.cache_clear()


@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize(("wanted", "found"), [("auto", "cuda"), ("cuda", "cuda"), ("cpu", "cpu")])
def test_whisper_runs_on_a_gpu_that_ctranslate2_sees(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wanted: str, found: str
) -> None:
    choose(monkeypatch, wanted)
    assert whisper.open_whisper(tmp_path).chosen["device"] == found


def test_without_a_gpu_whisper_runs_on_the_processor_and_says_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    choose(monkeypatch, "auto")
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 0)
    made = whisper.open_whisper(tmp_path)
    assert (made.chosen["device"], made.chosen["compute_type"]) == ("cpu", "int8")
    assert not caplog.records


def test_a_gpu_that_is_asked_for_and_that_ctranslate2_does_not_see_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    choose(monkeypatch, "cuda")
    monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: 0)
    with pytest.raises(InputError, match="driver") as caught:
        whisper.open_whisper(tmp_path)
    assert caught.value.code is ErrorCode.DEVICE_MISSING


def _no_library(name: str) -> None:
    raise OSError(f"{name}: cannot open shared object file")


@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize("why", ["nvidia-cublas-cu12", "out of memory"])
def test_a_gpu_that_whisper_cannot_use_is_done_without_aloud_or_is_an_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path, why: str
) -> None:
    if why == "out of memory":
        monkeypatch.setattr(faster_whisper, "WhisperModel", Lacking)
    else:
        monkeypatch.setattr(whisper, "find_spec", lambda _: None)
        monkeypatch.setattr(ctypes, "CDLL", _no_library)
    choose(monkeypatch, "auto")
    with caplog.at_level(logging.WARNING):
        assert whisper.open_whisper(tmp_path).chosen["device"] == "cpu"
    (record,) = caplog.records
    assert why in record.getMessage()
    choose(monkeypatch, "cuda")
    with pytest.raises(InputError, match=why):
        whisper.open_whisper(tmp_path)


def test_cublas_is_loaded_from_its_package_where_the_system_does_not_look(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    library = tmp_path / "cublas" / "lib" / "libcublas.so.12"
    library.parent.mkdir(parents=True)
    library.touch()
    loaded: list[str] = []
    spec = type("", (), {"submodule_search_locations": [str(tmp_path)]})
    monkeypatch.setattr(whisper, "find_spec", lambda _: spec)
    monkeypatch.setattr(ctypes, "CDLL", loaded.append)
    whisper._load_cublas()
    assert loaded == [str(library)]
