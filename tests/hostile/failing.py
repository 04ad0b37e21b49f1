"""Openers that do what none may do: for tests of whether fuzzing notices."""

import os
import signal
import time
from pathlib import Path

import fuzz_opening

_opened = 0


def _worse_and_worse(path: Path) -> None:
    global _opened
    _opened += 1
    if _opened == 2:
        raise KeyError("unforeseen")
    if _opened == 3:
        path.with_name("forgotten").write_text("left behind")
    if _opened == 4:
        os.kill(os.getpid(), signal.SIGSEGV)


def _never_done(_path: Path) -> None:
    time.sleep(600)


def crash(*args: object) -> None:
    fuzz_opening.OPENERS = {"wav": _worse_and_worse}
    fuzz_opening.open_mutated(*args)  # type: ignore[arg-type]


def hang(*args: object) -> None:
    fuzz_opening.OPENERS = {"wav": _never_done}
    fuzz_opening.open_mutated(*args)  # type: ignore[arg-type]
