"""Where networks run. No GPU is needed: ONNX Runtime's answers are stood in for at its border."""

import logging
from collections.abc import Iterator
from typing import Any

import onnxruntime
import pytest

from morgana import models, networks
from morgana.errors import ErrorCode, InputError
from morgana.settings import settings

PAINTER = "mouth-interior"


class Network:
    """A session that notes how it was made."""

    def __init__(self, *given: object, **chosen: Any) -> None:
        self.given, self.chosen = given, chosen

    def get_providers(self) -> list[str]:
        return [name if isinstance(name, str) else name[0] for name in self.chosen["providers"]]


@pytest.fixture(autouse=True)
def afresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(networks, "_refused", [])
    networks._warn.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """A machine with NVIDIA's driver and an ONNX Runtime that knows CUDA."""
    (tmp_path / "nvidiactl").touch()
    monkeypatch.setattr(networks, "_DRIVER", tmp_path / "nvidiactl")
    monkeypatch.setattr(
        onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider", "CPUExecutionProvider"]
    )
    monkeypatch.setattr(networks, "_load_libraries", lambda: None)


def choose(monkeypatch: pytest.MonkeyPatch, wanted: str) -> None:
    monkeypatch.setenv("MORGANA_DEVICE", wanted)
    settings.cache_clear()


def painter() -> Any:
    return networks.open_network(models.path(PAINTER) / "painter.onnx", 1)


@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize("wanted", ["auto", "cuda"])
def test_on_a_machine_with_a_gpu_networks_run_there(monkeypatch: pytest.MonkeyPatch, wanted: str) -> None:
    choose(monkeypatch, wanted)
    monkeypatch.setattr(onnxruntime, "InferenceSession", Network)
    made = painter()
    assert networks.device() == "cuda"
    assert made.get_providers() == ["CUDAExecutionProvider", "CPUExecutionProvider"]
    assert made.chosen["providers"][0][1] == {"cudnn_conv_algo_search": "HEURISTIC"}


@pytest.mark.usefixtures("gpu")
def test_the_processor_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    choose(monkeypatch, "cpu")
    monkeypatch.setattr(onnxruntime, "InferenceSession", Network)
    assert painter().get_providers() == ["CPUExecutionProvider"]


@pytest.mark.usefixtures("gpu")
def test_without_onnxruntime_gpu_networks_run_on_the_processor(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    choose(monkeypatch, "auto")
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    assert painter().get_providers() == ["CPUExecutionProvider"]
    assert not caplog.records


@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize("named", ["onnxruntime-gpu", "driver"])
def test_a_gpu_that_is_asked_for_and_is_not_there_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, named: str
) -> None:
    choose(monkeypatch, "cuda")
    if named == "driver":
        (tmp_path / "nvidiactl").unlink()
    else:
        monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])
    for attempt in (networks.device, painter):
        with pytest.raises(InputError, match=named) as caught:
            attempt()
        assert caught.value.code is ErrorCode.DEVICE_MISSING
        assert "MORGANA_DEVICE=auto" in caught.value.message


def _falls_back(*given: Any, **chosen: Any) -> Any:
    """As ONNX Runtime does where libraries are missing."""
    return Network(*given, **chosen | {"providers": ["CPUExecutionProvider"]})


def _fails(*given: Any, **chosen: Any) -> Any:
    """As it does where the driver is too old."""
    if any(not isinstance(name, str) for name in chosen["providers"]):
        raise RuntimeError("CUDA failure 35")
    return Network(*given, **chosen)


@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize(("session", "why"), [(_falls_back, "could not load CUDA"), (_fails, "failure 35")])
def test_a_gpu_that_cannot_be_used_is_done_without_and_the_log_says_why_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, session: Any, why: str
) -> None:
    choose(monkeypatch, "auto")
    monkeypatch.setattr(onnxruntime, "InferenceSession", session)
    with caplog.at_level(logging.WARNING):
        assert painter().get_providers() == ["CPUExecutionProvider"]
        assert painter().get_providers() == ["CPUExecutionProvider"]
    (record,) = caplog.records
    assert why in record.getMessage()


@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize("session", [_falls_back, _fails])
def test_a_gpu_that_is_asked_for_is_never_silently_done_without(
    monkeypatch: pytest.MonkeyPatch, session: Any
) -> None:
    choose(monkeypatch, "cuda")
    monkeypatch.setattr(onnxruntime, "InferenceSession", session)
    for _ in range(2):
        with pytest.raises(InputError) as caught:
            painter()
        assert caught.value.code is ErrorCode.DEVICE_MISSING
