"""What a job is made from."""

from pathlib import Path

import numpy as np
import pytest

from morgana.jobs import pipelines
from morgana.portrait import Narration, Portrait, load_portrait, save_portrait
from morgana.portrait.likeness import FaceMesh


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, Path]:
    """A picture, and what an actor's analysis made of it."""
    pixels = np.zeros((4, 6, 3), np.uint8)
    face = FaceMesh(np.zeros((478, 3)), {"jawOpen": 0.5})
    save_portrait(Portrait(pixels, face, np.ones((4, 6), np.float32), pixels), tmp_path / "portrait.npz")
    return {"image": tmp_path / "image.png", "portrait": tmp_path / "portrait.npz"}


def test_an_analysis_takes_the_place_of_the_picture(inputs: dict[str, Path]) -> None:
    chosen = pipelines._portrait(inputs)
    assert isinstance(chosen, Portrait)
    assert chosen.size == (6, 4)


def test_without_an_analysis_that_can_be_read_the_picture_is_taken(inputs: dict[str, Path]) -> None:
    inputs["portrait"].write_bytes(b"of another release")
    assert load_portrait(inputs["portrait"]) is None
    assert pipelines._portrait(inputs) == inputs["image"]
    del inputs["portrait"]
    assert pipelines._portrait(inputs) == inputs["image"]


def test_a_script_takes_the_place_of_a_recording(tmp_path: Path) -> None:
    options = {"fps": 25, "script": "Hello.", "voice_id": "af_heart", "speed": 1.5, "seed": 7}
    assert pipelines._voice({}, options) == Narration("Hello.", "af_heart", 1.5, 7)
    audio = tmp_path / "audio.wav"
    assert pipelines._voice({"audio": audio}, {"fps": 25, "seed": 7}) == audio


def test_every_pipeline_is_there() -> None:
    for name in pipelines.PIPELINES.values():
        assert callable(pipelines.load(name))
