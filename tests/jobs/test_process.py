"""The bounds of one child process."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from morgana.errors import ErrorCode
from morgana.jobs import places, process
from morgana.jobs.process import Crashed, Finished, Limits, Outcome, Refused, Stopped
from morgana.jobs.sandbox import Level
from morgana.jobs.task import Task
from tests.jobs.bench import DEADLINE, Bench, alive, eventually
from tests.jobs.scripted import PIPELINES

_AMPLE = Limits(seconds=DEADLINE, memory_bytes=2**33)


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))


def _task(bench: Bench, do: str, pipeline: str = PIPELINES["generation"], **details: object) -> Task:
    script = bench.data / "script.json"
    script.write_text(json.dumps({"do": do, "notes": str(bench.data), **details}))
    folder = bench.data / "made"
    folder.mkdir(exist_ok=True)
    return Task(pipeline, {"script": str(script)}, str(folder), {}, os.getpid())


def _run(
    bench: Bench,
    task: Task,
    limits: Limits = _AMPLE,
    going: Callable[[float], bool] = lambda _share: True,
    level: Level = Level.LIMITS,
) -> Outcome:
    return process.run(task, bench.data, limits, places.sandbox(level), going)


def test_a_child_is_told_no_secrets(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = (
        "AWS_SECRET_ACCESS_KEY",
        "MORGANA_BLOBS",
        "MORGANA_DATABASE_URL",
        "MORGANA_SECRET",
        "PGPASSWORD",
    )
    for name in (*secret, "LANG", "MORGANA_MAX_AUDIO_SECONDS"):
        monkeypatch.setenv(name, "1234" * 9)
    assert _run(bench, _task(bench, "finish")) == Finished()
    made = json.loads((bench.data / "made" / "video.mp4").read_text())
    told = {name for name, value in made["environment"].items() if value == "1234" * 9}
    assert told == {"LANG", "MORGANA_MAX_AUDIO_SECONDS"}
    assert made["environment"]["TMPDIR"] == made["environment"]["HOME"] == str(bench.data / "temporary")


def test_a_job_over_its_time_is_stopped_and_told_so(bench: Bench) -> None:
    outcome = _run(bench, _task(bench, "stall"), Limits(1.5, 2**33))
    assert isinstance(outcome, Refused)
    assert outcome.code == ErrorCode.INTERNAL_ERROR
    assert "Try a shorter recording" in outcome.message


def test_a_job_over_its_memory_is_stopped_and_told_so(bench: Bench) -> None:
    outcome = _run(bench, _task(bench, "hoard", bytes=2**29), Limits(DEADLINE, 2**29))
    assert isinstance(outcome, Refused)
    assert "more than 512 MB of memory" in outcome.message


def test_a_stopped_job_leaves_at_once(bench: Bench) -> None:
    start = time.monotonic()
    assert _run(bench, _task(bench, "stall"), going=lambda _share: False) == Stopped()
    assert time.monotonic() - start < DEADLINE  # and not until it has done what it does


def test_what_a_job_started_ends_with_it(bench: Bench) -> None:
    def going(_share: float) -> bool:
        return not list(bench.data.glob("grandchild-*"))

    assert _run(bench, _task(bench, "spawn"), going=going, level=Level.OFF) == Stopped()
    (started,) = bench.data.glob("grandchild-*")
    eventually(lambda: not alive(int(started.name.removeprefix("grandchild-"))), "it ends")


def test_a_pipeline_that_cannot_be_loaded_is_a_crash(bench: Bench) -> None:
    outcome = _run(bench, _task(bench, "finish", pipeline="morgana.nothing:here"))
    assert isinstance(outcome, Crashed)
    assert "exit code 1" in outcome.detail
    assert "No module named 'morgana.nothing'" in outcome.detail


def test_a_child_whose_parent_is_gone_does_not_work(bench: Bench) -> None:
    task = _task(bench, "finish")
    orphan = Task(**{**task.__dict__, "parent": 1})
    assert isinstance(_run(bench, orphan), Crashed)
    assert list(bench.data.glob("run-*")) == []


def test_a_child_whom_nobody_hears_does_not_work(bench: Bench) -> None:
    """All that one in a namespace can tell of a worker that died a moment ago."""
    reader, writer = os.pipe()
    os.close(reader)
    child = subprocess.run(
        [sys.executable, "-m", "morgana.jobs.child"],
        input=_task(bench, "finish").to_json().encode(),
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert child.returncode == 1
    assert b"Nobody reads" in child.stderr
    assert list(bench.data.glob("run-*")) == []


def test_a_child_dies_with_its_parent(bench: Bench) -> None:
    task = {**vars(_task(bench, "spawn")), "parent": None}
    parent = subprocess.Popen([sys.executable, "-c", _PARENT.format(task=task, folder=str(bench.data))])
    eventually(lambda: list(bench.data.glob("grandchild-*")), "the child is at work, for ten minutes")
    child = int(next(bench.data.glob("run-*")).name.removeprefix("run-"))
    os.kill(int(next(bench.data.glob("grandchild-*")).name.removeprefix("grandchild-")), signal.SIGKILL)
    assert alive(child)
    parent.kill()
    parent.wait()
    eventually(lambda: not alive(child), "the child dies")


_PARENT = """
import os
from pathlib import Path
from morgana.jobs import places, process
from morgana.jobs.sandbox import Level
from morgana.jobs.task import Task
task = Task(**({task!r} | {{"parent": os.getpid()}}))
process.run(
    task, Path({folder!r}), process.Limits(600, 2**33), places.sandbox(Level.OFF), lambda share: True
)
"""
