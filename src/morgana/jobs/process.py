"""Run one task in a child process of its own, and say how it ended."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from morgana.errors import ErrorCode
from morgana.jobs import occupancy
from morgana.jobs.notes import Line, Note
from morgana.jobs.sandbox import Sandbox, caches
from morgana.jobs.task import Task
from morgana.settings import settings
from morgana.stages import Stage

POLL_SECONDS = 0.25
OWN = "temporary"  # of a job's folder, what the child may use as it likes
_EXIT_SECONDS = 10.0  # native libraries may take a while to unload after the work is done
_LOG_TAIL = 8_000  # bytes of a crashed child's stderr that are worth logging
_KILLED_BY = 128  # plus the signal: exit codes of shells, and of bwrap
_LONGEST_REPORT = 65_536  # bytes; a child that was taken over must not fill our memory

# Of the worker's environment: what programs and libraries are steered by, without what opens anything.
_KEPT = (
    *("PATH", "LANG", "LC_", "TZ", "PYTHON", "LD_LIBRARY_PATH", "MORGANA_"),
    *("OMP_", "OPENBLAS_", "MKL_", "NUMBA_", "ORT_", "CUDA_", "NVIDIA_"),
)
_SECRET = ("MORGANA_DATABASE_URL", "MORGANA_BLOBS", "MORGANA_SECRET", "MORGANA_DATA")

_TOO_LONG = (
    "This job was stopped after {minutes:g} minutes, the longest that this server lets a job run. "
    "Try a shorter recording or a smaller picture."
)
_TOO_LARGE = (
    "This job was stopped because it needed more than {mib} MB of memory, the most that this server allows a "
    "job. Try a smaller picture or a shorter recording."
)
_TOO_MUCH = (
    "This job was stopped because its files took more than {mib} MB, the most that this server allows a job. "
    "Try a shorter recording."
)


@dataclass(frozen=True)
class Limits:
    """What one job may use before it is stopped."""

    seconds: float
    memory_bytes: int
    disk_bytes: int = 2**34  # of all files in its folder, its uploads among them


@dataclass(frozen=True)
class Finished:
    """The pipeline has written its output."""


@dataclass(frozen=True)
class Refused:
    """The input cannot be used; trying again cannot help. `message` is for the person who sent it."""

    code: ErrorCode
    message: str


@dataclass(frozen=True)
class Crashed:
    """The child died or raised something unforeseen; `detail` is for the log, never for a client.

    killed: by SIGKILL, as somebody who needs memory does.
    """

    detail: str
    killed: bool = False


@dataclass(frozen=True)
class Hindered:
    """There was no room on the disk: nothing that the input is to blame for."""


@dataclass(frozen=True)
class Stopped:
    """The caller said to stop."""


Outcome = Finished | Refused | Crashed | Hindered | Stopped


def run(
    task: Task,
    folder: Path,
    limits: Limits,
    sandbox: Sandbox,
    going: Callable[[float], bool],
    noted: Callable[[Note], object] = lambda _note: None,
) -> Outcome:
    """Run `task` in `sandbox`, with `folder` for its temporary files and its log.

    `going` is called about every `POLL_SECONDS` with the finished share, 0.0 to 1.0; when it returns
    False the child and everything it started are killed. `noted` is told at once of each stage that begins
    and of each line that the child logs. No process of the job is left on return.
    """
    # Kept open: by its name, it might be another file by the time it is read.
    with (folder / "stderr.log").open("w+b") as errors:
        with _child(task, folder, limits, sandbox, errors, noted) as (child, reports):
            outcome = _watch(child, reports, folder, limits, going)
        if isinstance(outcome, Crashed):
            return replace(outcome, detail=f"{outcome.detail}\n{_tail(errors)}".strip())
    return outcome


class _Reports:
    """The JSON lines that a child writes to its standard output."""

    def __init__(self, pipe: IO[bytes], noted: Callable[[Note], object]) -> None:
        self.share = 0.0
        self.outcome: Outcome | None = None
        self.exhausted = False
        self.ended = False
        self._pipe = pipe
        self._noted = noted
        self._rest = b""

    def read(self, timeout: float) -> None:
        """Take in what there is; if there is nothing yet, wait up to `timeout` seconds for it."""
        if not select.select([self._pipe], [], [], timeout)[0]:
            return
        chunk = os.read(self._pipe.fileno(), 65536)
        self.ended = not chunk
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > _LONGEST_REPORT:
            raise ValueError("the child reports without an end")
        for line in lines:
            self._take(json.loads(line))

    def wait_for_end(self, seconds: float) -> None:
        """Until every process that holds the other end is gone, or for so long."""
        deadline = time.monotonic() + seconds
        while not self.ended and (left := deadline - time.monotonic()) > 0:
            if select.select([self._pipe], [], [], left)[0]:
                self.ended = not os.read(self._pipe.fileno(), 65536)

    def _take(self, report: dict[str, object]) -> None:
        match report:
            case {"progress": float(share)}:
                self.share = max(self.share, min(share, 1.0))
            case {"stage": str(stage)}:
                self._noted(Stage(stage))
            case {"log": str(level), "logger": str(logger), "text": str(text)}:
                self._noted(Line(level, logger, text))
            case {"finished": True}:
                self.outcome = Finished()
            case {"refused": str(code), "message": str(message)}:
                self.outcome = Refused(ErrorCode(code), message)
            case {"exhausted": "memory"}:
                self.exhausted = True
            case {"exhausted": "disk"}:
                self.outcome = Hindered()


def _watch(
    child: "subprocess.Popen[bytes]",
    reports: _Reports,
    folder: Path,
    limits: Limits,
    going: Callable[[float], bool],
) -> Outcome:
    start = checked = time.monotonic()
    while not reports.ended:
        reports.read(POLL_SECONDS)
        if time.monotonic() - checked < POLL_SECONDS:
            continue
        checked = time.monotonic()
        if not going(reports.share):
            return Stopped()
        if excess := _excess(child.pid, checked - start, folder, limits):
            return Refused(ErrorCode.INTERNAL_ERROR, excess)
    if reports.exhausted:
        return Refused(ErrorCode.INTERNAL_ERROR, _too_large(limits))
    return reports.outcome or _died(child, limits)


def _excess(pid: int, seconds: float, folder: Path, limits: Limits) -> str | None:
    """What to tell the person if a limit is exceeded."""
    if seconds > limits.seconds:
        return _too_long(limits)
    if _resident_bytes(pid) > limits.memory_bytes:
        return _too_large(limits)
    if occupancy.is_over(folder, limits.disk_bytes):
        return _TOO_MUCH.format(mib=limits.disk_bytes // 2**20)
    return None


def _too_long(limits: Limits) -> str:
    return _TOO_LONG.format(minutes=limits.seconds / 60)


def _too_large(limits: Limits) -> str:
    return _TOO_LARGE.format(mib=limits.memory_bytes // 2**20)


@contextmanager
def _child(
    task: Task,
    folder: Path,
    limits: Limits,
    sandbox: Sandbox,
    errors: IO[bytes],
    noted: Callable[[Note], object],
) -> "Iterator[tuple[subprocess.Popen[bytes], _Reports]]":
    own = folder / OWN
    own.mkdir(exist_ok=True)
    caches.lend(sandbox.caches, own / "cache")
    readable = [*map(Path, task.inputs.values())]
    if any(path.is_symlink() for path in readable):  # which a sandbox would follow
        raise ValueError("an input is a link")
    writable = [Path(task.output), own]
    confinement = sandbox.confinement(limits.seconds, limits.memory_bytes, readable, writable)
    confined = replace(task, parent=sandbox.parent(task.parent), confinement=confinement)
    child = subprocess.Popen(
        # -P: nothing is imported from the folder that the worker was started in.
        sandbox.command([sys.executable, "-P", "-m", "morgana.jobs.child"], readable, writable),
        env=_environment(own),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        start_new_session=True,
    )
    assert child.stdin  # noqa: S101 (they are pipes)
    assert child.stdout  # noqa: S101
    reports = _Reports(child.stdout, noted)
    try:
        # A child that dies at once breaks the pipe; how it ended is then seen like any other end.
        with suppress(BrokenPipeError), child.stdin:
            child.stdin.write(confined.to_json().encode())
        yield child, reports
    finally:
        _kill_group(child.pid)
        child.wait()
        reports.wait_for_end(_EXIT_SECONDS)  # what bwrap started dies a moment after it
        child.stdout.close()


def _environment(own: Path) -> dict[str, str]:
    """What of ours steers programs, without what opens the records and the blobs."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(_KEPT) and not name.startswith(_SECRET)
    }
    return kept | {
        "MORGANA_MODELS": str(settings().models_folder.absolute()),
        "HOME": str(own),
        "TMPDIR": str(own),
        **caches.environment(own / "cache"),
    }


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _resident_bytes(pid: int) -> int:
    """Of the process and all that it started."""
    resident = 0
    waiting = [pid]
    while waiting:
        process = Path(f"/proc/{waiting.pop()}")
        with suppress(OSError, IndexError):  # it has just ended
            resident += int((process / "statm").read_text().split()[1])
            for thread in (process / "task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
    return resident * os.sysconf("SC_PAGE_SIZE")


def _died(child: "subprocess.Popen[bytes]", limits: Limits) -> Outcome:
    """Of a child that said nothing of its end."""
    deadline = time.monotonic() + _EXIT_SECONDS
    # Not reaped yet, so that its number, which names the group to kill, cannot have a new owner.
    while (end := os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)) is None:
        if time.monotonic() > deadline:
            return Crashed("The child closed its output without a word and did not end.")
        time.sleep(0.02)
    status = end.si_status
    killed = end.si_code != os.CLD_EXITED
    if not killed and status > _KILLED_BY:  # by which bwrap tells of a signal
        killed, status = True, status - _KILLED_BY
    if killed and status == signal.SIGXCPU:
        return Refused(ErrorCode.INTERNAL_ERROR, _too_long(limits))
    if killed:
        number = signal.Signals(status)
        return Crashed(f"The child was killed by {number.name}.", killed=number is signal.SIGKILL)
    return Crashed(f"The child ended with exit code {status}.")


def _tail(log: IO[bytes]) -> str:
    log.seek(-min(_LOG_TAIL, log.seek(0, os.SEEK_END)), os.SEEK_END)
    return log.read().decode(errors="replace")
