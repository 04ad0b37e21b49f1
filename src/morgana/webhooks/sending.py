"""One attempt: a POST to a checked address, which never takes long, follows nothing and reads little."""

import asyncio
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import httpx2

from morgana import __version__
from morgana.webhooks import targets

SECONDS: Final = 10.0  # for everything: name, connection, request and answer
_CONNECT_SECONDS = 3.0  # for all addresses but the last: one that is silent must not use up the time
_MOST_READ = 2048  # bytes of the answer's body
_MOST_SHOWN = 500  # characters of it

Result = Literal["delivered", "refused", "timeout", "unreachable", "forbidden"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended.

    status: of the answer, if there was one; answer: the first characters of its body. error: for the person
    whose URL it is, what went wrong where there was none.
    """

    result: Result
    seconds: float
    status: int | None = None
    answer: str | None = None
    error: str | None = None


async def send(url: str, headers: dict[str, str], body: bytes, *, private: bool) -> Outcome:
    """POST the JSON `body`. Only a 2xx is a delivery; whatever goes wrong is told in the outcome.

    private: whether http and addresses of one's own networks are allowed.
    """
    begun = time.perf_counter()

    def ended(result: Result, **about: object) -> Outcome:
        return Outcome(result, time.perf_counter() - begun, **about)  # type: ignore[arg-type]

    try:
        async with asyncio.timeout(SECONDS):
            target = targets.check(url, private=private)
            addresses = await targets.resolve(target, private=private)
            status, answer = await _post(target, addresses, headers, body)
    except TimeoutError:
        return ended("timeout", error=f"There was no whole answer within {SECONDS:.0f} seconds.")
    except targets.TargetError as error:
        return ended("forbidden", error=f"{error}.")
    except (targets.UnresolvedError, httpx2.HTTPError, OSError) as error:
        return ended("unreachable", error=str(error)[:_MOST_SHOWN] or type(error).__name__)
    return ended("delivered" if 200 <= status < 300 else "refused", status=status, answer=answer)


async def _post(
    target: httpx2.URL, addresses: list[str], headers: dict[str, str], body: bytes
) -> tuple[int, str]:
    """To the first of the addresses that a connection can be made to."""
    for address in addresses[:-1]:
        with suppress(httpx2.ConnectError, httpx2.ConnectTimeout):
            return await _post_to(address, target, headers, body, _CONNECT_SECONDS)
    return await _post_to(addresses[-1], target, headers, body, None)


async def _post_to(
    address: str,
    target: httpx2.URL,
    headers: dict[str, str],
    body: bytes,
    connect_seconds: float | None,
) -> tuple[int, str]:
    # The name is not looked up again: it could lead elsewhere by now (DNS rebinding). It is still what the
    # server is asked for, and what its certificate has to be for.
    request = httpx2.Request(
        "POST",
        target.copy_with(host=address),
        headers={
            "Host": target.netloc.decode("ascii"),
            "Content-Type": "application/json",
            "User-Agent": f"Morgana/{__version__}",
            "Accept-Encoding": "identity",
            **headers,
        },
        content=body,
        extensions={"sni_hostname": target.raw_host.decode("ascii")},
    )
    # A connection of its own, for two hosts at one address must not share one; and no proxy, which would
    # look the name up itself.
    timeout = httpx2.Timeout(None, connect=connect_seconds)
    transport = httpx2.AsyncHTTPTransport(verify=_certificates(), trust_env=False)
    async with httpx2.AsyncClient(transport=transport, trust_env=False, timeout=timeout) as client:
        response = await client.send(request, stream=True, follow_redirects=False)
        try:
            return response.status_code, await _beginning(response)
        finally:
            await response.aclose()


async def _beginning(response: httpx2.Response) -> str:
    read = bytearray()
    async for chunk in response.aiter_raw():
        read += chunk
        if len(read) >= _MOST_READ:
            break
    text = bytes(read[:_MOST_READ]).decode("utf-8", "replace")[:_MOST_SHOWN]
    return "".join(
        character if character.isprintable() or character == "\n" else "\ufffd" for character in text
    )


@cache
def _certificates() -> ssl.SSLContext:
    return httpx2.create_ssl_context()
