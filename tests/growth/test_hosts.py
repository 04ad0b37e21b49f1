"""Servers and workers, each with a data folder of its own, share PostgreSQL and S3 and nothing else.

Each has a network of its own too, where this system allows that.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import av
import httpx2
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from morgana.settings import settings
from morgana.store import Kind
from tests.chaos.orders import CREATED_AT, READ_AT, Order, real, scripted
from tests.growth.networks import Bridge, Loopback, network
from tests.store.conftest import postgres, s3
from tests.store.objects import ObjectServer

__all__ = ["postgres", "s3"]

_DEADLINE = 600.0
_REPOSITORY = Path(__file__).parents[2]
_MORGANA = str(Path(sys.executable).parent / "morgana")
_WORKER = [sys.executable, "-m", "tests.chaos.worker", "--cheap"]
# Where each kind of job says where its film is.
_FILMS: dict[Kind, Callable[[dict[str, Any]], str]] = {
    Kind.GENERATION: lambda shown: str(shown["video_url"]),
    Kind.CAPTION: lambda shown: str(shown["video_url"]),
    Kind.OVERLAY: lambda shown: str(shown["results"][0]["video_url"]),
}


@dataclass
class Hosts:
    """Processes that share nothing but addresses."""

    folder: Path
    addresses: dict[str, str]
    network: Loopback | Bridge
    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    clients: list[httpx2.Client] = field(default_factory=list)

    def start(self, command: list[str], **settings: str) -> "subprocess.Popen[bytes]":
        """A process on a host of its own."""
        return self._start([*self.network.join()[0], *command], settings)

    def _start(self, command: list[str], settings: dict[str, str]) -> "subprocess.Popen[bytes]":
        host = self.folder / f"host-{len(self.processes)}"
        host.mkdir()
        with (host / "log").open("wb") as log:
            process = subprocess.Popen(
                command, env=self._environment(host) | settings, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def key(self) -> str:
        """Made on some host, for all of them."""
        host = self.folder / "elsewhere"
        host.mkdir()
        made = subprocess.run(
            [_MORGANA, "keys", "create", "--name", "test"],
            env=self._environment(host),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return made.stdout.strip()

    def server(self) -> httpx2.Client:
        inside, address, port = self.network.join()
        command = [_MORGANA, "serve", "--no-worker", "--host", address, "--port", str(port)]
        self._start([*inside, *command], {})
        self.clients.append(httpx2.Client(base_url=f"http://{address}:{port}", timeout=_DEADLINE))
        return self.clients[-1]

    def logs(self) -> str:
        return "".join(log.read_text() for log in sorted(self.folder.glob("host-*/log")))

    def left(self) -> list[str]:
        """What is kept on the hosts of what ought to be in the database or in S3."""
        found = [
            *self.folder.rglob("*.db"),
            *self.folder.glob("*/data/blobs"),
            *self.folder.glob("*/data/scratch/*/*"),
        ]
        return [str(path.relative_to(self.folder)) for path in found]

    def end(self) -> None:
        for client in self.clients:
            client.close()
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()

    def _environment(self, host: Path) -> dict[str, str]:
        own = {"MORGANA_DATA": str(host / "data"), "MORGANA_MODELS": str(settings().models_folder.absolute())}
        return (
            os.environ
            | {"PYTHONPATH": str(_REPOSITORY), "MORGANA_SANDBOX": "limits", "MORGANA_LOG_FORMAT": "json"}
            | own
            | self.addresses
        )


@pytest.fixture
def hosts(postgres: str, s3: ObjectServer, tmp_path: Path) -> Iterator[Hosts]:
    name = f"hosts_{time.time_ns()}"
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    with network() as joined:
        made = Hosts(tmp_path, _addresses(postgres, s3, name, joined), joined)
        yield made
        made.end()


def _addresses(postgres: str, s3: ObjectServer, name: str, joined: Loopback | Bridge) -> dict[str, str]:
    """The settings that lead a host to the database and the bucket."""
    folder = conninfo_to_dict(postgres)["host"]
    database = joined.publish(f"{folder}/.s.PGSQL.5432")
    objects = joined.publish(s3.endpoint.rpartition(":")[2])
    url = postgres.replace("/postgres?", f"/{name}?")
    return {
        "MORGANA_SECRET": "the same on every host, and long enough",
        **s3.environment(name),
        "MORGANA_DATABASE_URL": f"postgresql://postgres@{database}/{name}" if database else url,
        "AWS_ENDPOINT_URL": f"http://{objects}" if objects else s3.endpoint,
    }


def eventually(found: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + _DEADLINE
    while not (value := found()):
        assert time.monotonic() < deadline, f"not within {_DEADLINE:g} s: {what}"
        time.sleep(0.1)
    return value


def _orders() -> list[Order]:
    """Cheap jobs of three kinds, and a real one."""
    cheap = [order for order in scripted(40, random.Random(5)) if order.kind is not Kind.ACTOR]
    finishing = [order for order in cheap if order.deed == "finish" and not order.cancelled]
    chosen = [[order for order in finishing if order.kind is kind][:3] for kind in _FILMS]
    written_over = next(order for order in real() if order.kind is Kind.OVERLAY)
    return [*chain(*chosen), written_over]


def _ready(server: httpx2.Client) -> dict[str, int] | None:
    try:
        answer = server.get("/ready")
    except httpx2.TransportError:
        return None
    return dict(answer.json()["queues"]) if answer.is_success else None


def test_hosts_that_share_a_database_and_blobs_do_each_others_work(hosts: Hosts) -> None:
    servers = [hosts.server(), hosts.server()]  # at once, on an empty database
    leaver = hosts.start(_WORKER, MORGANA_WORKER_QUEUES="portrait", MORGANA_DRAIN_SECONDS="0")
    hosts.start(_WORKER, MORGANA_WORKER_QUEUES="portrait,captions")
    hosts.start(_WORKER, MORGANA_LABELS_NEEDED="portrait=gpu")
    key = hosts.key()
    everyone = {"portrait": 2, "captions": 2, "overlays": 1}
    eventually(
        lambda: [_ready(server) for server in servers] == [everyone] * 2, "every queue has its workers"
    )

    orders = _orders()
    for number, order in enumerate(orders):
        answer = servers[number % 2].post(
            CREATED_AT[order.kind], files=order.fields, headers={"x-api-key": key}
        )
        order.id = answer.raise_for_status().json()["id"]
    leaver.send_signal(signal.SIGTERM)
    assert leaver.wait(_DEADLINE) == 0

    for number, order in enumerate(orders):
        for server in (servers[(number + 1) % 2], servers[number % 2]):  # the other one first
            assert _film(server, order, key) == order.made or order.made is None
    assert hosts.left() == []
    assert '"level": "error"' not in hosts.logs()


def _film(server: httpx2.Client, order: Order, key: str) -> bytes:
    def look() -> dict[str, Any] | None:
        shown = dict(
            server.get(f"{READ_AT[order.kind]}/{order.id}", headers={"x-api-key": key})
            .raise_for_status()
            .json()
        )
        return None if shown["status"] in ("PROCESSING", "QUEUED") else shown

    shown: dict[str, Any] = eventually(look, f"{order.name} ends")
    assert shown["status"] == "COMPLETE", shown
    film = httpx2.get(_FILMS[order.kind](shown)).raise_for_status().content
    if order.made is None:
        with av.open(BytesIO(film)) as opened:
            assert opened.streams.video[0].frames == 60
    return film
