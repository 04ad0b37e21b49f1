"""What a child takes from itself, after it was told what to do and before it opens a file of anybody's."""

from dataclasses import dataclass
from pathlib import Path

from morgana.jobs.sandbox import landlock, limits, places, seccomp


@dataclass(frozen=True)
class Confinement:
    """Bounds of one child. paths: what Landlock is to leave it; without, it opens what its user may."""

    seconds: float
    memory_bytes: int
    paths: dict[str, list[str]] | None  # "readable", "writable"

    def enter(self) -> None:
        """Take on the bounds, for good. Raises UnavailableError."""
        limits.limit_resources(self.seconds, self.memory_bytes)
        limits.give_up_privileges()
        if self.paths is not None:
            readable = [Path(path) for path in self.paths["readable"]]
            writable = [Path(path) for path in self.paths["writable"]]
            landlock.allow_only(
                [*places.system(), *places.own_process(), *readable], [*places.devices(), *writable]
            )
        seccomp.refuse_system_calls()
