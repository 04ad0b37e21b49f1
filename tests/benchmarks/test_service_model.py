"""The arithmetic that says what many workers carry."""

import pytest
from service_model import CONNECTIONS, LOAD, Costs, erlang_c, load

COSTS = Costs(
    create=(0.004, 0.002),
    poll=(0.001, 0.0005),
    job_database=0.02,
    idle_database=0.01,
    connections=5,
    server_connections=10,
)


@pytest.mark.parametrize(
    ("servers", "offered", "waiting"),
    [(1, 0.5, 0.5), (1, 0.8, 0.8), (2, 1.0, 1 / 3), (10, 8.0, 0.409)],  # known values of Erlang's C
)
def test_so_many_have_to_wait(servers: int, offered: float, waiting: float) -> None:
    assert erlang_c(servers, offered) == pytest.approx(waiting, abs=0.0005)


def test_one_worker_is_a_queue_with_one_server() -> None:
    alone = load(COSTS, 1, 60)
    assert alone.jobs_per_hour == pytest.approx(48)
    assert alone.wait_seconds == pytest.approx(60 * LOAD / (1 - LOAD))  # M/M/1
    assert alone.connections == 15


def test_more_workers_wait_less_and_need_more() -> None:
    few, many = load(COSTS, 10, 60), load(COSTS, 1000, 60)
    assert many.wait_seconds < few.wait_seconds / 100
    assert many.jobs_per_hour == pytest.approx(100 * few.jobs_per_hour)
    assert many.database_cores > 1000 * COSTS.idle_database
    assert many.shares["database, connections"] == many.connections / CONNECTIONS
    assert many.servers == 1  # 13 creates and 400 polls a second


def test_shorter_jobs_cost_servers_more() -> None:
    assert load(COSTS, 100, 1).server_cores > load(COSTS, 100, 60).server_cores
