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
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from morgana.errors import ErrorCode
from morgana.jobs.task import Task

POLL_SECONDS = 0.25
_EXIT_SECONDS = 10.0  # native libraries may take a while to unload after the work is done
_LOG_TAIL = 8_000  # characters of a crashed child's stderr that are worth logging

_SECRET = ("AWS_", "MORGANA_DATABASE_URL", "MORGANA_BLOBS_URL", "MORGANA_SECRET")

_TOO_LONG = (
    "This job was stopped after {minutes:g} minutes, the longest that this server lets a job run. "
    "Try a shorter recording or a smaller picture."
)
_TOO_LARGE = (
    "This job was stopped because it needed more than {mib} MB of memory, the most that this server allows a "
    "job. Try a smaller picture or a shorter recording."
)


@dataclass(frozen=True)
class Limits:
    """What one job may use before it is stopped."""

    seconds: float
    memory_bytes: int


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
    """The child died or raised something unforeseen; `detail` is for the log, never for a client."""

    detail: str


@dataclass(frozen=True)
class Stopped:
    """The caller said to stop."""


Outcome = Finished | Refused | Crashed | Stopped


def run(task: Task, folder: Path, limits: Limits, going: Callable[[float], bool]) -> Outcome:
    """Run `task`, with `folder` for its temporary files and its log.

    `going` is called about every `POLL_SECONDS` with the finished share, 0.0 to 1.0; when it returns
    False the child and everything it started are killed. No process of the job is left on return.
    """
    log = folder / "stderr.log"
    with log.open("wb") as errors, _child(task, folder, errors) as (child, reports):
        outcome = _watch(child, reports, limits, going)
    if isinstance(outcome, Crashed):
        return Crashed(f"{outcome.detail}\n{_tail(log)}".strip())
    return outcome


class _Reports:
    """The JSON lines that a child writes to its standard output."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self.share = 0.0
        self.outcome: Outcome | None = None
        self.ended = False
        self._pipe = pipe
        self._rest = b""

    def read(self, timeout: float) -> None:
        """Take in what there is; if there is nothing yet, wait up to `timeout` seconds for it."""
        if not select.select([self._pipe], [], [], timeout)[0]:
            return
        chunk = os.read(self._pipe.fileno(), 65536)
        self.ended = not chunk
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._take(json.loads(line))

    def _take(self, report: dict[str, object]) -> None:
        match report:
            case {"progress": float(share)}:
                self.share = max(self.share, min(share, 1.0))
            case {"finished": True}:
                self.outcome = Finished()
            case {"refused": str(code), "message": str(message)}:
                self.outcome = Refused(ErrorCode(code), message)


def _watch(
    child: "subprocess.Popen[bytes]", reports: _Reports, limits: Limits, going: Callable[[float], bool]
) -> Outcome:
    start = checked = time.monotonic()
    while not reports.ended:
        reports.read(POLL_SECONDS)
        if time.monotonic() - checked < POLL_SECONDS:
            continue
        checked = time.monotonic()
        if not going(reports.share):
            return Stopped()
        if excess := _excess(child.pid, checked - start, limits):
            return Refused(ErrorCode.INTERNAL_ERROR, excess)
    return reports.outcome or Crashed(_how_it_ended(child))


def _excess(pid: int, seconds: float, limits: Limits) -> str | None:
    """What to tell the person if a limit is exceeded."""
    if seconds > limits.seconds:
        return _TOO_LONG.format(minutes=limits.seconds / 60)
    if _resident_bytes(pid) > limits.memory_bytes:
        return _TOO_LARGE.format(mib=limits.memory_bytes // 2**20)
    return None


@contextmanager
def _child(
    task: Task, folder: Path, errors: IO[bytes]
) -> "Iterator[tuple[subprocess.Popen[bytes], _Reports]]":
    child = subprocess.Popen(
        [sys.executable, "-m", "morgana.jobs.child"],
        env=_environment(folder),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        start_new_session=True,
    )
    assert child.stdin  # noqa: S101 (they are pipes)
    assert child.stdout  # noqa: S101
    try:
        # A child that dies at once breaks the pipe; how it ended is then seen like any other end.
        with suppress(BrokenPipeError), child.stdin:
            child.stdin.write(task.to_json().encode())
        yield child, _Reports(child.stdout)
    finally:
        _kill_group(child.pid)
        child.wait()
        child.stdout.close()


def _environment(folder: Path) -> dict[str, str]:
    """Ours, without what opens the records and the blobs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_SECRET)}
    return kept | {"TMPDIR": str(folder)}


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _resident_bytes(pid: int) -> int:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except (OSError, IndexError):  # it has just ended
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _how_it_ended(child: "subprocess.Popen[bytes]") -> str:
    deadline = time.monotonic() + _EXIT_SECONDS
    # Not reaped yet, so that its number, which names the group to kill, cannot have a new owner.
    while (end := os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)) is None:
        if time.monotonic() > deadline:
            return "The child closed its output without a word and did not end."
        time.sleep(0.02)
    if end.si_code == os.CLD_EXITED:
        return f"The child ended with exit code {end.si_status}."
    return f"The child was killed by {signal.Signals(end.si_status).name}."


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-_LOG_TAIL:]
