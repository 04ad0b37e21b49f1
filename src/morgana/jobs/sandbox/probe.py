"""A pipeline that does what no job should: it tries, and says what it could do.

It runs in a child like any job, told by its options what to try it on; `selftest` judges by its report.
"""

import json
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from morgana.progress import Progress

PIPELINE = "morgana.jobs.sandbox.probe:attempt"
REPORT = "report.json"

Options = Mapping[str, Any]


def attempt(_inputs: Mapping[str, Path], folder: Path, options: Options, _progress: Progress) -> None:
    """options: `secret`, a file of somebody else's; `outside`, a folder of theirs; `port`, where one of their
    servers listens on this machine; `worker`, their process.
    """
    report = {name: _succeeds(deed, options) for name, deed in _DEEDS.items()}
    (folder / REPORT).write_text(json.dumps(report))


def _succeeds(deed: Callable[[Options], object], options: Options) -> bool:
    try:
        return deed(options) is not False
    except (OSError, ValueError, subprocess.SubprocessError):  # ValueError: of limits
        return False


def _read(options: Options) -> object:
    return Path(options["secret"]).read_bytes()


def _list(options: Options) -> object:
    return list(Path(options["outside"]).iterdir())


def _write(options: Options) -> None:
    (Path(options["outside"]) / "written").write_text("by a job")


def _truncate(options: Options) -> None:
    os.truncate(options["secret"], 0)


def _change_program(_options: Options) -> None:
    target = Path(__file__).with_name("changed")
    target.touch()
    target.unlink()


def _read_environment(options: Options) -> bool:
    """Of the worker, in whose memory the keys are."""
    return bool(Path(f"/proc/{options['worker']}/environ").read_bytes())


def _signal(options: Options) -> bool:
    """By number 0, which says only whether another could be sent; in a namespace it is another's number."""
    if not Path(f"/proc/{options['worker']}").exists():
        return False
    os.kill(options["worker"], 0)
    return True


def _connect(options: Options) -> None:
    socket.create_connection(("127.0.0.1", options["port"]), timeout=5).close()


def _open_local_socket(_options: Options) -> None:
    socket.socket(socket.AF_UNIX).close()


def _fork(_options: Options) -> None:
    if (child := os.fork()) == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _run_program(_options: Options) -> None:
    subprocess.run([sys.executable, "-c", ""], check=True, timeout=30)


def _raise_limits(_options: Options) -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard + 1, hard + 1))


def _use_without_end(_options: Options) -> bool:
    """Whether any of the limits is not set."""
    limited = (resource.RLIMIT_CPU, resource.RLIMIT_DATA, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC)
    return any(resource.getrlimit(which)[1] == resource.RLIM_INFINITY for which in limited)


def _leave_the_group(_options: Options) -> None:
    with suppress(ProcessLookupError):
        os.setsid()


_DEEDS: Mapping[str, Callable[[Options], object]] = {
    "read another's file": _read,
    "list another's folder": _list,
    "write into another's folder": _write,
    "empty another's file": _truncate,
    "change the program": _change_program,
    "read the worker's environment": _read_environment,
    "signal the worker": _signal,
    "connect to a server": _connect,
    "open a socket": _open_local_socket,
    "start a process": _fork,
    "run a program": _run_program,
    "raise its limits": _raise_limits,
    "use without end": _use_without_end,
    "leave its process group": _leave_the_group,
}
# What a job may be able to do where files are not closed to it.
OF_FILES = frozenset(
    {
        "read another's file",
        "list another's folder",
        "write into another's folder",
        "empty another's file",
        "change the program",
        "read the worker's environment",
    }
)
