import socket
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from morgana.settings import settings
from tests.api.conftest import DEADLINE, PNG, WAV, Room, blob_files, error_code

MULTIPART = {"content-type": "multipart/form-data; boundary=b"}
IMAGE = b'--b\r\nContent-Disposition: form-data; name="image_reference"; filename="a"\r\n\r\n' + PNG
AUDIO = b'\r\n--b\r\nContent-Disposition: form-data; name="audio_reference"; filename="b"\r\n\r\n' + WAV
END = b"\r\n--b--\r\n"
BLOCK = b"\0" * 65536


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORGANA_MAX_IMAGE_BYTES", "1000")
    monkeypatch.setenv("MORGANA_MAX_AUDIO_BYTES", "500000")
    settings.cache_clear()


class Body:
    """A request body that goes on without end, and counts what was taken of it."""

    def __init__(self, *begin: bytes) -> None:
        self.begin = begin
        self.taken = 0

    def __iter__(self) -> Iterator[bytes]:
        yield from self.begin
        while True:
            self.taken += len(BLOCK)
            yield BLOCK


def _connect(server: str) -> socket.socket:
    host, port = server.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=DEADLINE)


def _status(connection: socket.socket) -> int:
    return int(connection.recv(65536).split()[1])


@pytest.mark.usefixtures("small_limits")
@pytest.mark.parametrize(
    "begin",
    [
        (IMAGE,),
        (IMAGE, AUDIO),
        (b'--b\r\nContent-Disposition: form-data; name="unknown"; filename="a"\r\n\r\n',),
        (b'--b\r\nContent-Disposition: form-data; name="model"\r\n\r\n',),
    ],
)
def test_an_endless_upload_is_stopped_and_leaves_nothing(
    server: str, key: str, data: Path, room: Room, begin: tuple[bytes, ...]
) -> None:
    # A raw socket, since a client library would send for ever before it looks for an answer.
    with _connect(server) as connection:
        head = f"POST /v1/videos HTTP/1.1\r\nHost: x\r\nx-api-key: {key}\r\nTransfer-Encoding: chunked\r\n"
        connection.sendall(f"{head}Content-Type: {MULTIPART['content-type']}\r\n\r\n".encode())
        sent, body = 0, iter(Body(*begin))
        connection.setblocking(False)  # noqa: FBT003
        deadline = time.monotonic() + DEADLINE
        answer = b""
        while not answer.endswith(b"}"):
            assert time.monotonic() < deadline, "no answer"
            block = next(body)
            try:
                connection.sendall(b"%x\r\n%s\r\n" % (len(block), block))
                sent += len(block)
            except (BlockingIOError, ConnectionError):
                time.sleep(0.001)
            try:
                answer += connection.recv(65536)
            except (BlockingIOError, ConnectionResetError):
                continue
    assert answer.startswith(b"HTTP/1.1 413")
    assert b'"payload_too_large"' in answer
    assert blob_files(data) == []
    assert room.enqueued == []


@pytest.mark.usefixtures("small_limits")
def test_a_length_that_is_too_large_is_refused_before_anything_is_sent(server: str, key: str) -> None:
    with _connect(server) as connection:
        head = f"POST /v1/videos HTTP/1.1\r\nHost: x\r\nx-api-key: {key}\r\nContent-Length: 99999999\r\n"
        connection.sendall(f"{head}Content-Type: {MULTIPART['content-type']}\r\n\r\n".encode())
        assert _status(connection) == 413


@pytest.mark.usefixtures("small_limits")
def test_a_client_that_sends_everything_first_still_reads_the_413(server: str, key: str, data: Path) -> None:
    size = 128 * len(BLOCK)
    with _connect(server) as connection:
        head = f"POST /v1/videos HTTP/1.1\r\nHost: x\r\nx-api-key: {key}\r\nContent-Length: {size}\r\n"
        head += "Connection: close\r\n"  # upon which the server would hang up at once
        connection.sendall(f"{head}Content-Type: {MULTIPART['content-type']}\r\n\r\n".encode())
        for _ in range(128):
            connection.sendall(BLOCK)  # raises if the server has hung up
        assert _status(connection) == 413
    assert blob_files(data) == []


def test_a_stranger_is_turned_away_before_the_body_is_read(server: str, data: Path) -> None:
    audio = WAV + b"\0" * 8_000_000
    answer = httpx2.post(f"{server}/v1/videos", files={"audio_reference": ("b", audio)}, timeout=DEADLINE)
    assert error_code(answer, 401) == "missing_api_key"
    assert not (data / "uploads").exists()


def test_a_client_that_leaves_in_the_middle_leaves_nothing(server: str, key: str, data: Path) -> None:
    with _connect(server) as connection:
        head = f"POST /v1/videos HTTP/1.1\r\nHost: x\r\nx-api-key: {key}\r\nContent-Length: 9999\r\n"
        connection.sendall(f"{head}Content-Type: {MULTIPART['content-type']}\r\n\r\n".encode() + IMAGE)
    metrics = 'morgana_http_requests_total{method="POST",route="/v1/videos",status="499"} 1.0'
    deadline = time.monotonic() + DEADLINE
    while metrics not in httpx2.get(f"{server}/metrics").text:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert blob_files(data) == []


def test_memory_is_flat_in_the_size_of_an_upload(server: str, key: str) -> None:
    size = 48 * 1024 * 1024

    def body() -> Iterator[bytes]:
        yield IMAGE + AUDIO
        yield from (BLOCK for _ in range(size // len(BLOCK)))
        yield END

    headers = MULTIPART | {"x-api-key": key}
    httpx2.get(f"{server}/health")
    tracemalloc.start()
    try:
        answer = httpx2.post(f"{server}/v1/videos", content=body(), headers=headers, timeout=DEADLINE)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status_code == 200, answer.text
    assert peak < size / 3
