"""What the tests of jobs work with: a data folder, real workers, and videos whose pipeline does as told."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from morgana import store

DEADLINE = 300.0  # seconds; generous, for a machine that is busy with other things
_REPOSITORY = Path(__file__).parents[2]
OWNER = store.Owner("ada")
_WORKER = (
    "from morgana import logs; from morgana.jobs import worker; from tests.jobs.scripted import PIPELINES; "
)
_WORKER += "logs.configure(); worker.run(PIPELINES, warm_up=None)"


def eventually(found: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + DEADLINE
    while not found():
        assert time.monotonic() < deadline, f"not within {DEADLINE} s: {what}"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and only not yet waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@dataclass
class Bench:
    """A data folder of its own, and workers that run scripted jobs on it."""

    data: Path
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def worker(self, before: str = "", **environment: str) -> "subprocess.Popen[bytes]":
        """Start a worker; `before` is code that it runs first, `environment` adds variables."""
        log = self.data.parent / f"worker-{len(self.workers)}.log"
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-c", before + _WORKER],
                env=os.environ | {"PYTHONPATH": str(_REPOSITORY), "MORGANA_SANDBOX": "limits"} | environment,
                stderr=errors,
            )
        self.workers.append(process)
        return process

    def video(self, do: str, owner: store.Owner = OWNER, **details: object) -> "Scripted":
        """Record a video whose pipeline will do so; nothing is enqueued."""
        video_id = store.videos.new_id()
        notes, inputs = self._script(f"videos/{video_id}", {"do": do, **details})
        store.videos.create(owner, store.VideoDraft(video_id, store.Kind.GENERATION, {"fps": 30}, inputs))
        return Scripted(video_id, notes, owner)

    def actor(self, do: str, **details: object) -> "ScriptedActor":
        """Likewise an actor."""
        actor_id = store.actors.new_id()
        notes, inputs = self._script(f"actors/{actor_id}", {"do": do, "outputs": ["portrait.npz"], **details})
        store.actors.create(OWNER, store.ActorDraft(actor_id, "Zoé", inputs))
        return ScriptedActor(actor_id, notes)

    def text_overlay(self, do: str, **details: object) -> "ScriptedTextOverlay":
        """Likewise a text overlay of two items."""
        text_overlay_id = store.text_overlays.new_id()
        notes, inputs = self._script(f"text_overlays/{text_overlay_id}", {"do": do, **details})
        items = ({"text": "Sale"}, {"text": "New"})
        store.text_overlays.create(OWNER, store.TextOverlayDraft(text_overlay_id, items, inputs))
        return ScriptedTextOverlay(text_overlay_id, notes)

    def _script(self, folder: str, script: dict[str, object]) -> tuple[Path, dict[str, str]]:
        notes = Path(tempfile.mkdtemp(dir=self.data.parent))
        file = notes / "script.json"
        file.write_text(json.dumps({"notes": str(notes), **script}))
        key = f"{folder}/script.json"
        store.blobs.put(key, file)
        return notes, {"script": key}

    def logs(self) -> str:
        return "".join(log.read_text() for log in sorted(self.data.parent.glob("worker-*.log")))

    def scratch(self) -> list[Path]:
        """What is left of temporary files, the folders of living workers apart."""
        return list((self.data / "scratch").glob("*/*"))

    def stop(self) -> None:
        for process in self.workers:
            process.kill()
        for process in self.workers:
            process.wait(DEADLINE)


@dataclass(frozen=True)
class Scripted:
    """A video of a scripted job."""

    id: str
    notes: Path
    owner: store.Owner = OWNER

    @property
    def record(self) -> store.Video | store.Actor | store.TextOverlay:
        record = store.videos.get(self.owner, self.id)
        assert record
        return record

    def runs(self) -> list[int]:
        """Process ids of the children that began it."""
        return [int(note.name.removeprefix("run-")) for note in self.notes.glob("run-*")]

    def result(self) -> dict[str, Any]:
        """What the pipeline wrote."""
        target = self.notes / "result"
        store.blobs.fetch(next(iter(self.record.outputs.values())), target)
        made: dict[str, Any] = json.loads(target.read_text())
        return made

    def outputs(self) -> list[str]:
        """Every output blob, recorded or not."""
        keys = [key for key, _ in store.blobs.stored() if key.split("/")[1] == self.id]
        return sorted(key for key in keys if not key.endswith("/script.json"))

    def ended(self) -> store.Video | store.Actor | store.TextOverlay:
        eventually(lambda: self.record.status != store.Status.PROCESSING, f"{self.id} ends")
        return self.record

    def begun(self, runs: int = 1) -> int:
        """Wait for the child of this run, and return its process id."""
        eventually(lambda: len(self.runs()) == runs, f"{self.id} is begun {runs} times")
        return max(self.runs(), key=lambda pid: (self.notes / f"run-{pid}").stat().st_mtime_ns)


@dataclass(frozen=True)
class ScriptedActor(Scripted):
    """An actor of a scripted job."""

    @property
    def record(self) -> store.Actor:
        record = store.actors.get(OWNER, self.id)
        assert record
        return record


@dataclass(frozen=True)
class ScriptedTextOverlay(Scripted):
    """A text overlay of a scripted job."""

    @property
    def record(self) -> store.TextOverlay:
        record = store.text_overlays.get(OWNER, self.id)
        assert record
        return record
