"""What a job does first with an upload, for many files in one child: `open_mutated`, `open_given`.

Of each file one line is written to `results.jsonl` in the job's output folder: what became of it, how long
that took and how much memory. A file that ends the process has no line.
"""

import contextlib
import json
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import av
from fuzz_mutations import mended, mutated
from fuzz_seeds import seeds

from morgana.errors import ErrorCode, InputError
from morgana.portrait.image import load_image
from morgana.progress import Progress
from morgana.video.burn import burn
from morgana.video.film import inspect, opened, read
from morgana.video.sound import film_sound, read_sound

RESULTS: Final = "results.jsonl"
READ: Final = "read"
SUFFIXES: Final = {"jpeg": ".jpg"}  # where it is not the kind itself
_DECODED_S: Final = 1.0
_MENDED: Final = 0.8  # of the damaged PNGs


def open_mutated(
    _inputs: Mapping[str, Path], folder: Path, options: Mapping[str, Any], note: Progress
) -> None:
    """Open the mutants `first` to `first + count` of a `kind` and a `seed`."""
    kind, first, count = options["kind"], options["first"], options["count"]
    made = seeds(kind)
    with _report(folder) as report:
        for index in range(first, first + count):
            path = _temporary() / f"upload{SUFFIXES.get(kind, '.' + kind)}"
            path.write_bytes(mutant(made, kind, options["seed"], index))
            report(str(index), kind, path)
            path.unlink()
            note((index + 1 - first) / count)


def open_given(inputs: Mapping[str, Path], folder: Path, options: Mapping[str, Any], note: Progress) -> None:
    """Open every input; `kinds` says what each is said to be."""
    with _report(folder) as report:
        for done, (name, path) in enumerate(inputs.items(), start=1):
            report(name, options["kinds"][name], path)
            note(done / len(inputs))


def mutant(made: list[bytes], kind: str, seed: int, index: int) -> bytes:
    """The file of this number, which is the same for the same seed."""
    chance = random.Random(f"{seed} {kind} {index}")  # noqa: S311
    damaged = mutated(chance.choice(made), chance)
    return mended(damaged) if kind == "png" and chance.random() < _MENDED else damaged


def _picture(path: Path) -> None:
    load_image(path)


def _sound(path: Path) -> None:
    read_sound(path)


def _film(path: Path) -> None:
    """As captions and overlays do: look, see a second of it, hear it, and write it with nothing over it."""
    film = inspect(path)
    with opened(path) as reel:
        for item in read(reel):
            if isinstance(item, av.VideoFrame) and item.time > _DECODED_S:
                break
    if film.sound is not None:
        with contextlib.suppress(InputError):  # a film without sound that can be heard may still be shown
            film_sound(path)
    output = path.with_name("burnt.mp4")
    burn(path, output, lambda _time: ())
    output.unlink()


OPENERS: Mapping[str, Callable[[Path], None]] = {
    "jpeg": _picture,
    "png": _picture,
    "wav": _sound,
    "mp3": _sound,
    "mp4": _film,
    "mov": _film,
}


def _outcome(kind: str, path: Path) -> str:
    """`read`, the code of the refusal, or what was raised that no pipeline should raise."""
    try:
        OPENERS[kind](path)
    except InputError as error:
        told = error.code is not ErrorCode.INTERNAL_ERROR and len(error.message) > 20
        return error.code.value if told else f"InputError: {error.code} {error.message}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return READ


@contextlib.contextmanager
def _report(folder: Path) -> Iterator[Callable[[str, str, Path], None]]:
    def report(name: str, kind: str, path: Path) -> None:
        before, resident = set(_temporary().iterdir()), _forget_peak()
        start = time.process_time()
        outcome = _outcome(kind, path)
        line = {
            "name": name,
            "kind": kind,
            "outcome": outcome,
            "seconds": round(time.process_time() - start, 3),
            "bytes": max(0, _memory("VmHWM") - resident),
            "left": sorted(left.name for left in set(_temporary().iterdir()) - before),
        }
        file.write(json.dumps(line) + "\n")
        file.flush()

    with (folder / RESULTS).open("w") as file:
        yield report


def _temporary() -> Path:
    return Path(os.environ["TMPDIR"])


def _forget_peak() -> int:
    """Count the peak from now on (proc(5), clear_refs); the bytes that are resident now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def _memory(name: str) -> int:
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition(f"{name}:")[2].split()[0])
