"""What is done to an installation while it works, drawn by a seed."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.chaos.clock import Clock
from tests.chaos.disk import Disk
from tests.chaos.machine import Machine, Role, send
from tests.chaos.stores import Servers, Stores

_JUMP_SECONDS = 2400  # less than an hour, after which files of no record are swept
_PAUSE_SECONDS = 1.5
_STOP_SECONDS = (1.0, 6.0)


@dataclass
class Scene:
    """An installation at work. away: how long a store or the room on the disk is gone, in seconds."""

    machine: Machine
    stores: Stores
    disk: Disk
    clock: Clock
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
