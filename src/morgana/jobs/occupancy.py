"""How much of the disk the files of a job take."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

_ENTRY_BYTES: Final = 4096  # what an empty file or folder is reckoned at: that there are many costs too


def is_over(folder: Path, most: int) -> bool:
    """Whether what is in `folder` takes more than `most` bytes, or cannot be looked at.

    Counted is what is allocated, so that a hole takes nothing. Links are not followed.
    """
    taken = 0
    waiting = [str(folder)]
    while waiting:
        try:
            with suppress(FileNotFoundError), os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    taken += _ENTRY_BYTES + _allocated(entry)
                    if taken > most:
                        return True
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:  # a folder that the job has closed to us, or nested beyond the longest path
            return True
    return False


def _allocated(entry: "os.DirEntry[str]") -> int:
    with suppress(FileNotFoundError):  # the job has just removed it
        return entry.stat(follow_symlinks=False).st_blocks * 512  # its unit on Linux
    return 0
