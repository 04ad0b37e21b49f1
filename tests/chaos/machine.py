"""The servers, workers and children that are killed and stopped, and whoever starts them again."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx2

from tests.store.objects import free_ports

Role = Literal["server", "worker", "child"]

_DEADLINE = 300.0
_POLL_SECONDS = 0.05
_RESTART_SECONDS = 0.3
_REPOSITORY = Path(__file__).parents[2]
_MORGANA = str(Path(sys.executable).parent / "morgana")


@dataclass
class Slot:
    """A place for a process, which gets another one whenever it has died."""

    command: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    starts: int = 0
    due: float = 0.0


@dataclass
class Machine:
    """One installation's processes, as an init system keeps them."""

    environment: Mapping[str, str]
    log: Path
    ports: list[int]
    servers: list[Slot]
    workers: list[Slot]
    _stopping: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def of(
        cls, environment: Mapping[str, str], log: Path, servers: int, workers: int, *options: str
    ) -> "Machine":
        """options: of the workers."""
        ports = free_ports(servers)
        common = {
            "PYTHONPATH": str(_REPOSITORY),
            "MORGANA_SANDBOX": "limits",  # in the others, a child is not the worker's own
            "MORGANA_LOG_FORMAT": "json",
        }
        return cls(
            {**os.environ, **common, **environment},
            log,
            ports,
            [Slot([_MORGANA, "serve", "--no-worker", "--port", str(port)]) for port in ports],
            [Slot([sys.executable, "-m", "tests.chaos.worker", *options]) for _ in range(workers)],
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        """Everything is started, and started again if it dies, until the block ends."""
        keeper = threading.Thread(target=self._keep)
        keeper.start()
        try:
            self.wait_until_ready()
            yield
        finally:
            self._stopping.set()
            keeper.join()

    def wait_until_ready(self) -> None:
        """Until every server answers that jobs can run."""
        deadline = time.monotonic() + _DEADLINE
        for port in self.ports:
            while not _ready(port):
                assert time.monotonic() < deadline, f"not ready; see {self.log}"
                time.sleep(_POLL_SECONDS)

    def pids(self, role: Role) -> list[int]:
        """Of the living processes in this role."""
        if role == "child":
            return [child for worker in self.pids("worker") for child in _children(worker)]
        slots = self.servers if role == "server" else self.workers
        return [slot.process.pid for slot in slots if slot.process and slot.process.poll() is None]

    def victim(self, role: Role, chance: random.Random, seconds: float = 10) -> int | None:
        """One of them, as soon as there is one; None if there is none for so long."""
        deadline = time.monotonic() + seconds
        while not (pids := self.pids(role)):
            if time.monotonic() > deadline:
                return None
            time.sleep(_POLL_SECONDS)
        return chance.choice(pids)

    def _keep(self) -> None:
        # The thread that starts a process lives as long as it: some take its end for their parent's.
        slots = [*self.servers, *self.workers]
        with self.log.open("ab") as log:
            while not self._stopping.wait(_POLL_SECONDS):
                for slot in slots:
                    self._restart(slot, log.fileno())
            for slot in slots:
                _end(slot)

    def _restart(self, slot: Slot, log: int) -> None:
        if slot.process and slot.process.poll() is None:
            slot.due = time.monotonic() + _RESTART_SECONDS
        elif time.monotonic() >= slot.due:
            slot.due = time.monotonic() + _RESTART_SECONDS
            slot.starts += 1
            slot.process = subprocess.Popen(
                slot.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )


def send(pid: int, number: signal.Signals) -> bool:
    """Whether there was such a process."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)
        return True
    return False


def _ready(port: int) -> bool:
    with suppress(httpx2.TransportError):
        return httpx2.get(f"http://127.0.0.1:{port}/ready", timeout=60).status_code == httpx2.codes.OK
    return False


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    return found


def _end(slot: Slot) -> None:
    if slot.process is None:
        return
    slot.process.send_signal(signal.SIGCONT)
    slot.process.terminate()
    try:
        slot.process.wait(30)
    except subprocess.TimeoutExpired:
        slot.process.kill()
        slot.process.wait()
