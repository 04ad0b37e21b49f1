"""How a create is carried out: files stored, record and answer written together, job enqueued."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import structlog
from pydantic import BaseModel
from starlette.responses import Response

from morgana import store
from morgana.api.idempotency import Attempt
from morgana.api.jobs import Jobs
from morgana.api.parts import Upload
from morgana.store.idempotency import ClaimLostError
from morgana.store.records import Blobs

log = structlog.get_logger()


class Inputs:
    """The blobs that a record is to be made from. Left without a record, `store.sweep` deletes them."""

    def __init__(self, folder: str) -> None:
        self.keys: Blobs = {}
        self._folder = folder

    def upload(self, uploads: Mapping[str, Upload]) -> None:
        for role, upload in uploads.items():
            key = self._add(role, upload.format.suffix)
            store.blobs.put(key, upload.file, content_type=upload.format.content_type)

    def copy(self, role: str, source: str) -> None:
        """Copy another record's blob, which may be deleted afterwards. Raises FileNotFoundError."""
        store.blobs.copy(source, self._add(role, "." + source.rpartition(".")[2]))

    def _add(self, role: str, suffix: str) -> str:
        self.keys[role] = f"{self._folder}/{role}{suffix}"
        return self.keys[role]


@contextmanager
def gathering(folder: str) -> Iterator[Inputs]:
    """Inputs that are deleted if not all of them can be stored."""
    inputs = Inputs(folder)
    try:
        yield inputs
    except Exception:
        store.blobs.delete(*inputs.keys.values())
        raise


def submit(
    job_id: str,
    inputs: Blobs,
    create: Callable[[], BaseModel],
    attempted: Attempt,
    fingerprint: str,
    jobs: Jobs,
) -> Response:
    """Record what `create` makes, with its answer, and have the job done. Raises ClaimLostError."""
    try:
        with store.transaction():
            answer = create().model_dump_json()
            attempted.finish(fingerprint, answer)
    except ClaimLostError:
        store.blobs.delete(*inputs.values())
        raise
    log.info("job accepted", job_id=job_id)
    tell(jobs.enqueue, job_id)
    return json_answer(answer)


def tell(action: Callable[[str], None], job_id: str) -> None:
    """Tell the jobs room. The record is the truth, so a worker that is not told finds out by itself."""
    try:
        action(job_id)
    except Exception:
        log.exception("jobs_not_told", job_id=job_id)


def json_answer(body: str, headers: dict[str, str] | None = None) -> Response:
    return Response(body, media_type="application/json", headers=headers)


def replayed(body: str) -> Response:
    """The answer to a create that was carried out before."""
    return json_answer(body, {"Idempotent-Replayed": "true"})
