"""Where the queue, the workers' locks and their temporary files are, by the settings."""

import re
from pathlib import Path

from morgana.jobs.liveness import FileLiveness, Liveness
from morgana.settings import data_folder, settings


def queue_url() -> str:
    """The queue's database: a file of its own beside the records, or a schema of its own in PostgreSQL."""
    return _postgres_url() or f"sqlite:///{data_folder() / 'jobs.db'}"


def liveness() -> Liveness:
    """The workers' locks."""
    if (url := _postgres_url()) is None:
        return FileLiveness(data_folder("workers"))
    from morgana.jobs.postgres import PostgresLiveness

    return PostgresLiveness(url)


def scratch() -> Path:
    """Folder of the workers' temporary files: one folder per worker, named after its executor."""
    return data_folder("scratch")


def _postgres_url() -> str | None:
    """The database's address as libpq takes it, without the name of a driver."""
    url = settings().database_url
    if url is None or url.startswith("sqlite"):
        return None
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)
