"""What a job is kept from at each level, tried for real."""

import ctypes
import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from morgana import jobs
from morgana.errors import ErrorCode
from morgana.jobs import places, process, selftest, warming
from morgana.jobs.process import Crashed, Finished, Hindered, Limits, Outcome, Refused, Stopped
from morgana.jobs.sandbox import Level, Sandbox, bubblewrap, caches
from morgana.jobs.sandbox.confinement import Confinement
from morgana.jobs.task import Task
from tests.jobs.bench import DEADLINE, Bench, eventually
from tests.watching import watched

_REPOSITORY = Path(__file__).parents[2]
_AMPLE = Limits(seconds=DEADLINE, memory_bytes=2**30)
_MAKE_RULESET = 444
_LANDLOCK_WITH_TRUNCATE = 3  # Linux 6.2


def _has_landlock() -> bool:
    version: int = ctypes.CDLL(None).syscall(_MAKE_RULESET, None, 0, 1)
    return version >= _LANDLOCK_WITH_TRUNCATE


def _has_namespaces() -> bool:
    command = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--net", "--fork", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


_LEVELS = {
    Level.LIMITS: True,
    Level.LANDLOCK: _has_landlock(),
    Level.BUBBLEWRAP: _has_namespaces(),
}


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(_REPOSITORY))


def _place(level: Level, bwrap: Path | None = None) -> Sandbox:
    if level is Level.BUBBLEWRAP and bwrap is None:
        bwrap = bubblewrap.found()[0]
    return places.sandbox(level, bwrap)


@pytest.fixture(params=list(_LEVELS))
def sandbox(request: pytest.FixtureRequest, bench: Bench) -> Sandbox:
    if not _LEVELS[request.param]:
        pytest.skip(f"this kernel, or what contains this process, has no {request.param}")
    assert bench.data.exists()
    return _place(request.param)


@pytest.fixture
def job(bench: Bench) -> Path:
    """The folder of a job, beside which that of another lies."""
    for name in ("job/output", "job/inputs", "other"):
        (bench.data / "scratch" / name).mkdir(parents=True)
    (bench.data / "scratch/job/inputs/script").write_text("said")
    (bench.data / "scratch/other/secret").write_text("of another owner")
    return bench.data / "scratch" / "job"


def _task(job: Path, pipeline: str, **options: object) -> Task:
    inputs = {"script": str(job / "inputs" / "script")}
    return Task(f"tests.jobs.hostile:{pipeline}", inputs, str(job / "output"), options, os.getpid())


def _run(
    job: Path,
    sandbox: Sandbox,
    pipeline: str,
    limits: Limits = _AMPLE,
    going: Callable[[float], bool] = lambda _share: True,
    **options: object,
) -> Outcome:
    return process.run(_task(job, pipeline, **options), job, limits, sandbox, going)


def _processes(job: Path) -> list[int]:
    """Every living process that was started for this job, told by what it was given."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"TMPDIR={job}/".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def test_a_job_gets_at_nothing_that_is_not_its_own(sandbox: Sandbox, job: Path) -> None:
    assert selftest.shortcoming(sandbox, job.parent) is None


def test_a_probe_that_somebody_kills_says_nothing_of_the_sandbox(
    bench: Bench, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = iter([Crashed("The child was killed by SIGKILL.", killed=True)])
    run = process.run
    monkeypatch.setattr(process, "run", lambda *asked: next(ends, None) or run(*asked))
    assert bench.data.is_absolute()
    assert selftest.shortcoming(_place(Level.LIMITS), job.parent) is None


def test_a_probe_without_room_on_the_disk_does_not_end_in_a_weaker_sandbox(
    bench: Bench, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "run", lambda *_: Hindered())
    assert bench.data.is_absolute()
    with pytest.raises(OSError, match="No space left"):
        selftest.choose("auto", _place, job.parent)


def test_the_system_is_tried_and_not_believed(bench: Bench, job: Path) -> None:
    everything = selftest.shortcoming(_place(Level.OFF), job.parent)
    assert everything
    assert "connect to a server" in everything
    assert "run a program" in everything
    pretended = replace(_place(Level.LIMITS), level=Level.BUBBLEWRAP)  # no bwrap is run for it
    assert bench.data.is_absolute()
    open_files = selftest.shortcoming(pretended, job.parent)
    assert open_files
    assert "read another's file" in open_files
    assert "empty another's file" in open_files
    assert "connect" not in open_files


def test_a_job_can_do_its_work(sandbox: Sandbox, job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sesame")
    assert _run(job, sandbox, "copy", word="done") == Finished()
    made = (job / "output" / "video.mp4").read_text()
    assert made.startswith("said 14 done ")
    assert "sesame" not in made


def test_an_upload_cannot_be_changed_where_files_are_closed(sandbox: Sandbox, job: Path) -> None:
    outcome = _run(job, sandbox, "change_input")
    assert isinstance(outcome, Crashed if sandbox.closed else Finished)
    assert (job / "inputs" / "script").read_text() == ("said" if sandbox.closed else "changed")


def test_a_link_in_place_of_an_upload_is_not_followed(sandbox: Sandbox, job: Path) -> None:
    (job / "inputs" / "script").unlink()
    (job / "inputs" / "script").symlink_to(job.parent / "other" / "secret")
    with watched(job.parent / "other" / "secret") as secret:
        with pytest.raises(ValueError, match="a link"):
            _run(job, sandbox, "copy", word="done")
        assert not secret.touched()
    assert list((job / "output").iterdir()) == []


def test_every_bwrap_there_is_works(bench: Bench, job: Path) -> None:
    if not _LEVELS[Level.BUBBLEWRAP]:
        pytest.skip("this kernel, or what contains this process, has no namespaces for users")
    found = bubblewrap.found()
    assert found
    assert bench.data.exists()
    for bwrap in found:
        assert selftest.shortcoming(_place(Level.BUBBLEWRAP, bwrap), job.parent) is None


def test_a_data_folder_where_all_is_read_is_hidden(
    bench: Bench, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the service and its data lie in one folder."""
    if not _LEVELS[Level.BUBBLEWRAP]:
        pytest.skip("this kernel, or what contains this process, has no namespaces for users")
    monkeypatch.setenv("PYTHONPATH", f"{_REPOSITORY}:{bench.data.parent}")
    assert selftest.shortcoming(_place(Level.BUBBLEWRAP), job.parent) is None
    assert _run(job, _place(Level.BUBBLEWRAP), "copy", word="done") == Finished()


def test_memory_taken_at_once_is_refused_with_its_reason(sandbox: Sandbox, job: Path) -> None:
    outcome = _run(job, sandbox, "hoard", bytes=2**36)
    assert isinstance(outcome, Refused)
    assert "more than 1024 MB of memory" in outcome.message


def test_memory_is_counted_wherever_the_job_runs(sandbox: Sandbox, job: Path) -> None:
    outcome = _run(job, sandbox, "hoard_slowly", Limits(DEADLINE, 2**28), bytes=2**29)
    assert isinstance(outcome, Refused)
    assert "more than 256 MB of memory" in outcome.message
    assert _processes(job) == []


def test_a_file_cannot_fill_the_disk(sandbox: Sandbox, job: Path) -> None:
    outcome = _run(job, sandbox, "write_much", bytes=2**33)
    assert isinstance(outcome, Crashed)
    assert os.strerror(errno.EFBIG) in outcome.detail


@pytest.mark.parametrize(("pipeline", "size"), [("write_many", 2**22), ("write_and_hide", 1)])
def test_many_files_cannot_fill_the_disk(sandbox: Sandbox, job: Path, pipeline: str, size: int) -> None:
    outcome = _run(job, sandbox, pipeline, Limits(DEADLINE, 2**30, disk_bytes=2**26), files=20, bytes=size)
    assert isinstance(outcome, Refused)
    assert "took more than 64 MB" in outcome.message
    assert _processes(job) == []


@pytest.mark.parametrize(("pipeline", "number"), [("die", signal.SIGKILL), ("abort", signal.SIGABRT)])
def test_how_a_job_died_is_known(sandbox: Sandbox, job: Path, pipeline: str, number: signal.Signals) -> None:
    outcome = _run(job, sandbox, pipeline)
    assert isinstance(outcome, Crashed)
    assert f"killed by {number.name}" in outcome.detail


def test_no_process_is_left_of_a_stopped_job(sandbox: Sandbox, job: Path) -> None:
    seen: list[int] = []

    def going(share: float) -> bool:
        seen[:] = _processes(job)
        return share < 0.5

    assert _run(job, sandbox, "stall", going=going) == Stopped()
    assert seen
    assert _processes(job) == []


def test_no_process_is_left_of_a_job_whose_worker_was_killed(sandbox: Sandbox, job: Path) -> None:
    details = {"job": str(job), "level": sandbox.level.value, "bwrap": str(sandbox.bwrap)}
    worker = subprocess.Popen([sys.executable, "-c", _WORKER, json.dumps(details)])
    try:
        eventually(lambda: (job / "half").exists(), "the job is at work")
        assert len(_processes(job)) >= (3 if sandbox.bwrap else 1)
    finally:
        worker.kill()
    assert worker.wait(DEADLINE) == -signal.SIGKILL
    eventually(lambda: not _processes(job), "its processes end")


_WORKER = """
import json, os, sys
from pathlib import Path
from morgana.jobs import places, process
from morgana.jobs.sandbox import Level
from morgana.jobs.task import Task
details = json.loads(sys.argv[1])
job = Path(details["job"])
bwrap = None if details["bwrap"] == "None" else Path(details["bwrap"])
def going(share):
    if share == 0.5:
        (job / "half").touch()
    return True
task = Task("tests.jobs.hostile:stall", {}, str(job / "output"), {}, os.getpid())
sandbox = places.sandbox(Level(details["level"]), bwrap)
process.run(task, job, process.Limits(600, 2**30), sandbox, going)
"""


def test_a_job_that_babbles_does_not_fill_the_worker(sandbox: Sandbox, job: Path) -> None:
    with pytest.raises(ValueError, match="without an end"):
        _run(job, sandbox, "babble")
    assert _processes(job) == []


def test_processor_time_ends_although_nobody_watches(bench: Bench) -> None:
    """As when the worker itself is stopped."""
    assert bench.data.exists()
    used = Confinement(seconds=0.01, memory_bytes=2**30, paths=None)
    code = f"from morgana.jobs.sandbox.confinement import *\n{used!r}.enter()\nwhile True: pass"
    child = subprocess.run([sys.executable, "-c", code], timeout=DEADLINE, check=False)
    assert child.returncode == -signal.SIGXCPU


def test_what_libraries_keep_is_made_once_and_no_job_can_change_it(
    bench: Bench, sandbox: Sandbox, job: Path
) -> None:
    kept = replace(sandbox, caches=bench.data.parent / "caches" / "release")
    assert warming.warm(kept, "tests.jobs.filling:fill", job.parent) is None
    assert (kept.caches / "numba" / "code").read_text() == "compiled"
    assert (kept.caches / "large").stat().st_size == 2_000_000
    assert warming.warm(kept, "tests.jobs.filling:fail", job.parent) is None  # it need not be run again
    made = _run(job, kept, "change_caches")
    assert isinstance(made, Crashed if sandbox.closed else Finished)
    assert (kept.caches / "numba" / "code").read_text() == "compiled"
    assert (kept.caches / "large").read_bytes()[:1] == (b"x" if sandbox.closed else b"c")


def test_what_cannot_be_filled_is_said(bench: Bench, job: Path) -> None:
    kept = replace(_place(Level.LIMITS), caches=bench.data.parent / "caches" / "release")
    problem = warming.warm(kept, "tests.jobs.filling:fail", job.parent)
    assert problem
    assert "no space" in problem
    assert not kept.caches.exists()


def test_the_strongest_level_that_works_is_chosen(bench: Bench, job: Path) -> None:
    def place(level: Level, bwrap: Path | None) -> Sandbox:
        return places.sandbox(level, Path("/bin/false") if bwrap else None)

    assert bench.data.exists()
    chosen = selftest.choose("auto", place, job.parent)
    assert chosen.level is (Level.LANDLOCK if _LEVELS[Level.LANDLOCK] else Level.LIMITS)
    assert "bubblewrap: The child ended with exit code 1." in str(chosen)


def test_a_level_that_was_asked_for_is_not_replaced(bench: Bench, job: Path) -> None:
    def place(level: Level, _bwrap: Path | None) -> Sandbox:
        return places.sandbox(level, Path("/bin/false"))

    assert bench.data.exists()
    assert selftest.choose("limits", _place, job.parent) == _place(Level.LIMITS)
    assert selftest.choose("off", _place, job.parent) == _place(Level.OFF)
    with pytest.raises(selftest.UnusableError, match=r"bubblewrap: .* exit code 1.*MORGANA_SANDBOX"):
        selftest.choose("bubblewrap", place, job.parent)


def test_a_worker_says_how_its_jobs_are_kept(bench: Bench) -> None:
    bench.worker(MORGANA_SANDBOX="auto", MORGANA_LOG_FORMAT="json")
    eventually(lambda: "worker ready" in bench.logs(), "a worker is ready")
    ready = next(json.loads(line) for line in bench.logs().splitlines() if "worker ready" in line)
    best = next(level for level in reversed(_LEVELS) if _LEVELS[level])
    assert ready["sandbox"] == best
    (announced,) = jobs.sandboxes()
    assert announced.startswith(best)
    assert bench.scratch() == []


def test_a_worker_without_the_sandbox_that_was_asked_for_does_not_start(bench: Bench) -> None:
    broken = "from morgana.jobs.sandbox import bubblewrap; bubblewrap.found = list; "
    worker = bench.worker(broken, MORGANA_SANDBOX="bubblewrap", MORGANA_LOG_FORMAT="json")
    assert worker.wait(DEADLINE) == os.EX_CONFIG
    (line,) = [json.loads(line) for line in bench.logs().splitlines() if "jobs cannot be run safely" in line]
    assert "bubblewrap: bwrap is not installed" in line["reason"]
    assert "MORGANA_SANDBOX" in line["reason"]
    assert jobs.sandboxes() == []


def test_a_job_runs_from_its_record_to_its_record_in_the_strongest_sandbox(bench: Bench) -> None:
    made_by = (
        "from tests.jobs import scripted; scripted.PIPELINES['generation'] = 'tests.jobs.filling:make'; "
    )
    bench.worker(made_by, MORGANA_SANDBOX="auto")
    video = bench.video("finish")
    assert video.ended().error_code is None
    assert video.result() == {"made": True}
    eventually(lambda: bench.scratch() == [], "nothing is left on the disk")


def test_a_refusal_reaches_the_person_out_of_the_sandbox(sandbox: Sandbox, job: Path) -> None:
    task = replace(_task(job, "copy"), pipeline="tests.jobs.filling:refuse")
    outcome = process.run(task, job, _AMPLE, sandbox, lambda _share: True)
    assert outcome == Refused(ErrorCode.AUDIO_SILENT, "Send one with speech.")


def test_caches_that_nobody_uses_are_deleted(tmp_path: Path) -> None:
    for name in ("caches/old/code", "caches/used/code", "filled/code"):
        (tmp_path / name).mkdir(parents=True)
    os.utime(tmp_path / "caches" / "old", (0, 0))
    caches.keep(tmp_path / "filled", tmp_path / "caches" / "new")
    assert sorted(path.name for path in (tmp_path / "caches").iterdir()) == ["new", "used"]
    assert (tmp_path / "caches" / "new" / "code").is_dir()


def test_the_worker_that_fills_second_changes_nothing(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name / name).mkdir(parents=True)
        caches.keep(tmp_path / name, tmp_path / "caches" / "new")
    assert [path.name for path in (tmp_path / "caches").iterdir()] == ["new"]
    assert [path.name for path in (tmp_path / "caches" / "new").iterdir()] == ["first"]


@pytest.mark.parametrize("hidden", [False, True])
def test_a_worker_keeps_its_environment_from_others_of_its_user(hidden: bool) -> None:  # noqa: FBT001
    """Where files are open to a job: none but root may then look, and both have given that up."""
    holder = "from morgana.jobs.sandbox import limits; limits.give_up_privileges(); " + (
        "limits.hide_memory(); " if hidden else ""
    )
    looker = (
        "import sys; from pathlib import Path; from morgana.jobs.sandbox import limits; "
        "limits.give_up_privileges(); print(Path(sys.argv[1]).read_bytes())"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder + "print(1, flush=True); input()"],
        env=os.environ | {"SECRET": "sesame"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"1\n"
        command = [sys.executable, "-c", looker, f"/proc/{process.pid}/environ"]
        looked = subprocess.run(command, capture_output=True, check=False)
        process.kill()
    assert (b"sesame" in looked.stdout) != hidden
    assert (b"PermissionError" in looked.stderr) == hidden
