import asyncio
import gzip
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import trustme

from morgana.webhooks import sending
from morgana.webhooks.sending import Outcome
from tests.webhooks.receiving import Receiver, receiving

BODY = b'{"type": "webhook.test"}'
Leads = Callable[..., list[str]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def leads(monkeypatch: pytest.MonkeyPatch) -> Leads:
    """Have names lead to these addresses, one set after the other; the names that were asked for."""
    real = socket.getaddrinfo

    def lead(*answers: list[str]) -> list[str]:
        asked: list[str] = []

        def getaddrinfo(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
            name = host.decode() if isinstance(host, bytes) else host
            if not str(name).endswith(".test"):
                return real(host, port, *rest, **more)
            asked.append(name)
            addresses = answers[min(len(asked), len(answers)) - 1]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return lead


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[trustme.CA]:
    """One whose certificates are believed."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    sending._certificates.cache_clear()
    yield made
    sending._certificates.cache_clear()


def sent(url: str, *, private: bool = True) -> Outcome:
    return asyncio.run(sending.send(url, {"webhook-id": "event_1"}, BODY, private=private))


def tls(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (200, "delivered"),
        (204, "delivered"),
        (299, "delivered"),
        (304, "refused"),
        (400, "refused"),
        (410, "refused"),
        (503, "refused"),
    ],
)
def test_only_a_2xx_is_a_delivery(receiver: Receiver, status: int, result: str) -> None:
    receiver.answers = [status]
    outcome = sent(receiver.url)
    assert (outcome.result, outcome.status, outcome.error) == (result, status, None)
    (received,) = receiver.received
    assert (received.path, received.body) == ("/hook", BODY)
    assert received.headers["webhook-id"] == "event_1"
    assert received.headers["content-type"] == "application/json"
    assert received.headers["user-agent"].startswith("Morgana/")


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    def redirect(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(307)
        handler.send_header("Location", f"http://127.0.0.1:{receiver.port}/inside")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.answers = [redirect]
    outcome = sent(receiver.url)
    assert (outcome.result, outcome.status) == ("refused", 307)
    assert [one.path for one in receiver.received] == ["/hook"]


def test_the_name_is_looked_up_once_and_the_connection_made_to_what_was_looked_at(
    receiver: Receiver, leads: Leads
) -> None:
    with receiving(host="127.0.0.2") as inside:
        asked = leads(["127.0.0.1"], ["127.0.0.2"])
        inside_url = f"http://rebinding.test:{receiver.port}/hook?a=b"
        assert sent(inside_url).result == "delivered"
        assert inside.received == []
    (received,) = receiver.received
    assert received.headers["host"] == f"rebinding.test:{receiver.port}"
    assert received.path == "/hook?a=b"
    assert asked == ["rebinding.test"]


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["93.184.216.34", "127.0.0.1"]])
def test_no_connection_is_made_to_a_name_that_leads_inside(leads: Leads, addresses: list[str]) -> None:
    leads(addresses)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        outcome = sent(f"https://inside.test:{listening.getsockname()[1]}/", private=False)
        with pytest.raises(BlockingIOError):
            listening.accept()
    assert outcome.result == "forbidden"
    assert outcome.error is not None
    assert "private network" in outcome.error


def test_http_is_not_sent_if_it_is_allowed_no_longer(receiver: Receiver) -> None:
    assert sent(receiver.url, private=False).result == "forbidden"
    assert receiver.received == []


def test_the_next_address_is_tried_if_the_first_takes_no_connection(leads: Leads) -> None:
    with receiving(host="127.0.0.2") as receiver:
        leads(["127.0.0.1", "127.0.0.2"])
        assert sent(f"http://two.test:{receiver.port}/").result == "delivered"


def test_a_proxy_is_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert sent(receiver.url).result == "delivered"
        assert proxy.received == []


def test_the_certificate_has_to_be_for_the_name(authority: trustme.CA, leads: Leads) -> None:
    leads(["127.0.0.1"])
    with receiving(tls(authority, "hooks.test")) as receiver:
        assert sent(f"https://hooks.test:{receiver.port}/").result == "delivered"
        outcome = sent(f"https://other.test:{receiver.port}/")
    assert outcome.result == "unreachable"
    assert "certificate" in str(outcome.error)
    assert len(receiver.received) == 1


@pytest.mark.usefixtures("authority")
def test_a_certificate_of_nobodys_is_not_believed(leads: Leads) -> None:
    leads(["127.0.0.1"])
    with receiving(tls(trustme.CA(), "hooks.test")) as receiver:
        assert sent(f"https://hooks.test:{receiver.port}/").result == "unreachable"
    assert receiver.received == []


def test_nobody_there_is_told_of(leads: Leads) -> None:
    leads([])
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    outcome = sent(f"http://127.0.0.1:{port}/")
    assert (outcome.result, outcome.status, outcome.answer) == ("unreachable", None, None)
    assert outcome.error


@pytest.mark.parametrize("dripping", [False, True])
def test_a_slow_answer_is_waited_for_only_so_long(
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    dripping: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr(sending, "SECONDS", 0.5)

    def dawdle(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.settimeout(30)
        if dripping:
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            while True:
                handler.wfile.write(b".")
                time.sleep(0.02)
        handler.rfile.read(1)  # until the sender leaves

    receiver.answers = [dawdle]
    outcome = sent(receiver.url)
    assert outcome.result == "timeout"
    assert 0.5 <= outcome.seconds < 20
    assert "within" in str(outcome.error)


def test_of_a_long_answer_only_the_beginning_is_read(receiver: Receiver) -> None:
    written = 0

    def flood(handler: BaseHTTPRequestHandler) -> None:
        nonlocal written
        handler.send_response(200)
        handler.send_header("Content-Length", str(2**40))
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65536)
            written += 65536

    receiver.answers = [flood]
    outcome = sent(receiver.url)
    assert (outcome.result, outcome.answer) == ("delivered", "x" * 500)
    assert written < 64 * 2**20  # what sockets hold


def test_an_answer_is_not_unpacked_and_shown_so_that_it_harms_nothing(receiver: Receiver) -> None:
    bomb = gzip.compress(b"0" * 10**6)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(bomb)))
        handler.end_headers()
        handler.wfile.write(bomb)

    receiver.answers = [answer]
    outcome = sent(receiver.url)
    assert outcome.result == "delivered"
    assert outcome.answer is not None
    assert "000" not in outcome.answer
    assert all(character.isprintable() for character in outcome.answer)


def test_nonsense_is_told_of(receiver: Receiver) -> None:
    def greet(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.sendall(b"220 mail.example.org ready\r\n\r\n")

    receiver.answers = [greet]
    outcome = sent(receiver.url)
    assert outcome.result == "unreachable"
    assert outcome.error
