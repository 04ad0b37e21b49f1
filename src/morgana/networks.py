"""Neural networks and where they run: on a GPU where there is one, else on the processor.

`MORGANA_DEVICE` says which. ONNX Runtime uses a GPU where the package `onnxruntime-gpu` is installed in place
of `onnxruntime`, with NVIDIA's driver and libraries.
"""

import logging
import sys
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from morgana.errors import ErrorCode, InputError
from morgana.settings import settings

if TYPE_CHECKING:
    from onnxruntime import SessionOptions

Device: TypeAlias = Literal["cpu", "cuda"]

_CUDA: Final = "CUDAExecutionProvider"
# Pictures and texts differ in size: a search for the fastest algorithm, at each new one, would take longest.
_CUDA_OPTIONS: Final = {"cudnn_conv_algo_search": "HEURISTIC"}
_DRIVER: Final = Path("/dev/nvidiactl")

_refused: list[str] = []  # why ONNX Runtime could not use the GPU: asked again, it would fail as slowly

logger = logging.getLogger(__name__)


def device() -> Device:
    """Where networks are to run. Raises InputError: DEVICE_MISSING if a GPU is asked for and is not there."""
    wanted = settings().device
    if wanted == "cpu":
        return "cpu"
    lacking = _lacking()
    if wanted == "cuda" and lacking:
        raise _missing(lacking)
    return "cpu" if lacking else "cuda"


def open_network(model: Path | bytes, threads: int) -> Any:
    """An ONNX Runtime session of a file or of its content. threads: of the processor.

    Raises InputError: DEVICE_MISSING as `device`, and if a GPU is asked for and cannot be used.
    """
    import onnxruntime  # not by those who draw text or move pictures alone

    content = str(model) if isinstance(model, Path) else model
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the encoder needs the cores
    if device() == "cuda" and not _refused and (session := _on_gpu(content, options)):
        return session
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def without_gpu(why: str) -> None:
    """Go on without the GPU, and let the log say so; once for each reason.

    Raises InputError: DEVICE_MISSING if a GPU is asked for.
    """
    if settings().device == "cuda":
        raise _missing(why)
    _warn(why)


def _on_gpu(content: str | bytes, options: "SessionOptions") -> Any:
    """None where it cannot be used after all."""
    import onnxruntime

    _load_libraries()
    providers = [(_CUDA, _CUDA_OPTIONS), "CPUExecutionProvider"]  # the second for what has no kernel on a GPU
    try:
        session = onnxruntime.InferenceSession(content, options, providers=providers, enable_fallback=0)
    except Exception as error:  # whatever a driver or library does not like
        return _refuse(str(error))
    if _CUDA in session.get_providers():
        return session
    return _refuse("ONNX Runtime could not load CUDA and cuDNN")


def _refuse(why: str) -> None:
    without_gpu(why)
    _refused.append(why)


@cache
def _load_libraries() -> None:
    """Make known what of CUDA, in ONNX Runtime's version, is installed as Python packages."""
    import onnxruntime

    with redirect_stdout(sys.stderr):  # it prints what it has not found, where a command prints its result
        onnxruntime.preload_dlls()


def _lacking() -> str | None:
    """What is needed for a GPU and is not there."""
    if not _DRIVER.exists():
        return f"NVIDIA's driver is not there ({_DRIVER} is missing)"

    import onnxruntime  # only now: a worker that has no GPU does without it

    if _CUDA not in onnxruntime.get_available_providers():
        return "ONNX Runtime is installed without it: put the package onnxruntime-gpu in place of onnxruntime"
    return None


def _missing(why: str) -> InputError:
    return InputError(
        ErrorCode.DEVICE_MISSING,
        f"MORGANA_DEVICE is cuda, but no GPU can be used: {why}. See docs/install.md, or set "
        "MORGANA_DEVICE=auto to use the processor where there is no GPU.",
    )


@cache
def _warn(why: str) -> None:
    logger.warning("networks run on the processor, not on the GPU: %s", why)
