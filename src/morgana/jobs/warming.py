"""Caches that jobs share are filled before the first job."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from morgana.jobs import process
from morgana.jobs.process import Finished, Limits
from morgana.jobs.sandbox import Sandbox, caches
from morgana.jobs.task import Task

_LIMITS: Final = Limits(seconds=600, memory_bytes=4 * 2**30)


def warm(sandbox: Sandbox, pipeline: str, scratch: Path) -> str | None:
    """Fill the caches of `sandbox`, unless they are there, by running `pipeline` on nothing.

    Returns what went wrong, for the log; jobs then do without.
    """
    if sandbox.caches.exists():
        os.utime(sandbox.caches)  # they are in use
        return None
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="warming-", dir=scratch) as name:
        folder = Path(name)
        output = folder / "output"
        output.mkdir()
        task = Task(pipeline, {}, str(output), {}, os.getpid())
        outcome = process.run(task, folder, _LIMITS, sandbox, lambda _share: True)
        if outcome != Finished():
            return str(outcome)
        caches.keep(folder / process.OWN / "cache", sandbox.caches)
    return None
