"""Whether a page is open before the very person who runs the server, so that it may be given a key.

Each of these alone can be got round, so all of them have to hold: the connection comes from this machine, and
from a process of the user who runs the server; no proxy stands between; and it is the server's own page that
asks, under an address that no name server can lend to a stranger's page (DNS rebinding).
"""

import ipaddress
import os
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers

from morgana.api.errors import ApiError
from morgana.settings import settings

_ESTABLISHED = "01"  # TCP_ESTABLISHED in the kernel's include/net/tcp_states.h
_OF_PROXIES = ("forwarded", "via", "x-real-ip", "true-client-ip", "cf-connecting-ip")


def same_person(request: Request) -> None:
    """Raise ApiError (403) unless whoever asks may act for the person who runs the server."""
    reasons = {
        "it is turned off": settings().studio_key == "on" and settings().public_url is None,
        "the page is not open on the machine of the server": _from_here(request),
        "a proxy stands between": not _passed_on(request),
        "another page asks": _own_page(request.headers),
        "another user of the machine asks": _same_user(request),
    }
    for reason, holds in reasons.items():
        if not holds:
            message = f"No key is given out by itself, because {reason}. `morgana keys create` makes one."
            raise ApiError(HTTPStatus.FORBIDDEN, "studio_key_refused", message)


def _from_here(request: Request) -> bool:
    return request.client is not None and _is_loopback(request.client.host)


def _passed_on(request: Request) -> bool:
    """Whether a proxy shows. No browser speaks HTTP/1.0, but proxies do unless they are told otherwise."""
    names = request.headers.keys()
    shown = any(name in _OF_PROXIES or name.startswith("x-forwarded-") for name in names)
    return shown or request.scope.get("http_version") == "1.0"


def _own_page(headers: Headers) -> bool:
    """Whether the browser says that this server's page asks, under a name of this machine only."""
    host, origin = headers.get("host", ""), headers.get("origin", "")
    name = urlsplit(f"//{host}").hostname or ""
    return (
        (name == "localhost" or name.endswith(".localhost") or _is_loopback(name))
        and origin == f"http://{host}"
        and headers.get("sec-fetch-site") == "same-origin"
    )


def _is_loopback(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def _same_user(request: Request) -> bool:
    """Whether the other end of the connection is this user's; also where the system has no way to tell."""
    server = request.scope.get("server")
    if request.client is None or not server:
        return False
    tables = [path.read_text() for path in _tables() if path.exists()]
    if not tables:
        return True
    return owners(tables, request.client.port, server[1]) == {os.getuid()}


def _tables() -> tuple[Path, ...]:
    return Path("/proc/net/tcp"), Path("/proc/net/tcp6")


def owners(tables: list[str], port: int, other_port: int) -> set[int]:
    """The users of open sockets between two ports, in tables as proc_net_tcp(5) describes them."""
    found = set()
    for line in (line for table in tables for line in table.splitlines()[1:]):
        _, here, there, state, _, _, _, user, *_ = line.split()
        ports = tuple(int(end.rpartition(":")[2], 16) for end in (here, there))
        if ports == (port, other_port) and state == _ESTABLISHED:
            found.add(int(user))
    return found
