import struct
import tracemalloc
from pathlib import Path

import av
import numpy as np
import pytest

from morgana.errors import ErrorCode, InputError
from morgana.video.sound import read_sound, source_channels, stream_sound
from tests.video.making import A_LAW, FLOAT, MU_LAW, PCM, chirps, mp3, tone, wav

VBR = {"flags": "+qscale", "global_quality": "354"}


def refusal(path: Path, limit: float = 180.0) -> InputError:
    with pytest.raises(InputError) as caught:
        read_sound(path, limit=limit)
    return caught.value


@pytest.mark.parametrize(
    ("bits", "kind", "rate"),
    [
        (8, PCM, 8_000),
        (16, PCM, 11_025),
        (16, PCM, 44_100),
        (24, PCM, 48_000),
        (24, PCM, 96_000),
        (32, PCM, 192_000),
        (32, FLOAT, 96_000),
        (64, FLOAT, 48_000),
        (8, A_LAW, 8_000),
        (8, MU_LAW, 8_000),
    ],
)
def test_every_kind_of_wav_gives_the_same_tone(tmp_path: Path, bits: int, kind: int, rate: int) -> None:
    sound = read_sound(wav(tmp_path / "a.wav", tone(1.0, rate), rate, bits, kind))
    assert sound.duration == pytest.approx(1.0, abs=0.001)
    expected = tone(1.0, 16_000)
    inner = slice(800, -800)  # the resampler's filter rings at the very ends
    assert np.abs(sound.samples[inner] - expected[inner]).max() < 0.02


@pytest.mark.parametrize("channels", [2, 3, 4, 5, 6, 7, 8, 11])
def test_any_number_of_channels_is_mixed_to_mono(tmp_path: Path, channels: int) -> None:
    path = wav(tmp_path / "a.wav", np.tile(tone(0.5, 48_000), (channels, 1)), 48_000)
    sound = read_sound(path)
    assert sound.duration == pytest.approx(0.5, abs=0.001)
    assert np.abs(sound.samples[800:-800] - tone(0.5)[800:-800]).max() < 0.02
    assert source_channels(path) == channels


def test_the_bass_channel_of_5_1_is_left_out_and_the_sides_stay_apart(tmp_path: Path) -> None:
    voice, noise = tone(0.5, 48_000, 440), tone(0.5, 48_000, 60, 0.9)
    silent = np.zeros_like(voice)
    path = wav(tmp_path / "a.wav", np.stack([voice, silent, silent, noise, silent, silent]), 48_000)
    stereo = np.concatenate(list(stream_sound(path, 48_000, channels=2)), axis=1)
    assert np.abs(stereo[1]).max() < 1e-4
    spectrum = np.abs(np.fft.rfft(stereo[0]))
    assert spectrum[220] > 1000 * spectrum[30]  # bins of 2 Hz


@pytest.mark.parametrize("options", [None, VBR, {"abr": "1"}])
def test_mp3_with_cover_art_starts_and_ends_with_its_sound(
    tmp_path: Path, options: dict[str, str] | None
) -> None:
    source = chirps(2.0, 44_100)
    path = mp3(tmp_path / "a.mp3", source, cover=True, options=options)
    decoded = np.concatenate(list(stream_sound(path, 44_100, channels=1)), axis=1)[0]
    assert len(decoded) == len(source)  # the encoder's delay and padding are gone
    assert np.corrcoef(decoded, source)[0, 1] > 0.99


def test_content_decides_and_not_the_name(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.mp3", tone(0.5))
    assert read_sound(path).duration == pytest.approx(0.5)


def test_a_size_left_open_by_a_streaming_writer_is_no_obstacle(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", tone(1.0))
    raw = bytearray(path.read_bytes())
    raw[4:8] = raw[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(raw)
    assert read_sound(path).duration == pytest.approx(1.0)


def test_numbers_out_of_range_are_made_harmless(tmp_path: Path) -> None:
    samples = tone(1.0)
    samples[100], samples[200], samples[300:310] = np.nan, np.inf, 1e30
    sound = read_sound(wav(tmp_path / "a.wav", samples, 16_000, 32, FLOAT))
    assert np.isfinite(sound.samples).all()
    assert np.abs(sound.samples).max() <= 1.0


def test_a_file_cut_in_the_middle_gives_what_is_there(tmp_path: Path) -> None:
    path = mp3(tmp_path / "a.mp3", tone(2.0, 44_100))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 0.8 < read_sound(path).duration < 1.1


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"I am not a sound, only a text.\n" * 400, id="text"),
        pytest.param(np.random.default_rng(0).bytes(300_000), id="noise"),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 5000, id="jpeg"),
        pytest.param(b"RIFF\x24\x00\x00\x00WAVEfmt ", id="header cut"),
        pytest.param(b"ID3\x04\x00\x00\x00\x00\x00\x00", id="tags alone"),
        pytest.param(b"#EXTM3U\n#EXTINF:1,\nneighbour.wav\n", id="playlist"),
    ],
)
@pytest.mark.parametrize("name", ["a.wav", "a.mp3"])
def test_what_is_not_sound_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    wav(tmp_path / "neighbour.wav", tone(1.0))
    path = tmp_path / name
    path.write_bytes(content)
    error = refusal(path)
    assert error.code == ErrorCode.AUDIO_UNDECODABLE
    assert "Send a complete WAV or MP3 file" in error.message


def test_a_wav_without_samples_is_refused(tmp_path: Path) -> None:
    assert refusal(wav(tmp_path / "a.wav", np.zeros(0, np.float32))).code == ErrorCode.AUDIO_UNDECODABLE


def test_a_list_of_files_does_not_open_its_neighbour(tmp_path: Path) -> None:
    wav(tmp_path / "neighbour.wav", tone(1.0))
    path = tmp_path / "a.wav"
    path.write_text("ffconcat version 1.0\nfile neighbour.wav\n")
    with av.open(path) as container:  # an unguarded open does follow the list
        assert next(container.decode(audio=0)).samples
    assert refusal(path).code == ErrorCode.AUDIO_UNDECODABLE


@pytest.mark.parametrize("rate", [1, 900_000])
def test_a_sample_rate_that_no_recorder_has_is_refused(tmp_path: Path, rate: int) -> None:
    assert refusal(wav(tmp_path / "a.wav", tone(1.0), rate)).code == ErrorCode.AUDIO_UNDECODABLE


def test_a_video_under_a_sound_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with av.open(path, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))))
        container.mux(stream.encode(None))
    assert refusal(path).code == ErrorCode.AUDIO_UNDECODABLE


def test_a_missing_file_is_not_blamed_on_the_sender(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_sound(tmp_path / "gone.wav")


NOISE = np.random.default_rng(1).normal(0, 0.001, 32_000).astype(np.float32)  # -60 dBFS


@pytest.mark.parametrize(
    "samples",
    [
        pytest.param(np.zeros(32_000, np.float32), id="zeros"),
        pytest.param(NOISE, id="noise at -60 dBFS"),
        pytest.param(np.full(32_000, 0.4, np.float32), id="constant offset"),
    ],
)
@pytest.mark.parametrize("bits", [16, 24])
def test_silence_is_refused(tmp_path: Path, samples: np.ndarray, bits: int) -> None:
    error = refusal(wav(tmp_path / "a.wav", samples, 16_000, bits))
    assert error.code == ErrorCode.AUDIO_SILENT
    assert "Check the recording level" in error.message


def test_a_quiet_word_in_a_long_pause_is_not_silence(tmp_path: Path) -> None:
    samples = np.zeros(16_000 * 10, np.float32)
    samples[80_000:84_000] = tone(0.25, amplitude=0.02)
    assert read_sound(wav(tmp_path / "a.wav", samples)).level == pytest.approx(-37, abs=0.5)


@pytest.mark.parametrize("seconds", [0.1, 0.29])
def test_a_moment_is_too_short(tmp_path: Path, seconds: float) -> None:
    error = refusal(wav(tmp_path / "a.wav", tone(seconds)))
    assert error.code == ErrorCode.AUDIO_TOO_SHORT
    assert "at least 0.3 s" in error.message


def test_three_tenths_of_a_second_are_enough(tmp_path: Path) -> None:
    assert read_sound(wav(tmp_path / "a.wav", tone(0.3))).duration == pytest.approx(0.3)


def test_the_limit_is_kept_to_the_padding_of_an_mp3(tmp_path: Path) -> None:
    assert read_sound(wav(tmp_path / "a.wav", tone(2.05)), limit=2.0).duration == pytest.approx(2.05)
    error = refusal(wav(tmp_path / "b.wav", tone(2.2)), limit=2.0)
    assert error.code == ErrorCode.AUDIO_TOO_LONG
    assert "at most 2 s" in error.message


def test_a_comment_in_another_encoding_is_no_reason_to_refuse(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", tone(1.0))
    comment = struct.pack("<4sI4s4sI", b"LIST", 16, b"INFO", b"ICMT", 4) + b"\xe9t\xe9\0"
    raw = path.read_bytes()
    path.write_bytes(raw[:36] + comment + raw[36:])
    assert read_sound(path).duration == pytest.approx(1.0, abs=0.001)


def test_a_header_that_claims_a_second_does_not_hide_an_hour(tmp_path: Path) -> None:
    """MP3 frames say nothing of a total; the first frame's Xing tag does, and may lie."""
    path = mp3(tmp_path / "a.mp3", tone(4.0, 16_000), rate=16_000)
    raw = bytearray(path.read_bytes())
    tag = max(raw.find(b"Xing"), raw.find(b"Info"))
    raw[tag + 8 : tag + 12] = struct.pack(">I", 20)
    path.write_bytes(raw)
    assert refusal(path, limit=2.0).code == ErrorCode.AUDIO_TOO_LONG


def test_hours_of_sound_are_refused_without_being_decoded(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", np.zeros(0, np.float32), 8_000, 8)
    with path.open("r+b") as file:
        file.seek(40)
        file.write(struct.pack("<I", 2 * 3600 * 8_000))
        file.truncate(44 + 2 * 3600 * 8_000)
    tracemalloc.start()
    try:
        assert refusal(path, limit=10.0).code == ErrorCode.AUDIO_TOO_LONG
        assert tracemalloc.get_traced_memory()[1] < 8_000_000  # 2 hours at 16 kHz would be 460 MB
    finally:
        tracemalloc.stop()


def test_streaming_holds_only_a_piece_at_a_time(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", tone(120.0))
    tracemalloc.start()
    try:
        count = sum(piece.shape[1] for piece in stream_sound(path, 48_000, channels=2))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == pytest.approx(120 * 48_000, abs=48)
    assert peak < 2_000_000


def test_a_codec_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", tone(1.0))
    raw = bytearray(path.read_bytes())
    struct.pack_into("<H", raw, 20, 0x4321)
    path.write_bytes(raw)
    assert refusal(path).code == ErrorCode.AUDIO_UNDECODABLE
