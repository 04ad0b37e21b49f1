"""What libraries compile or unpack once, kept for all jobs to read and for none to change.

Jobs cannot write where libraries keep such things: what one job left there, the next would run. So a child
without a job fills a folder, and every job gets a view of it that is its own.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Final

import morgana

_COPIED_BYTES: Final = 1_000_000  # larger files are linked: libraries change small ones only
_MADE_BY: Final = ("haqumei", "llvmlite", "matplotlib", "numba")


def name() -> str:
    """Of the folder for the caches of this release on this Python."""
    sources = [path.read_bytes() for path in sorted(Path(morgana.__file__).parent.rglob("*.py"))]
    compiled = [source for source in sources if b"numba" in source]
    made_by = [version(name) for name in _MADE_BY]
    digest = hashlib.sha256(repr((sys.version, made_by, compiled)).encode()).hexdigest()
    return digest[:16]


def keep(filled: Path, target: Path) -> None:
    """Make `filled` the caches at `target`, a sibling of those of other releases, which are deleted."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for old in target.parent.iterdir():
        shutil.rmtree(old, ignore_errors=True)
    with suppress(OSError):  # another worker was quicker
        filled.rename(target)


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
