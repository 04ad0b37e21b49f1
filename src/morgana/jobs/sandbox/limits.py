"""What one process may use up, and the privileges that it gives away."""

import ctypes
import os
import resource
import struct
from typing import Final

from morgana.jobs.sandbox.seccomp import UnavailableError

_PR_SET_NO_NEW_PRIVS: Final = 38  # linux/prctl.h
_PR_SET_DUMPABLE: Final = 4
_CAPABILITIES_VERSION_3: Final = 0x20080522  # linux/capability.h

# What NumPy, Numba, ONNX Runtime and FFmpeg map privately beyond what is resident; docs/security.md has the
# measurement. Address space is not limited: allocators and GPU drivers reserve far more than they use.
_UNTOUCHED_BYTES: Final = 2**30
_UNTOUCHED_BYTES_PER_CORE: Final = 64 * 2**20  # stacks and heaps of the libraries' threads
_FILE_BYTES: Final = 4 * 2**30  # an hour of full HD
_FILES: Final = 1024
_TASKS: Final = 4096  # counted over all processes of this user: there to stop a bomb, not to be exact
_GRACE_SECONDS: Final = 5  # between the signal that tells why and the one that cannot be ignored


def give_up_privileges() -> None:
    """No privilege can be had by running a program, and none of root's is kept. Raises UnavailableError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise UnavailableError(f"no_new_privs is refused: {os.strerror(ctypes.get_errno())}")
    header = struct.pack("Ii", _CAPABILITIES_VERSION_3, 0)
    if libc.capset(header, bytes(24)) != 0:
        raise UnavailableError(f"capabilities cannot be dropped: {os.strerror(ctypes.get_errno())}")


def hide_memory() -> None:
    """Keep what is in this process, its environment too, from others of its user, who have /proc."""
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def limit_resources(seconds: float, memory_bytes: int) -> None:
    """Bound this process: `seconds` on every core, `memory_bytes` in use, and fixed numbers of the rest."""
    cores = os.cpu_count() or 1
    processor = int(seconds * cores) + 1
    private = memory_bytes + _UNTOUCHED_BYTES + cores * _UNTOUCHED_BYTES_PER_CORE
    wanted = {
        resource.RLIMIT_CPU: (processor, processor + _GRACE_SECONDS),
        resource.RLIMIT_DATA: (private,) * 2,
        resource.RLIMIT_FSIZE: (_FILE_BYTES,) * 2,
        resource.RLIMIT_NOFILE: (_FILES,) * 2,
        resource.RLIMIT_NPROC: (_TASKS,) * 2,
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_MSGQUEUE: (0, 0),
    }
    for which, (soft, hard) in wanted.items():
        resource.setrlimit(which, (_lower(soft, which), _lower(hard, which)))


def _lower(value: int, which: int) -> int:
    """Never more than there was before."""
    ceiling = resource.getrlimit(which)[1]
    return value if ceiling == resource.RLIM_INFINITY else min(value, ceiling)
