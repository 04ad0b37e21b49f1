"""System calls that no pipeline needs, refused by the kernel from now on (seccomp, `filter` mode).

Everything else stays allowed: what numerical libraries and drivers call changes from release to release, what
they have no business with does not. The numbers are those of x86-64 (arch/x86/entry/syscalls/syscall_64.tbl),
the program is classic BPF (Documentation/userspace-api/seccomp_filter.rst).
"""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterator, Mapping
from typing import Final

_SECCOMP: Final = 317
_SET_MODE_FILTER, _FLAG_TSYNC = 1, 1  # linux/seccomp.h; TSYNC: all threads of this process
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_ARCH_X86_64: Final = 0xC000003E  # linux/audit.h
_X32_BIT: Final = 0x40000000
_CLONE_THREAD: Final = 0x00010000
# Where struct seccomp_data has what; arguments are 64 bits wide, little end first.
_NUMBER, _ARCH, _FIRST_ARGUMENT = 0, 4, 16
# Instructions: load a word, jump if equal, if greater or equal, if any bit is set; return.
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06

_FORBIDDEN: Final[Mapping[str, tuple[int, ...]]] = {
    "another process or another program": (57, 58, 59, 322),  # fork, vfork, execve, execveat
    "leaving the group by which the worker kills": (109, 112),  # setpgid, setsid
    # socket; socketpair stays: it connects nobody but the process itself
    "connections": (41,),
    # ptrace, process_vm_readv, process_vm_writev, kcmp, pidfd_open, pidfd_getfd, process_madvise,
    # process_mrelease
    "other processes' memory and files": (101, 310, 311, 312, 434, 438, 440, 448),
    # tkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal
    "signals by other ways than kill and tgkill": (200, 129, 297, 424),
    # shmget, shmat, shmctl, semget, semop, semctl, msgget, msgsnd, msgrcv, msgctl, mq_open, mq_unlink,
    # memfd_create, memfd_secret
    "memory that is not counted as the process's": (*range(29, 32), *range(64, 72), 240, 241, 319, 447),
    # mount, umount2, pivot_root, chroot, unshare, setns, open_tree, move_mount, fsopen, fsconfig, fsmount,
    # fspick, mount_setattr, name_to_handle_at, open_by_handle_at, mknod, mknodat
    "the shape of the file system": (165, 166, 155, 161, 272, 308, *range(428, 434), 442, 303, 304, 133, 259),
    # bpf, perf_event_open, userfaultfd, io_uring_setup, _enter, _register, add_key, request_key, keyctl,
    # kexec_load, kexec_file_load, init_module, finit_module, delete_module, iopl, ioperm, modify_ldt
    "large and rarely used parts of the kernel": (
        *(321, 298, 323, 425, 426, 427, 248, 249, 250),
        *(246, 320, 175, 313, 176, 172, 173, 154),
    ),
    # reboot, swapon, swapoff, acct, quotactl, quotactl_fd, syslog, settimeofday, adjtimex, clock_settime,
    # clock_adjtime, sethostname, setdomainname, vhangup
    "the machine": (169, 167, 168, 163, 179, 443, 103, 164, 159, 227, 305, 170, 171, 153),
}
_CLONE, _CLONE3, _KILL_CALL, _TGKILL, _PRLIMIT = 56, 435, 62, 234, 302


class UnavailableError(Exception):
    """Says why there is no such protection here."""


def refuse_system_calls() -> None:
    """Refuse them to this process, for good. Raises UnavailableError. `no_new_privs` has to be set."""
    if platform.machine() != "x86_64":
        raise UnavailableError(f"the filter of system calls is for x86-64, not for {platform.machine()}")
    instructions = list(_program(os.getpid()))
    code = ctypes.create_string_buffer(b"".join(instructions))
    program = ctypes.create_string_buffer(struct.pack("H6xQ", len(instructions), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(_SECCOMP, _SET_MODE_FILTER, _FLAG_TSYNC, program) != 0:
        raise UnavailableError(f"the kernel takes no filter: {os.strerror(ctypes.get_errno())}")


def _program(pid: int) -> Iterator[bytes]:
    yield _instruction(_LOAD, _ARCH)
    yield _instruction(_IF_EQUAL, _ARCH_X86_64, then=1)
    yield _instruction(_RETURN, _KILL)
    yield _instruction(_LOAD, _NUMBER)
    yield from _refused(_IF_AT_LEAST, _X32_BIT, errno.EPERM)
    for numbers in _FORBIDDEN.values():
        for number in numbers:
            yield from _refused(_IF_EQUAL, number, errno.EPERM)
    # Its flags lie in memory, out of a filter's sight; the C library falls back to `clone`.
    yield from _refused(_IF_EQUAL, _CLONE3, errno.ENOSYS)
    yield from _only(_CLONE, (_IF_SET, _CLONE_THREAD))
    for call in (_KILL_CALL, _TGKILL):
        yield from _only(call, (_IF_EQUAL, pid))
    yield from _only(_PRLIMIT, (_IF_EQUAL, 0), (_IF_EQUAL, pid))
    yield _instruction(_RETURN, _ALLOW)


def _refused(test: int, value: int, error: int) -> Iterator[bytes]:
    yield _instruction(test, value, otherwise=1)
    yield _instruction(_RETURN, _ERRNO | error)


def _only(number: int, *tests: tuple[int, int]) -> Iterator[bytes]:
    """Allow the call `number` if its first argument, of 32 bits, passes one of the tests."""
    yield _instruction(_IF_EQUAL, number, otherwise=len(tests) + 3)
    yield _instruction(_LOAD, _FIRST_ARGUMENT)
    for index, (test, value) in enumerate(tests):
        yield _instruction(test, value, then=len(tests) - index)
    yield _instruction(_RETURN, _ERRNO | errno.EPERM)
    yield _instruction(_RETURN, _ALLOW)


def _instruction(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    """`then`, `otherwise`: how many instructions a jump leaves out."""
    return struct.pack("HBBI", code, then, otherwise, value)
