"""Whether what is installed is what the catalogue says."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from morgana.models.hashing import is_intact
from morgana.models.installed import folder, weight
from morgana.progress import Progress, ignore


@dataclass(frozen=True, slots=True)
class Fault:
    """A file of the weight `name` that is missing or has other bytes."""

    name: str
    path: Path
    missing: bool


def verify(names: Iterable[str], progress: Progress = ignore) -> list[Fault]:
    """Hash every file of the weights `names`; what is wrong with them. `InputError` for an unknown name."""
    files = [(name, file) for name in names for file in weight(name).files]
    total = sum(file.size for _, file in files)
    done = 0
    faults = []
    for name, file in files:
        path = folder(name) / file.name
        if not is_intact(path, file):
            faults.append(Fault(name, path, missing=not path.exists()))
        done += file.size
        progress(done / total)
    return faults
