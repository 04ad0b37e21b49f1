"""scripts/setup on a machine made of stand-ins, which write down how they were called."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REAL = ("sh", "cat", "chmod", "cp", "cut", "dirname", "grep", "mkdir", "rm", "sha256sum", "tr")
LIBRARIES = ("libEGL.so.1", "libGL.so.1", "libGLESv2.so.2", "libgthread-2.0.so.0")
PACKAGES = "libegl1 libgl1 libgles2 libglib2.0-0"

# `python3.11 -m venv` makes a Python that installs uv, which makes an environment with `morgana`.
PYTHON = r"""
case "$*" in
    "-m venv "*) echo "make $3" >>calls; mkdir -p "$3/bin"; cp bin/python3.11 "$3/bin/python" ;;
    *"pip install"*) echo "pip install" >>calls; cp bin/uv .tools/uv/bin/uv ;;
esac
"""
UV = r"""
if [ "$1" = --version ]; then echo "uv 0.13.9"; exit; fi
echo "uv $1 $2" >>calls
mkdir -p .venv/bin
cp bin/morgana bin/python3.11 .venv/bin
cp bin/python3.11 .venv/bin/python
"""


class Machine:
    """A folder with a checkout, and a PATH on which only stand-ins are found."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        (folder / "scripts").mkdir()
        shutil.copy(ROOT / "scripts" / "setup", folder / "scripts")
        (folder / "uv.lock").write_text("one")
        (folder / "pyproject.toml").write_text("")
        for tool in REAL:
            (self.bin / tool).symlink_to(shutil.which(tool) or tool)
        self.command("python3.11", PYTHON)
        self.command("uv", UV)
        self.command("morgana", 'echo "morgana $*" >>calls')
        self.command("uname", "echo Linux")
        self.command("id", "echo 1000")
        self.libraries(*LIBRARIES)

    def command(self, name: str, script: str) -> None:
        (self.bin / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.bin / name).chmod(0o755)

    def libraries(self, *names: str) -> None:
        listing = "".join(f"\t{name} (libc6,x86-64) => /usr/lib/{name}\n" for name in names)
        (self.folder / "libraries").write_text(listing)
        self.command("ldconfig", "cat libraries")

    def set_up(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        (self.folder / "calls").write_text("")
        return subprocess.run(
            [str(self.folder / "scripts" / "setup"), *arguments],
            env={"PATH": str(self.bin)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_first_setup_does_everything(machine: Machine) -> None:
    assert machine.set_up().returncode == 0
    assert machine.calls() == ["make .tools/uv", "pip install", "uv sync --frozen", "morgana models pull"]


def test_a_second_setup_installs_nothing(machine: Machine) -> None:
    machine.set_up()
    assert machine.set_up().returncode == 0
    assert machine.calls() == ["morgana models pull"]


def test_other_dependencies_are_installed_without_a_new_uv(machine: Machine) -> None:
    machine.set_up()
    (machine.folder / "uv.lock").write_text("two")
    assert machine.set_up().returncode == 0
    assert machine.calls() == ["uv sync --frozen", "morgana models pull"]


def test_a_failed_install_is_not_taken_for_done(machine: Machine) -> None:
    machine.command("uv", f'[ "$1" != sync ] || [ -e network ] || exit 1\n{UV}')
    assert machine.set_up().returncode != 0
    (machine.folder / "network").touch()
    assert machine.set_up().returncode == 0
    assert machine.calls() == ["uv sync --frozen", "morgana models pull"]


def test_failing_weights_fail_the_setup(machine: Machine) -> None:
    machine.command("morgana", "exit 1")
    assert machine.set_up().returncode != 0


def test_missing_libraries_are_named_where_they_cannot_be_installed(machine: Machine) -> None:
    machine.libraries()
    outcome = machine.set_up()
    assert outcome.returncode == 1
    assert f"sudo apt-get update && sudo apt-get install -y {PACKAGES}" in outcome.stderr
    assert machine.calls() == []


def test_a_browser_and_curl_are_only_for_the_tests(machine: Machine) -> None:
    assert machine.set_up().returncode == 0
    outcome = machine.set_up("tests")
    assert outcome.returncode == 1
    assert "apt-get install -y chromium-headless-shell curl" in outcome.stderr
    machine.command("chromium", "exit")
    outcome = machine.set_up("tests")
    assert outcome.returncode == 1
    assert "apt-get install -y curl" in outcome.stderr
    machine.command("curl", "exit")
    assert machine.set_up("tests").returncode == 0


def test_a_python_without_venv_is_named(machine: Machine) -> None:
    machine.command("python3.11", "exit 1")
    outcome = machine.set_up()
    assert outcome.returncode == 1
    assert "apt-get install -y python3.11-venv" in outcome.stderr


def test_a_missing_python_is_named(machine: Machine) -> None:
    (machine.bin / "python3.11").unlink()
    outcome = machine.set_up()
    assert outcome.returncode == 1
    assert "apt-get install -y python3.11 python3.11-venv" in outcome.stderr


def test_root_has_missing_libraries_installed(machine: Machine) -> None:
    machine.libraries("libEGL.so.1", "libGLESv2.so.2", "libgthread-2.0.so.0")
    machine.command("id", "echo 0")
    machine.command("env", 'shift; exec "$@"')
    machine.command("apt-get", 'echo "apt-get $*" >>calls')
    assert machine.set_up().returncode == 0
    assert machine.calls()[:2] == [
        "apt-get update -q",
        "apt-get install -q -y --no-install-recommends libgl1",
    ]


def test_sudo_is_used_where_it_asks_for_nothing(machine: Machine) -> None:
    machine.libraries(*LIBRARIES[1:])
    machine.command("env", 'shift; exec "$@"')
    machine.command("true", "exit 0")
    machine.command("sudo", 'shift; SUDO=yes exec "$@"')
    machine.command("apt-get", 'echo "$SUDO $*" >>calls')
    machine.set_up()
    assert machine.calls()[1] == "yes install -q -y --no-install-recommends libegl1"
