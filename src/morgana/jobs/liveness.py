"""Which workers are alive: each holds a lock for as long as its process lives, however it dies."""

import fcntl
import os
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Held(Protocol):
    """A living worker's own lock."""

    def lost(self) -> bool:
        """Whether the lock is gone although this process lives, so that a peer may have taken over."""

    def dead(self, executor: str) -> bool:
        """Whether the worker `executor` is dead, which is then so for ever."""


class Liveness(Protocol):
    """The locks of all workers that share one database."""

    def hold(self, executor: str) -> AbstractContextManager[Held]:
        """Announce this process as the worker `executor`, a name never used before, until the block ends."""

    def living(self, executors: Collection[str]) -> set[str]:
        """Those of the workers that are alive."""


@dataclass(frozen=True)
class FileLiveness:
    """One `flock`ed file per worker in a folder: for workers on one machine."""

    folder: Path

    @contextmanager
    def hold(self, executor: str) -> Iterator[Held]:
        path = self.folder / f"{executor}.lock"
        held = _HeldFile(self.folder)
        for other in self.folder.glob("*.lock"):
            held.dead(other.stem)  # which tidies up after it
        new = path.with_suffix(".new")
        with new.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            print(os.getpid(), file=file, flush=True)
            new.rename(path)  # so that there is no moment at which a peer sees the file without its lock
            yield held
            path.unlink(missing_ok=True)

    def living(self, executors: Collection[str]) -> set[str]:
        return {executor for executor in executors if _locked(self.folder / f"{executor}.lock")}


@dataclass(frozen=True)
class _HeldFile:
    folder: Path

    def lost(self) -> bool:
        return False  # the kernel keeps a flock exactly as long as the process

    def dead(self, executor: str) -> bool:
        path = self.folder / f"{executor}.lock"
        if _locked(path):
            return False
        path.unlink(missing_ok=True)
        return True


def _locked(path: Path) -> bool:
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False
