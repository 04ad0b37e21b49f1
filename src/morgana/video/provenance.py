"""The mark of generated media: what a file says, to machines, of how it came to be.

The mark is a term of the IPTC vocabulary of digital source types. It is written twice: in an XMP packet, as
the property that the IPTC Video Metadata Hub names (Iptc4xmpExt:DigitalSourceType) and where the XMP
specification, part 3, puts packets (MP4: a `uuid` box; WAV: a `_PMX` chunk; MP3: a PRIV frame of ID3); and in
a plain comment, which outlives tools that copy only what they know.
"""

import re
import struct
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from morgana import __version__
from morgana.video.boxes import boxes

SOFTWARE: Final = f"Morgana {__version__}"

_XMP_UUID: Final = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")  # XMP specification, part 3, MPEG-4
_C2PA_UUID: Final = bytes.fromhex("D8FEC3D61B0E483C92975828877EC481")  # C2PA specification, ISO BMFF
_LONGEST: Final = 4 << 20  # bytes searched of a box: a manifest may hold pictures


class SourceType(StrEnum):
    """Terms of http://cv.iptc.org/newscodes/digitalsourcetype/ for what was not, or not only, captured."""

    GENERATED = "trainedAlgorithmicMedia"
    EDITED = "compositeWithTrainedAlgorithmicMedia"
    MIXED = "compositeSynthetic"
    COMPUTED = "algorithmicMedia"
    STAGED = "virtualRecording"

    @property
    def uri(self) -> str:
        """The name of the term for machines."""
        return f"http://cv.iptc.org/newscodes/digitalsourcetype/{self}"


# No pattern for a whole word: in a C2PA manifest (CBOR) the next word may follow without a gap.
_TERM: Final = re.compile(
    rb"(?:digitalsourcetype/|digsrctype:)(%s|digitalCapture|computationalCapture)"
    % "|".join(SourceType).encode(),
    re.IGNORECASE,
)
_SOURCE_TYPES: Final = {term.lower().encode(): term for term in SourceType}


def comment(mark: SourceType) -> str:
    """The mark in words."""
    return f"Digital source type: {mark.uri}"


def mp4_tags(mark: SourceType) -> dict[str, str]:
    """What FFmpeg writes as ©too and ©cmt."""
    return {"encoding_tool": SOFTWARE, "comment": comment(mark)}


def xmp(mark: SourceType) -> bytes:
    """An XMP packet that says the mark and the software, in UTF-8."""
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<Iptc4xmpExt:DigitalSourceType>{mark.uri}</Iptc4xmpExt:DigitalSourceType>
<xmp:CreatorTool>{SOFTWARE}</xmp:CreatorTool>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>""".encode()


def append_xmp(path: Path, mark: SourceType) -> None:
    """Add the XMP packet to an MP4 whose boxes all say how long they are; nothing that is there moves."""
    packet = xmp(mark)
    with path.open("ab") as file:
        file.write(struct.pack(">I4s", 24 + len(packet), b"uuid") + _XMP_UUID + packet)


def riff_chunks(mark: SourceType) -> bytes:
    """The XMP packet and the comment as chunks of a WAV file."""
    said = {b"ISFT": SOFTWARE, b"ICMT": comment(mark)}
    info = b"".join(_chunk(kind, text.encode() + b"\0") for kind, text in said.items())
    return _chunk(b"LIST", b"INFO" + info) + _chunk(b"_PMX", xmp(mark))


def id3(mark: SourceType) -> bytes:
    """The XMP packet and the comment as the ID3v2.3 tag that an MP3 file begins with."""
    frames = (
        _frame(b"TSSE", b"\0" + SOFTWARE.encode("latin-1"))
        + _frame(b"COMM", b"\0eng\0" + comment(mark).encode("latin-1"))
        + _frame(b"PRIV", b"XMP\0" + xmp(mark))
    )
    length = bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + length + frames


def mark_of(film: Path, tags: Mapping[str, str]) -> SourceType | None:
    """The mark that an MP4 or MOV carries: in XMP, in a C2PA manifest, or in `tags`, those of its container.

    The file is not trusted: it is searched for the names of the terms and not parsed, and of a box no more
    than 4 MiB is read. No signature is verified. What says several things, as a manifest does of the parts of
    a film, is a mix with something generated in it. Raises MalformedError.
    """
    found = {match[1].lower() for text in _texts(film, tags) for match in _TERM.finditer(text)}
    marks = [_SOURCE_TYPES[term] for term in found if term in _SOURCE_TYPES]
    if not marks:
        return None
    return marks[0] if len(found) == 1 else SourceType.MIXED


def _texts(film: Path, tags: Mapping[str, str]) -> Iterator[bytes]:
    """Wherever a mark may be written."""
    yield "\n".join(tags.values()).encode(errors="replace")
    with film.open("rb") as file:
        for kind, start, end in boxes(file):
            if kind in (b"uuid", b"XMP_"):  # the latter is QuickTime's
                file.seek(start)
                text = file.read(min(end - start, _LONGEST))
                if kind == b"XMP_" or text.startswith((_XMP_UUID, _C2PA_UUID)):
                    yield text


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("<4sI", kind, len(data)) + data + bytes(len(data) % 2)


def _frame(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">4sIH", kind, len(data), 0) + data
