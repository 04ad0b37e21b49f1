"""How commands speak to whoever typed them."""

import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TextIO

import typer

from morgana import store
from morgana.cli.outcome import Status, tell_error, wants_json
from morgana.progress import Progress
from morgana.settings import data_folder, settings

_STEPS = 1000


def fail(message: str) -> typer.Exit:
    """The exception that ends the command, once `message` is told."""
    tell_error("impossible", message)
    return typer.Exit(Status.IMPOSSIBLE)


def check_writable(*files: Path | None) -> None:
    """End the command unless all of these files can be written."""
    for file in files:
        if file and not os.access(file.absolute().parent, os.W_OK | os.X_OK):
            raise fail(f"{file} cannot be written: its folder does not exist or is not yours to write to.")


@contextmanager
def ending_in_order() -> Iterator[None]:
    """While a command that is told to end (SIGTERM) tidies up, as one that is interrupted does."""

    def leave(number: int, _frame: object) -> None:
        sys.exit(128 + number)

    former = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


@contextmanager
def workplace(output: Path) -> Iterator[Path]:
    """A folder beside `output` in which it is made: only a finished file takes its place, in one step.

    The folder is gone afterwards, however the command ends.
    """
    folder = tempfile.TemporaryDirectory(prefix=".morgana-", dir=output.absolute().parent)
    with ending_in_order(), folder as name:
        yield Path(name)


def write_whole(file: Path, text: str) -> None:
    """Write a file in one step, so that there is never a half one."""
    with workplace(file) as folder:
        made = folder / file.name
        made.write_text(text, "utf-8")
        made.replace(file)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells in columns, the first row being the heading."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


@contextmanager
def progress_bar(label: str, screen: TextIO | None = None) -> Iterator[Progress]:
    """How far a command is, on `screen`, by default standard error; nothing before the first report.

    A bar at a terminal; elsewhere, as in the log of a build, a line for every tenth; with `--json` an object
    for every hundredth.
    """
    screen = screen or sys.stderr
    with ExitStack() as shown:
        if wants_json():
            yield _objects(screen)
        elif screen.isatty():
            yield _bar(label, screen, shown)
        else:
            yield _lines(label, screen)


def _bar(label: str, screen: TextIO, shown: ExitStack) -> Progress:
    bar = cache(lambda: shown.enter_context(typer.progressbar(length=_STEPS, label=label, file=screen)))
    return lambda share: bar().update(round(share * _STEPS) - bar().pos)


def _lines(label: str, screen: TextIO) -> Progress:
    return _steps(10, lambda tenths: print(f"{label}: {10 * tenths}%", file=screen, flush=True))


def _objects(screen: TextIO) -> Progress:
    return _steps(100, lambda parts: print(json.dumps({"progress": parts / 100}), file=screen, flush=True))


def _steps(count: int, tell: Callable[[int], None]) -> Progress:
    """Tells each of so many steps once, as it is reached or passed."""
    told = -1

    def progress(share: float) -> None:
        nonlocal told
        if (step := int(share * count)) > told:
            told = step
            tell(step)

    return progress


@contextmanager
def quiet_libraries() -> Iterator[TextIO]:
    """Silence native libraries, which print past Python; yields a standard error that still shows."""
    sys.stderr.flush()
    with os.fdopen(os.dup(2), "w") as screen, Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield screen
        finally:
            os.dup2(screen.fileno(), 2)


def open_data() -> None:
    """Make the data folder and the database ready, or end the command with what is wrong."""
    folder = settings().data
    try:
        data_folder()
    except OSError as error:
        raise fail(f"The data folder {folder} cannot be made: {error.strerror}. {_ELSEWHERE}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise fail(f"The data folder {folder} cannot be written to. {_ELSEWHERE}")
    try:
        store.migrate()
    except store.SchemaError as error:
        raise fail(str(error)) from None
    except Exception as error:
        raise fail(unopened(error)) from None


def unopened(error: Exception) -> str:
    """What to tell of a database that cannot be opened."""
    reason = str(error).splitlines()[0]
    return (
        f"The database cannot be opened: {reason}\n"
        "Check MORGANA_DATABASE_URL, or if it is not set the file morgana.db in the data folder."
    )


_ELSEWHERE = "Set MORGANA_DATA to a folder that you may write to."
