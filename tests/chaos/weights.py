"""A folder of weights of our own, in which one can be damaged: links to what is installed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_NAME: Final = "yunet"  # which finds the face in a portrait


@dataclass(frozen=True)
class Weights:
    folder: Path

    @classmethod
    def linked(cls, folder: Path, installed: Path) -> "Weights":
        for file in installed.rglob("*"):
            if file.is_file():
                link = folder / file.relative_to(installed)
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(file.absolute())
        return cls(folder)

    def environment(self) -> dict[str, str]:
        """What makes a process use this folder."""
        return {"MORGANA_MODELS": str(self.folder)}

    @contextmanager
    def damaged(self) -> Iterator[None]:
        """The weights of the face finder are zeros, as large as they were: only reading them tells."""
        link = next((self.folder / _NAME).iterdir())
        installed = link.resolve()
        link.unlink()
        link.write_bytes(bytes(installed.stat().st_size))
        try:
            yield
        finally:
            link.unlink()
            link.symlink_to(installed)
