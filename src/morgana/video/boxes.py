"""The boxes of an MP4 or MOV, and how many samples its index claims to have.

They are counted before a demuxer makes room for them: a few bytes can claim thousands of millions of samples
where all have one size (ISO/IEC 14496-12, 8.7.3), or in a fragment that gives none of their properties
(8.8.8).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_CONTAINERS = frozenset(
    {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"mvex", b"moof", b"traf", b"udta"}
)
_SAME_FILE = 1
_MAXIMUM_REFERENCES = 100
_MAXIMUM_BOXES = 200_000
_MAXIMUM_DEPTH = 16


class MalformedError(Exception):
    """An index that no camera or editor writes: compressed, or of far too many or too deep boxes."""


class ReferringError(Exception):
    """The pictures or the sound are said to lie in another file (ISO/IEC 14496-12, 8.7.2)."""


@dataclass(slots=True)
class _Track:
    samples: int = 0
    handlers: frozenset[bytes] = frozenset()
    one_tick: bool = False  # every sample lasts one tick

    @property
    def indexed(self) -> int:
        """Samples that need an entry each: those of PCM sound, which lies in blocks, need none."""
        return 0 if self.one_tick and self.handlers and b"vide" not in self.handlers else self.samples


def claimed_samples(path: Path) -> int:
    """The samples of all tracks and fragments that a demuxer needs an entry for.

    Raises MalformedError, ReferringError.
    """
    tracks = [_Track()]
    with path.open("rb") as file:
        for kind, start, end in boxes(file):
            if kind == b"cmov":
                raise MalformedError
            if kind == b"dref" and _leads_elsewhere(file, start, end):
                raise ReferringError
            if kind in (b"trak", b"moof"):
                tracks.append(_Track())
            _note(tracks[-1], kind, _head(file, start, end))
    return sum(track.indexed for track in tracks)


def _leads_elsewhere(file: BinaryIO, start: int, end: int) -> bool:
    """Whether any entry of a data reference box lacks the flag that the data are in the same file."""
    for count, (_, content, finish) in enumerate(_boxes(file, start + 8, end, _MAXIMUM_DEPTH)):
        if count >= _MAXIMUM_REFERENCES:
            raise MalformedError
        if not _head(file, content, finish)[3] & _SAME_FILE:
            return True
    return False


def boxes(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """(kind, start and end of the content) of every box, each before those inside it.

    Raises MalformedError.
    """
    for count, box in enumerate(_boxes(file, 0, file.seek(0, 2), 0)):
        if count >= _MAXIMUM_BOXES:
            raise MalformedError
        yield box


def _note(track: _Track, kind: bytes, head: bytes) -> None:
    """What a box says about the track that it is in; `head`: its first 24 bytes, filled up with zeros."""
    if kind in (b"stsz", b"stz2"):
        track.samples += int.from_bytes(head[8:12])
    elif kind == b"trun":
        track.samples += int.from_bytes(head[4:8])
    elif kind == b"hdlr":
        track.handlers |= {head[8:12]} - {b"url ", b"alis"}
    elif kind == b"stts":
        track.one_tick = head[4:8] == b"\0\0\0\1" and head[12:16] == b"\0\0\0\1"


def _head(file: BinaryIO, start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(min(24, end - start)).ljust(24, b"\0")


def _boxes(file: BinaryIO, start: int, end: int, depth: int) -> Iterator[tuple[bytes, int, int]]:
    if depth > _MAXIMUM_DEPTH:
        raise MalformedError
    while start + 8 <= end:
        size, kind, large = struct.unpack(">I4sQ", _head(file, start, end)[:16])
        content = start + (16 if size == 1 else 8)
        finish = end if size == 0 else min(start + (large if size == 1 else size), end)
        if finish < content:
            return
        yield kind, content, finish
        if kind in _CONTAINERS:
            yield from _boxes(file, content, finish, depth + 1)
        start = finish
