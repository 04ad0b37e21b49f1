"""Which addresses belong to the public Internet, and not to the networks that the server itself is in.

Whoever may register a URL could else have the server ask its neighbours: a database, a router, or what a
cloud tells its machines about their keys (SSRF). From the IANA registries of special-purpose addresses, IPv4
(RFC 6890 and later) and IPv6, of October 2025; those of multicast; and, at the end, two addresses at which
clouds answer their own machines alone.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

_NOT_PUBLIC_4: Final = [
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "168.63.129.16/32",  # Azure's host
    )
]
_PUBLIC_6: Final = ip_network("2000::/3")  # all that IANA has given out for unicast
_NOT_PUBLIC_6: Final = [
    ip_network(text)
    for text in (
        "2001::/23",  # protocols, Teredo among them, which holds an IPv4 address
        "2001:db8::/32",
        "2002::/16",  # 6to4, which holds one as well
        "3fff::/20",
    )
]
_NAT64: Final = ip_network("64:ff9b::/96")  # how IPv4 is reached from a network that has only IPv6


def is_public(text: str) -> bool:
    """Whether this address, as a resolver writes it, may be sent to. Raises ValueError if it is none."""
    address = ip_address(text)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    if (inner := _inner(address)) is not None:
        return is_public(str(inner))
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that would in fact be reached."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped
