"""Pipelines that do what decoders might be made to do by a file: for tests of what they are kept from."""

import os
import signal
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from morgana.progress import Progress

Inputs = Mapping[str, Path]
Options = Mapping[str, Any]


def copy(inputs: Inputs, folder: Path, options: Options, _progress: Progress) -> None:
    """What any job does: read its input, use its temporary folder, compute, write its output."""
    text = inputs["script"].read_text()
    temporary = Path(os.environ["TMPDIR"]) / "made"
    temporary.write_text(text)
    squares = np.arange(4.0) @ np.arange(4.0)
    environment = Path("/proc/self/environ").read_text()
    (folder / "video.mp4").write_text(f"{temporary.read_text()} {squares:g} {options['word']} {environment}")


def change_input(inputs: Inputs, _folder: Path, _options: Options, _progress: Progress) -> None:
    inputs["script"].write_text("changed")


def change_caches(_inputs: Inputs, _folder: Path, _options: Options, _progress: Progress) -> None:
    """Machine code that the next job would run."""
    for path in Path(os.environ["XDG_CACHE_HOME"]).rglob("*"):
        if path.is_file():
            path.write_text("changed")


def hoard(_inputs: Inputs, _folder: Path, options: Options, _progress: Progress) -> None:
    """At once, faster than anybody can look."""
    hoarded = bytearray(options["bytes"])
    hoarded[::4096] = b"x" * len(hoarded[::4096])


def hoard_slowly(_inputs: Inputs, _folder: Path, options: Options, _progress: Progress) -> None:
    hoarded = bytearray(options["bytes"])
    hoarded[::4096] = b"x" * len(hoarded[::4096])
    time.sleep(600)


def write_much(_inputs: Inputs, folder: Path, options: Options, _progress: Progress) -> None:
    with (folder / "video.mp4").open("wb") as file:
        file.truncate(options["bytes"])


def write_many(_inputs: Inputs, folder: Path, options: Options, _progress: Progress) -> None:
    for number in range(options["files"]):
        (folder / f"{number}.mp4").write_bytes(bytes(options["bytes"]))
    time.sleep(600)


def write_and_hide(_inputs: Inputs, folder: Path, options: Options, _progress: Progress) -> None:
    """In folders that are nested too deep for a name."""
    os.chdir(folder)
    for number in range(options["files"]):
        inner = f"{number:0250}"
        Path(inner).mkdir()
        os.chdir(inner)
        Path("0.mp4").write_bytes(bytes(options["bytes"]))
    time.sleep(600)


def die(_inputs: Inputs, _folder: Path, _options: Options, _progress: Progress) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def abort(_inputs: Inputs, _folder: Path, _options: Options, _progress: Progress) -> None:
    os.abort()


def stall(_inputs: Inputs, _folder: Path, _options: Options, progress: Progress) -> None:
    """In several threads, deaf to polite requests."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for _ in range(4):
        threading.Thread(target=time.sleep, args=(600,)).start()
    progress(0.5)
    time.sleep(600)


def babble(_inputs: Inputs, _folder: Path, _options: Options, _progress: Progress) -> None:
    """On the pipe of the reports, without an end."""
    for descriptor in range(3, 20):
        try:
            while True:
                os.write(descriptor, b"x" * 65536)
        except OSError:
            continue
    time.sleep(600)
