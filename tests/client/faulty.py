"""A server on a real socket that does what a test tells it to: answers, garbage, silence, a hang-up."""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self

DEADLINE = 60.0


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    head: str
    body: bytes

    @property
    def line(self) -> str:
        return self.head.splitlines()[0].rpartition(" ")[0]

    def header(self, name: str) -> str | None:
        found = re.search(rf"(?im)^{name}: (.*?)\r?$", self.head)
        return found and found[1]

    @property
    def form(self) -> list[tuple[str, str | None, bytes]]:
        """Name, filename and content of each part of a form."""
        boundary = (self.header("content-type") or "").partition("boundary=")[2].encode()
        found = []
        for part in self.body.split(b"--" + boundary)[1:-1]:
            head, _, content = part.partition(b"\r\n\r\n")
            told = dict(re.findall(r'\b(name|filename)="([^"]*)"', head.decode()))
            found.append((told["name"], told.get("filename"), content.removesuffix(b"\r\n")))
        return found


Reply = Callable[[Asked], bytes | None]


def answer(body: object = b"", status: int = 200, **headers: object) -> Reply:
    """A whole answer; what is not bytes is JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = {"Content-Length": len(content), "Connection": "close"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items() if value is not None)
    return lambda _asked: f"HTTP/1.1 {status} Told\r\n{head}\r\n".encode() + content


def broken(body: bytes, length: int, status: int = 200, **headers: object) -> Reply:
    """An answer that ends before it is whole."""
    return answer(body, status, **{"Content-Length": length, **headers})


def hang_up(_asked: Asked) -> bytes:
    return b""


def silence(_asked: Asked) -> None:
    """No answer, and no end either, until the client leaves."""


def problem(code: str, status: int, message: str = "So it is.", **headers: object) -> Reply:
    return answer({"error": {"code": code, "type": code, "message": message}}, status, **headers)


@dataclass
class Faulty:
    """Gives the replies in their order, the last one again and again."""

    replies: list[Reply] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def replying(self, *replies: Reply) -> Self:
        self.replies = list(replies)
        return self

    def lines(self) -> list[str]:
        return [asked.line for asked in self.asked]

    def serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            asked = _received(connection)
            if asked is None:
                return
            self.asked.append(asked)
            reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
            said = reply(asked)
            if said is None:
                connection.settimeout(DEADLINE)
                connection.recv(1)
            elif said:
                connection.sendall(said)


@contextmanager
def running() -> Iterator[Faulty]:
    faulty = Faulty()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        faulty.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        ending = threading.Event()

        def accept() -> None:
            while True:
                connection, _ = listener.accept()
                if ending.is_set():
                    connection.close()
                    return
                threading.Thread(target=faulty.serve, args=(connection,), daemon=True).start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        yield faulty
        ending.set()
        socket.create_connection(listener.getsockname()).close()
        accepting.join(DEADLINE)


def forwarded(upstream: str, then: Callable[[bytes], bytes] = bytes) -> Reply:
    """What another server answers, changed by `then` on its way."""
    host, _, port = upstream.removeprefix("http://").rpartition(":")

    def reply(asked: Asked) -> bytes:
        head = re.sub(r"(?im)^connection: .*\r\n", "", asked.head)
        with socket.create_connection((host, int(port)), DEADLINE) as other:
            other.sendall(head.encode() + b"Connection: close\r\n\r\n" + asked.body)
            return then(b"".join(iter(lambda: other.recv(65536), b"")))

    return reply


def _received(connection: socket.socket) -> Asked | None:
    connection.settimeout(DEADLINE)
    data = b""
    while b"\r\n\r\n" not in data:
        if not (chunk := connection.recv(65536)):
            return None
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?im)^content-length: (\d+)", head)
    while length and len(body) < int(length[1]):
        body += connection.recv(65536)
    return Asked(head.decode() + "\r\n", body)


def form_of(asked: Asked) -> dict[str, Any]:
    """The texts of a form; those of a repeated field as a list."""
    texts: dict[str, Any] = {}
    for name, filename, content in asked.form:
        if filename is None:
            texts.setdefault(name, []).append(content.decode())
    return {name: found[0] if len(found) == 1 else found for name, found in texts.items()}
