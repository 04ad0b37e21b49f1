"""Whisper, loaded where it is to run: CTranslate2 looks for a GPU itself, with a CUDA version of its own."""

import ctypes
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np

from morgana.networks import without_gpu
from morgana.settings import settings

# CTranslate2's wheel opens it by this name when it first multiplies, and no cuDNN (seen in 4.8.5).
_CUBLAS: Final = "libcublas.so.12"
_FRAMES: Final = 3000  # of the spectrum: 30 s, what the encoder takes


def open_whisper(folder: Path) -> Any:
    """The faster-whisper model in `folder`.

    Raises InputError: DEVICE_MISSING if a GPU is asked for and cannot be used.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from faster_whisper import WhisperModel  # half a second to import, so only where it is used

    if _gpu_wanted() and (model := _on_gpu(folder)):
        return model
    return WhisperModel(
        str(folder), device="cpu", compute_type="int8", cpu_threads=2, num_workers=1, local_files_only=True
    )


def _gpu_wanted() -> bool:
    import ctranslate2

    wanted = settings().device
    if wanted == "cuda" and not ctranslate2.get_cuda_device_count():
        without_gpu("Whisper (CTranslate2) sees no GPU; is NVIDIA's driver installed?")
    return wanted != "cpu" and ctranslate2.get_cuda_device_count() > 0


def _on_gpu(folder: Path) -> Any:
    """None where it cannot be used after all."""
    from faster_whisper import WhisperModel

    try:
        _load_cublas()
        # As precise as the weights are, which is float16; float32 on a GPU that is too old for that.
        model = WhisperModel(str(folder), device="cuda", compute_type="default", local_files_only=True)
        bands = model.feature_extractor.mel_filters.shape[0]
        model.encode(np.zeros((bands, _FRAMES), np.float32))  # what is missing shows when it is first needed
    except (OSError, RuntimeError, ValueError) as error:
        without_gpu(f"Whisper (CTranslate2): {error}")
        return None
    return model


def _load_cublas() -> None:
    """Load it from the package nvidia-cublas-cu12, where the system does not look, or else from the system.

    Raises OSError where neither has it.
    """
    spec = find_spec("nvidia")
    for root in (spec and spec.submodule_search_locations) or ():
        if (library := Path(root, "cublas", "lib", _CUBLAS)).exists():
            ctypes.CDLL(str(library))
            return
    try:
        ctypes.CDLL(_CUBLAS)
    except OSError as error:
        raise OSError(f"{error}; install the package nvidia-cublas-cu12") from None
