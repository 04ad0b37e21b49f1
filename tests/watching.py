"""Whether a file is opened, by anybody, asked of the kernel (inotify)."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_ACCESS, _OPEN = 0x1, 0x20  # linux/inotify.h


@dataclass(frozen=True)
class Watch:
    """A file, and what is done to it from now on."""

    descriptor: int

    def touched(self) -> bool:
        """Whether anybody has opened or read it since this was last asked."""
        try:
            return bool(os.read(self.descriptor, 4096))
        except BlockingIOError:
            return False


@contextmanager
def watched(path: Path) -> Iterator[Watch]:
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.inotify_init1(os.O_NONBLOCK)
    assert descriptor >= 0, os.strerror(ctypes.get_errno())
    assert libc.inotify_add_watch(descriptor, os.fsencode(path), _ACCESS | _OPEN) >= 0
    try:
        yield Watch(descriptor)
    finally:
        os.close(descriptor)
