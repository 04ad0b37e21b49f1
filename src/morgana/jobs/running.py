"""One attempt at one job: from its record to its record."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path, PurePosixPath
from stat import S_ISREG
from tempfile import TemporaryDirectory

import structlog
from structlog.contextvars import bound_contextvars

from morgana.jobs import figures, process
from morgana.jobs.figures import Figures, Stopwatch
from morgana.jobs.notes import Line, Lines, Note
from morgana.jobs.process import Crashed, Finished, Hindered, Limits, Refused, Stopped
from morgana.jobs.sandbox import Sandbox
from morgana.jobs.task import Task
from morgana.store import Facts, Failure, Job, blobs, is_hindrance, work

_PROGRESS_SECONDS = 1.0
# What a pipeline may leave, by the ending.
_CONTENT_TYPES = {
    ".mp4": "video/mp4",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".npz": "application/octet-stream",
}
# Where a pipeline says which of the parts that it was to make it could not make.
_RESULTS = "results.json"
# Where it says what it measured of the film.
_FACTS = "facts.json"

log = structlog.get_logger()


class End(Enum):
    """How an attempt ended, as far as it matters to what comes next."""

    CLOSED = auto()  # the record is final, or no longer there
    CRASHED = auto()
    HINDERED = auto()  # a store was away, or the disk full
    INTERRUPTED = auto()  # the worker was stopped


_ENDS: Mapping[figures.Outcome, End] = {
    "crashed": End.CRASHED,
    "hindered": End.HINDERED,
    "interrupted": End.INTERRUPTED,
}


@dataclass(frozen=True)
class Context:
    """What every job of one worker shares."""

    pipelines: Mapping[str, str]
    scratch: Path  # absolute
    limits: Limits
    sandbox: Sandbox
    process_id: int
    figures: Figures
    stopping: Callable[[], bool]
    turn_over: Callable[[str], None]  # to be told of each job that was begun, and again when it has ended


def attempt(job_id: str, context: Context) -> End:
    """Do the job unless it is finished, cancelled or gone; a crash is left to be tried again."""
    job = work.begin(job_id)
    if job is None:
        return End.CLOSED
    ids = {"job_id": job.id} | ({"request_id": job.request_id} if job.request_id else {})
    with bound_contextvars(**ids):
        context.turn_over(job_id)
        try:
            log.info("job begun", kind=job.kind.value)
            with Stopwatch(context.figures, job.kind) as watch:
                outcome = _run(job, context, watch)
            context.figures.ended(job.kind, outcome)
            return _ENDS.get(outcome, End.CLOSED)
        except Exception as error:
            log.exception("job could not be run")
            outcome = "hindered" if is_hindrance(error) else "crashed"
            context.figures.ended(job.kind, outcome)
            return _ENDS[outcome]
        finally:
            context.turn_over(job_id)


def _run(job: Job, context: Context, watch: Stopwatch) -> figures.Outcome:
    if job.waited is not None:
        watch.note("wait", job.waited)
    watch.begin("fetch")
    context.scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f"{job.id}-", dir=context.scratch, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        task = _prepare(job, folder, context)
        watch.begin("start")
        outcome = process.run(
            task, folder, context.limits, context.sandbox, _going(job.id, context, watch), _noting(watch)
        )
        if isinstance(outcome, Finished):
            watch.begin("publish")
        return _close(job, outcome, Path(task.output), context)


def _prepare(job: Job, folder: Path, context: Context) -> Task:
    output = folder / "output"
    output.mkdir()
    return Task(
        pipeline=context.pipelines[job.kind],
        inputs={name: str(_fetch(key, folder / "inputs" / name)) for name, key in job.inputs.items()},
        output=str(output),
        options=job.options,
        parent=context.process_id,
    )


def _fetch(key: str, folder: Path) -> Path:
    """One upload in a folder of its own, so that a hostile file has no neighbour to name."""
    folder.mkdir(parents=True)
    path = folder / PurePosixPath(key).name
    blobs.fetch(key, path)
    return path


def _going(job_id: str, context: Context, watch: Stopwatch) -> Callable[[float], bool]:
    """Record the progress and the stage now and then; False as soon as the job has to stop."""
    recorded_at = time.monotonic()
    recorded: tuple[int, str | None] = (0, None)

    def going(share: float) -> bool:
        nonlocal recorded_at, recorded
        if context.stopping():
            return False
        reached = (int(share * 100), watch.stage)
        if reached == recorded or time.monotonic() - recorded_at < _PROGRESS_SECONDS:
            return work.wanted(job_id)
        recorded_at, recorded = time.monotonic(), reached
        return work.set_progress(job_id, *reached)

    return going


def _noting(watch: Stopwatch) -> Callable[[Note], None]:
    lines = Lines()

    def noted(note: Note) -> None:
        if isinstance(note, Line):
            lines.write(note)
        else:
            watch.begin(note.value)

    return noted


def _close(job: Job, outcome: process.Outcome, made: Path, context: Context) -> figures.Outcome:
    match outcome:
        case Finished() if not all(map(_is_output, made.iterdir())):
            log.error("job left what no pipeline makes")
            return "crashed"
        case Finished():
            return "complete" if _publish(job, made) else "unwanted"
        case Refused(code, message):
            if not work.fail(job.id, code, message):
                return "unwanted"
            log.info("job refused", code=code.value)
            context.figures.failed(code)
            return "refused"
        case Crashed(detail):
            log.error("job crashed", detail=detail)
            return "crashed"
        case Hindered():
            log.error("job hindered: the disk is full")
            return "hindered"
        case Stopped():
            return "interrupted" if context.stopping() else "unwanted"


def _is_output(file: Path) -> bool:
    """Whether it may be published; a pipeline that was taken over may leave a link to another's file."""
    return S_ISREG(file.lstat().st_mode) and file.lstat().st_nlink == 1 and file.suffix in _CONTENT_TYPES


def _publish(job: Job, made: Path) -> bool:
    """Store each output under a new key and record them; False if somebody ended the job meanwhile."""
    failures, facts = _failures(made / _RESULTS), _facts(made / _FACTS)
    files = {file.stem: file for file in sorted(made.iterdir()) if file.name not in (_RESULTS, _FACTS)}
    outputs = {name: work.new_output_key(job, name, file.suffix) for name, file in files.items()}
    for name, file in files.items():
        blobs.put(
            outputs[name],
            file,
            content_type=_CONTENT_TYPES[file.suffix],
            filename=blobs.shown_name(outputs[name]),
        )
    # If this raises, whether the outputs were recorded is unknown: `store.sweep` deletes them if not.
    if work.complete(job.id, outputs, failures, facts):
        log.info("job finished")
        return True
    blobs.delete(*outputs.values())
    return False


def _failures(results: Path) -> dict[int, Failure]:
    if not results.exists():
        return {}
    said = json.loads(results.read_text("utf-8"))
    return {one["index"]: Failure(**one["error"]) for one in said if one["error"] is not None}


def _facts(file: Path) -> Facts | None:
    return Facts(**json.loads(file.read_text("utf-8"))) if file.exists() else None
