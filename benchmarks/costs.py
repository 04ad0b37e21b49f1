"""What jobs cost, in processes of their own, in turns: a machine that is busy is busy for all of them."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of the processor and of the clock, and the most memory in bytes, of one job."""

    cpu: float
    wall: float
    memory: int = 0  # where nobody asked

    def __add__(self, other: "Cost") -> "Cost":
        """One after the other."""
        return Cost(self.cpu + other.cpu, self.wall + other.wall, max(self.memory, other.memory))


def spent(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """What a command and the children that it waited for took, from its start to its end."""
    wall = time.perf_counter()
    child = subprocess.Popen(command, env=environment)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)  # it has been waited for: Popen need not
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, list(command))
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - wall)


def in_turns(work: Mapping[str, Callable[[], Cost]], turns: int) -> dict[str, Cost]:
    """The best of each: whatever disturbs a job makes it dearer."""
    taken: dict[str, list[Cost]] = {name: [] for name in work}
    for _ in range(turns):
        for name, job in work.items():
            taken[name].append(job())
    return {
        name: Cost(*(min(asdict(cost)[key] for cost in costs) for key in ("cpu", "wall", "memory")))
        for name, costs in taken.items()
    }


def peak() -> int:
    """The most memory of this process in bytes. (`ru_maxrss` counts that of its parent before `exec` too.)"""
    status = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def verdict(*, met: bool) -> str:
    return "met" if met else "**missed**"
