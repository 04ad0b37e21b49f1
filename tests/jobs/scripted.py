"""A pipeline for tests: its input "script" says, in JSON, what it is to do."""

import errno
import json
import logging
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from morgana.errors import ErrorCode, InputError
from morgana.jobs.pipelines import Inputs, Options
from morgana.progress import Progress
from morgana.stages import Stage, enter

PIPELINES = dict.fromkeys(("generation", "actor", "overlay"), "tests.jobs.scripted:act")


def act(inputs: Inputs, folder: Path, options: Options, progress: Progress) -> None:
    script = json.loads(inputs["script"].read_text())
    runs = _note(Path(script["notes"]), inputs["script"])
    sys.stdout.write("noise on the standard output\n")
    _DEEDS[script["do"]]({**script, "output": folder / "transcript.json"}, runs, progress)
    made = {"run": runs, "options": dict(options), "environment": dict(os.environ)}
    for name in script.get("outputs", ["video.mp4"]):
        (folder / name).write_text(json.dumps(made))
    if "facts" in script:
        (folder / "facts.json").write_text(json.dumps(script["facts"]))
    if "results" in script:
        (folder / "results.json").write_text(json.dumps(script["results"]))


Script = Mapping[str, Any]


def _finish(script: Script, _runs: int, progress: Progress) -> None:
    start = time.monotonic()
    seconds = script.get("seconds", 0)
    while (passed := time.monotonic() - start) < seconds:
        progress(passed / seconds)
        time.sleep(0.02)
    progress(1.0)


def _report(script: Script, _runs: int, progress: Progress) -> None:
    """Go through stages, and log."""
    enter(Stage.ANALYSE)
    time.sleep(script.get("seconds", 0))
    enter(Stage.RENDER)
    for line in script.get("lines", ["of a pipeline"]):
        logging.getLogger("morgana.portrait").warning("%s", line)
    try:
        raise ValueError("inside")
    except ValueError:
        logging.getLogger("morgana.portrait").exception("went wrong, but not for good")
    warnings.warn("of a library", stacklevel=1)
    progress(1.0)


def _misreport(script: Script, _runs: int, _progress: Progress) -> None:
    """What only a child that was taken over says: on every pipe that it has."""
    for number in [int(name.name) for name in Path("/proc/self/fd").iterdir()]:
        with suppress(OSError):
            os.write(number, (json.dumps(script["report"]) + "\n").encode())


def _refuse(_script: Script, _runs: int, _progress: Progress) -> None:
    raise InputError(ErrorCode.AUDIO_SILENT, "The recording is silent: send one with speech.")


def _raise(_script: Script, _runs: int, _progress: Progress) -> None:
    raise RuntimeError("an inner secret")


def _die_once(_script: Script, runs: int, _progress: Progress) -> None:
    if runs == 1:
        os.kill(os.getpid(), signal.SIGKILL)


def _find_no_room(script: Script, runs: int, _progress: Progress) -> None:
    if runs <= script["times"]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _stall_once(_script: Script, runs: int, _progress: Progress) -> None:
    if runs == 1:
        time.sleep(600)


def _hoard(script: Script, _runs: int, _progress: Progress) -> None:
    hoard = bytearray(script["bytes"])
    hoard[::4096] = b"x" * len(hoard[::4096])
    time.sleep(600)


def _link(script: Script, _runs: int, _progress: Progress) -> None:
    """Leave, as an output, a link to somebody else's file."""
    Path(script["output"]).symlink_to(script["target"])


def _stall(_script: Script, _runs: int, _progress: Progress) -> None:
    time.sleep(600)


def _spawn(script: Script, _runs: int, _progress: Progress) -> None:
    grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (Path(script["notes"]) / f"grandchild-{grandchild.pid}").touch()
    time.sleep(600)


_DEEDS = {
    "finish": _finish,
    "refuse": _refuse,
    "raise": _raise,
    "die once": _die_once,
    "stall once": _stall_once,
    "find no room": _find_no_room,
    "hoard": _hoard,
    "spawn": _spawn,
    "stall": _stall,
    "link": _link,
    "report": _report,
    "misreport": _misreport,
}


def _note(notes: Path, script: Path) -> int:
    """Leave a file for this run and return how many there are."""
    (notes / f"run-{os.getpid()}").write_text(str(script))
    return len(list(notes.glob("run-*")))
