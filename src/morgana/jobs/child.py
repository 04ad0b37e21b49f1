"""The child process of a worker: `python -m morgana.jobs.child` runs one task.

It is asked by one JSON object on its standard input and reports on its standard output, one JSON object a
line: `{"progress": 0.42}`, `{"stage": name}` and `{"log": level, "logger": name, "text": ...}` any number of
times, then `{"finished": true}`, `{"refused": code, "message": ...}`, `{"exhausted": "memory"}` or `"disk"`.
Ending without any of these is a crash.

Hostile files are decoded here: the child is given files, and no access to the records or the blobs. What
else it is kept from, the sandbox decides; the child's own part of that comes before a pipeline is loaded.
"""

import json
import logging
import os
import select
import sys
from collections.abc import Callable
from pathlib import Path

from morgana import stages
from morgana.errors import InputError, is_no_room
from morgana.jobs import pipelines
from morgana.jobs.parent import die_with
from morgana.jobs.task import Task
from morgana.settings import settings

_NICENESS = 5  # the API, on the same cores, stays quick to answer
_OOM_SCORE = "500"  # when memory runs out the kernel is to take a job, not the server


def main() -> None:
    task = Task.from_json(sys.stdin.read())
    die_with(task.parent)
    _check_listener()
    os.nice(_NICENESS)
    Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE)
    report = _reporter()
    _pass_on_log(report)
    stages.listen(lambda stage: report({"stage": stage.value}))
    if task.confinement is not None:
        task.confinement.enter()
    pipeline = pipelines.load(task.pipeline)
    inputs = {name: Path(path) for name, path in task.inputs.items()}
    try:
        pipeline(inputs, Path(task.output), task.options, lambda share: report({"progress": float(share)}))
    except InputError as error:
        report({"refused": error.code.value, "message": error.message})
    except MemoryError:
        report({"exhausted": "memory"})
    except OSError as error:
        if not is_no_room(error):
            raise
        report({"exhausted": "disk"})
    else:
        report({"finished": True})


def _check_listener() -> None:
    """End if the worker died before `die_with`, which a child in a namespace cannot tell by its parent."""
    poll = select.poll()
    poll.register(1, 0)
    if poll.poll(0):
        sys.exit("Nobody reads the reports.")


def _reporter() -> Callable[[dict[str, object]], None]:
    """Keep the standard output for reports; what a library prints there goes to the log instead."""
    pipe = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    def report(message: dict[str, object]) -> None:
        pipe.write(json.dumps(message) + "\n")

    return report


class _Reporting(logging.Handler):
    """Lines of `logging` as reports; without structlog, which takes longer to import than a short job."""

    def __init__(self, report: Callable[[dict[str, object]], None]) -> None:
        super().__init__()
        self._report = report

    def emit(self, record: logging.LogRecord) -> None:
        self._report({"log": record.levelname.lower(), "logger": record.name, "text": self.format(record)})


def _pass_on_log(report: Callable[[dict[str, object]], None]) -> None:
    """Leave it to the worker to write what is logged, under the ids of the job."""
    logging.getLogger().handlers[:] = [_Reporting(report)]
    logging.getLogger("morgana").setLevel(settings().log_level)
    logging.captureWarnings(capture=True)


if __name__ == "__main__":
    main()
