"""Where the workers' locks and their temporary files are, by the settings."""

import os
import re
from pathlib import Path

from morgana.jobs.liveness import FileLiveness, Liveness
from morgana.jobs.sandbox import Level, Sandbox, caches
from morgana.settings import data_folder, settings


def liveness() -> Liveness:
    """The workers' locks."""
    if (url := _postgres_url()) is None:
        return FileLiveness(data_folder("workers"))
    from morgana.jobs.postgres import PostgresLiveness

    return PostgresLiveness(url)


def scratch() -> Path:
    """Folder of the workers' temporary files: one folder per worker, named after its executor."""
    return data_folder("scratch")


def sandbox(level: Level, bwrap: Path | None = None) -> Sandbox:
    """Such a one, around the folders of this server."""
    kept = _caches() / caches.name()
    return Sandbox(level, settings().data, settings().models_folder.absolute(), kept, bwrap)


def _caches() -> Path:
    """In the user's cache, which several data folders may share, if there is one."""
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "morgana"
        folder.mkdir(0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # RuntimeError: this user has no home
        return data_folder("caches")
    return folder if os.access(folder, os.W_OK | os.X_OK) else data_folder("caches")


def _postgres_url() -> str | None:
    """The database's address as libpq takes it, without the name of a driver."""
    url = settings().database_url
    if url is None or url.startswith("sqlite"):
        return None
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)
