"""Files that are two things at once: a picture, sound or film, and an archive or a document as well.

Whoever hands such a file on, unchanged, hands on what nobody looked at. No camera or editor makes one.
"""

import struct
from pathlib import Path
from typing import BinaryIO, Final

# Programs look for the header of a PDF in the first 1024 bytes (ISO 32000-1, annex H, note 13), and for an
# archive behind the program that unpacks it: of up to 4 MiB (MAXSFXSIZE of UnRAR 7), of 8 MiB (7-Zip), or of
# any size (those that carve files out of others). Six bytes are not met by chance.
_PDF, _PDF_WITHIN = b"%PDF-", 1024
_UNPACKED: Final = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"MSCF\0\0\0\0")
_SIGNATURE = max(map(len, _UNPACKED)) - 1  # bytes of one that may lie before the piece that completes it
_PIECE = 256 * 1024  # bytes
_TAR, _TAR_AT = b"ustar", 257  # POSIX.1-1988
_ISO, _ISO_AT = b"CD001", 32_769  # ECMA-119, 6.2.1 and 8.1: the first descriptor, in sector 16
# The end of a ZIP's directory: at most a comment of 65,535 bytes comes after (APPNOTE 4.3.16). Before it is,
# if the directory is a large one, what leads to its other end, of 20 bytes (4.3.15).
_ZIP_END, _ZIP_END_BYTES, _ZIP_COMMENT = b"PK\5\6", 22, 65_535
_ZIP_LARGE, _ZIP_LARGE_BYTES = b"PK\6\7", 20
_ZIP_ENTRY = b"PK\1\2"


def is_polyglot(path: Path) -> bool:
    """Whether a picture, sound or film is a ZIP, RAR, 7z, CAB, tar, ISO or PDF to other programs."""
    with path.open("rb") as file:
        head = file.read(_PIECE)
        return (
            head.find(_PDF, 0, _PDF_WITHIN) >= 0
            or head.startswith(_TAR, _TAR_AT)
            or head.startswith(_ISO, _ISO_AT)
            or _unpacks(file)
            or _is_zip(file)
        )


def _unpacks(file: BinaryIO) -> bool:
    """Whether an archive begins anywhere, as behind a program that unpacks it; looked at by pieces."""
    file.seek(0)
    before = b""
    while read := file.read(_PIECE):
        piece = before + read
        if any(signature in piece for signature in _UNPACKED):
            return True
        before = piece[-_SIGNATURE:]
    return False


def _is_zip(file: BinaryIO) -> bool:
    """Whether a directory ends that begins with an entry, a large one, or an empty one at the very end.

    Some programs take the directory to begin as far from its end as it is long, others where the end says.
    """
    size = file.seek(0, 2)
    start = max(0, size - _ZIP_END_BYTES - _ZIP_COMMENT - _ZIP_LARGE_BYTES)
    file.seek(start)
    tail = file.read()
    place = tail.rfind(_ZIP_END)
    while place >= 0:
        end = tail[place : place + _ZIP_END_BYTES].ljust(_ZIP_END_BYTES, b"\0")
        length, begin, comment = struct.unpack_from("<IIH", end, 12)
        if tail.startswith(_ZIP_LARGE, max(0, place - _ZIP_LARGE_BYTES)):
            return True
        if length and any(_has_entry(file, at) for at in (start + place - length, begin)):
            return True
        if not length and start + place + _ZIP_END_BYTES + comment == size:
            return True
        place = tail.rfind(_ZIP_END, 0, place)
    return False


def _has_entry(file: BinaryIO, place: int) -> bool:
    file.seek(max(0, place))
    return file.read(len(_ZIP_ENTRY)) == _ZIP_ENTRY
