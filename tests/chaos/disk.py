"""A disk of our own, small enough to be filled: a tmpfs that only this process and its children see.

Where the system lets nobody mount one, what stands for a full disk is a limit on the size of files, which
makes the same writes fail with another error.
"""

import ctypes
import errno
import os
import resource
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_CLONE_NEWNS, _CLONE_NEWUSER = 0x0002_0000, 0x1000_0000  # linux/sched.h
_MS_REC, _MS_PRIVATE = 0x4000, 1 << 18  # linux/mount.h
_MNT_DETACH = 2
_BYTES = 256 * 1024 * 1024
_POLL_SECONDS = 0.05
_SMALL = 1024  # bytes; what stands for none


@dataclass(frozen=True)
class Disk:
    folder: Path
    mounted: bool

    @classmethod
    @contextmanager
    def mount(cls, folder: Path) -> "Iterator[Disk]":
        """At `folder`. To be called while this process has one thread."""
        folder.mkdir()
        mounted = _mount(folder)
        yield cls(folder, mounted)
        if mounted:
            ctypes.CDLL(None).umount2(os.fsencode(folder), _MNT_DETACH)

    def fill(self, seconds: float, processes: Iterable[int]) -> None:
        """For so long there is no room for anything, or for these processes not."""
        if self.mounted:
            self._hold_everything(seconds)
        else:
            _limit_files(seconds, processes)

    def _hold_everything(self, seconds: float) -> None:
        ballast = self.folder / "ballast"
        deadline = time.monotonic() + seconds
        with ballast.open("wb", buffering=0) as file:
            while time.monotonic() < deadline:  # what others delete is taken as well
                room = os.statvfs(self.folder)
                if room.f_bavail:
                    _grow(file.fileno(), room.f_bavail * room.f_frsize)
                time.sleep(_POLL_SECONDS)
        ballast.unlink()


def _grow(file: int, size: int) -> None:
    try:
        os.posix_fallocate(file, os.fstat(file).st_size, size)
    except OSError as error:
        if error.errno != errno.ENOSPC:  # somebody was quicker
            raise


def _limit_files(seconds: float, processes: Iterable[int]) -> None:
    before = {}
    for process in processes:
        with suppress(ProcessLookupError):
            before[process] = resource.prlimit(process, resource.RLIMIT_FSIZE)
            resource.prlimit(process, resource.RLIMIT_FSIZE, (_SMALL, before[process][1]))
    time.sleep(seconds)
    for process, limits in before.items():
        with suppress(ProcessLookupError):
            resource.prlimit(process, resource.RLIMIT_FSIZE, limits)


def _mount(folder: Path) -> bool:
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS) != 0:
        if libc.unshare(_CLONE_NEWNS | _CLONE_NEWUSER) != 0:
            return False
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None)
    options = f"size={_BYTES},mode=700".encode()
    mounted: int = libc.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, options)
    return mounted == 0
