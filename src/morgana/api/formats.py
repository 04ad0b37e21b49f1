"""Which file formats may be uploaded, told by the first bytes; whether a file decodes, a worker finds out."""

from collections.abc import Callable
from dataclasses import dataclass

HEAD_BYTES = 12


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: the ending and content type it is stored with, and how it begins."""

    suffix: str
    content_type: str
    matches: Callable[[bytes], bool]


def _is_wav(head: bytes) -> bool:
    return head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE"


def _is_mp3(head: bytes) -> bool:
    """An ID3v2 tag, or the header of an MPEG layer III frame (ISO/IEC 11172-3, 2.4.1.3)."""
    if head[:3] == b"ID3":
        return True
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer == 1 and bitrate != 15 and rate != 3


def _is_mp4(head: bytes) -> bool:
    """An ISO base media file (ISO/IEC 14496-12, 4.3) whose brand is not one of pictures or of sound alone."""
    return head[4:8] == b"ftyp" and head[8:12] not in _OTHER_BRANDS and not _is_mov(head)


def _is_mov(head: bytes) -> bool:
    """A QuickTime film; old ones begin with any of their atoms (QuickTime File Format, "Atoms")."""
    return head[4:12] == b"ftypqt  " or head[4:8] in _OLD_ATOMS


_OTHER_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"M4A ", b"M4B ", b"M4P ", b"crx ")
_OLD_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")

JPEG = Format(".jpg", "image/jpeg", lambda head: head[:3] == b"\xff\xd8\xff")
PNG = Format(".png", "image/png", lambda head: head[:8] == b"\x89PNG\r\n\x1a\n")
WAV = Format(".wav", "audio/wav", _is_wav)
MP3 = Format(".mp3", "audio/mpeg", _is_mp3)
MP4 = Format(".mp4", "video/mp4", _is_mp4)
MOV = Format(".mov", "video/quicktime", _is_mov)
TEXT = Format(".txt", "text/plain", lambda _: True)
