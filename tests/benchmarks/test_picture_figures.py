"""How alike films are, measured on pictures whose difference is known."""

from pathlib import Path

import numpy as np
import pytest
from picture_figures import brightness, likeness, outside, psnr, ssim

from morgana.text.geometry import Box
from morgana.video.encode import write_mp4

NOISE = np.random.default_rng(0).integers(60, 200, (48, 64), dtype=np.uint8)
MARK = Box(16, 16, 48, 32)


def film(path: Path, *, marked: bool) -> Path:
    frame = np.full((48, 64, 3), 90, np.uint8)
    if marked:
        frame[16:32, 16:48] = 250
    write_mp4(path, [frame] * 5, fps=5, size=(64, 48), total=5)
    return path


def test_psnr_is_that_of_its_definition() -> None:
    assert psnr(255**2) == pytest.approx(0)
    assert psnr(1.0) == pytest.approx(48.131, abs=0.001)


def test_ssim_falls_with_what_is_lost() -> None:
    noisy = np.clip(NOISE + np.random.default_rng(1).normal(0, 12, NOISE.shape), 0, 255).astype(np.uint8)
    same, changed, gone = (float(ssim(NOISE, one).mean()) for one in (NOISE, noisy, np.full_like(NOISE, 130)))
    assert same == pytest.approx(1.0, abs=1e-5)
    assert gone < 0.1 < 0.8 < changed < 0.99


def test_what_lies_in_a_box_does_not_count(tmp_path: Path) -> None:
    plain = film(tmp_path / "plain.mp4", marked=False)
    marked = film(tmp_path / "marked.mp4", marked=True)
    assert likeness(plain, marked, [MARK.grown(8)]).psnr > 45
    assert likeness(plain, marked, []).psnr < 20


def test_boxes_that_reach_out_of_the_picture_are_cut() -> None:
    kept = outside((48, 64), [Box(-5, -5, 10, 10), Box(60, 40, 90, 90)])
    assert kept.sum() == 48 * 64 - 100 - 4 * 8


def test_brightness_is_that_of_every_frame(tmp_path: Path) -> None:
    frames = list(brightness(film(tmp_path / "film.mp4", marked=False)))
    assert [one.shape for one in frames] == [(48, 64)] * 5
    assert np.ptp(frames[0]) <= 2
