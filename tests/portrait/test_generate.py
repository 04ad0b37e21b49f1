"""Files in, file out."""

import wave
from contextvars import ContextVar
from pathlib import Path

import numpy as np
import pytest

from morgana import stages
from morgana.errors import ErrorCode, InputError
from morgana.portrait import Narration, VideoOptions, generate_video
from morgana.portrait.analysis import analyse
from morgana.portrait.image import load_image
from morgana.stages import Stage
from morgana.video.decode import read_frames
from morgana.video.probe import probe
from morgana.video.provenance import SourceType, mark_of
from tests.portrait.conftest import DEMO


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """1.5 s of the shipped speech."""
    path = tmp_path / "clip.wav"
    with wave.open(str(DEMO / "speech.wav")) as source, wave.open(str(path), "wb") as target:
        target.setparams(source.getparams())
        target.writeframes(source.readframes(int(1.5 * source.getframerate())))
    return path


def test_a_portrait_talks_for_as_long_as_the_audio_and_the_same_way_twice(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares: list[float] = []
    told: list[Stage] = []
    monkeypatch.setattr(stages, "_listener", ContextVar("stage", default=told.append))
    outputs = [tmp_path / "first.mp4", tmp_path / "second.mp4"]
    for output in outputs:
        options = VideoOptions(seed=5, mark_generated=output == outputs[0])
        generate_video(DEMO / "portrait.png", clip, output, options, shares.append)
    assert [mark_of(output, {}) for output in outputs] == [SourceType.GENERATED, None]
    assert VideoOptions().mark_generated
    assert told == [Stage.ANALYSE, Stage.LISTEN, Stage.RENDER] * 2
    info = probe(outputs[0])
    assert info.size == (512, 512)
    assert info.duration == pytest.approx(1.5, abs=0.05)
    assert info.audio is not None
    assert info.audio.rate == 48_000
    once = shares[: len(shares) // 2]
    assert once == sorted(once)
    assert once[-1] == 1
    assert np.diff([0.0, *once]).max() < 0.15  # it moves steadily, in every stage
    first, second = ([frame for _, frame in read_frames(path)] for path in outputs)
    assert len(first) == len(second) == 38
    assert all((a == b).all() for a, b in zip(first, second, strict=True))
    mouth = np.array([frame[140:175, 195:255] for frame in first], float)
    assert np.abs(np.diff(mouth, axis=0)).mean() > 0.5


def test_bad_audio_is_refused_before_the_picture_is_looked_at(tmp_path: Path) -> None:
    noise = tmp_path / "not-audio.wav"
    noise.write_bytes(b"hello" * 100)
    with pytest.raises(InputError) as caught:
        generate_video(DEMO / "portrait.png", noise, tmp_path / "out.mp4")
    assert caught.value.code is ErrorCode.AUDIO_UNDECODABLE
    assert not (tmp_path / "out.mp4").exists()


def test_audio_over_the_limit_is_refused(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        generate_video(DEMO / "portrait.png", clip, tmp_path / "out.mp4", VideoOptions(max_audio_seconds=1.0))
    assert caught.value.code is ErrorCode.AUDIO_TOO_LONG


def test_a_script_is_acted_as_its_marks_say_and_kept_to_the_limit(tmp_path: Path) -> None:
    portrait = analyse(load_image(DEMO / "portrait.png"))
    output = tmp_path / "out.mp4"
    options = VideoOptions(expression="neutral", max_audio_seconds=2.0)
    takes = []
    for script in ("            Good morning.", "[sad 1.0]   Good morning."):
        generate_video(portrait, Narration(script), output, options)
        takes.append([frame for _, frame in read_frames(output)])
    plain, sad = takes
    assert len(plain) == len(sad) > 10
    assert any((a != b).any() for a, b in zip(plain, sad, strict=True))
    with pytest.raises(InputError) as caught:
        generate_video(portrait, Narration("Well. [pause 2s] Good morning."), output, options)
    assert caught.value.code is ErrorCode.AUDIO_TOO_LONG


def test_other_frame_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="25 or 30"):
        VideoOptions(fps=24)
