"""Files that are two things at once: a picture, sound or film, and an archive or a document as well.

Whoever hands such a file on, unchanged, hands on what nobody looked at. No camera or editor makes one.
"""

import struct
from pathlib import Path
from typing import BinaryIO, Final

# Programs look for the header of a PDF in the first 1024 bytes (ISO 32000-1, annex H, note 13), for an
# archive behind the program that unpacks it, of up to a megabyte.
_PDF, _PDF_WITHIN = b"%PDF-", 1024
_UNPACKED: Final = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_UNPACKED_WITHIN = 1024 * 1024
_TAR, _TAR_AT = b"ustar", 257  # POSIX.1-1988
# The end of a ZIP's directory: at most a comment of 65,535 bytes comes after (APPNOTE 4.3.16).
_ZIP_END, _ZIP_END_BYTES, _ZIP_COMMENT = b"PK\5\6", 22, 65_535
_ZIP_ENTRY = b"PK\1\2"


def is_polyglot(path: Path) -> bool:
    """Whether the file, which should be a picture, sound or film, is a ZIP, RAR, 7z, tar or PDF to others."""
    with path.open("rb") as file:
        head = file.read(_UNPACKED_WITHIN)
        return (
            head.find(_PDF, 0, _PDF_WITHIN) >= 0
            or head.startswith(_TAR, _TAR_AT)
            or any(signature in head for signature in _UNPACKED)
            or _is_zip(file)
        )


def _is_zip(file: BinaryIO) -> bool:
    """Whether a directory ends with an entry in front of its end, or an empty one at the very end."""
    size = file.seek(0, 2)
    start = max(0, size - _ZIP_END_BYTES - _ZIP_COMMENT)
    file.seek(start)
    tail = file.read()
    place = tail.rfind(_ZIP_END)
    while place >= 0:
        end = tail[place : place + _ZIP_END_BYTES].ljust(_ZIP_END_BYTES, b"\0")
        length, comment = struct.unpack_from("<I", end, 12)[0], struct.unpack_from("<H", end, 20)[0]
        if length:
            file.seek(max(0, start + place - length))
            if file.read(len(_ZIP_ENTRY)) == _ZIP_ENTRY:
                return True
        elif start + place + _ZIP_END_BYTES + comment == size:
            return True
        place = tail.rfind(_ZIP_END, 0, place)
    return False
