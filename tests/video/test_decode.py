from pathlib import Path

import av
import numpy as np
import pytest

from morgana.video.decode import read_frames


def write(path: Path, picture: np.ndarray, rotation: int = 0, full_range: bool = False) -> Path:  # noqa: FBT001, FBT002
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "8"})
        stream.height, stream.width = picture.shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.color_range = 2 if full_range else 1
        if rotation:
            stream.set_display_rotation(rotation)
        for _ in range(3):
            frame = av.VideoFrame.from_ndarray(picture).reformat(
                format="yuv420p", src_color_range=2, dst_color_range=2 if full_range else 1
            )
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_film_from_a_turned_phone_is_upright(tmp_path: Path, rotation: int) -> None:
    upright = np.full((128, 64, 3), 40, np.uint8)
    upright[:32, :32] = (220, 30, 30)
    stored = np.ascontiguousarray(np.rot90(upright, -(rotation // 90)))
    _, picture = next(read_frames(write(tmp_path / "a.mp4", stored, rotation)))
    assert picture.shape == upright.shape
    assert np.abs(picture[8:24, 8:24].astype(int) - (220, 30, 30)).max() < 12
    assert np.abs(picture[64:, 40:].astype(int) - 40).max() < 12


@pytest.mark.parametrize("full_range", [False, True])
def test_black_and_white_are_black_and_white_in_either_range(tmp_path: Path, full_range: bool) -> None:  # noqa: FBT001
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[32:] = 255
    _, decoded = next(read_frames(write(tmp_path / "a.mp4", picture, full_range=full_range)))
    assert decoded[8:24].max() <= 2
    assert decoded[40:56].min() >= 253
