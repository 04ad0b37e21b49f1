"""The clock of the servers, which libfaketime sets while they run; that of files stays as it is."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

_LIBRARY = "vendor/libfaketime/src/libfaketime.so.1"


@dataclass(frozen=True)
class Clock:
    file: Path

    def environment(self) -> dict[str, str]:
        """What makes a process go by this clock."""
        self.jump(0)
        found = find_spec("libfaketime")
        assert found
        assert found.origin
        return {
            "LD_PRELOAD": str(Path(found.origin).parent / _LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def jump(self, seconds: int) -> None:
        """So far from the true time, at once, for every process."""
        new = self.file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.rename(self.file)
