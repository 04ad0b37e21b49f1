"""The whole served API under schemathesis: every operation, every check, and sequences of calls.

What it is told beyond the served document is in the tables here, and no more: which files a client has, and
for which reasons data may be refused that a schema cannot call wrong.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis.checks import CHECKS
from schemathesis.config import (
    CacheConfig,
    ChecksConfig,
    FuzzingPhaseConfig,
    GenerationConfig,
    PhasesConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.config._phases import ErrorFeedbackConfig
from schemathesis.engine import events, from_schema
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import TestPhase
from schemathesis.transport.serialization import Binary

from morgana import models, store
from morgana.api import create_app, dispatching
from morgana.api.guessing import WrongKeys
from morgana.live import Captioner, Overlayer, Speaker
from tests.api.conftest import MP4, PNG, WAV, Room, finish

EXAMPLES = 6  # of each operation, for each way to fuzz it
FILM = b"\x00\x00\x00\x20ftypisom" + b"f" * 99
FILES = {
    "image_reference": PNG,
    "audio_reference": WAV,
    "portrait": PNG,
    "video": FILM,
    "transcript": b"Good morning, everybody.",
}
SAID = {"words": [{"text": "Hello", "start": 0.0, "end": 0.4}], "language": "en", "duration": 1.0}
# Types of entries of a 422 answer, and why no schema can foresee them.
REFUSALS = {
    "unknown_id": "whether something of this ID exists is not a matter of its form",
    "text_unpronounceable": "which letters a voice can say depends on the voice",
    "mutually_exclusive": "sequences of calls fill in IDs without a look at what is there already",
    "script_expected": "likewise",
    "language_unknown": "which languages can be recognised depends on the weights",
    "transcript_invalid": "whether a text is a transcript is known once it is read",
    "too_many_words": "words may be separated by commas within a text",
    "date_range": "how many days lie between two dates",
    "url_refused": "whether an address is one of the public network is known once it is looked up",
}
# Fields that are any texts to the contract's schema, and JSON, numbers, colours, fonts or times to us.
LOOSE = ("items", "texts", "fonts", "sizes", "colors", "start", "end")


@dataclass
class Finishing(Room):
    """A jobs room that finishes every second video at once, and leaves the others waiting."""

    count: int = field(default=0)

    def enqueue(self, job_id: str) -> None:
        super().enqueue(job_id)
        self.count += 1
        if self.count % 2:
            finish(
                job_id, {"video.mp4": MP4, "video0.mp4": MP4, "transcript.json": json.dumps(SAID).encode()}
            )


@dataclass
class Clock:
    """Time that passes so quickly that nobody has to wait for having sent wrong keys."""

    now: float = 0.0

    def __call__(self) -> float:
        self.now += 1000.0
        return self.now


async def _film_template(_template_id: str, video: Path) -> None:
    video.write_bytes(FILM)


async def _draw(targets: Mapping[str, Path]) -> None:
    for path in targets.values():
        path.write_bytes(PNG)


async def _nothing(*_: object) -> None:
    """What is done beside the requests: nothing."""


@pytest.fixture
def served(data: Path, speaker: Speaker, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The application with all that it needs to be ready, and nothing that takes long to draw."""
    monkeypatch.setattr(models, "missing", list)
    # The application is started and never stopped: what it does beside would go on through later tests.
    monkeypatch.setattr(dispatching, "dispatch", _nothing)
    monkeypatch.setattr("morgana.api.app._sweep_regularly", _nothing)
    previews = data / "previews"
    previews.mkdir(exist_ok=True)
    captioner, overlayer = Captioner(previews, _film_template, _draw), Overlayer(previews, _draw)
    app = create_app(Finishing(), speaker, captioner, overlayer)
    app.state.wrong_keys = WrongKeys(Clock())
    app.state.events.close()  # or streams of events would never end
    return app


@schemathesis.check
def valid_data_is_refused_for_good_reasons(_context: Any, response: Any, case: Any) -> None:
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    if response.status_code == 422:
        entries = json.loads(response.content)["detail"]
        unforeseen = [one for one in entries if one["type"] not in REFUSALS and one["loc"][1] not in LOOSE]
        assert not unforeseen, unforeseen


def _with_files(body: Any) -> Any:
    """A client that means well sends files of the right kind; which is not a matter of their schema."""
    if not isinstance(body, dict):
        return body
    return {
        name: Binary(FILES[name]) if isinstance(value, Binary) and name in FILES else value
        for name, value in body.items()
    }


@schemathesis.hook
def map_body(_context: Any, body: Any) -> Any:
    return _with_files(body)


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Cases that are laid out, and not drawn, pass by `map_body`."""
    if case.meta is not None and case.meta.phase.name is TestPhase.COVERAGE:
        case.body = _with_files(case.body)


def _failures(app: FastAPI, key: str) -> Iterator[tuple[str, str]]:
    """(what failed, how) of everything that did."""
    project = ProjectConfig(
        headers={"x-api-key": key},
        continue_on_failure=True,
        generation=GenerationConfig(
            max_examples=EXAMPLES,
            deterministic=True,
            no_shrink=True,
            database="none",
            with_security_parameters=False,  # a key in another header does no harm beside a right one
        ),
        # What answers teach it of what it may send can contradict itself, and then it sends nothing.
        phases=PhasesConfig(fuzzing=FuzzingPhaseConfig(error_feedback=ErrorFeedbackConfig(enabled=False))),
        checks=ChecksConfig(
            positive_data_acceptance=PositiveDataAcceptanceConfig(
                expected_statuses=["2xx", "3xx", "403", "404", "409", "422"]
            )
        ),
    )
    config = SchemathesisConfig(
        seed=1, cache=CacheConfig(enabled=False), projects=ProjectsConfig(default=project)
    )
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=config)
    tried, checked = set(), set()
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError):
            yield f"{event.label}: {event.info.title}", event.info.format()
        if isinstance(event, events.FatalError):
            yield "schemathesis", str(event.exception)
        if isinstance(event, events.ScenarioFinished):
            tried.add(event.label)
            checked |= {check.name for checks in event.recorder.checks.values() for check in checks}
            yield from _failed(event)
    paths = app.openapi()["paths"]
    for left in {f"{m.upper()} {path}" for path, methods in paths.items() for m in methods} - tried:
        yield left, "was not tried"
    for left in set(CHECKS.get_all_names()) - checked:
        yield left, "was not checked"


def _failed(event: events.ScenarioFinished) -> Iterator[tuple[str, str]]:
    for checks in event.recorder.checks.values():
        for check in checks:
            if check.failure_info is not None:
                failure = check.failure_info.failure
                where = f"{event.label}: {failure.title}"
                yield where, f"{failure.message}\n{check.failure_info.code_sample[:2000]}"


def test_the_service_keeps_what_its_documentation_promises(served: FastAPI) -> None:
    key = store.keys.create("test", "ada", "engines")[1]
    failures = dict(_failures(served, key))  # of failures of one kind, the last
    assert not failures, "\n\n".join(f"{where}\n{how}" for where, how in failures.items())
