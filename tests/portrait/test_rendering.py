"""Which renderer is chosen for which portrait, and what the log says of it."""

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from morgana.errors import ErrorCode, InputError
from morgana.portrait import rendering
from morgana.portrait.generate import VideoOptions, generate_video
from morgana.portrait.learned import renderer as learned
from morgana.portrait.learned.suiting import unsuited
from morgana.portrait.likeness import Portrait
from morgana.portrait.mesh.mouth import build_interior
from morgana.settings import settings


@pytest.fixture
def without_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """As where the weights, which are called `modnet` here, were not pulled."""
    monkeypatch.setenv("MORGANA_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(learned, "WEIGHTS", "modnet")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def with_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where there are weights, with the drawn mouth in place of what they make."""
    monkeypatch.setattr(learned, "WEIGHTS", "modnet")
    monkeypatch.setattr(learned, "learned_mouth", build_interior)


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "morgana.portrait.rendering")
    return caplog


def turned(portrait: Portrait, degrees: float) -> Portrait:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), 0, -np.sin(angle)], [0, 1, 0], [np.sin(angle), 0, np.cos(angle)]])
    middle = portrait.face.landmarks.mean(axis=0)
    marks = (portrait.face.landmarks - middle) @ turn + middle
    return replace(portrait, face=replace(portrait.face, landmarks=marks))


def shrunk(portrait: Portrait, scale: float) -> Portrait:
    return replace(portrait, face=replace(portrait.face, landmarks=portrait.face.landmarks * scale))


@pytest.mark.usefixtures("without_weights")
def test_without_weights_the_mesh_is_taken(portrait: Portrait, told: pytest.LogCaptureFixture) -> None:
    assert rendering.choose(portrait, "auto").name == "mesh"
    assert told.messages == ["renderer: mesh (the weights of the learned one are not installed)"]


@pytest.mark.usefixtures("without_weights")
def test_the_learned_one_asked_for_without_weights_is_refused_before_any_work(tmp_path: Path) -> None:
    asked = VideoOptions(renderer="learned")
    with pytest.raises(InputError, match="`morgana models pull modnet`") as refused:
        generate_video(tmp_path / "no.png", tmp_path / "no.wav", tmp_path / "out.mp4", asked)
    assert refused.value.code is ErrorCode.MODEL_MISSING
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("with_weights")
def test_with_weights_the_learned_one_is_taken_unless_the_mesh_is_asked_for(
    portrait: Portrait, told: pytest.LogCaptureFixture
) -> None:
    chosen = [rendering.choose(portrait, wanted).name for wanted in ("auto", "learned", "mesh")]
    assert chosen == ["learned", "learned", "mesh"]
    assert told.messages == ["renderer: learned", "renderer: learned", "renderer: mesh (it was asked for)"]


@pytest.mark.usefixtures("with_weights")
@pytest.mark.parametrize(
    ("scale", "degrees", "why"),
    [(1, 40, "the head is turned .* over 25"), (0.5, 0, "the mouth is 19 pixels wide, under 30")],
)
def test_a_portrait_that_does_not_suit_falls_back_and_says_why(
    portrait: Portrait, told: pytest.LogCaptureFixture, scale: float, degrees: float, why: str
) -> None:
    other = turned(shrunk(portrait, scale), degrees)
    assert rendering.choose(other, "auto").name == "mesh"
    (line,) = told.messages
    assert re.fullmatch(rf"renderer: mesh \({why}\)", line)


def test_a_portrait_from_the_front_suits(portrait: Portrait) -> None:
    assert unsuited(portrait) is None
    assert unsuited(turned(portrait, 8)) is None


def test_an_unknown_renderer_is_refused() -> None:
    with pytest.raises(ValueError, match="not one of auto, mesh, learned"):
        VideoOptions(renderer="oil")  # type: ignore[arg-type]
