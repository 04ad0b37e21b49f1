"""What libraries compile or unpack once, kept for all jobs to read and for none to change.

Jobs cannot write where libraries keep such things: what one job left there, the next would run. So a child
without a job fills a folder, and every job gets a view of it that is its own.
"""

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import morgana

_COPIED_BYTES: Final = 1_000_000  # larger files are linked: libraries change small ones only
_UNUSED_SECONDS: Final = 30 * 86_400
_MADE_BY: Final = ("haqumei", "llvmlite", "matplotlib", "numba")


def name() -> str:
    """Of the folder for the caches of this installation: of all that they depend on."""
    sources = sorted(Path(morgana.__file__).parent.rglob("*.py"))
    # Numba looks its code up by the path and the time of the source.
    compiled = [(str(path), path.stat().st_mtime_ns) for path in sources if b"numba" in path.read_bytes()]
    made_by = [version(name) for name in _MADE_BY]
    digest = hashlib.sha256(repr((sys.version, made_by, compiled)).encode()).hexdigest()
    return digest[:16]


def keep(filled: Path, target: Path) -> None:
    """Make `filled` the caches at `target`; its siblings, of other installations, go once they are unused."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for other in target.parent.iterdir():
        if time.time() - other.stat().st_mtime > _UNUSED_SECONDS:
            shutil.rmtree(other, ignore_errors=True)
    with TemporaryDirectory(prefix=".", dir=target.parent, ignore_cleanup_errors=True) as folder:
        moved = shutil.move(filled, Path(folder, "caches"))  # from another file system, perhaps
        with suppress(OSError):  # another worker was quicker
            Path(moved).rename(target)


def lend(kept: Path, own: Path) -> None:
    """Give a job, in the new folder `own`, its view of the caches in `kept`, which need not be there."""
    own.mkdir()
    for folder, _, names in os.walk(kept):
        copy = own / Path(folder).relative_to(kept)
        copy.mkdir(exist_ok=True)
        for name in names:
            source = Path(folder, name)
            if source.stat().st_size > _COPIED_BYTES:
                (copy / name).symlink_to(source)
            else:
                shutil.copy2(source, copy / name)


def environment(own: Path) -> Mapping[str, str]:
    """How libraries are told of it."""
    return {"XDG_CACHE_HOME": str(own), "NUMBA_CACHE_DIR": str(own / "numba")}
