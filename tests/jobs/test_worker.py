"""What a worker takes, and how it stops."""

import os
import signal
from typing import Any

import pytest
from sqlalchemy import update

from morgana import jobs, store
from morgana.settings import settings
from morgana.store import Kind, Status
from morgana.store.claims import Tried
from morgana.store.database import transaction
from morgana.store.records import PAYLOADS
from morgana.store.tables import JobRow
from tests.jobs.bench import DEADLINE, OWNER, Bench, Scripted, alive, eventually

_OF_THE_NEXT_RELEASE = "from morgana.store.records import PAYLOADS; PAYLOADS |= dict.fromkeys(PAYLOADS, 2); "


def _begun(bench: Bench, do: str, **details: object) -> Scripted:
    video = bench.video(do, OWNER, **details)
    jobs.enqueue(video.id)
    video.begun()
    return video


def _draining(bench: Bench) -> bool:
    return "worker draining" in bench.logs()


def test_a_worker_that_is_told_to_stop_finishes_what_it_has_in_hand(either_bench: Bench) -> None:
    worker = either_bench.worker()
    video = _begun(either_bench, "finish", seconds=2)
    worker.terminate()
    eventually(lambda: _draining(either_bench), "the worker drains")
    later = either_bench.video("finish")
    jobs.enqueue(later.id)
    assert worker.wait(DEADLINE) == 0
    assert video.record.status == Status.COMPLETE
    assert len(video.runs()) == 1
    assert later.record.status == Status.PROCESSING
    assert later.runs() == []
    assert not jobs.worker_alive()


def test_what_takes_too_long_goes_to_another_worker_and_counts_as_not_tried(either_bench: Bench) -> None:
    worker = either_bench.worker(MORGANA_DRAIN_SECONDS="0.5")
    video = _begun(either_bench, "stall once")
    worker.terminate()
    assert worker.wait(DEADLINE) == 0
    assert store.claims.claim("me", dict.fromkeys(Kind, 1)) == video.id
    assert store.claims.abandon("me") == {video.id: Tried(1)}
    either_bench.worker()
    assert video.ended().status == Status.COMPLETE
    assert len(video.runs()) == 2
    assert [*video.record.outputs.values()] == video.outputs()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_at_the_second_signal_a_worker_gives_everything_back_at_once(
    bench: Bench, number: signal.Signals
) -> None:
    worker = bench.worker(MORGANA_DRAIN_SECONDS="600", MORGANA_WORKER_JOBS="2")
    videos = [_begun(bench, "stall") for _ in range(2)]
    worker.send_signal(number)
    eventually(lambda: _draining(bench), "the worker drains")
    eventually(lambda: not jobs.worker_alive(), "nobody takes anything")
    assert alive(videos[0].runs()[0])
    worker.send_signal(number)
    assert worker.wait(DEADLINE) == 0
    assert not any(alive(child) for video in videos for child in video.runs())
    assert store.claims.workers() == set()
    assert bench.scratch() == []


def test_a_worker_takes_from_the_queues_that_it_is_for(bench: Bench) -> None:
    video, overlay = bench.video("finish"), bench.text_overlay("finish")
    for made in (video, overlay):
        jobs.enqueue(made.id)
    bench.worker(MORGANA_WORKER_QUEUES="overlays")
    assert overlay.ended().status == Status.COMPLETE
    assert video.runs() == []
    assert jobs.takers() == {"portrait": 0, "captions": 0, "overlays": 1}
    bench.worker(MORGANA_WORKER_QUEUES="captions, portrait")
    assert video.ended().status == Status.COMPLETE


def test_a_queue_that_needs_a_label_is_for_workers_that_have_it(bench: Bench) -> None:
    video, overlay = bench.video("finish"), bench.text_overlay("finish")
    for made in (video, overlay):
        jobs.enqueue(made.id)
    bench.worker(MORGANA_LABELS_NEEDED="portrait=gpu", MORGANA_WORKER_LABELS="large")
    assert overlay.ended().status == Status.COMPLETE
    assert video.runs() == []
    bench.worker(MORGANA_LABELS_NEEDED="portrait=gpu", MORGANA_WORKER_LABELS="large,gpu")
    assert video.ended().status == Status.COMPLETE


@pytest.mark.parametrize(
    ("variable", "most", "deed", "said"),
    [
        ("MORGANA_MAX_JOB_SECONDS", "1", {"do": "stall"}, "the longest that this server lets a job run"),
        ("MORGANA_MAX_JOB_BYTES", str(2**28), {"do": "hoard", "bytes": 2**29}, "than 256 MB of memory"),
        ("MORGANA_MAX_JOB_DISK_BYTES", "4096", {"do": "stall"}, "took more than 0 MB"),
    ],
)
def test_a_worker_keeps_jobs_to_the_limits_that_it_was_given(
    bench: Bench, variable: str, most: str, deed: dict[str, Any], said: str
) -> None:
    bench.worker(**{variable: most})
    record = bench.video(**deed).ended()
    assert (record.status, record.error_code) == (Status.FAILED, "internal_error")
    assert said in str(record.error_message)


def test_a_worker_that_may_take_nothing_says_so_and_ends(bench: Bench) -> None:
    worker = bench.worker(MORGANA_WORKER_QUEUES="portrait", MORGANA_LABELS_NEEDED="portrait=gpu")
    assert worker.wait(DEADLINE) == os.EX_CONFIG
    assert "this worker may take no job" in bench.logs()


def test_a_job_that_nobody_takes_is_told_of_in_the_log(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from structlog.testing import capture_logs

    from morgana.jobs import room

    bench.worker(MORGANA_WORKER_QUEUES="overlays")
    eventually(jobs.worker_alive, "a worker is there")
    monkeypatch.setattr(room, "_PERIOD_SECONDS", 1e-3)
    video, overlay = bench.video("finish"), bench.text_overlay("stall")
    with capture_logs() as lines:
        jobs.enqueue(video.id)
        jobs.enqueue(overlay.id)
    assert [(line["job_id"], line["queue"]) for line in lines] == [(video.id, "portrait")]


def test_two_releases_work_side_by_side(either_bench: Bench) -> None:
    """The old worker leaves the new release's jobs, and the new one does those of both."""
    either_bench.worker()
    eventually(jobs.worker_alive, "the old worker is there")
    new = either_bench.video("finish")
    with transaction() as session:
        session.execute(update(JobRow).where(JobRow.id == new.id).values(payload=2))
    jobs.enqueue(new.id)
    old = either_bench.video("finish")
    theirs = either_bench.text_overlay("finish")
    jobs.enqueue(theirs.id)
    assert theirs.ended().status == Status.COMPLETE  # by the old one
    assert new.record.status == Status.PROCESSING
    either_bench.worker(_OF_THE_NEXT_RELEASE)
    assert new.ended().status == Status.COMPLETE
    assert old.ended().status == Status.COMPLETE


def test_a_worker_of_an_earlier_release_does_not_count_for_what_it_cannot_do(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from morgana.jobs import room

    bench.worker()
    eventually(jobs.worker_alive, "a worker is there")
    assert jobs.takers()["overlays"] == 1
    monkeypatch.setattr(room, "PAYLOADS", {**PAYLOADS, Kind.OVERLAY: 2})
    assert jobs.takers() == {"portrait": 1, "captions": 0, "overlays": 0}
    assert settings().worker_queues == "all"
