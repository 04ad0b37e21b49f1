"""Where a webhook may point: what is wrong with a URL, and to which addresses its host leads."""

import asyncio
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from ipaddress import ip_address

import httpx2

from morgana.webhooks.addresses import is_public

LONGEST = 2048  # characters
_LONGEST_NAME = 253
_NAME = re.compile(r"[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*\.?")
_THIS_MACHINE = ".localhost"  # and all below it: RFC 6761, 6.3
_PORTS = {"http": 80, "https": 443}
_LOOKUPS = 32

# A resolver that does not answer holds its thread for long: these are ours alone.
_resolving = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="webhook-resolver")


class TargetError(ValueError):
    """A URL that nothing is sent to; the message is for the person who gave it."""


class UnresolvedError(Exception):
    """A host that has no address at this moment."""


def check(url: str, *, private: bool) -> httpx2.URL:
    """The URL, if it is one that something may be sent to. Raises TargetError.

    private: whether http and addresses of one's own networks are allowed. A name's addresses are looked at
    only by `resolve`.
    """
    if len(url) > LONGEST:
        raise TargetError(f"The URL may have at most {LONGEST} characters")
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise TargetError(f"This is not a URL: {error}") from None
    if parsed.scheme not in _PORTS or not parsed.host:
        raise TargetError("Send an absolute URL, such as https://example.org/hooks")
    if parsed.scheme == "http" and not private:
        raise TargetError("Send a URL with https: what is sent could be read on its way otherwise")
    if parsed.userinfo or parsed.fragment:
        raise TargetError("Send a URL without a user, a password or a fragment")
    if parsed.port is not None and not 0 < parsed.port < 65_536:
        raise TargetError("The port of the URL is not between 1 and 65535")
    _check_host(parsed.raw_host.decode("ascii"), private=private)
    return parsed


def port(url: httpx2.URL) -> int:
    return url.port or _PORTS[url.scheme]


async def resolve(url: httpx2.URL, *, private: bool) -> list[str]:
    """The addresses of its host, all of which may be sent to.

    Raises TargetError if one may not: a name that leads inside is not trusted elsewhere. Raises
    UnresolvedError if there are none.
    """
    host = url.raw_host.decode("ascii")
    try:
        found = await asyncio.get_running_loop().run_in_executor(_resolving, _look_up, host, port(url))
    except (socket.gaierror, UnicodeError):
        raise UnresolvedError(f"The name {host} was not found.") from None
    if not private and not all(map(is_public, found)):
        raise TargetError(_inside(host))
    return found


def _look_up(host: str, at_port: int) -> list[str]:
    entries = socket.getaddrinfo(host, at_port, type=socket.SOCK_STREAM)
    return [*dict.fromkeys(str(entry[4][0]) for entry in entries)]


def _check_host(host: str, *, private: bool) -> None:
    if (address := _address(host)) is not None:
        if not private and not is_public(address):
            raise TargetError(_inside(host))
    elif len(host) > _LONGEST_NAME or not _NAME.fullmatch(host):
        raise TargetError("The host of the URL is not a name or an address")
    elif not private and f".{host.removesuffix('.')}".endswith(_THIS_MACHINE):
        raise TargetError(_inside(host))


def _address(host: str) -> str | None:
    """The address that the host is, also in one of the old spellings that resolvers know, such as 127.1."""
    with suppress(ValueError):
        return str(ip_address(host))
    with suppress(OSError):
        return socket.inet_ntoa(socket.inet_aton(host))
    return None


def _inside(host: str) -> str:
    return (
        f"{host} is in a private network or this machine, where nothing is sent. Whoever runs the server can "
        "allow it with MORGANA_PRIVATE_WEBHOOKS=on"
    )
