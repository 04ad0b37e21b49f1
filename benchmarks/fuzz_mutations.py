"""Ways to damage a file: each takes its bytes and a source of chance, and gives other bytes."""

import random
import struct
import zlib
from collections.abc import Callable
from typing import Final, TypeAlias

Mutation: TypeAlias = Callable[[bytearray, random.Random], bytearray]

# Sizes, counts and times that programs get wrong: around nothing, and where a sign or a width ends.
_NUMBERS: Final = (0, 1, 7, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF0, 0xFFFF_FFFF)
_MOST: Final = 6  # mutations of one file
_LONGEST: Final = 4  # times as long as the seed, at most


def mutated(seed: bytes, chance: random.Random) -> bytes:
    """`seed`, damaged in one to six ways; the same for the same state of `chance`."""
    raw = bytearray(seed)
    for _ in range(chance.randint(1, _MOST)):
        if len(raw) < 16:  # there is nothing left to damage
            break
        raw = chance.choice(_MUTATIONS)(raw, chance)
    return bytes(raw[: _LONGEST * len(seed)])


def mended(png: bytes) -> bytes:
    """A PNG with the right checksum in each chunk, so that more is read of it than the first damage."""
    raw, at = bytearray(png), 8
    while at + 12 <= len(raw):
        size = int.from_bytes(raw[at : at + 4])
        end = at + 8 + size
        if end + 4 > len(raw):
            break
        raw[end : end + 4] = zlib.crc32(raw[at + 4 : end]).to_bytes(4)
        at = end + 4
    return bytes(raw)


def _flip(raw: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.choice((1, 1, 4, 32))):
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return raw


def _overwrite(raw: bytearray, chance: random.Random) -> bytearray:
    start = chance.randrange(len(raw))
    end = min(len(raw), start + chance.choice((1, 2, 8, 64)))
    raw[start:end] = chance.randbytes(end - start)
    return raw


def _truncate(raw: bytearray, chance: random.Random) -> bytearray:
    return raw[: chance.randrange(1, len(raw))]


def _splice(raw: bytearray, chance: random.Random) -> bytearray:
    """A piece of the file once more, elsewhere."""
    start = chance.randrange(len(raw))
    piece = raw[start : start + chance.randrange(1, 512)]
    place = chance.randrange(len(raw))
    return raw[:place] + piece + raw[place:]


def _excise(raw: bytearray, chance: random.Random) -> bytearray:
    start = chance.randrange(len(raw))
    return raw[:start] + raw[start + chance.randrange(1, 256) :]


def _header(raw: bytearray, chance: random.Random) -> bytearray:
    """A telling number in one of the first bytes, where headers are."""
    return _put(raw, chance.randrange(min(len(raw), 256)), chance)


def _number(raw: bytearray, chance: random.Random) -> bytearray:
    return _put(raw, chance.randrange(len(raw)), chance)


def _named(raw: bytearray, chance: random.Random) -> bytearray:
    """The size of a box or a chunk, or a number in it: beside four letters, wherever they are."""
    places = [at for at in range(4, len(raw) - 8) if raw[at : at + 4].isalnum()]
    if not places:
        return raw
    at = chance.choice(places)
    return _put(raw, at + chance.choice((-4, 4, 8, 12, 16, 20)), chance)


def _put(raw: bytearray, at: int, chance: random.Random) -> bytearray:
    form = chance.choice((">I", "<I", ">H", "<H", "B"))
    size = struct.calcsize(form)
    if 0 <= at <= len(raw) - size:
        raw[at : at + size] = struct.pack(form, chance.choice(_NUMBERS) & (1 << 8 * size) - 1)
    return raw


_MUTATIONS: Final[tuple[Mutation, ...]] = (
    _flip,
    _overwrite,
    _truncate,
    _splice,
    _excise,
    _header,
    _number,
    _named,
    _named,
    _named,
)
