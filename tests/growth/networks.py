"""Hosts with networks of their own: namespaces on one bridge, where this system allows them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.store.objects import free_ports

_PORT = 8000
_REPOSITORY = Path(__file__).parents[2]


@dataclass
class Loopback:
    """No networks: all hosts are this one."""

    def join(self) -> tuple[list[str], str, int]:
        """What a command of a new host begins with, and an address and a port that are free there."""
        return [], "127.0.0.1", free_ports(1)[0]

    def publish(self, _target: str) -> None:
        """The address and port at which hosts reach what `forwarding` calls a target, or None: as it is."""
        return


@dataclass
class Bridge:
    """A network whose hosts see this machine and each other by its bridge, and nothing else."""

    name: str
    net: str  # the first three numbers of its addresses
    namespaces: list[str] = field(default_factory=list)
    forwarders: "list[subprocess.Popen[str]]" = field(default_factory=list)

    def join(self) -> tuple[list[str], str, int]:
        number = len(self.namespaces)
        namespace, wire = f"{self.name}-{number}", f"{self.name}h{number}"
        address = f"{self.net}.{number + 2}"
        _ip("netns", "add", namespace)
        self.namespaces.append(namespace)
        _ip("link", "add", wire, "type", "veth", "peer", "name", "eth0", "netns", namespace)
        _ip("link", "set", wire, "master", self.name, "up")
        _ip("-n", namespace, "addr", "add", f"{address}/24", "dev", "eth0")
        for interface in ("lo", "eth0"):
            _ip("-n", namespace, "link", "set", interface, "up")
        return ["ip", "netns", "exec", namespace], address, _PORT

    def publish(self, target: str) -> str:
        address, (port,) = f"{self.net}.1", free_ports(1)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.growth.forwarding", address, str(port), target],
            cwd=_REPOSITORY,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.forwarders.append(process)
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        return f"{address}:{port}"

    def remove(self) -> None:
        for process in self.forwarders:
            process.kill()
            process.communicate()
        for namespace in self.namespaces:
            _ip("netns", "delete", namespace)
        _ip("link", "delete", self.name)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)  # noqa: S607


@contextmanager
def network() -> Iterator[Loopback | Bridge]:
    """A bridge, or none where this user or this system may not make one."""
    # Of the addresses that no network uses (RFC 2544, C.2.2).
    bridge = Bridge(f"mg{os.getpid()}", f"198.18.{os.getpid() % 250}")
    try:
        if shutil.which("ip") is None or os.geteuid() != 0:
            raise PermissionError
        _ip("link", "add", bridge.name, "type", "bridge")
    except (PermissionError, subprocess.CalledProcessError):
        yield Loopback()
        return
    try:
        _ip("addr", "add", f"{bridge.net}.1/24", "dev", bridge.name)
        _ip("link", "set", bridge.name, "up")
        yield bridge
    finally:
        bridge.remove()
