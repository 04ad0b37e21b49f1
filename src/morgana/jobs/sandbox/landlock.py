"""Only some files can be opened from now on (Landlock, Documentation/userspace-api/landlock.rst)."""

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from morgana.jobs.sandbox.seccomp import UnavailableError

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION, _PATH_BENEATH = 1, 1
# linux/landlock.h: rights by the version of the interface that brought them.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_FIRST = (1 << 13) - 1
_LATER: Final = {2: 1 << 13, 3: 1 << 14, 5: 1 << 15}  # refer, truncate, ioctl of devices
_TRUNCATE, _IOCTL = _LATER[3], _LATER[5]
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
_READING = _EXECUTE | _READ_FILE | _READ_DIR
_NETWORK, _NETWORK_SINCE = 0b11, 4  # bind and connect of TCP
_SCOPED, _SCOPED_SINCE = 0b11, 6  # abstract sockets and signals of others


def allow_only(readable: Iterable[Path], writable: Iterable[Path]) -> None:
    """Leave this thread, and those it starts, what is beneath these paths; what is not there is passed over.

    Raises UnavailableError. `no_new_privs` has to be set.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, 0, _VERSION)
    if version < 1:
        raise UnavailableError("the kernel has no Landlock")
    handled = _FIRST | sum(right for since, right in _LATER.items() if version >= since)
    ruleset = _checked(libc.syscall(_CREATE_RULESET, *_ruleset(version, handled), 0))
    for path in readable:
        _allow(libc, ruleset, path, _READING & handled)
    for path in writable:
        _allow(libc, ruleset, path, (_FIRST | _LATER[2] | _TRUNCATE | _IOCTL) & handled)
    _checked(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _ruleset(version: int, handled: int) -> tuple[bytes, int]:
    attributes = struct.pack("Q", handled)
    if version >= _NETWORK_SINCE:
        attributes += struct.pack("Q", _NETWORK)
    if version >= _SCOPED_SINCE:
        attributes += struct.pack("Q", _SCOPED)
    return attributes, len(attributes)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not path.is_dir():
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, descriptor)
        _checked(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0))
    finally:
        os.close(descriptor)


def _checked(result: int) -> int:
    if result < 0:
        raise UnavailableError(f"Landlock is refused: {os.strerror(ctypes.get_errno())}")
    return result
