import io
import re
import struct
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import av
import numpy as np
import pytest

from morgana import __version__
from morgana.video.boxes import MalformedError
from morgana.video.burn import burn, burn_all
from morgana.video.decode import read_frames
from morgana.video.encode import write_mp4
from morgana.video.patch import Patch
from morgana.video.provenance import SourceType, append_xmp, mark_of
from morgana.video.sound_encoder import SoundFormat, sound_encoder, wav_header
from tests.video.filming import film, greys, scene
from tests.video.making import chirps, wav

SOFTWARE = f"Morgana {__version__}"
SCHEME = "http://cv.iptc.org/newscodes/digitalsourcetype/"
GENERATED = f"{SCHEME}trainedAlgorithmicMedia"
XMP = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")
C2PA = bytes.fromhex("D8FEC3D61B0E483C92975828877EC481")
RATE = 24_000
SOUND = chirps(1.0, RATE)


def boxes(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, content), of a file whose boxes fill it exactly."""
    while raw:
        size, kind = struct.unpack_from(">I4s", raw)
        assert 8 <= size <= len(raw)
        yield kind, raw[8:size]
        raw = raw[size:]


def box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def described(packet: bytes) -> dict[str, str]:
    """The properties that an XMP packet says of its file."""
    assert packet.startswith('<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'.encode())
    assert packet.endswith(b'<?xpacket end="w"?>')
    rdf = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
    (resource,) = ElementTree.fromstring(packet).findall(f"{rdf}RDF/{rdf}Description")  # noqa: S314 (our own)
    assert resource.get(f"{rdf}about") == ""
    return {part.tag: part.text or "" for part in resource}


def says(mark: SourceType) -> dict[str, str]:
    return {
        "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType": SCHEME + mark,
        "{http://ns.adobe.com/xap/1.0/}CreatorTool": SOFTWARE,
    }


def packets(path: Path) -> list[dict[str, str]]:
    contents = [content for kind, content in boxes(path.read_bytes()) if kind == b"uuid"]
    assert all(content[:16] == XMP for content in contents)
    return [described(content[16:]) for content in contents]


def tags(path: Path) -> dict[str, str]:
    with av.open(path) as container:
        return {name: container.metadata.get(name, "") for name in ("encoder", "comment")}


def nothing(_time: float) -> list[Patch]:
    return []


def written(path: Path, mark: SourceType | None) -> Path:
    sound = wav(path.with_suffix(".wav"), SOUND, RATE)
    write_mp4(path, greys(25), fps=25, size=(96, 160), total=25, audio=sound, mark=mark)
    return path


@pytest.mark.parametrize("mark", SourceType)
def test_a_marked_film_says_so_and_is_otherwise_the_same(tmp_path: Path, mark: SourceType) -> None:
    marked, plain = written(tmp_path / "marked.mp4", mark), written(tmp_path / "plain.mp4", None)
    assert packets(marked) == [says(mark)]
    assert tags(marked) == {"encoder": SOFTWARE, "comment": f"Digital source type: {SCHEME}{mark}"}
    contents, others = (list(boxes(path.read_bytes())) for path in (marked, plain))
    assert [kind for kind, _ in contents] == [*(kind for kind, _ in others), b"uuid"]
    assert [kind for kind, _ in others][:2] == [b"ftyp", b"moov"]  # a player can begin before it has the end
    assert dict(contents)[b"mdat"] == dict(others)[b"mdat"]
    for (time, found), (expected, picture) in zip(read_frames(marked), read_frames(plain), strict=True):
        assert time == expected
        assert np.array_equal(found, picture)


def test_a_film_that_is_not_marked_says_nothing(tmp_path: Path) -> None:
    source = written(tmp_path / "plain.mp4", None)
    burn(source, tmp_path / "out.mp4", nothing)
    for path in (source, tmp_path / "out.mp4"):
        raw = path.read_bytes().lower()
        assert b"digitalsourcetype" not in raw
        assert b"morgana" not in raw
        assert b"uuid" not in [kind for kind, _ in boxes(path.read_bytes())]


def test_a_mark_outlives_what_is_drawn_over_the_film_however_often(tmp_path: Path) -> None:
    written(tmp_path / "0.mp4", SourceType.GENERATED)
    burn(tmp_path / "0.mp4", tmp_path / "1.mp4", nothing)
    outputs = [tmp_path / "2.mp4", tmp_path / "3.mp4"]
    burn_all(tmp_path / "1.mp4", [(output, nothing) for output in outputs])
    for output in outputs:
        assert packets(output) == [says(SourceType.GENERATED)]
        assert tags(output) == tags(tmp_path / "0.mp4")
        assert [kind for kind, _ in boxes(output.read_bytes())][:2] == [b"ftyp", b"moov"]
        assert len(list(read_frames(output))) == 25


def test_a_mark_outlives_a_tool_that_copies_only_what_it_knows(tmp_path: Path) -> None:
    source, cut = written(tmp_path / "a.mp4", SourceType.GENERATED), tmp_path / "cut.mp4"
    with av.open(source) as given, av.open(cut, "w") as container:
        container.metadata.update(given.metadata)
        stream = container.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                container.mux(packet)
    assert packets(cut) == []
    burn(cut, tmp_path / "out.mp4", nothing)
    assert packets(tmp_path / "out.mp4") == [says(SourceType.GENERATED)]


def xmp_of_others(value: str) -> bytes:
    return f"""<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF
xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about=''
xmlns:e='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' e:DigitalSourceType='{value}'/></rdf:RDF>""".encode()


def manifest(*terms: str) -> bytes:
    """Pieces of a C2PA manifest as CBOR has them: texts one after the other, each after its length."""
    texts = [part for term in terms for part in ("digitalSourceType", SCHEME + term, "softwareAgent", "x")]
    coded = b"".join(
        (bytes([0x60 + len(text)]) if len(text) < 24 else bytes([0x78, len(text)])) + text.encode()
        for text in texts
    )
    return bytes(4) + b"manifest\0" + bytes(8) + coded


def with_quicktime_xmp(path: Path, packet: bytes) -> None:
    """Put a packet where QuickTime has it, in the `moov` that the file ends with."""
    raw = path.read_bytes()
    start = raw.rindex(b"moov") - 4
    added = box(b"udta", box(b"XMP_", packet))
    size = len(raw) - start
    assert struct.unpack_from(">I", raw, start)[0] == size
    path.write_bytes(raw[:start] + struct.pack(">I", size + len(added)) + raw[start + 4 :] + added)


def append(*parts: bytes) -> Callable[[Path], None]:
    return lambda path: (path.write_bytes(path.read_bytes() + b"".join(parts)), None)[1]


@pytest.mark.parametrize(
    ("add", "expected"),
    [
        pytest.param(
            append(box(b"uuid", XMP, xmp_of_others(f"{SCHEME}compositeSynthetic"))),
            SourceType.MIXED,
            id="xmp",
        ),
        pytest.param(
            append(box(b"uuid", XMP, xmp_of_others(f"{SCHEME}algorithmicMedia".replace("http:", "https:")))),
            SourceType.COMPUTED,
            id="https",
        ),
        pytest.param(
            append(box(b"uuid", XMP, xmp_of_others("digsrctype:virtualRecording"))),
            SourceType.STAGED,
            id="qcode",
        ),
        pytest.param(
            lambda path: with_quicktime_xmp(
                path, xmp_of_others(f"{SCHEME}compositeWithTrainedAlgorithmicMedia")
            ),
            SourceType.EDITED,
            id="quicktime",
        ),
        pytest.param(
            append(box(b"uuid", C2PA, manifest("trainedAlgorithmicMedia"))), SourceType.GENERATED, id="c2pa"
        ),
        pytest.param(
            append(box(b"uuid", C2PA, manifest("digitalCapture", "trainedAlgorithmicMedia"))),
            SourceType.MIXED,
            id="c2pa with parts",
        ),
        pytest.param(append(box(b"uuid", C2PA, manifest("digitalCapture"))), None, id="captured"),
        pytest.param(append(box(b"uuid", bytes(16), GENERATED.encode())), None, id="something else"),
    ],
)
def test_the_marks_of_other_software_are_kept(
    tmp_path: Path, add: Callable[[Path], None], expected: SourceType | None
) -> None:
    source = film(tmp_path / "a.mov", scene(6), movflags=None)
    add(source)
    burn(source, tmp_path / "out.mp4", nothing)
    assert packets(tmp_path / "out.mp4") == ([says(expected)] if expected else [])


BOMB = b'<!DOCTYPE x [<!ENTITY a "%s"><!ENTITY b "%s">]><x>&b;' % (b"ha" * 50, b"&a;" * 1000)


@pytest.mark.parametrize(
    ("hostile", "expected"),
    [
        pytest.param(b"<<<\xff\0" * 99, [], id="malformed"),
        pytest.param(BOMB, [], id="bomb"),
        pytest.param(BOMB + GENERATED.encode() + b"<", [says(SourceType.GENERATED)], id="marked bomb"),
        pytest.param(bytes(5 << 20) + GENERATED.encode(), [], id="endless"),
        pytest.param(GENERATED.encode() + b"<script>" * 500_000, [says(SourceType.GENERATED)], id="long"),
    ],
)
def test_nothing_else_of_a_packet_is_taken_over(
    tmp_path: Path, hostile: bytes, expected: list[dict[str, str]]
) -> None:
    source = film(tmp_path / "a.mp4", scene(6))
    append(box(b"uuid", XMP, hostile))(source)
    burn(source, tmp_path / "out.mp4", nothing)
    assert packets(tmp_path / "out.mp4") == expected
    raw = (tmp_path / "out.mp4").read_bytes()
    assert len(raw) < 100_000
    assert b"ENTITY" not in raw
    assert b"<script>" not in raw


@pytest.mark.parametrize("size", [0, 1, 8, 20, 24, 0xFFFFFFFF])
def test_sizes_that_lie_do_no_harm(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(box(b"ftyp", bytes(8)) + struct.pack(">I4s", size, b"uuid") + XMP + bytes(40))
    assert mark_of(path, {}) is None


def test_a_flood_of_boxes_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(box(b"uuid", XMP) * 300_000)
    with pytest.raises(MalformedError):
        mark_of(path, {})


def test_a_packet_is_added_behind_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(box(b"free", b"abc"))
    append_xmp(path, SourceType.GENERATED)
    (first, (kind, content)) = boxes(path.read_bytes())
    assert first == (b"free", b"abc")
    assert (kind, content[:16], described(content[16:])) == (b"uuid", XMP, says(SourceType.GENERATED))
    assert mark_of(path, {}) is SourceType.GENERATED


def spoken(sound_format: SoundFormat, mark: SourceType | None) -> bytes:
    encoder = sound_encoder(sound_format, RATE, len(SOUND), mark)
    return b"".join(encoder.encode(piece) for piece in np.array_split(SOUND, 3)) + encoder.finish()


def decoded(file: bytes) -> list[bytes]:
    with av.open(io.BytesIO(file), "r") as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


@pytest.mark.parametrize("sound_format", ["wav", "mp3", "opus", "aac", "flac"])
def test_marked_speech_sounds_as_it_did(sound_format: SoundFormat) -> None:
    marked, plain = spoken(sound_format, SourceType.GENERATED), spoken(sound_format, None)
    assert decoded(marked) == decoded(plain)
    assert GENERATED.encode() in marked
    assert b"source" not in plain
    with av.open(io.BytesIO(marked)) as container:
        found = {**container.metadata, **container.streams.audio[0].metadata}
    assert found["comment"] == f"Digital source type: {GENERATED}"


def test_bare_samples_stay_bare() -> None:
    assert spoken("pcm", SourceType.GENERATED) == spoken("pcm", None)


def test_a_wav_has_its_packet_before_its_samples() -> None:
    file = spoken("wav", SourceType.GENERATED)
    assert struct.unpack_from("<4sI4s", file) == (b"RIFF", len(file) - 8, b"WAVE")
    chunks, position = {}, 12
    while position < len(file):
        kind, size = struct.unpack_from("<4sI", file, position)
        chunks[kind] = file[position + 8 : position + 8 + size]
        position += 8 + size + size % 2
    assert list(chunks) == [b"fmt ", b"LIST", b"_PMX", b"data"]
    assert described(chunks[b"_PMX"]) == says(SourceType.GENERATED)
    with wave.open(io.BytesIO(file)) as opened:
        assert opened.getnframes() == len(SOUND)
    lengths = {len(wav_header(RATE, length, SourceType.GENERATED)) for length in (None, 1, len(SOUND))}
    assert len(lengths) == 1  # so that it can be written over when the length is known


def test_an_mp3_has_its_packet_in_front() -> None:
    file, plain = spoken("mp3", SourceType.GENERATED), spoken("mp3", None)
    assert file[:6] == b"ID3\3\0\0"
    size = sum(part << shift for part, shift in zip(file[6:10], (21, 14, 7, 0), strict=True))
    assert file[10 + size :] == plain
    frames, position = {}, 10
    while position < 10 + size:
        kind, length = struct.unpack_from(">4sI", file, position)
        frames[kind] = file[position + 10 : position + 10 + length]
        position += 10 + length
    assert frames[b"TSSE"] == b"\0" + SOFTWARE.encode()
    owner, packet = re.split(b"\0", frames[b"PRIV"], maxsplit=1)
    assert owner == b"XMP"
    assert described(packet) == says(SourceType.GENERATED)
