"""Small files that ask for much: `BOMBS`, and what is to become of each."""

import io
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from tests.video.filming import Sound, film, greys
from tests.video.making import mp3, tone, wav

HUGE = 0xFFFF_FFF0
READ = "read"


@dataclass(frozen=True)
class Bomb:
    """A file of `kind`, and which endings are right: a refusal, or that what is true in it is read."""

    kind: str
    make: Callable[[], bytes]
    endings: tuple[str, ...]


# Pictures


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def _png(
    width: int,
    height: int,
    data: bytes = b"",
    *,
    extra: bytes = b"",
    colour: int = 2,
    bits: int = 8,
) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + extra
        + _chunk(b"IDAT", data or zlib.compress(bytes(height * (1 + 3 * width))))
        + _chunk(b"IEND", b"")
    )


@cache
def _deflated(megabytes: int) -> bytes:
    """So many zero bytes, a thousandth as long."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(2**20)) for _ in range(megabytes)) + packer.flush()


def _png_flooded() -> bytes:
    return _png(300, 300, _deflated(200))


def _png_of_chunks() -> bytes:
    return _png(300, 300, extra=_chunk(b"prVt", b"") * 200_000)


def _png_texts() -> bytes:
    text = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1_000_000), 9))
    return _png(300, 300, extra=text * 500)


def _png_international_text() -> bytes:
    return _png(300, 300, extra=_chunk(b"iTXt", b"Comment\0\1\0\0\0" + _deflated(200)))


def _png_profile() -> bytes:
    return _png(300, 300, extra=_chunk(b"iCCP", b"sRGB\0\0" + _deflated(200)))


def _png_of_gigabytes() -> bytes:
    raw = _png(300, 300)
    at = raw.index(b"IDAT")
    return raw[: at - 4] + struct.pack(">I", HUGE) + raw[at : at + 400]


def _png_animated() -> bytes:
    return _png(300, 300, extra=_chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)))


@cache
def _jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (320, 320), (120, 90, 60)).save(buffer, "JPEG")
    return buffer.getvalue()


def _jpeg_of_size(width: int, height: int) -> bytes:
    raw = bytearray(_jpeg())
    struct.pack_into(">HH", raw, raw.index(b"\xff\xc0") + 5, height, width)
    return bytes(raw)


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, 2 + len(content)) + content


def _jpeg_of_scans(side: int, scans: int) -> bytes:
    """A progressive JPEG that goes over all of its blocks again and again, in a few bytes each time."""
    frame = _segment(0xC2, struct.pack(">BHHBBBB", 8, side, side, 1, 1, 0x11, 0))
    # One code of one bit each: "the next 2**14 blocks and more hold nothing" for AC, "no change" for DC.
    tables = _segment(0xDB, b"\0" + bytes([1]) * 64)
    tables += _segment(0xC4, b"\x00" + b"\1" + bytes(15) + b"\x00")
    tables += _segment(0xC4, b"\x10" + b"\1" + bytes(15) + b"\xe0")
    blocks = (-(-side // 8)) ** 2
    runs = -(-blocks // (2**15 - 1))
    bits = "0" + "1" * 14
    data = (bits * runs).ljust(8 * (-(-15 * runs // 8)), "1")
    packed = int(data, 2).to_bytes(len(data) // 8).replace(b"\xff", b"\xff\0")
    direct = _segment(0xDA, bytes([1, 1, 0x00, 0, 0, 0])) + bytes(blocks // 8 + 1)
    scan = _segment(0xDA, bytes([1, 1, 0x00, 1, 63, 0])) + packed
    return b"\xff\xd8" + frame + tables + direct + scan * scans + b"\xff\xd9"


def _jpeg_with_exif(tags: int) -> bytes:
    """A directory of claims: each entry of 4 GB, the next directory is the same again."""
    entries = struct.pack("<HHII", 0x010E, 2, HUGE, 8) * tags
    block = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", tags) + entries + struct.pack("<I", 8)
    return b"\xff\xd8" + _segment(0xE1, block) + _jpeg()[2:]


# Sound


def _made(make: Callable[[Path], Path], name: str) -> bytes:
    with TemporaryDirectory() as folder:
        return make(Path(folder) / name).read_bytes()


@cache
def _wav() -> bytes:
    return _made(lambda path: wav(path, tone(0.5)), "a.wav")


@cache
def _mp3() -> bytes:
    return _made(lambda path: mp3(path, tone(1.0, 44_100)), "a.mp3")


def _wav_with(form: str, at: int, *values: int) -> bytes:
    raw = bytearray(_wav())
    struct.pack_into(form, raw, at, *values)
    return bytes(raw)


def _wav_chunk(name: bytes, claimed: int, content: bytes = b"") -> bytes:
    raw = _wav()
    return raw[:36] + name + struct.pack("<I", claimed) + content + raw[36:]


def _rf64() -> bytes:
    """The 64-bit form of WAV, which claims exabytes."""
    raw = _wav()
    sizes = struct.pack("<4sIQQQI", b"ds64", 28, 2**62, 2**62, 2**62, 0)
    return b"RF64" + b"\xff" * 4 + b"WAVE" + sizes + raw[12:40] + b"\xff" * 4 + raw[44:]


def _synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def _tagged(frames: bytes, claimed: int | None = None, version: int = 4) -> bytes:
    size = len(frames) if claimed is None else claimed
    return b"ID3" + bytes([version, 0, 0]) + _synchsafe(size) + frames + _mp3()


def _id3_frame(name: bytes, content: bytes, flags: int = 0, claimed: int | None = None) -> bytes:
    size = len(content) if claimed is None else claimed
    return name + _synchsafe(size) + struct.pack(">H", flags) + content


def _id3_compressed() -> bytes:
    """A text of 200 MB, in 200 KB (ID3v2.4, 4.1.2: compressed, with the length of the data)."""
    packed = _deflated(200)
    return _tagged(_id3_frame(b"TXXX", _synchsafe(2**28 - 1) + packed, flags=0x0009))


def _id3_picture() -> bytes:
    """A cover picture of 16 MB."""
    cover = b"\0image/jpeg\0\3\0" + _jpeg() + bytes(16_000_000)
    return _tagged(_id3_frame(b"APIC", cover))


def mp3_with_texts(count: int) -> bytes:
    """Long enough that FFmpeg, which looks at the first megabyte anyway, has to read on."""
    return _tagged(b"".join(_id3_frame(b"TXXX", b"\0k%d\0" % at + b"v" * 200) for at in range(count)))


def wav_with_notes(count: int) -> bytes:
    notes = b"".join(struct.pack(">I", 0x41414141 + at) + b"\2\0\0\0v\0" for at in range(count))
    return _wav_chunk(b"LIST", 4 + len(notes), b"INFO" + notes)


def _id3_chapters() -> bytes:
    chapter = b"c\0" + struct.pack(">IIII", 0, 2**32 - 1, 0, 0)
    return _tagged(b"".join(_id3_frame(b"CHAP", b"%d" % at + chapter) for at in range(50_000)))


def _mp3_of_frames() -> bytes:
    raw = bytearray(_mp3())
    at = max(raw.find(b"Xing"), raw.find(b"Info"))
    struct.pack_into(">IIII", raw, at + 4, 7, 2**32 - 1, 2**32 - 1, 0)
    return bytes(raw)


# Films


@cache
def _film(sound: bool = True, frames: int = 12) -> bytes:  # noqa: FBT001, FBT002
    heard = Sound(seconds=0.4) if sound else None
    # The index comes last, so that it may grow.
    return _made(lambda path: film(path, greys(frames), sound=heard, movflags=None), "a.mp4")


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def _full(name: bytes, content: bytes, version: int = 0) -> bytes:
    return _box(name, bytes([version, 0, 0, 0]) + content)


def _patched(name: bytes, offset: int, form: str, *values: int, frames: int = 12) -> bytes:
    """Other numbers at `offset` from the name of the first such box."""
    raw = bytearray(_film(frames=frames))
    struct.pack_into(form, raw, raw.index(name) + offset, *values)
    return bytes(raw)


def _replaced(path: Iterable[bytes], content: bytes, sound: bool = True) -> bytes:  # noqa: FBT001, FBT002
    """The last box of `path` with other content; the sizes of those around it follow."""
    raw = bytearray(_film(sound))
    starts, at = [], 0
    for name in path:
        at = raw.index(name, at) - 4
        starts.append(at)
    old = struct.unpack_from(">I", raw, starts[-1])[0]
    raw[starts[-1] + 8 : starts[-1] + old] = content
    for start in starts:
        size = struct.unpack_from(">I", raw, start)[0]
        struct.pack_into(">I", raw, start, size + len(content) + 8 - old)
    return bytes(raw)


_STBL = (b"moov", b"trak", b"mdia", b"minf", b"stbl")


def _table(name: bytes, entries: int, *values: int) -> bytes:
    """A table of the index that claims so many entries, and has what is given."""
    content = struct.pack(f">II{len(values)}I", 0, entries, *values)
    return _replaced((*_STBL, name), content)


def _appended(content: bytes) -> bytes:
    """Something more inside `moov`, which is the last box."""
    raw = bytearray(_film())
    at = raw.index(b"moov") - 4
    struct.pack_into(">I", raw, at, struct.unpack_from(">I", raw, at)[0] + len(content))
    return bytes(raw) + content


def _nested(depth: int) -> bytes:
    inner = b""
    for _ in range(depth):
        inner = _box(b"moov", inner)
    return _film()[:32] + inner


def _tracks(count: int) -> bytes:
    raw = _film()
    start = raw.index(b"trak") - 4
    track = raw[start : start + struct.unpack_from(">I", raw, start)[0]]
    return _appended(track * count)


def _edits(entries: int, *edits: tuple[int, int]) -> bytes:
    listed = b"".join(struct.pack(">Iii", length, start, 0x10000) for length, start in edits)
    return _replaced((b"moov", b"trak", b"edts", b"elst"), struct.pack(">II", 0, entries) + listed)


def _long_edit() -> bytes:
    content = struct.pack(">IIQqI", 0x01000000, 1, 2**62, 2**62, 0x10000)
    return _replaced((b"moov", b"trak", b"edts", b"elst"), content)


def _tags(count: int, length: int) -> bytes:
    text = _box(b"data", struct.pack(">II", 1, 0) + b"x" * length)
    items = _box(b"ilst", _box(b"\xa9cmt", text) * count)
    handler = _full(b"hdlr", bytes(4) + b"mdir" + bytes(13))
    return _appended(_box(b"udta", _full(b"meta", handler + items)))


def _compressed_index() -> bytes:
    packed = _box(b"dcom", b"zlib") + _box(b"cmvd", struct.pack(">I", HUGE) + _deflated(200))
    return _film()[:32] + _box(b"moov", _box(b"cmov", packed))


def _fragments() -> bytes:
    """A run of 2**32 - 1 samples without a property of their own, in a few bytes."""
    track = _full(b"tfhd", struct.pack(">I", 1)) + _full(b"trun", struct.pack(">I", 2**32 - 1))
    moof = _box(b"moof", _full(b"mfhd", bytes(4)) + _box(b"traf", track))
    extends = _full(b"trex", struct.pack(">IIIII", 1, 1, 1, 1, 0))
    return _appended(_box(b"mvex", extends)) + moof


def _constant_samples(size: int) -> bytes:
    return _replaced((*_STBL, b"stsz"), struct.pack(">III", 0, size, 2**32 - 1))


_PICTURE = ("image_undecodable",)
_LARGE = ("image_too_large",)
_SOUND = ("audio_undecodable",)
_FILM = ("video_undecodable",)
_BROKEN = ("video_undecodable", "video_incomplete")

BOMBS: dict[str, Bomb] = {
    "PNG of 60,000 x 60,000": Bomb("png", partial(_png, 60_000, 60_000, b"x"), _LARGE),
    "PNG of 2**31 - 1 x 2**31 - 1": Bomb("png", partial(_png, 2**31 - 1, 2**31 - 1, b"x"), _LARGE),
    "PNG of as many pixels as may be": Bomb("png", partial(_png, 6_300, 6_300), (READ,)),
    "PNG of as many pixels as may be, and none there": Bomb(
        "png", partial(_png, 6_300, 6_300, b"x"), _PICTURE
    ),
    "PNG of 16-bit pixels, and none there": Bomb(
        "png", partial(_png, 6_300, 6_300, b"x", colour=6, bits=16), _PICTURE
    ),
    "PNG with 200 MB behind its pixels": Bomb("png", _png_flooded, (READ,)),
    "PNG of 200,000 chunks": Bomb("png", _png_of_chunks, (READ, *_PICTURE)),
    "PNG with 500 texts of a megabyte": Bomb("png", _png_texts, _PICTURE),
    "PNG with a text of 200 MB": Bomb("png", _png_international_text, _PICTURE),
    "PNG with a profile of 200 MB": Bomb("png", _png_profile, (READ, *_PICTURE)),
    "PNG of 2**31 - 1 frames": Bomb("png", _png_animated, (READ, *_PICTURE)),
    "PNG with a chunk of 4 GB": Bomb(
        "png", lambda: _png(300, 300)[:33] + struct.pack(">I4s", HUGE, b"tEXt"), _PICTURE
    ),
    "PNG whose pixels are of 4 GB": Bomb("png", _png_of_gigabytes, (READ, *_PICTURE)),
    "JPEG of 65,535 x 65,535": Bomb("jpeg", partial(_jpeg_of_size, 65_535, 65_535), _LARGE),
    "JPEG of 65,500 x 600": Bomb("jpeg", partial(_jpeg_of_size, 65_500, 600), (READ,)),
    "JPEG of 6,300 x 6,300, and none there": Bomb("jpeg", partial(_jpeg_of_size, 6_300, 6_300), (READ,)),
    "JPEG of 20,000 scans": Bomb("jpeg", partial(_jpeg_of_scans, 6_000, 20_000), _PICTURE),
    "JPEG with endless directories of 4 GB": Bomb("jpeg", partial(_jpeg_with_exif, 4_000), (READ,)),
    "WAV of 4 GB in 16 KB": Bomb("wav", partial(_wav_with, "<I", 40, 2**32 - 1), (READ,)),
    "WAV that claims nothing": Bomb("wav", partial(_wav_with, "<I", 40, 0), (READ, *_SOUND)),
    "WAV of 65,535 channels": Bomb("wav", partial(_wav_with, "<H", 22, 65_535), _SOUND),
    "WAV of 2**31 samples a second": Bomb("wav", partial(_wav_with, "<I", 24, 2**31 - 1), _SOUND),
    "WAV of blocks of no bytes": Bomb("wav", partial(_wav_with, "<H", 32, 0), (READ, *_SOUND)),
    "WAV of ADPCM in blocks of 65,535 bytes": Bomb(
        "wav", partial(_wav_with, "<HHIIHH", 20, 2, 1, 16_000, 8_000, 65_535, 4), (READ, *_SOUND)
    ),
    "WAV with a list of 4 GB": Bomb("wav", partial(_wav_chunk, b"LIST", HUGE), (READ, *_SOUND)),
    "WAV with a cue sheet of 4 GB": Bomb("wav", partial(_wav_chunk, b"cue ", HUGE), (READ, *_SOUND)),
    "WAV of exabytes": Bomb("wav", _rf64, (READ, *_SOUND)),
    "MP3 with a tag that claims 256 MB": Bomb("mp3", partial(_tagged, b"", 2**28 - 1), (READ, *_SOUND)),
    "MP3 with a text of 200 MB": Bomb("mp3", _id3_compressed, (READ, *_SOUND)),
    "MP3 with a cover of 16 MB": Bomb("mp3", _id3_picture, (READ,)),
    "MP3 with 1,000 texts": Bomb("mp3", partial(mp3_with_texts, 1_000), (READ,)),
    "MP3 with 50,000 chapters": Bomb("mp3", _id3_chapters, (READ, *_SOUND)),
    "MP3 of 2**32 - 1 frames": Bomb("mp3", _mp3_of_frames, (READ,)),
    "film of 65,535 x 65,535": Bomb(
        "mp4", partial(_patched, b"avc1", 28, ">HH", 65_535, 65_535), (READ, "video_too_large")
    ),
    "film shown at 65,535 x 65,535": Bomb(
        "mp4", partial(_patched, b"tkhd", 80, ">II", 2**32 - 1, 2**32 - 1), (READ,)
    ),
    "film whose index is of 4 GB": Bomb("mp4", partial(_patched, b"moov", -4, ">I", HUGE), (READ, *_BROKEN)),
    "film whose data are of 4 GB": Bomb("mp4", partial(_patched, b"mdat", -4, ">I", HUGE), _BROKEN),
    "film of 200 days": Bomb(
        "mp4", partial(_patched, b"mdhd", 16, ">II", 1, 2**24), ("video_too_long", *_BROKEN)
    ),
    "film of no time base": Bomb(
        "mp4", partial(_patched, b"mdhd", 16, ">I", 0), (READ, *_BROKEN, "video_too_long")
    ),
    "film of 2**31 ticks a second": Bomb(
        "mp4", partial(_patched, b"mdhd", 16, ">I", 2**31 - 1), ("video_frame_rate_too_high", *_BROKEN)
    ),
    "film of 100,000 frames a second": Bomb(
        "mp4", partial(_table, b"stts", 1, 12, 0), ("video_frame_rate_too_high", READ)
    ),
    "film whose frames last for days": Bomb(
        "mp4", partial(_table, b"stts", 1, 12, 2**31 - 1), (READ, "video_too_long", *_BROKEN)
    ),
    "film whose frames last for less than nothing": Bomb(
        "mp4", partial(_table, b"stts", 1, 12, 2**32 - 5), ("video_too_long", READ, *_BROKEN)
    ),
    "film of absurd time stamps": Bomb(
        "mp4",
        partial(_table, b"stts", 4, 3, 1, 3, 2**30, 3, 2, 3, 2**31 - 1),
        (READ, "video_too_long", *_BROKEN),
    ),
    "film whose frames are shown an age late": Bomb(
        "mp4", partial(_table, b"ctts", 2, 6, 2**31 - 1, 6, 2**31), ("video_too_long", READ, *_BROKEN)
    ),
    "film of 2**30 kinds of time": Bomb("mp4", partial(_table, b"stts", 2**30, 12, 512), (READ, *_BROKEN)),
    "film of 2**30 places": Bomb("mp4", partial(_table, b"stco", 2**30, 48), (READ, *_BROKEN)),
    "film of 2**30 groups": Bomb("mp4", partial(_table, b"stsc", 2**30, 1, 1, 1), (READ, *_BROKEN)),
    "film of 2**30 kinds of picture": Bomb(
        "mp4", partial(_patched, b"stsd", 8, ">I", 2**30), (READ, *_BROKEN)
    ),
    "film of 2**32 - 1 samples of one byte": Bomb("mp4", partial(_constant_samples, 1), _FILM),
    "film of 2**32 - 1 samples of no bytes": Bomb("mp4", partial(_constant_samples, 0), _FILM),
    "film of 2**32 - 1 samples in a fragment": Bomb("mp4", _fragments, _FILM),
    "film of boxes in boxes": Bomb("mp4", partial(_nested, 5_000), _FILM),
    "film of 300,000 boxes": Bomb("mp4", lambda: _film() + _box(b"free", b"") * 300_000, _FILM),
    "film of 10,000 tracks": Bomb("mp4", partial(_tracks, 10_000), _FILM),
    "film of 2**30 edits": Bomb("mp4", partial(_edits, 2**30, (1000, 0)), (READ, *_BROKEN)),
    "film whose edit begins after its end": Bomb(
        "mp4", partial(_edits, 1, (1000, 2**31 - 1)), (READ, *_BROKEN)
    ),
    "film whose edit lasts for weeks": Bomb(
        "mp4", partial(_edits, 1, (2**31 - 1, 0)), (READ, *_BROKEN, "video_too_long")
    ),
    "film whose edit is before its beginning": Bomb(
        "mp4", partial(_edits, 1, (400, -(2**31))), (READ, *_BROKEN)
    ),
    "film whose edit is of 64 bits": Bomb("mp4", _long_edit, (READ, *_BROKEN, "video_too_long")),
    "film with 40,000 comments": Bomb("mp4", partial(_tags, 40_000, 10), (READ, *_FILM)),
    "film with a comment of 32 MB": Bomb("mp4", partial(_tags, 1, 32_000_000), (READ, *_FILM)),
    "film whose index is 200 MB, compressed": Bomb("mp4", _compressed_index, _FILM),
}
