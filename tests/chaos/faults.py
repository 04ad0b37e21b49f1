"""What is done to an installation while it works, drawn by a seed."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.chaos.clients import Clients
from tests.chaos.clock import Clock
from tests.chaos.disk import Disk
from tests.chaos.machine import Machine, Role, send
from tests.chaos.orders import analysed
from tests.chaos.stores import Servers, Stores
from tests.chaos.weights import Weights

_JUMP_SECONDS = 2400  # less than an hour, after which files of no record are swept
_PAUSE_SECONDS = 1.5
_STOP_SECONDS = (1.0, 6.0)
_JOB_SECONDS = 900.0  # for three attempts on a busy machine
_POLL_SECONDS = 0.25


@dataclass
class Scene:
    """An installation at work. away: how long a store or the room on the disk is gone, in seconds."""

    machine: Machine
    clients: Clients
    stores: Stores
    disk: Disk
    clock: Clock
    weights: Weights
    away: float
    chance: random.Random
    injected: Counter[str] = field(default_factory=Counter)


Fault = Callable[[Scene], bool]  # whether it could be injected


def _kill(role: Role) -> Fault:
    def fault(scene: Scene) -> bool:
        pid = scene.machine.victim(role, scene.chance)
        return pid is not None and send(pid, signal.SIGKILL)

    return fault


def _stop(role: Role) -> Fault:
    def fault(scene: Scene) -> bool:
        pid = scene.machine.victim(role, scene.chance)
        if pid is None or not send(pid, signal.SIGSTOP):
            return False
        time.sleep(scene.chance.uniform(*_STOP_SECONDS))
        send(pid, signal.SIGCONT)
        return True

    return fault


def _fill_disk(scene: Scene) -> bool:
    processes = [*scene.machine.pids("server"), *scene.machine.pids("worker")]
    scene.disk.fill(scene.away, processes)
    return True


def _take_database(scene: Scene) -> bool:
    scene.stores.without_database(scene.away)
    return True


def _take_blobs(scene: Scene) -> bool:
    if not isinstance(scene.stores, Servers):
        return False
    scene.stores.without_blobs(scene.away)
    return True


def _jump(scene: Scene) -> bool:
    """Forwards, backwards, and right again."""
    for seconds in (_JUMP_SECONDS, -_JUMP_SECONDS, 0):
        scene.clock.jump(seconds)
        time.sleep(scene.chance.uniform(*_STOP_SECONDS) / 2)
    return True


def _damage_weight(scene: Scene) -> bool:
    """Until a job that needs it has ended. It counts if that job failed."""
    order = analysed()
    deadline = time.monotonic() + _JOB_SECONDS
    with scene.weights.damaged():
        scene.clients.create(order, scene.chance)
        while not order.ended and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
    return order.status == "FAILED"


FAULTS: Final[Mapping[str, Fault]] = {
    "kill -9 of a server": _kill("server"),
    "kill -9 of a worker": _kill("worker"),
    "kill -9 of a child": _kill("child"),
    "a server stopped and continued": _stop("server"),
    "a worker stopped and continued": _stop("worker"),
    "a child stopped and continued": _stop("child"),
    "the disk full": _fill_disk,
    "the database gone": _take_database,
    "the blob store gone": _take_blobs,
    "the clock set forwards and back": _jump,
    "a weight file damaged": _damage_weight,
}


def plan(counts: Mapping[str, int], chance: random.Random) -> list[str]:
    """The names of faults, each so often, in an order by chance."""
    names = [name for name, count in counts.items() for _ in range(count)]
    chance.shuffle(names)
    return names


def inject(name: str, scene: Scene) -> None:
    """One fault, from a random moment on until it is over."""
    time.sleep(scene.chance.uniform(0, _PAUSE_SECONDS))
    if FAULTS[name](scene):
        scene.injected[name] += 1
