"""What the service itself costs, around jobs that cost nothing, and what follows for many workers.

    .venv/bin/python benchmarks/service.py --save figures.json
    .venv/bin/python benchmarks/service.py --simulate figures.json

Medians over repeats. Every rate stands beside a floor that was measured in the same run: requests beside a
bare uvicorn that says hello to the same client, creates beside bare inserts into the same database.
"""

import argparse
import http.client
import json
import platform
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import service_hosts
import service_model
from service_hosts import Service, cpu_seconds
from sqlalchemy import func, select, text

from morgana import store
from morgana.store import database
from morgana.store.tables import JobRow

_CLIENTS = 4
_SECONDS = 2.0
_IDLE_SECONDS = 6.0
_REPEATS = 3
_PICKED_UP = 6  # jobs of one repeat
_QUEUED = 8  # jobs for each worker
_BOUNDARY = "service-benchmark"
_PNG, _WAV = b"\x89PNG\r\n\x1a\n....", b"RIFF....WAVE...."

Send = Callable[[http.client.HTTPConnection], None]
Figures = dict[str, Any]


def _get(path: str, key: str = "") -> Send:
    def send(connection: http.client.HTTPConnection) -> None:
        connection.request("GET", path, headers={"x-api-key": key} if key else {})
        _read(connection)

    return send


def _create(key: str) -> Send:
    parts = (
        ("image_reference", "face.png", "image/png", _PNG),
        ("audio_reference", "speech.wav", "audio/wav", _WAV),
    )
    body = b"".join(
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
        f"Content-Type: {kind}\r\n\r\n".encode()
        + content
        + b"\r\n"
        for name, file, kind, content in parts
    )
    body += f"--{_BOUNDARY}--\r\n".encode()
    headers = {"x-api-key": key, "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}

    def send(connection: http.client.HTTPConnection) -> None:
        connection.request("POST", "/v1/videos", body, headers)
        _read(connection)

    return send


def _read(connection: http.client.HTTPConnection) -> None:
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"answered {answer.status}")


def hammer(port: int, sends: Sequence[Send], seconds: float) -> list[float]:
    """Several clients, each of which sends as soon as it is answered; how long each answer took, in ms."""
    deadline = time.monotonic() + seconds
    taken: list[list[float]] = [[] for _ in range(_CLIENTS)]

    def run(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.monotonic() < deadline:
            begun = time.perf_counter()
            sends[number % len(sends)](connection)
            taken[number].append(1000 * (time.perf_counter() - begun))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(_CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one for own in taken for one in own]


@contextmanager
def spent(counters: dict[str, Callable[[], float]]) -> Iterator[dict[str, float]]:
    """By how much each counter grows in the block, in seconds; `wall` beside them."""
    before, begun = {name: count() for name, count in counters.items()}, time.monotonic()
    grown: dict[str, float] = {}
    yield grown
    grown |= {name: count() - before[name] for name, count in counters.items()}
    grown["wall"] = time.monotonic() - begun


def measure_hello() -> Figures:
    with service_hosts.hello() as (port, pid):
        return _median([_asked(port, [_get("/")], {"server": lambda: cpu_seconds(pid)}) for _ in _repeats()])


def _asked(port: int, sends: Sequence[Send], counters: dict[str, Callable[[], float]]) -> Figures:
    with spent(counters) as grown:
        taken = hammer(port, sends, _SECONDS)
    count = len(taken)
    cuts = statistics.quantiles(taken, n=100)
    return {
        "per_second": count / grown["wall"],
        "p50_ms": cuts[49],
        "p99_ms": cuts[98],
        **{f"{name}_cpu_ms": 1000 * grown[name] / count for name in counters},
    }


def measure_inserts() -> Figures:
    """One row after the other, each committed, by one connection."""
    with database.transaction() as session:
        session.execute(text("CREATE TABLE IF NOT EXISTS bare (id INTEGER, body TEXT)"))

    def repeat() -> Figures:
        count, begun = 0, time.monotonic()
        row = text("INSERT INTO bare VALUES (:id, :body)")
        while time.monotonic() - begun < _SECONDS / 2:
            with database.transaction() as session:
                session.execute(row, {"id": count, "body": "x" * 400})
            count += 1
        return {"per_second": count / (time.monotonic() - begun)}

    return _median([repeat() for _ in _repeats()])


def measure(kind: str, workers: Sequence[int]) -> Figures:
    """Everything for one kind of database."""
    with service_hosts.service(kind) as made:
        counters = {"server": made.server_seconds, "database": made.database_seconds}
        found: Figures = {"insert": measure_inserts(), "idle": [], "busy": []}
        sends = [_create(key) for key in made.keys]
        found["create"] = _median([_asked(made.port, sends, counters) for _ in _repeats()])
        watched = store.videos.page(store.Owner("owner-0"), limit=1)[0].id
        poll = [_get(f"/v1/videos/{watched}", made.keys[0])]
        found["poll"] = _median([_asked(made.port, poll, counters) for _ in _repeats()])
        _empty()
        for count in (0, *workers):
            made.have_workers(count)
            found["idle"].append({"workers": count, **_idle(made)})
        for count in workers:
            made.have_workers(count)
            found["busy"].append({"workers": count, **_busy(made)})
    return found


def _idle(made: Service) -> Figures:
    time.sleep(2)
    counters = _counters(made)
    with spent(counters) as grown:
        time.sleep(_IDLE_SECONDS)
    percent = {f"{name}_percent": 100 * grown[name] / grown["wall"] for name in counters}
    return {**percent, "connections": made.connections()}


def _busy(made: Service) -> Figures:
    """How soon jobs are begun when nothing else is to do, then what a full queue does to those who poll."""
    picked_up = [seconds for _ in _repeats() for seconds in _picked_up(made)]
    queued = _QUEUED * len(made.workers)
    polled, rates = [], []
    counters = _counters(made)
    for _ in _repeats():
        _fill(made, queued)
        watched = store.videos.page(store.Owner("owner-0"), limit=1)[0].id
        with spent(counters) as grown:
            polled.append(_asked(made.port, [_get(f"/v1/videos/{watched}", made.keys[0])], counters))
            service_hosts.until(_is_empty, "the queue is empty")
        rates.append({"jobs_per_second": queued / grown["wall"]})
    return {
        "pick_up_p50_ms": 1000 * statistics.median(picked_up),
        "pick_up_max_ms": 1000 * max(picked_up),
        "poll": _median(polled),
        **_median(rates),
        **_job_costs(made, queued),
    }


def _job_costs(made: Service, queued: int) -> Figures:
    """What a job costs whom, while nobody polls."""
    counters = _counters(made)
    idle = _idle(made)
    _fill(made, queued)
    with spent(counters) as grown:
        service_hosts.until(_is_empty, "the queue is empty")
    costs = {
        name: max(0.0, grown[name] - idle[f"{name}_percent"] / 100 * grown["wall"]) / queued
        for name in ("workers", "database")
    }
    return {f"{name}_cpu_ms_per_job": 1000 * seconds for name, seconds in costs.items()}


def _picked_up(made: Service) -> list[float]:
    """Seconds from a job's record to its beginning, one job at a time."""
    found = []
    connection = http.client.HTTPConnection("127.0.0.1", made.port, timeout=60)
    for number in range(_PICKED_UP):
        time.sleep(0.2 + 0.037 * (number % 6))  # at any moment between two looks of a worker
        _create(made.keys[number % len(made.keys)])(connection)
        connection.close()  # a server closes one that is not used for long
        service_hosts.until(_is_empty, "the job is done")
        with database.reading() as session:
            query = select(JobRow.created_at, JobRow.started_at).order_by(JobRow.sequence.desc()).limit(1)
            created, started = session.execute(query).one()
        found.append(((started or created) - created) / 1_000_000)
    return found


def _fill(made: Service, count: int) -> None:
    """Records straight into the database: the server has nothing to do with them but polls."""
    for number in range(count):
        owner = store.Owner(f"owner-{number % len(made.keys)}")
        video_id = store.videos.new_id()
        store.videos.create(owner, store.VideoDraft(video_id, store.Kind.GENERATION, {}, {}))


def _is_empty() -> bool:
    with database.reading() as session:
        unfinished = select(func.count()).where(JobRow.status == store.Status.PROCESSING)
        return session.scalar(unfinished) == 0


def _empty() -> None:
    """Cancel whatever was created while there was no worker."""
    for job_id in _unfinished():
        store.work.cancel(job_id)


def _unfinished() -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(JobRow.id).where(JobRow.status == store.Status.PROCESSING)))


def _counters(made: Service) -> dict[str, Callable[[], float]]:
    return {
        "server": made.server_seconds,
        "workers": made.worker_seconds,
        "database": made.database_seconds,
    }


def _repeats() -> range:
    return range(_REPEATS)


def _median(repeats: Sequence[Figures]) -> Figures:
    return {name: statistics.median(one[name] for one in repeats) for name in repeats[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--simulate", type=Path, help="figures that were saved, in place of a measurement")
    parser.add_argument("--save", type=Path, help="where to keep the figures")
    parser.add_argument("--job-seconds", type=float, default=60, help="of a worker, in the simulation")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    asked = parser.parse_args()
    if asked.simulate:
        figures = json.loads(asked.simulate.read_text())
    else:
        figures = {"machine": f"{platform.machine()}, Python {platform.python_version()}"}
        figures["hello"] = measure_hello()
        for kind in ("sqlite", "postgresql"):
            figures[kind] = measure(kind, asked.workers)
        print(service_model.measured(figures))
    if asked.save:
        asked.save.write_text(json.dumps(figures, indent=2))
    print(service_model.simulated(figures, asked.job_seconds))


if __name__ == "__main__":
    main()
