"""A portrait kept in a file."""

from pathlib import Path

import numpy as np
import pytest

from morgana.portrait import likeness
from morgana.portrait.likeness import FaceMesh, Portrait, load_portrait, save_portrait


@pytest.fixture
def small() -> Portrait:
    draw = np.random.default_rng(1)
    rgb, plate = (draw.integers(0, 256, (12, 8, 3), np.uint8) for _ in range(2))
    face = FaceMesh(draw.normal(size=(478, 3)), {"jawOpen": 0.1, "mouthSmileLeft": 1 / 3})
    return Portrait(rgb, face, draw.random((12, 8), np.float32), plate)


def test_a_portrait_comes_back_exactly_as_it_was(small: Portrait, tmp_path: Path) -> None:
    save_portrait(small, tmp_path / "kept.bin")
    again = load_portrait(tmp_path / "kept.bin")
    assert again is not None
    assert again.size == (8, 12)
    assert again.face.blendshapes == small.face.blendshapes
    for ours, theirs in (
        (again.rgb, small.rgb),
        (again.matte, small.matte),
        (again.plate, small.plate),
        (again.face.landmarks, small.face.landmarks),
    ):
        assert ours.dtype == theirs.dtype
        assert (ours == theirs).all()


def test_a_file_of_another_version_is_not_used(
    small: Portrait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_portrait(small, tmp_path / "kept")
    monkeypatch.setattr(likeness, "_VERSION", 2)
    assert load_portrait(tmp_path / "kept") is None


def test_a_damaged_file_is_not_used(small: Portrait, tmp_path: Path) -> None:
    path = tmp_path / "kept"
    assert load_portrait(path) is None
    path.write_bytes(b"not a portrait")
    assert load_portrait(path) is None
    save_portrait(small, path)
    whole = path.read_bytes()
    for place in range(40, len(whole) - 200, 97):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        again = load_portrait(path)
        assert again is None or (again.rgb == small.rgb).all()
        path.write_bytes(whole[:place])
        assert load_portrait(path) is None
