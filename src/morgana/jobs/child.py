"""The child process of a worker: `python -m morgana.jobs.child` runs one task, from blobs to a blob.

It is asked by one JSON object on its standard input and reports on its standard output, one JSON object a
line: `{"progress": 0.42}` any number of times, then `{"finished": true}` or
`{"refused": code, "message": ...}`. Ending without either is a crash.
"""

import json
import os
import sys
from collections.abc import Callable
from mimetypes import guess_type
from pathlib import Path, PurePosixPath

from morgana.errors import InputError
from morgana.jobs import pipelines
from morgana.jobs.parent import die_with
from morgana.jobs.task import Task
from morgana.progress import Progress
from morgana.store import blobs

_NICENESS = 5  # the API, on the same cores, stays quick to answer
_OOM_SCORE = "500"  # when memory runs out the kernel is to take a job, not the server

Report = Callable[[dict[str, object]], None]


def main() -> None:
    task = Task.from_json(sys.stdin.read())
    die_with(task.parent)
    os.nice(_NICENESS)
    Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE)
    report = _reporter()
    try:
        _run(task, lambda share: report({"progress": float(share)}))
    except InputError as error:
        report({"refused": error.code.value, "message": error.message})
    else:
        report({"finished": True})


def _run(task: Task, progress: Progress) -> None:
    pipeline = pipelines.load(task.pipeline)
    folder = Path(task.folder)
    inputs = {name: _fetch(key, folder / "inputs" / name) for name, key in task.inputs.items()}
    output = folder / "output" / PurePosixPath(task.output).name
    output.parent.mkdir()
    pipeline(inputs, output, task.options, progress)
    blobs.put(task.output, output, content_type=guess_type(output.name)[0] or "", filename=task.filename)


def _fetch(key: str, folder: Path) -> Path:
    """One upload in a directory of its own, so that a hostile file has no neighbour to name."""
    folder.mkdir(parents=True)
    path = folder / PurePosixPath(key).name
    blobs.fetch(key, path)
    return path


def _reporter() -> Report:
    """Keep the standard output for reports; what a library prints there goes to the log instead."""
    pipe = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    def report(message: dict[str, object]) -> None:
        pipe.write(json.dumps(message) + "\n")

    return report


if __name__ == "__main__":
    main()
