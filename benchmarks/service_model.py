"""From figures of a few workers to what many carry: queueing arithmetic, and the tables of both."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

LOAD: Final = 0.8  # of the workers' time: more, and jobs wait long
POLL_SECONDS: Final = 2.0  # between two looks of a client at its job
DATABASE_CORES: Final = 8
CONNECTIONS: Final = 100  # PostgreSQL's own default of max_connections
_WORKERS: Final = (1, 10, 100, 1000)

Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Costs:
    """What each deed costs, in seconds of a processor: of a server, and of the database."""

    create: tuple[float, float]
    poll: tuple[float, float]
    job_database: float
    idle_database: float  # share of a core, of each worker that waits
    connections: float  # of each worker
    server_connections: float

    @classmethod
    def of(cls, figures: Figures) -> "Costs":
        """From what was measured with PostgreSQL."""
        idle, busy = figures["idle"], figures["busy"]
        return cls(
            create=_both(figures["create"]),
            poll=_both(figures["poll"]),
            job_database=min(one["database_cpu_ms_per_job"] for one in busy) / 1000,
            idle_database=max(0.0, _slope(idle, "database_percent") / 100),
            connections=_slope(idle, "connections"),
            server_connections=idle[0]["connections"],
        )


@dataclass(frozen=True)
class Load:
    """What so many workers bring. Cores: of processors that are busy all the time."""

    workers: int
    jobs_per_hour: float
    wait_seconds: float  # on average, from a job's record to its beginning
    server_cores: float
    database_cores: float
    connections: float

    @property
    def servers(self) -> int:
        """Processes that are needed, each on one core and busy for `LOAD` of its time."""
        return max(1, math.ceil(self.server_cores / LOAD))

    @property
    def shares(self) -> dict[str, float]:
        """Of each part that is not simply added to, how much of it is used."""
        return {
            "database, processor": self.database_cores / DATABASE_CORES,
            "database, connections": self.connections / CONNECTIONS,
            "one server": self.server_cores,
        }


def load(costs: Costs, workers: int, job_seconds: float) -> Load:
    """At `LOAD` of the workers' time, with every job polled from its record to its end."""
    rate = LOAD * workers / job_seconds
    wait = erlang_c(workers, rate * job_seconds) * job_seconds / (workers * (1 - LOAD))
    polls = rate * (wait + job_seconds) / POLL_SECONDS
    server = rate * costs.create[0] + polls * costs.poll[0]
    used = Load(
        workers=workers,
        jobs_per_hour=3600 * rate,
        wait_seconds=wait,
        server_cores=server,
        database_cores=workers * costs.idle_database
        + rate * (costs.create[1] + costs.job_database)
        + polls * costs.poll[1],
        connections=workers * costs.connections,
    )
    servers = used.servers * costs.server_connections
    return Load(**{**vars(used), "connections": used.connections + servers})


def erlang_c(servers: int, offered: float) -> float:
    """The share of arrivals that have to wait (A. K. Erlang, 1917), for `offered` Erlangs of work."""
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = offered * blocked / (count + offered * blocked)
    return blocked / (1 - offered / servers * (1 - blocked))


def simulated(figures: Figures, job_seconds: float) -> str:
    """The table of 1 to 1000 workers on PostgreSQL."""
    costs = Costs.of(figures["postgresql"])
    rows = [["workers", "jobs/hour", "wait, s", "servers", "database cores", "connections", "fullest part"]]
    for workers in _WORKERS:
        found = load(costs, workers, job_seconds)
        part, share = max(found.shares.items(), key=lambda one: one[1])
        rows.append(
            [
                str(workers),
                f"{found.jobs_per_hour:.0f}",
                f"{found.wait_seconds:.1f}",
                str(found.servers),
                f"{found.database_cores:.2f}",
                f"{found.connections:.0f}",
                f"{part} ({share:.0%})",
            ]
        )
    return _table(rows)


def measured(figures: Figures) -> str:
    """The tables of what was measured."""
    return "\n\n".join([_requests(figures), _idle(figures), _busy(figures)])


def _requests(figures: Figures) -> str:
    rows = [["request", "a second", "of hello", "p50, ms", "p99, ms", "server CPU, ms", "database CPU, ms"]]
    hello = figures["hello"]
    rows.append(_request("hello", hello, hello))
    for kind in ("sqlite", "postgresql"):
        own = figures[kind]
        rows.append(_request(f"create, {kind}", own["create"], hello))
        rows.append(_request(f"poll, {kind}", own["poll"], hello))
        rows += [
            _request(f"poll, {kind}, {busy['workers']} busy workers", busy["poll"], hello)
            for busy in own["busy"]
        ]
        per_second = own["insert"]["per_second"]
        ratio = own["create"]["per_second"] / per_second
        rows.append([f"bare inserts, {kind}", f"{per_second:.0f}", f"creates: {ratio:.2f} of it"] + [""] * 4)
    return _table(rows)


def _request(name: str, own: Figures, hello: Figures) -> list[str]:
    return [
        name,
        f"{own['per_second']:.0f}",
        f"{own['per_second'] / hello['per_second']:.3f}",
        f"{own['p50_ms']:.1f}",
        f"{own['p99_ms']:.1f}",
        f"{own['server_cpu_ms']:.2f}",
        f"{own.get('database_cpu_ms', 0):.2f}",
    ]


def _idle(figures: Figures) -> str:
    rows = [["idle", "workers", "server, % of a core", "all workers, %", "database, %", "connections"]]
    for kind in ("sqlite", "postgresql"):
        for own in figures[kind]["idle"]:
            percents = [f"{own[f'{name}_percent']:.1f}" for name in ("server", "workers", "database")]
            rows.append([kind, str(own["workers"]), *percents, str(own["connections"])])
    return _table(rows)


def _busy(figures: Figures) -> str:
    names = ["jobs_per_second", "pick_up_p50_ms", "pick_up_max_ms"]
    names += ["workers_cpu_ms_per_job", "database_cpu_ms_per_job"]
    titles = [
        "jobs/s while polled",
        "picked up, p50 ms",
        "most, ms",
        "worker CPU, ms/job",
        "database, ms/job",
    ]
    rows = [["empty jobs", "workers", *titles]]
    for kind in ("sqlite", "postgresql"):
        rows += [
            [kind, str(own["workers"]), *(f"{own[name]:.1f}" for name in names)]
            for own in figures[kind]["busy"]
        ]
    return _table(rows)


def _table(rows: Sequence[Sequence[str]]) -> str:
    heading, *rest = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([heading, "|---" * len(rows[0]) + "|", *rest])


def _both(figures: Figures) -> tuple[float, float]:
    return figures["server_cpu_ms"] / 1000, figures["database_cpu_ms"] / 1000


def _slope(rows: Sequence[Figures], name: str) -> float:
    """By how much it grows with each worker: the line of least squares."""
    xs, ys = [row["workers"] for row in rows], [row[name] for row in rows]
    middle, level = sum(xs) / len(xs), sum(ys) / len(ys)
    top = sum((x - middle) * (y - level) for x, y in zip(xs, ys, strict=True))
    return float(top / sum((x - middle) ** 2 for x in xs))
