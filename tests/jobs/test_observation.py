"""What a worker tells of its jobs: lines in the log under the ids of job and request, and figures."""

import json
import socket
import urllib.request
from typing import Any

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from morgana.errors import ErrorCode
from morgana.settings import settings
from morgana.store import Kind, Status
from tests.jobs.bench import Bench, Scripted, eventually

Figures = dict[tuple[str, tuple[str, ...]], float]


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A worker that logs JSON and can be asked for figures."""
    folder = tmp_path_factory.mktemp("telling")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MORGANA_DATA", str(folder / "data"))
        settings.cache_clear()
        made = Bench(folder / "data")
        made.data.mkdir()
        made.worker(MORGANA_LOG_FORMAT="json", MORGANA_METRICS_PORT="0")
        yield made
        made.stop()
    settings.cache_clear()


def _lines(bench: Bench, **wanted: object) -> list[dict[str, Any]]:
    """The lines of the log that have these values; every line of it is JSON."""
    lines = [json.loads(line) for line in bench.logs().splitlines() if line.endswith("}")]
    return [line for line in lines if line.items() >= wanted.items()]


def _figures(bench: Bench) -> Figures:
    eventually(lambda: _lines(bench, event="figures can be asked for"), "the worker serves figures")
    port = _lines(bench, event="figures can be asked for")[0]["port"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith("_bucket")
    }


def _asked(bench: Bench, request_id: str, do: str) -> Scripted:
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        return bench.video(do)


def _finished(bench: Bench, video: Scripted) -> list[dict[str, Any]]:
    """The lines of a job, once all are there."""
    eventually(lambda: _lines(bench, event="job finished", job_id=video.id), "it is logged")
    return _lines(bench, job_id=video.id)


def test_the_lines_of_a_child_carry_the_ids_of_its_job_and_request(telling: Bench) -> None:
    first, second = _asked(telling, "asked-1", "report"), _asked(telling, "asked-2", "report")
    for video, request in ((first, "asked-1"), (second, "asked-2")):
        assert video.ended().status == Status.COMPLETE
        of_it = _finished(telling, video)
        assert {line["request_id"] for line in of_it} == {request}
        told = [line for line in of_it if line.get("source") == "child"]
        assert [line["level"] for line in told] == ["warning", "error", "warning"]
        assert (told[0]["event"], told[0]["logger"]) == ("of a pipeline", "morgana.portrait")
        assert "ValueError: inside" in told[1]["event"]
        assert "of a library" in told[2]["event"]
        assert [line["event"] for line in of_it if line not in told] == ["job begun", "job finished"]


def test_a_job_that_no_request_asked_for_is_logged_under_its_own_id(telling: Bench) -> None:
    video = telling.video("refuse")
    video.ended()
    eventually(lambda: _lines(telling, event="job refused", job_id=video.id), "it is logged")
    line = _lines(telling, event="job refused", job_id=video.id)[0]
    assert line["code"] == "audio_silent"
    assert "request_id" not in line


def test_what_crashes_and_is_given_up_is_logged_under_its_ids(telling: Bench) -> None:
    before = _figures(telling)
    video = _asked(telling, "asked-3", "raise")
    assert video.ended().status == Status.FAILED
    crashed = _lines(telling, event="job crashed", job_id=video.id, request_id="asked-3")
    assert len(crashed) == 3
    assert "RuntimeError: an inner secret" in crashed[0]["detail"]
    assert len(_lines(telling, event="job given up", job_id=video.id)) == 1
    after = _figures(telling)
    crashes, failures = (
        ("morgana_job_attempts_total", ("generation", "crashed")),
        "morgana_job_failures_total",
    )
    assert after[crashes] - before[crashes] == 3
    assert after[failures, ("internal_error",)] - before[failures, ("internal_error",)] == 1


def test_stages_endings_and_failures_are_counted(telling: Bench) -> None:
    before = _figures(telling)
    slow, refused, actor = (
        telling.video("report", seconds=1.5),
        telling.video("refuse"),
        telling.actor("finish"),
    )
    for made in (slow, refused, actor):
        made.ended()
    figures: Figures = {}

    def counted() -> bool:
        after = _figures(telling)
        figures.update({name: value - before.get(name, 0) for name, value in after.items()})
        return figures["morgana_job_attempts_total", ("actor", "complete")] == 1

    eventually(counted, "all are counted")
    name = "morgana_job_stage_seconds"
    stages = {
        labels[1] for sample, labels in figures if sample == f"{name}_count" and labels[0] == "generation"
    }
    assert stages == {"wait", "fetch", "start", "analyse", "render", "publish"}
    assert 1.4 <= figures[f"{name}_sum", ("generation", "analyse")] < 60  # two clocks
    assert figures[f"{name}_count", ("generation", "analyse")] == 1
    assert figures[f"{name}_count", ("generation", "publish")] == 1
    assert figures[f"{name}_count", ("generation", "wait")] == 2
    assert figures[f"{name}_count", ("actor", "publish")] == 1
    assert figures["morgana_job_attempts_total", ("generation", "complete")] == 1
    assert figures["morgana_job_attempts_total", ("generation", "refused")] == 1
    assert figures["morgana_job_failures_total", ("audio_silent",)] == 1
    assert before["process_resident_memory_bytes", ()] > 0


def test_labels_have_the_values_that_the_program_names_and_are_there_from_the_start(telling: Bench) -> None:
    figures = _figures(telling)
    codes = {labels for name, labels in figures if name == "morgana_job_failures_total"}
    assert codes == {(code.value,) for code in ErrorCode}
    kinds = {labels[0] for name, labels in figures if name == "morgana_job_attempts_total"}
    assert kinds == {kind.value for kind in Kind}


@pytest.mark.parametrize(
    "report",
    [
        {"stage": "mining"},
        {"log": "shouting", "logger": "x", "text": "y"},
        {"refused": "made_up", "message": "z"},
    ],
)
def test_a_child_cannot_make_up_stages_levels_or_codes(telling: Bench, report: dict[str, str]) -> None:
    video = telling.video("misreport", report=report)
    assert (video.ended().status, video.record.error_code) == (Status.FAILED, "internal_error")
    assert "mining" not in str(_figures(telling).keys())
    assert "made_up" not in str(_figures(telling).keys())


def test_a_child_cannot_fill_the_log(telling: Bench) -> None:
    video = telling.video("report", lines=["z" * 50_000, *["again"] * 600])
    assert video.ended().status == Status.COMPLETE
    told = [line for line in _finished(telling, video) if line.get("source") == "child"]
    assert len(told) == 501
    assert "left out" in told[-1]["event"]
    assert max(len(line["event"]) for line in told) == 8_000


def test_a_worker_whose_port_is_taken_works_all_the_same(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        bench.worker(MORGANA_LOG_FORMAT="json", MORGANA_METRICS_PORT=str(port))
        assert bench.video("finish").ended().status == Status.COMPLETE
    assert _lines(bench, event="figures cannot be asked for", port=port, level="error")
