"""Whoever listens is told which stage begins; nobody has to."""

import json
from contextvars import ContextVar, copy_context
from pathlib import Path

import pytest

from morgana import stages
from morgana.captions.template import templates
from morgana.jobs import pipelines
from morgana.progress import ignore
from morgana.stages import Stage, enter, listen
from tests.video.filming import film, scene


def test_a_listener_is_told_of_the_stages_of_its_own_context_alone() -> None:
    told: list[Stage] = []

    def work() -> None:
        listen(told.append)
        enter(Stage.ANALYSE)
        enter(Stage.RENDER)

    enter(Stage.SPEAK)  # nobody listens
    copy_context().run(work)
    enter(Stage.LISTEN)
    assert told == [Stage.ANALYSE, Stage.RENDER]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Stage]:
    """The stages of which anybody would be told."""
    entered: list[Stage] = []
    monkeypatch.setattr(stages, "_listener", ContextVar("stage", default=entered.append))
    return entered


def test_a_text_overlay_is_designed_and_rendered(told: list[Stage], tmp_path: Path) -> None:
    source = film(tmp_path / "film.mp4", scene(12, (90, 160)))
    (tmp_path / "made").mkdir()
    pipelines.overlay({"video": source}, tmp_path / "made", {"items": [{"text": "Sale"}]}, ignore)
    assert told == [Stage.DESIGN, Stage.RENDER]


def test_captions_are_listened_for_unless_it_is_known_what_is_said(told: list[Stage], tmp_path: Path) -> None:
    source = film(tmp_path / "film.mp4", scene(24, (90, 160)))
    word = {"text": "Hi", "start": 0.2, "end": 0.6}
    (tmp_path / "words").write_text(json.dumps({"language": "en", "duration": 1.0, "words": [word]}))
    (tmp_path / "said").write_text(json.dumps([word]))
    options = {"template": next(iter(templates())), "uploaded": True}
    for given, expected in (
        ("words", [Stage.RENDER]),
        ("transcript", [Stage.LISTEN, Stage.RENDER]),
    ):
        made = tmp_path / f"made-{given}"
        made.mkdir()
        file = tmp_path / {"words": "words", "transcript": "said"}[given]
        pipelines.caption({"video": source, given: file}, made, options, ignore)
        assert told == expected
        told.clear()
