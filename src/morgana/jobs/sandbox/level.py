"""How well a job is kept from everything else, and what that takes to start a child."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from morgana.jobs.sandbox import bubblewrap, places
from morgana.jobs.sandbox.confinement import Confinement


class Level(StrEnum):
    """What a child is kept from; docs/security.md describes each."""

    BUBBLEWRAP = "bubblewrap"
    LANDLOCK = "landlock"
    LIMITS = "limits"
    OFF = "off"


@dataclass(frozen=True)
class Sandbox:
    """Where a worker runs its jobs. data: the folder that no job may look into; bwrap: the program.

    models, caches: folders that every job may read. why: the reason why it is not a stronger level, for
    whoever runs the server.
    """

    level: Level
    data: Path
    models: Path
    caches: Path
    bwrap: Path | None = None
    why: str = ""

    def __str__(self) -> str:
        return f"{self.level} ({self.why})" if self.why else str(self.level)

    def because(self, why: str) -> "Sandbox":
        return replace(self, why=why)

    @property
    def shared(self) -> tuple[Path, ...]:
        return tuple(path for path in (self.models, self.caches) if path.exists())

    @property
    def closed(self) -> bool:
        """Whether a job can read no files but its own, and write no others either."""
        return self.level in (Level.BUBBLEWRAP, Level.LANDLOCK)

    def command(self, program: list[str], readable: Iterable[Path], writable: Iterable[Path]) -> list[str]:
        """How to start `program` in here."""
        if self.bwrap is None:
            return program
        return bubblewrap.command(self.bwrap, program, [*self.shared, *readable], writable, self.data)

    def parent(self, worker: int) -> int:
        """The process id by which the child knows the process that it is to die with."""
        return worker if self.bwrap is None else bubblewrap.INIT

    def confinement(
        self, seconds: float, memory_bytes: int, readable: Iterable[Path], writable: Iterable[Path]
    ) -> Confinement | None:
        """What the child is to take from itself."""
        if self.level is Level.OFF:
            return None
        if self.level is not Level.LANDLOCK:
            return Confinement(seconds, memory_bytes, None)
        reads = [*places.program(), *self.shared, *readable]
        paths = {"readable": list(map(str, reads)), "writable": list(map(str, writable))}
        return Confinement(seconds, memory_bytes, paths)
