import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from morgana.errors import ErrorCode, InputError
from morgana.portrait.image import BACKDROP, fit_output, load_image, resize

Pixels = NDArray[np.uint8]

RED, GREEN, BLUE, SKIN = (255, 0, 0), (0, 255, 0), (0, 0, 255), (222, 180, 150)


def corners(height: int = 300, width: int = 400) -> Pixels:
    """A different colour in each quarter: upper left, upper right, lower left, lower right."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2] = RED
    picture[: height // 2, width // 2 :] = GREEN
    picture[height // 2 :, : width // 2] = BLUE
    picture[height // 2 :, width // 2 :] = SKIN
    return picture


def assert_corners(rgb: Pixels, tolerance: int = 6) -> None:
    height, width = rgb.shape[:2]
    for (down, right), colour in zip(((1, 1), (1, 3), (3, 1), (3, 3)), (RED, GREEN, BLUE, SKIN), strict=True):
        found = rgb[down * height // 4, right * width // 4].astype(int)
        assert np.abs(found - colour).max() <= tolerance, (down, right)


def refusal(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        load_image(path)
    return caught.value


def png(path: Path, samples: NDArray[np.uint8] | NDArray[np.uint16], colour_type: int) -> Path:
    """Write (height, width, channels) as 8 or 16 bits a channel; Pillow writes no 16-bit colour."""
    height, width = samples.shape[:2]
    bits = samples.dtype.itemsize * 8
    big_endian = samples.astype(f">u{bits // 8}")
    rows = b"".join(b"\x00" + row.tobytes() for row in big_endian)
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts))
    return path


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(path: Path, side: int) -> Path:
    """A PNG of a few kilobytes that claims side x side pixels and begins to deliver them."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1_000_000), 9)), (b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts))
    return path


@pytest.mark.parametrize("options", [{"format": "PNG"}, {"format": "JPEG", "quality": 95}])
def test_plain_pictures(tmp_path: Path, options: dict[str, Any]) -> None:
    path = tmp_path / "a.bin"  # content decides, not the name
    Image.fromarray(corners()).save(path, **options)
    picture = load_image(path)
    assert picture.source == (400, 300)
    assert picture.rgb.dtype == np.uint8
    assert picture.rgb.flags.writeable
    assert_corners(picture.rgb)


def test_progressive_jpeg(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(corners()).save(path, quality=95, progressive=True)
    assert_corners(load_image(path).rgb)


def test_a_phone_jpeg_of_several_pictures_gives_the_first(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    second = Image.fromarray(np.zeros((300, 400, 3), np.uint8))
    Image.fromarray(corners()).save(path, format="MPO", save_all=True, append_images=[second], quality=95)
    assert_corners(load_image(path).rgb)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("extension", ["jpg", "png"])
def test_exif_orientation_is_applied(tmp_path: Path, orientation: int, extension: str) -> None:
    upright = Image.fromarray(corners())
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"a.{extension}"
    stored.save(path, exif=exif, quality=95)
    picture = load_image(path)
    assert picture.source == (400, 300)
    assert picture.rgb.shape == (300, 400, 3)
    assert_corners(picture.rgb)


def test_damaged_exif_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(corners()).save(path, quality=95, exif=b"Exif\x00\x00II*\x00\xff\xff\xff\x7fjunk")
    assert_corners(load_image(path).rgb)


def test_cmyk_as_adobe_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(corners()).convert("CMYK").save(path, quality=95)
    with Image.open(path) as stored:
        assert (stored.mode, "adobe" in stored.info) == ("CMYK", True)
    assert_corners(load_image(path).rgb, tolerance=10)


@pytest.mark.parametrize("transparency", [None, 0])
def test_palette(tmp_path: Path, transparency: int | None) -> None:
    path = tmp_path / "a.png"
    paletted = Image.fromarray(corners()).quantize(8)
    options: dict[str, Any] = {} if transparency is None else {"transparency": paletted.getpixel((10, 10))}
    paletted.save(path, **options)
    rgb = load_image(path).rgb
    if transparency is None:
        assert_corners(rgb)
    else:
        assert tuple(rgb[10, 10]) == BACKDROP
        assert np.abs(rgb[-10, -10].astype(int) - SKIN).max() < 6


@pytest.mark.parametrize("mode", ["1", "L"])
def test_grey_and_black_and_white(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.png"
    half = np.zeros((300, 300), np.uint8)
    half[:, 150:] = 255
    Image.fromarray(half).convert(mode).save(path)
    rgb = load_image(path).rgb
    assert rgb.shape == (300, 300, 3)
    assert tuple(rgb[5, 5]) == (0, 0, 0)
    assert tuple(rgb[5, 295]) == (255, 255, 255)


@pytest.mark.parametrize(("colour_type", "channels"), [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_sixteen_bits(tmp_path: Path, colour_type: int, channels: int) -> None:
    samples = np.full((300, 300, channels), 40_000, np.uint16)
    if channels in (2, 4):
        samples[..., -1] = 65_535
    rgb = load_image(png(tmp_path / "a.png", samples, colour_type)).rgb
    assert rgb.shape == (300, 300, 3)
    assert np.abs(rgb.astype(int) - 40_000 / 257).max() <= 1


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_laid_on_neutral_grey(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "a.png"
    picture = Image.new("RGBA", (300, 300), (255, 255, 255, 255))
    picture.paste((255, 0, 255, 0), (0, 0, 150, 300))  # what lies under full transparency is never seen
    picture.paste((255, 255, 255, 128), (150, 0, 300, 100))
    picture.convert(mode).save(path)
    rgb = load_image(path).rgb
    assert tuple(rgb[10, 10]) == BACKDROP
    assert np.abs(rgb[10, 200].astype(int) - (128 + 127 / 2)).max() <= 1
    assert tuple(rgb[200, 200]) == (255, 255, 255)


def test_an_embedded_profile_is_converted_to_srgb(tmp_path: Path) -> None:
    """Display P3's pure red lies outside sRGB, its (128, 128, 128) stays; a mid green gets stronger."""
    path = tmp_path / "a.jpg"
    stored = np.full((300, 300, 3), (100, 180, 100), np.uint8)
    stored[:150] = 128
    Image.fromarray(stored).save(path, quality=98, icc_profile=wide_profile())
    rgb = load_image(path).rgb.astype(int)
    assert np.abs(rgb[50, 50] - 128).max() <= 2
    # By the matrices of the two colour spaces: linear P3 -> XYZ -> linear sRGB.
    linear = (((np.array([100, 180, 100]) / 255) + 0.055) / 1.055) ** 2.4
    p3_to_srgb = np.array([[1.2249, -0.2247, 0], [-0.0420, 1.0419, 0], [-0.0197, -0.0786, 1.0979]])
    expected = 255 * (1.055 * (p3_to_srgb @ linear) ** (1 / 2.4) - 0.055)
    assert np.abs(rgb[250, 50] - expected).max() <= 3


def wide_profile() -> bytes:
    """A minimal ICC profile of Display P3: matrix and the sRGB curve as a table."""
    columns = {  # D50-adapted colorants of Display P3, as its own profile has them
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
        b"wtpt": (0.96420, 1.0, 0.82491),
    }
    steps = np.linspace(0, 1, 1024)
    curve = np.where(steps <= 0.04045, steps / 12.92, ((steps + 0.055) / 1.055) ** 2.4)
    table = struct.pack(">4sII", b"curv", 0, 1024) + np.round(curve * 65_535).astype(">u2").tobytes()
    text = b"desc" + bytes(4) + struct.pack(">I", 5) + b"wide\x00" + bytes(78)
    cprt = b"text" + bytes(4) + b"none\x00"
    tags = {kind: b"XYZ " + bytes(4) + _fixed(values) for kind, values in columns.items()}
    tags |= {b"rTRC": table, b"gTRC": table, b"bTRC": table, b"desc": text, b"cprt": cprt}
    offset, index, data = 128 + 4 + 12 * len(tags), b"", b""
    for kind, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        index += struct.pack(">4sII", kind, offset + len(data), len(content))
        data += padded
    header = struct.pack(">I4sI4s4s4s", offset + len(data), b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header += _fixed((0.96420, 1.0, 0.82491)) + bytes(48)
    return header + struct.pack(">I", len(tags)) + index + data


def _fixed(values: tuple[float, ...]) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65_536)) for value in values)


def test_the_profile_of_srgb_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(corners()).save(path, icc_profile=profile)
    assert_corners(load_image(path).rgb, tolerance=1)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "CMYK"])
def test_a_profile_that_is_damaged_or_for_other_channels_is_passed_over(tmp_path: Path, mode: str) -> None:
    extension = "jpg" if mode == "CMYK" else "png"
    for name, profile in (("junk", b"junk" * 100), ("other", wide_profile())):
        path = tmp_path / f"{name}.{extension}"
        Image.fromarray(np.full((300, 300, 3), 128, np.uint8)).convert(mode).save(
            path, icc_profile=profile, quality=95
        )
        assert np.abs(load_image(path).rgb.astype(int) - 128).max() <= 3


def test_a_very_large_jpeg_is_decoded_smaller(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = Image.fromarray(corners(4096, 8000)).transpose(Image.Transpose.ROTATE_90)
    stored.save(path, quality=80, exif=exif)
    picture = load_image(path)
    assert picture.source == (8000, 4096)
    assert picture.rgb.shape == (2048, 4000, 3)
    assert_corners(picture.rgb, tolerance=10)


def test_a_very_large_png_is_reduced(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(corners(4096, 8000)).save(path, compress_level=1)
    picture = load_image(path)
    assert picture.source == (8000, 4096)
    assert picture.rgb.shape == (2048, 4000, 3)
    assert_corners(picture.rgb)


@pytest.mark.parametrize("side", [6_500, 12_000, 60_000])
def test_a_png_bomb_is_refused(tmp_path: Path, side: int) -> None:
    path = bomb(tmp_path / "a.png", side)
    assert path.stat().st_size < 10_000
    error = refusal(path)
    assert error.code == ErrorCode.IMAGE_TOO_LARGE
    assert "at most 40 megapixels" in error.message


def test_a_png_text_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(corners()).save(path)
    raw = path.read_bytes()
    text = _chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(200_000_000), 9))
    path.write_bytes(raw[:33] + text + raw[33:])
    assert refusal(path).code == ErrorCode.IMAGE_UNDECODABLE


@pytest.mark.parametrize("extension", ["jpg", "png"])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
def test_a_cut_file_is_refused(tmp_path: Path, extension: str, share: float) -> None:
    path = tmp_path / f"a.{extension}"
    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    error = refusal(path)
    assert error.code == ErrorCode.IMAGE_UNDECODABLE
    assert "Send a complete JPEG or PNG file" in error.message


def _saved(image_format: str) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(corners()).save(buffer, image_format)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"I am not a picture.\n" * 100, id="text"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg' width='500' height='500'/>", id="svg"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 500 500\n", id="eps"),
        pytest.param(_saved("GIF"), id="gif"),
        pytest.param(_saved("TIFF"), id="tiff"),
        pytest.param(_saved("WEBP"), id="webp"),
        pytest.param(np.random.default_rng(0).bytes(50_000), id="noise"),
    ],
)
@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_what_is_not_a_jpeg_or_png_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    error = refusal(path)
    assert error.code == ErrorCode.IMAGE_UNDECODABLE
    assert "Send a complete JPEG or PNG file" in error.message


def test_a_missing_file_is_not_blamed_on_the_sender(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_image(tmp_path / "gone.jpg")


@pytest.mark.parametrize(("height", "width"), [(255, 400), (400, 255), (1, 1)])
def test_a_picture_under_256_pixels_is_refused(tmp_path: Path, height: int, width: int) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(np.zeros((height, width, 3), np.uint8)).save(path)
    error = refusal(path)
    assert error.code == ErrorCode.IMAGE_TOO_SMALL
    assert "at least 256 pixels" in error.message


def test_a_picture_of_256_pixels_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(np.zeros((256, 256, 3), np.uint8)).save(path)
    assert load_image(path).source == (256, 256)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ((720, 1280), (720, 1280)),
        ((1920, 1080), (1920, 1080)),
        ((1080, 1920), (1080, 1920)),
        ((4000, 3000), (1920, 1440)),
        ((5000, 8000), (1200, 1920)),
        ((256, 256), (512, 512)),
        ((375, 500), (384, 512)),
        ((506, 510), (508, 512)),
        ((601, 701), (600, 700)),  # odd sides lose a line, nothing is enlarged
        ((1921, 1081), (1920, 1080)),
        ((256, 40_000), (12, 1920)),
        ((100_000, 300), (1920, 6)),
        ((1, 100_000), (2, 1920)),
    ],
)
def test_size_of_the_video(source: tuple[int, int], expected: tuple[int, int]) -> None:
    assert fit_output(*source) == expected


def test_every_size_keeps_the_promises() -> None:
    generator = np.random.default_rng(0)
    for width, height in generator.integers(256, 8000, (2000, 2)).tolist():
        fitted = fit_output(width, height)
        assert fitted[0] % 2 == fitted[1] % 2 == 0
        assert max(fitted) <= 1920
        assert max(fitted) >= min(512, max(width, height) - 1)
        if max(width, height) >= 512:
            assert fitted[0] <= width
            assert fitted[1] <= height
        assert abs(fitted[0] * height - fitted[1] * width) <= 2 * max(width, height)  # within a line


def test_resizing_keeps_colours_and_places() -> None:
    for size in ((200, 150), (400, 300), (800, 600), (100, 900)):
        resized = resize(corners(), size)
        assert resized.shape == (size[1], size[0], 3)
        assert_corners(resized)
