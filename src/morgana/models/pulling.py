"""Weights fetched from the first source that delivers the right bytes."""

import fcntl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from morgana.errors import ErrorCode, InputError
from morgana.models.catalogue import Source, Weight, catalogue
from morgana.models.failures import SourceError
from morgana.models.fetching import Sources
from morgana.models.hashing import is_intact
from morgana.models.hub import Hub
from morgana.models.installed import has_sizes, weight
from morgana.models.leftovers import Leftovers
from morgana.progress import Progress, ignore
from morgana.settings import data_folder, settings

_LEFTOVERS = ".partial"


def pull(names: Iterable[str], progress: Progress = ignore) -> None:
    """Fetch those of the weights `names` that are not installed intact.

    Where there is nothing to fetch, no progress is reported. Safe to repeat, and to run in several processes
    at once: the second waits, then finds the work done. A pull that was interrupted goes on where it stopped.
    Raises `InputError` (model_missing) that lists what was tried; what did arrive stays installed.
    """
    chosen = settings()
    folder = chosen.models or data_folder("models")
    pull_weights([weight(name) for name in names], folder, chosen.hub, progress)


def pull_weights(weights: Sequence[Weight], folder: Path, hub: str, progress: Progress = ignore) -> None:
    """`pull` for given catalogue entries, into `folder`; `hub` is the address of the model hub."""
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        todo = [entry for entry in weights if not _is_whole(entry, folder)]
        total = sum(entry.size for entry in todo)
        sources = Sources(Hub(hub), Leftovers(folder / _LEFTOVERS))
        run = _Run(folder, sources, total, progress)
        failures = [failure for entry in todo if (failure := _pull_one(entry, run))]
        known = {entry.name: entry for entry in (*catalogue().values(), *weights)}
        sources.leftovers.tidy(
            [entry for entry in known.values() if not has_sizes(entry, entry.home(folder))]
        )
    if failures:
        raise InputError(ErrorCode.MODEL_MISSING, "\n".join(failures))
    if todo:
        progress(1.0)


@dataclass
class _Run:
    """What the weights of one pull share."""

    folder: Path
    sources: Sources
    total: int  # bytes
    progress: Progress
    finished: int = 0  # bytes of the weights that are done
    _shown: float = 0.0

    def downloaded(self, size: int, limit: int) -> None:
        """`size` bytes of a weight of `limit` bytes have come, by whatever source."""
        share = (self.finished + min(size, limit)) / self.total
        if share > self._shown:
            self._shown = share
            self.progress(share)


def _pull_one(entry: Weight, run: _Run) -> str | None:
    tried = []
    home = run.sources.leftovers.files(entry)
    for source in entry.sources:
        try:
            _fetch(entry, source, home, run)
        except SourceError as error:
            tried.append(f"  {source}: {error}")
        else:
            _install(entry, home, entry.home(run.folder))
            run.finished += entry.size
            return None
    return "\n".join([f"The weights '{entry.name}' could not be fetched. Tried:", *tried])


def _fetch(entry: Weight, source: Source, home: Path, run: _Run) -> None:
    """Bring what is still missing of `entry` into `home`."""
    done = 0

    def downloaded(size: int) -> None:
        run.downloaded(done + size, entry.size)

    for file in entry.files:
        run.sources.fetch(file, source, home, downloaded)
        done += file.size
        downloaded(0)


def _install(entry: Weight, fresh: Path, home: Path) -> None:
    home.mkdir(exist_ok=True)
    for file in entry.files:
        (fresh / file.name).replace(home / file.name)


def _is_whole(entry: Weight, folder: Path) -> bool:
    return all(is_intact(entry.home(folder) / file.name, file) for file in entry.files)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
