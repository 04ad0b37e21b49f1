"""The files that every job needs: this program, the Python that runs it, the system's libraries."""

import os
import sys
from pathlib import Path
from typing import Final

import morgana

SYSTEM_FOLDERS: Final = ("/bin", "/lib", "/lib32", "/lib64", "/libx32", "/sbin")
# Libraries and what they look up: where libraries are, the time zone, fonts, processors.
_SYSTEM: Final = (
    "/usr",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/sys/devices/system",
)
# For CUDA: which devices there are and where.
_GPU_SYSTEM: Final = ("/sys/bus/pci", "/sys/devices/pci*", "/sys/module/nvidia*", "/sys/class/drm")
_GPU_DEVICES: Final = ("nvidia*", "nvidia-caps/*", "dri/render*")
_PLAIN_DEVICES: Final = ("null", "zero", "full", "random", "urandom")
_SEARCH_PATHS: Final = ("PYTHONPATH", "LD_LIBRARY_PATH")


def system() -> list[Path]:
    """What of the system is read, /bin and the like apart, which may be links."""
    found = [Path(path) for path in _SYSTEM]
    if gpu_devices():
        found += [path for pattern in _GPU_SYSTEM for path in Path("/").glob(pattern[1:])]
    return [path for path in (*found, *map(Path, SYSTEM_FOLDERS)) if path.exists()]


def program() -> list[Path]:
    """This program, its Python, and where the environment says that more of either is."""
    searched = [
        Path(entry) for name in _SEARCH_PATHS for entry in os.environ.get(name, "").split(os.pathsep) if entry
    ]
    own = [Path(sys.prefix), Path(sys.base_prefix), Path(morgana.__file__).parent]
    own.append(Path(sys.executable).resolve().parents[1])  # base_prefix may be another name of it
    return [path for path in (*own, *searched) if path.is_absolute() and path.exists()]


def own_process() -> list[Path]:
    """What a process without a namespace of its own may read of /proc: itself, and the machine."""
    return [Path("/proc") / name for name in ("self", "cpuinfo", "meminfo", "stat", "sys", "driver")]


def devices() -> list[Path]:
    return [*(Path("/dev") / name for name in _PLAIN_DEVICES), *gpu_devices()]


def gpu_devices() -> list[Path]:
    return [path for pattern in _GPU_DEVICES for path in Path("/dev").glob(pattern)]
