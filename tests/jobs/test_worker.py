"""What clients see of a video, whatever happens to the processes that make it."""

import json
import time

from morgana import jobs, store
from morgana.store import Status
from tests.jobs.bench import Bench


def test_a_job_is_run_once_and_its_output_recorded(bench: Bench) -> None:
    bench.worker()
    video = bench.video("finish", seconds=3)
    jobs.enqueue(video.id)
    jobs.enqueue(video.id)
    seen = [0]
    while (record := video.record).status == Status.PROCESSING:
        seen.append(record.progress)
        time.sleep(0.05)
    assert record.status == Status.COMPLETE
    assert record.progress == 100
    assert seen == sorted(seen)
    assert 0 < seen[-1] <= 99
    assert len(set(seen)) <= 5  # written about once a second, not with every call
    assert record.output
    target = bench.data / "result"
    store.blobs.fetch(record.output, target)
    assert json.loads(target.read_text()) == {"run": 1, "options": {"fps": 30}}
    assert bench.outputs() == [record.output]
