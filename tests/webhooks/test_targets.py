import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from morgana.webhooks import targets

Names = Callable[[dict[str, list[str]]], None]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """What names lead to, in place of the network's."""

    def lead(to: dict[str, list[str]]) -> None:
        def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
            if host not in to:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in to[host]]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return lead


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "https://example.org:8443/hooks/1?token=a%20b",
        "https://bücher.example/",
        "https://a-1.b_c.example./",
        "https://93.184.216.34/",
        "https://[2606:4700:4700::1111]:8443/",
    ],
)
def test_what_is_outside_may_be_sent_to(url: str) -> None:
    assert targets.check(url, private=False).scheme == "https"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "absolute URL"),
        ("example.org/hooks", "absolute URL"),
        ("//example.org", "absolute URL"),
        ("https://", "absolute URL"),
        ("https:///hooks", "absolute URL"),
        ("ftp://example.org", "absolute URL"),
        ("file:///etc/passwd", "absolute URL"),
        ("gopher://example.org/1", "absolute URL"),
        ("https://user:password@example.org/", "without a user"),
        ("https://example.org\\@127.0.0.1/", "without a user"),
        ("https://example.org/#part", "fragment"),
        ("https://example.org:0/", "port"),
        ("https://example.org:65536/", "port"),
        ("https://exa mple.org/", "not a name"),
        ("https://example..org/", "not a name"),
        ("https://-a.org/", "not a name"),
        ("https://" + "a." * 127 + "org/", "not a name"),
        ("https://exam\tple.org/", "not a URL"),
        ("https://[::1/", "not a URL"),
        ("https://0177.0.0.1/", "not a URL"),
        ("https://\uff11\uff12\uff17.0.0.1/", "not a URL"),
        ("https://example.org/" + "a" * 2048, "at most 2048"),
    ],
)
@pytest.mark.parametrize("private", [True, False])
def test_what_is_no_place_to_send_to_is_refused(url: str, says: str, private: bool) -> None:  # noqa: FBT001
    with pytest.raises(targets.TargetError, match=says):
        targets.check(url, private=private)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "2130706433",
        "169.254.169.254",
        "10.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[fd00:ec2::254]",
        "[64:ff9b::7f00:1]",
        "localhost",
        "LOCALHOST.",
        "hooks.localhost",
    ],
)
def test_addresses_inside_are_refused_however_they_are_written_unless_allowed(host: str) -> None:
    with pytest.raises(targets.TargetError, match="MORGANA_PRIVATE_WEBHOOKS"):
        targets.check(f"https://{host}/", private=False)
    targets.check(f"http://{host}:8080/", private=True)


def test_names_that_only_look_like_this_machine_are_names() -> None:
    for host in ("mylocalhost", "localhost.example.org"):
        targets.check(f"https://{host}/", private=False)


def test_http_is_refused_unless_allowed() -> None:
    with pytest.raises(targets.TargetError, match="https"):
        targets.check("http://example.org/", private=False)
    assert targets.port(targets.check("http://example.org/", private=True)) == 80
    assert targets.port(targets.check("https://example.org/", private=False)) == 443


def resolved(url: str, *, private: bool = False) -> list[str]:
    return asyncio.run(targets.resolve(targets.check(url, private=private), private=private))


@pytest.mark.parametrize(
    "leads_to",
    [
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["::ffff:10.0.0.1"],
        ["fe80::1%2"],
        ["224.0.0.1"],
        ["93.184.216.34", "10.0.0.1"],
        ["2606:4700:4700::1111", "::1"],
    ],
)
def test_a_name_that_leads_inside_is_refused_unless_allowed(names: Names, leads_to: list[str]) -> None:
    names({"inside.example": leads_to})
    with pytest.raises(targets.TargetError, match="private network"):
        resolved("https://inside.example/")
    assert resolved("https://inside.example/", private=True) == leads_to


def test_a_name_that_leads_outside_is_resolved_to_all_its_addresses(names: Names) -> None:
    leads_to = ["2606:4700:4700::1111", "93.184.216.34"]
    names({"xn--bcher-kva.example": leads_to})
    assert resolved("https://bücher.example/") == leads_to


def test_a_name_that_leads_nowhere_is_told_of(names: Names) -> None:
    names({})
    with pytest.raises(targets.UnresolvedError, match=r"The name nowhere\.example was not found"):
        resolved("https://nowhere.example/")
