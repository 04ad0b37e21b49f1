"""Addresses that send wrong keys: after a few they have to wait, each time twice as long.

A key holds 256 random bits and is not guessed; what is spared is the database. All that is known is known to
this process alone, in memory of a bounded size. An address may be that of many people, behind one router or
proxy: keys that were right before go on working from there.
"""

import hashlib
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

_FREE = 10  # wrong keys, such as of a script that was not told of a new one
_LONGEST_SECONDS = 60.0
_FORGOTTEN_SECONDS = 600.0
_MOST = 10_000  # addresses, and as many keys: 3 MB in all
_IPV6_NETWORK_BITS = 64  # of which a single customer has all the addresses (RFC 6177)


@dataclass(slots=True)
class _Guesser:
    wrong: int
    last: float
    until: float


class WrongKeys:
    """Who sent wrong keys lately. May be used from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._guessers: OrderedDict[str, _Guesser] = OrderedDict()  # the one that guessed last is last
        self._right: OrderedDict[bytes, None] = OrderedDict()  # digests of keys; the one used last is last
        self._lock = Lock()

    def wait(self, address: str, key: str) -> float:
        """How many seconds this address must wait before this key is looked at; 0 if it need not."""
        with self._lock:
            guesser = self._guessers.get(_network(address))
            if guesser is None or _digest(key) in self._right:
                return 0
            return max(0, guesser.until - self._clock())

    def was_wrong(self, address: str, key: str) -> None:
        moment, network = self._clock(), _network(address)
        with self._lock:
            self._right.pop(_digest(key), None)
            guesser = self._guessers.pop(network, None)
            if guesser is None or guesser.last + _FORGOTTEN_SECONDS < moment:
                guesser = _Guesser(0, moment, moment)
            guesser.wrong += 1
            guesser.last = moment
            if guesser.wrong > _FREE:
                doublings = min(guesser.wrong - _FREE - 1, 10)  # far beyond the longest
                guesser.until = moment + min(2.0**doublings, _LONGEST_SECONDS)
            self._guessers[network] = guesser
            if len(self._guessers) > _MOST:
                self._guessers.popitem(last=False)

    def was_right(self, key: str) -> None:
        digest = _digest(key)
        with self._lock:
            self._right[digest] = None
            self._right.move_to_end(digest)
            if len(self._right) > _MOST:
                self._right.popitem(last=False)

    def __len__(self) -> int:
        """How many addresses and keys are remembered."""
        with self._lock:
            return len(self._guessers) + len(self._right)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _network(address: str) -> str:
    """What one guesser has at hand: an IPv4 address, or an IPv6 network."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a socket without addresses
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), _IPV6_NETWORK_BITS), strict=False))
