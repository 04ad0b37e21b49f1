"""What the queue remembers of each job."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from morgana.jobs import places
from morgana.jobs.queue import Attempts, Queue
from tests.jobs.bench import Bench


@pytest.fixture
def queue(bench: Bench) -> Iterator[Queue]:
    assert bench.data
    with closing(Queue(places.queue_url())) as made:
        yield made


def test_an_attempt_is_enqueued_once(queue: Queue) -> None:
    queue.enqueue("video_a")
    queue.enqueue("video_a")
    assert queue.live() == {"video_a"}
    assert queue.attempts("video_a") == Attempts(last=1, crashes=0, live=True)


def test_jobs_are_told_apart_whose_names_begin_alike(queue: Queue) -> None:
    queue.enqueue("video_a")
    queue.enqueue("video_ab")
    queue.cancel("video_a")
    assert queue.live() == {"video_ab"}
    assert queue.attempts("video_a") == Attempts(last=1, crashes=0, live=False)


def test_an_unknown_job_has_no_attempts(queue: Queue) -> None:
    queue.cancel("video_a")
    assert queue.attempts("video_a") == Attempts(last=0, crashes=0, live=False)


def test_readers_do_not_block_writers(queue: Queue) -> None:
    queue.enqueue("video_a")
    with closing(sqlite3.connect(places.queue_url().removeprefix("sqlite:///"))) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_only_what_ended_long_ago_is_forgotten(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    queue.enqueue("video_a")
    queue.cancel("video_a")
    queue.enqueue("video_b")
    queue.forget()
    assert queue.attempts("video_a").last == 1
    monkeypatch.setattr("morgana.jobs.queue._KEEP", timedelta(seconds=-60))
    queue.forget()
    assert queue.attempts("video_a").last == 0
    assert queue.live() == {"video_b"}
