"""What is told of jobs as it happens, over a real connection."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI

from morgana import store
from morgana.api import events
from morgana.api.server import Server
from morgana.settings import settings
from morgana.store.watching import Lookout
from tests.api.conftest import ADA, DEADLINE, MP4, finish

Event = tuple[str, dict[str, Any]]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_POLL_SECONDS", 0.2)


@pytest.fixture
def running(app: FastAPI) -> Iterator[tuple[Server, str]]:
    server = Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + DEADLINE
    while not server.started:
        assert thread.is_alive()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    yield server, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(DEADLINE)
    assert not thread.is_alive()


@pytest.fixture
def http(running: tuple[Server, str], key: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=running[1], headers={"x-api-key": key}, timeout=DEADLINE) as client:
        yield client


@contextmanager
def listening(client: httpx2.Client, headers: dict[str, str] | None = None) -> Iterator[Iterator[Event]]:
    with client.stream("GET", "/v1/events", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _events(answer.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[Event]:
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))
        elif line.startswith(":"):
            yield "heartbeat", {}


def video(owner: store.Owner = ADA) -> str:
    video_id = store.videos.new_id()
    draft = store.VideoDraft(video_id, store.Kind.GENERATION, {}, {"image": f"videos/{video_id}/image.png"})
    return store.videos.create(owner, draft).id


def test_unfinished_jobs_then_each_change_in_the_words_of_get(http: httpx2.Client) -> None:
    done, mine = video(), video()
    video(store.Owner("bob"))
    finish(done, {"video.mp4": MP4})
    actor = store.actors.create(
        ADA, store.ActorDraft("actor_x", "Zoé", {"image": "actors/actor_x/image.png"})
    )
    overlay = store.text_overlays.create(
        ADA, store.TextOverlayDraft("o", ({"text": "Sale"},), {"video": "v"})
    )
    with listening(http) as told:
        first = [next(told) for _ in range(4)]
        assert [(name, body.get("id")) for name, body in first] == [
            ("video", mine),
            ("actor", actor.id),
            ("text_overlay", overlay.id),
            ("ready", None),
        ]
        assert first[0][1] == http.get(f"/v1/videos/{mine}").json()
        assert first[2][1] == http.get(f"/v1/meta/text_overlays/{overlay.id}").json()
        assert first[1][1].items() >= {"object": "actor", "name": "Zoé", "status": "PROCESSING"}.items()
        store.work.set_progress(mine, 40, "render")
        name, body = next(told)
        assert (name, body["progress"], body["stage"]) == ("video", 40, "render")
        finish(mine, {"video.mp4": MP4})
        name, body = next(told)
        assert (name, body["status"], body["progress"], body["stage"]) == ("video", "COMPLETE", 100, None)
        later = video()
        assert next(told)[1]["id"] == later
        store.videos.cancel(ADA, later)
        store.videos.remove(ADA, later)
        told_at_last = next(told)
        if told_at_last[0] == "video":  # seen between the two
            told_at_last = next(told)
        assert told_at_last == ("deleted", {"id": later, "object": "video"})


def test_a_key_is_needed(running: tuple[Server, str]) -> None:
    answer = httpx2.get(f"{running[1]}/v1/events")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "missing_api_key")


def test_listening_counts_against_the_limit_of_polls(
    http: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_RATE_LIMITS", "status=1/hour")
    settings.cache_clear()
    with http.stream("GET", "/v1/events") as answer:
        assert answer.status_code == 200
        assert answer.headers["ratelimit-remaining"] == "0"
        refused = http.get("/v1/events")
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limit_exceeded")
    assert "retry-after" in refused.headers


def test_many_who_listen_cost_one_look_a_second(http: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[tuple[float, set[store.Owner]]] = []
    look = Lookout.look

    def noted(self: Lookout, owners: set[store.Owner]) -> Any:
        looks.append((time.monotonic(), set(owners)))
        return look(self, owners)

    monkeypatch.setattr(Lookout, "look", noted)
    bob = store.Owner("bob")
    other = {"x-api-key": store.keys.create("other", bob.user)[1]}
    mine = video()
    with listening(http) as one, listening(http, other) as another, listening(http) as third:
        for told in (one, third):
            assert next(told)[1]["id"] == mine
            assert next(told)[0] == "ready"
        assert next(another)[0] == "ready"
        begun = time.monotonic()
        for percent in (10, 20, 30):
            store.work.set_progress(mine, percent)
            assert [next(told)[1]["progress"] for told in (one, third)] == [percent, percent]
        lasted = time.monotonic() - begun
    during = [owners for at, owners in looks if begun <= at <= begun + lasted]
    assert 1 <= len(during) <= lasted / events._POLL_SECONDS + 1
    assert all(owners == {ADA, bob} for owners in during)
    deadline = time.monotonic() + DEADLINE
    while looks[-1][0] > time.monotonic() - 5 * events._POLL_SECONDS:
        assert time.monotonic() < deadline, "nobody listens, and the database is asked all the same"
        time.sleep(0.1)


def test_a_stream_ends_as_soon_as_its_key_is_revoked(http: httpx2.Client) -> None:
    record, secret = store.keys.create("leaked", ADA.user, ADA.org)
    with listening(http) as kept, listening(http, {"x-api-key": secret}) as leaked:
        assert next(kept)[0] == next(leaked)[0] == "ready"
        assert store.keys.revoke(record.id)
        assert list(leaked) == []
        mine = video()
        assert next(kept)[1]["id"] == mine


def test_silence_is_broken_and_a_stream_ends_after_a_while(
    http: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_HEARTBEAT_SECONDS", 0.05)
    with listening(http) as told:
        assert len(list(islice((name for name, _ in told if name == "heartbeat"), 2))) == 2
    monkeypatch.setattr(events, "_LONGEST_SECONDS", 0.5)
    with listening(http) as told:
        assert {name for name, _ in told} <= {"ready", "heartbeat"}


def test_told_to_stop_the_server_ends_the_streams_and_itself(
    http: httpx2.Client, running: tuple[Server, str]
) -> None:
    with listening(http) as told:
        assert next(told)[0] == "ready"
        begun = time.monotonic()
        running[0].should_exit = True
        assert list(told) == []
    while running[0].servers[0].is_serving():
        assert time.monotonic() - begun < DEADLINE
        time.sleep(0.01)


def test_the_database_may_be_away_for_a_while(http: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = video()
    look, broken = Lookout.look, [True]

    def away(self: Lookout, owners: set[store.Owner]) -> Any:
        if broken:
            broken.clear()
            raise ConnectionError("the database is away")
        return look(self, owners)

    monkeypatch.setattr(Lookout, "look", away)
    with listening(http) as told:
        assert next(told)[1]["id"] == mine
