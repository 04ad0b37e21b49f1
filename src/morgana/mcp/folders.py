"""Which files an assistant may read and write: those in folders that were named at the start, no others."""

from collections.abc import Sequence
from pathlib import Path

from morgana.mcp.job import Refused


class Folders:
    """The folders, of which the first is where relative paths begin."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folder.resolve(strict=True) for folder in folders)

    def __str__(self) -> str:
        return ", ".join(map(str, self._folders))

    def readable(self, path: str) -> Path:
        """The file. Raises Refused."""
        found = self._inside(path)
        if not found.is_file():
            raise Refused(
                f"There is no file {found}. Check the path; relative ones begin at {self._folders[0]}."
            )
        return found

    def writable(self, path: str, *suffixes: str) -> Path:
        """A file that is not there yet. Raises Refused, so that nothing of the user's is overwritten."""
        wanted = self._inside(path)
        if wanted.suffix.lower() not in suffixes:
            raise Refused(f"{wanted.name} has to end in {' or '.join(suffixes)}.")
        if wanted.exists():
            raise Refused(f"{wanted} exists already and is not overwritten: choose another name.")
        if not wanted.parent.is_dir():
            raise Refused(f"There is no folder {wanted.parent}. Write into one that exists.")
        return wanted

    def _inside(self, path: str) -> Path:
        """Where it really lies, links followed."""
        try:
            place = (self._folders[0] / Path(path).expanduser()).resolve()
        except (OSError, RuntimeError, ValueError):
            raise Refused("That is not a path.") from None
        if not any(place.is_relative_to(folder) for folder in self._folders):
            raise Refused(
                f"{path} is outside of the folders that may be used: {self}. The user can allow another with "
                "`morgana mcp --folder`."
            )
        return place
