"""Pipelines whose input says, behind the first bytes of its format, what they are to do; other inputs are
taken to the real ones."""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from morgana.errors import ErrorCode, InputError
from morgana.jobs import pipelines
from morgana.jobs.pipelines import Inputs, Options, Pipeline
from morgana.progress import Progress

PIPELINES: Final[Mapping[str, str]] = {kind: f"tests.chaos.acts:{kind}" for kind in pipelines.PIPELINES}
# The same where nothing real is asked for, and not even the demo actor is to be analysed.
CHEAP: Final[Mapping[str, str]] = {**PIPELINES, "actor": "tests.chaos.acts:any_actor"}
_MARK: Final = b"\nmorgana-chaos "
_STEP_SECONDS = 0.05
_BLOCK = 64 * 1024


@dataclass(frozen=True)
class Script:
    """What a job does, how long that takes, and how many bytes its file has beside its name."""

    name: str  # of no other job
    deed: str = "finish"  # or "refuse", "crash"
    seconds: float = 0.2
    size: int = 0

    def upload(self, head: bytes) -> bytes:
        """A file for the API, of the format that begins with `head`."""
        return head + _MARK + json.dumps(asdict(self)).encode() + b"\n"

    def made(self) -> bytes:
        """What the job makes."""
        return self.name.encode() + bytes(self.size)


def read(file: Path) -> Script | None:
    _, mark, text = file.read_bytes().partition(_MARK)
    return Script(**json.loads(text.partition(b"\n")[0])) if mark else None


def _either(kind: str, outputs: tuple[str, ...]) -> Pipeline:
    def run(inputs: Inputs, folder: Path, options: Options, progress: Progress) -> None:
        script = next((known for file in inputs.values() if (known := read(file))), None)
        if script is None:
            pipelines.load(pipelines.PIPELINES[kind])(inputs, folder, options, progress)
            return
        _act(script, progress)
        names = outputs or tuple(f"video{index}.mp4" for index in range(len(options["items"])))
        for name in names:
            _write(folder / name, script.made())

    return run


def _act(script: Script, progress: Progress) -> None:
    start = time.monotonic()
    while (passed := time.monotonic() - start) < script.seconds:
        progress(passed / script.seconds)
        time.sleep(_STEP_SECONDS)
    if script.deed == "refuse":
        raise InputError(ErrorCode.AUDIO_SILENT, "The recording is silent: send one with speech.")
    if script.deed == "crash":
        raise RuntimeError("as told")


def _write(file: Path, content: bytes) -> None:
    """In pieces, as an encoder does."""
    with file.open("wb", buffering=0) as target:
        for begin in range(0, len(content), _BLOCK):
            target.write(content[begin : begin + _BLOCK])


generation = _either("generation", ("video.mp4",))
caption = _either("caption", ("video.mp4",))
overlay = _either("overlay", ())
actor = _either("actor", ("portrait.npz",))


def any_actor(inputs: Inputs, folder: Path, options: Options, progress: Progress) -> None:
    if read(inputs["image"]) is None:
        (folder / "portrait.npz").touch()
    else:
        actor(inputs, folder, options, progress)
