"""How a command ends: its exit status and, with `--json`, its result or its error as one JSON object."""

import json
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from enum import IntEnum
from typing import Annotated, Any

import typer

from morgana.errors import ErrorCode


class Status(IntEnum):
    """Exit statuses, as documented in docs/cli.md; of a signal it is 128 and the signal's number."""

    DONE = 0
    IMPOSSIBLE = 1
    USAGE = 2
    REFUSED = 3
    JOB_FAILED = 4
    UNREACHABLE = 5
    INTERRUPTED = 130


class Ended(Exception):  # noqa: N818 (not every end is an error)
    """Ends the command with this status. code: for programs; message: for people."""

    def __init__(self, status: Status, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


_as_json: ContextVar[bool] = ContextVar("as_json", default=False)


def wants_json() -> bool:
    """Whether the command was given `--json`."""
    return _as_json.get()


def set_json(*, wanted: bool) -> None:
    _as_json.set(wanted)


def _chosen(value: bool) -> bool:  # noqa: FBT001 (as typer calls it)
    set_json(wanted=value)
    return value


# Read with `wants_json`, wherever something is told.
Json = Annotated[
    bool,
    typer.Option("--json", callback=_chosen, help="Print one JSON object, and progress as JSON lines."),
]


def tell(result: Mapping[str, Any]) -> None:
    """What the command has made, for programs; people see the files."""
    if wants_json():
        typer.echo(json.dumps(result, ensure_ascii=False))


def note(message: str) -> None:
    """Something besides: neither the result nor the error."""
    typer.echo(json.dumps({"note": message}, ensure_ascii=False) if wants_json() else message, err=True)


def tell_error(code: str, message: str) -> None:
    if wants_json():
        typer.echo(json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=False))
    else:
        typer.echo(message, err=True)


def end(error: Ended) -> None:
    """End the process."""
    tell_error(error.code, error.message)
    sys.exit(error.status)


def of_failure(code: str) -> Status:
    """The status for a job that failed for this reason: the same wherever the job was run."""
    about_input = code in set(ErrorCode) - {ErrorCode.INTERNAL_ERROR}
    return Status.REFUSED if about_input else Status.JOB_FAILED
