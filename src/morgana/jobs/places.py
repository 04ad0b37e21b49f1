"""Where the queue, the workers' locks and their temporary files are, by the settings."""

import re
from pathlib import Path

from morgana.jobs.liveness import FileLiveness, Liveness, PostgresLiveness
from morgana.settings import settings


def queue_url() -> str:
    """The queue's database: a file of its own beside the records, or a schema of its own in PostgreSQL."""
    return _postgres_url() or f"sqlite:///{settings().data.absolute() / 'jobs.db'}"


def liveness() -> Liveness:
    url = _postgres_url()
    return PostgresLiveness(url) if url else FileLiveness(settings().data / "workers")


def scratch() -> Path:
    """Folder of the workers' temporary files: one folder per worker, named after its executor."""
    return settings().data.absolute() / "scratch"


def _postgres_url() -> str | None:
    """The database's address as libpq takes it, without the name of a driver."""
    url = settings().database_url
    if url is None or url.startswith("sqlite"):
        return None
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)
