"""What is drawn in a process of its own: it takes long, or much memory, and runs native code."""

import asyncio
import json
import sys
from contextlib import suppress

from morgana.errors import ErrorCode, InputError

_DEADLINE = 120.0  # seconds


async def run_apart(module: str, *arguments: str) -> None:
    """Run `python -m MODULE ARGUMENTS`, and end it if the caller is cancelled or it takes two minutes.

    Raises InputError if its last line is `{"code": ..., "message": ...}`, RuntimeError if it breaks.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", module, *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_DEADLINE):
            told, complaints = await child.communicate()
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
    if child.returncode:
        raise _refusal(told) or RuntimeError(f"no preview: {complaints.decode(errors='replace')[-4000:]}")


def _refusal(told: bytes) -> InputError | None:
    """What the process says that it lacks."""
    lines = told.decode(errors="replace").strip().splitlines()
    try:
        said = json.loads(lines[-1])
        return InputError(ErrorCode(said["code"]), said["message"])
    except (IndexError, KeyError, TypeError, ValueError):
        return None
