import csv
import io
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from starlette.testclient import TestClient

from morgana import store
from morgana.prices import PriceList
from morgana.settings import settings
from morgana.store.tables import to_micros
from tests.api.conftest import ADA, DEADLINE, completed, created, locations
from tests.live.scripted import Scripted

SPEECH = "/v1/audio/text-to-speech/heart"
TEXT = "One sentence. And another one!"


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The time at which all jobs of a test end."""
    moment = datetime(2026, 3, 4, 12, tzinfo=UTC)
    for module in ("work", "usage"):
        monkeypatch.setattr(f"morgana.store.{module}.now", lambda: to_micros(moment))
    return moment


def captioned(seconds: float) -> None:
    draft = store.VideoDraft(store.videos.new_id(), store.Kind.CAPTION, {"template": "x"}, {})
    store.videos.create(ADA, draft)
    assert store.work.complete(draft.id, {}, facts=store.Facts(seconds, 720, 1280))


def asked(client: TestClient, **days: str) -> Any:
    answer = client.get("/v1/usage", params=days)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.usefixtures("noon")
def test_what_was_consumed_is_told_by_day_and_kind(client: TestClient) -> None:
    captioned(61.5)
    captioned(30)
    store.work.fail(created(client)["id"], "no_face_detected", "Send another picture.")
    completed(client)
    assert asked(client, **{"from": "2026-03-01", "to": "2026-03-04"}) == {
        "object": "usage",
        "from": "2026-03-01",
        "to": "2026-03-04",
        "currency": "USD",
        "cost": "0.45",
        "data": [
            {
                "date": "2026-03-04",
                "kind": "caption",
                "jobs": 2,
                "seconds": 91.5,
                "characters": 0,
                "items": 2,
                "cost": "0.45",
            },
            {
                "date": "2026-03-04",
                "kind": "generation",
                "jobs": 1,
                "seconds": 0.0,
                "characters": 0,
                "items": 1,
                "cost": "0.00",
            },
        ],
    }
    assert asked(client, **{"from": "2026-03-05", "to": "2026-03-05"})["data"] == []


@pytest.mark.usefixtures("noon")
def test_the_same_as_a_table(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORGANA_PRICES", '{"currency": "EUR", "caption": {"seconds": {"price": "0.0011"}}}')
    settings.cache_clear()
    captioned(61.5)
    answer = client.get("/v1/usage.csv", params={"from": "2026-03-04", "to": "2026-03-04"})
    assert answer.headers["content-type"] == "text/csv; header=present; charset=utf-8"
    name = 'attachment; filename="usage-2026-03-04-2026-03-04.csv"'
    assert answer.headers["content-disposition"] == name
    (row,) = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert row == {
        "date": "2026-03-04",
        "kind": "caption",
        "jobs": "1",
        "seconds": "61.5",
        "characters": "0",
        "items": "1",
        "cost": "0.0682",
        "currency": "EUR",
    }
    assert answer.text.count("\r\n") == 2


def test_unless_days_are_named_it_is_the_last_thirty(client: TestClient) -> None:
    today = datetime.now(UTC).date()
    completed(client)
    found = asked(client)
    assert found["to"] in (str(today), str(datetime.now(UTC).date()))  # at midnight
    assert len(found["data"]) == 1
    assert asked(client, to="2026-03-31")["from"] == "2026-03-02"
    assert asked(client, to="0001-01-05")["from"] == "0001-01-01"


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"from": "2026-03-05", "to": "2026-03-04"}, "from"),
        ({"from": "2025-01-01", "to": "2026-03-04"}, "from"),
        ({"to": "yesterday"}, "to"),
        ({"to": "2026-02-30"}, "to"),
        ({"from": "1700000000"}, "from"),
    ],
)
def test_days_that_cannot_be_meant(client: TestClient, days: dict[str, str], field: str) -> None:
    for path in ("/v1/usage", "/v1/usage.csv"):
        ((place, _),) = locations(client.get(path, params=days))
        assert place == ["query", field]


def test_another_owners_is_not_seen(client: TestClient) -> None:
    completed(client)
    client.headers["x-api-key"] = store.keys.create("other", ADA.user, "looms")[1]
    assert asked(client)["data"] == []


def test_speech_counts_by_its_characters_and_seconds(client: TestClient) -> None:
    body = {"text": TEXT, "model": "mirage-audio-1"}
    assert client.post(SPEECH, json=body).status_code == 200
    assert client.post(f"{SPEECH}/with-timestamps", json=body).status_code == 200
    spoken = {"input": TEXT, "model": "tts-1", "voice": "heart", "response_format": "wav"}
    assert client.post("/v1/audio/speech", json=spoken).status_code == 200
    (entry,) = asked(client)["data"]
    assert (entry["kind"], entry["jobs"]) == ("speech", 3)
    assert (entry["seconds"], entry["characters"]) == (3 * 2 * 0.5, 3 * len(TEXT))


def test_speech_that_is_refused_costs_nothing(client: TestClient) -> None:
    body = {"text": "", "model": "mirage-audio-1"}
    assert client.post(SPEECH, json=body).status_code == 422
    assert asked(client)["data"] == []


def test_of_a_speech_that_is_broken_off_what_was_spoken_counts(
    server: str, key: str, engine: Scripted
) -> None:
    """The third sentence is not made: its client has left by then."""
    text = "One sentence. And another one! And one that nobody hears."
    engine.seconds = 30.0  # more than any buffer takes
    engine.gate = threading.Semaphore(2)
    with (
        httpx2.Client(base_url=server, headers={"x-api-key": key}, timeout=DEADLINE) as client,
        client.stream("POST", SPEECH, json={"text": text, "model": "mirage-audio-1"}) as answer,
    ):
        assert answer.status_code == 200
        next(answer.iter_raw())
    engine.gate.release(10)
    deadline = time.monotonic() + DEADLINE
    today = datetime.now(UTC).date()
    one = timedelta(days=1)
    while not (found := store.usage.of(ADA, today - one, today + one, PriceList())):
        assert time.monotonic() < deadline, "it is not noted"
        time.sleep(0.05)
    (entry,) = found
    assert entry.characters in (len("One sentence."), len("One sentence. And another one!"))
    assert 0 < entry.seconds <= 60  # of 90
