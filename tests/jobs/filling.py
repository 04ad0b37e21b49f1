"""Pipelines that fill caches, or make or refuse something, without a word to anybody else."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from morgana.errors import ErrorCode, InputError
from morgana.progress import Progress

Inputs = Mapping[str, Path]
Options = Mapping[str, Any]


def fill(_inputs: Inputs, _folder: Path, _options: Options, _progress: Progress) -> None:
    """As libraries do, where the environment tells them to."""
    compiled = Path(os.environ["NUMBA_CACHE_DIR"])
    compiled.mkdir()
    (compiled / "code").write_text("compiled")
    (Path(os.environ["XDG_CACHE_HOME"]) / "large").write_bytes(b"x" * 2_000_000)


def fail(_inputs: Inputs, _folder: Path, _options: Options, _progress: Progress) -> None:
    raise OSError("no space")


def make(_inputs: Inputs, folder: Path, _options: Options, _progress: Progress) -> None:
    (folder / "video.mp4").write_text(json.dumps({"made": True}))


def refuse(_inputs: Inputs, _folder: Path, _options: Options, _progress: Progress) -> None:
    raise InputError(ErrorCode.AUDIO_SILENT, "Send one with speech.")
