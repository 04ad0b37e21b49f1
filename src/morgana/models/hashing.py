"""Whether a file holds what it should."""

import hashlib
from pathlib import Path

from morgana.models.catalogue import File


def is_intact(path: Path, file: File) -> bool:
    """Whether `path` exists with the sha256 of `file`."""
    try:
        if path.stat().st_size != file.size:
            return False
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256
    except FileNotFoundError:
        return False
