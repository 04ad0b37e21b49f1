"""Which sandbox works on this machine, found out by trying."""

import errno
import json
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from morgana.jobs import process
from morgana.jobs.process import Crashed, Finished, Hindered, Limits
from morgana.jobs.sandbox import Level, Sandbox, bubblewrap, probe
from morgana.jobs.task import Task

_TRIES = 3  # of a probe that somebody kills: a weaker sandbox must not be taken for that
_PROBE_LIMITS: Final = Limits(seconds=60, memory_bytes=2**30)

Place = Callable[[Level, Path | None], Sandbox]


class UnusableError(Exception):
    """No sandbox, or not the one that was asked for by name; says why, for whoever runs the server."""


def choose(wanted: str, place: Place, scratch: Path) -> Sandbox:
    """The strongest sandbox that works here for "auto", or the one whose level is `wanted`.

    place: makes a sandbox of a level and a bwrap; scratch: a folder for temporary files.
    Raises UnusableError, and OSError where the disk is full, which says nothing of any sandbox.
    """
    if wanted == "off":
        return place(Level.OFF, None)
    levels = (Level.BUBBLEWRAP, Level.LANDLOCK, Level.LIMITS) if wanted == "auto" else (Level(wanted),)
    failed: list[str] = []
    for level in levels:
        reasons = []
        for sandbox in _candidates(level, place):
            if (reason := shortcoming(sandbox, scratch)) is None:
                return sandbox.because("; ".join(failed))
            reasons.append(reason)
        failed.append(f"{level}: {' / '.join(reasons) or 'bwrap is not installed'}")
    raise UnusableError(
        f"The sandbox does not work here: {'; '.join(failed)}. docs/security.md says what each level needs. "
        "Set MORGANA_SANDBOX to a level that works, or to off, which lets a hostile upload do all that the "
        "worker may do."
    )


def shortcoming(sandbox: Sandbox, scratch: Path) -> str | None:
    """Why jobs must not be run in this sandbox; None if they may.

    A child in it tries to get at a file, a folder, a server and a process of ours.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    for _ in range(_TRIES):
        with TemporaryDirectory(prefix="probe-", dir=scratch) as name:
            found = _tried(sandbox, Path(name))
        if not found.by_chance:
            break
    return found.shortcoming


def _candidates(level: Level, place: Place) -> Iterator[Sandbox]:
    if level is Level.BUBBLEWRAP:
        yield from (place(level, bwrap) for bwrap in bubblewrap.found())
    else:
        yield place(level, None)


@dataclass(frozen=True)
class _Found:
    """by_chance: whether that says nothing of the sandbox, and another try may end otherwise."""

    shortcoming: str | None
    by_chance: bool = False


def _tried(sandbox: Sandbox, folder: Path) -> _Found:
    own, other = folder / "job", folder / "neighbour"
    output = own / "output"
    for made in (output, other):
        made.mkdir(parents=True)
    secret = other / "secret"
    secret.write_text("of another owner")
    with socket.create_server(("127.0.0.1", 0)) as server:
        task = Task(
            pipeline=probe.PIPELINE,
            inputs={},
            output=str(output),
            options={
                "secret": str(secret),
                "outside": str(other),
                "port": server.getsockname()[1],
                "worker": os.getpid(),
            },
            parent=os.getpid(),
        )
        outcome = process.run(task, own, _PROBE_LIMITS, sandbox, lambda _share: True)
    if isinstance(outcome, Hindered):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if isinstance(outcome, Crashed):
        return _Found(_brief(outcome.detail), by_chance=outcome.killed)
    if outcome != Finished():
        return _Found("the probe was stopped")
    managed = {deed for deed, done in json.loads((output / probe.REPORT).read_text()).items() if done}
    if not sandbox.closed:
        managed -= probe.OF_FILES
    return _Found(f"a job could {', '.join(sorted(managed))}" if managed else None)


def _brief(detail: str) -> str:
    """The last line of a crash: what bwrap or the kernel said."""
    return detail.splitlines()[-1].removeprefix("morgana.jobs.sandbox.seccomp.UnavailableError: ")
