import json
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from morgana import store
from morgana.settings import settings
from tests.api.conftest import MP4, Room, blob_files, completed, created, error_code, finish, locations

PATH = "/v1/meta/text_overlays"
FILM = b"\x00\x00\x00\x20ftypisom" + b"f" * 200
MOV = b"\x00\x00\x00\x14ftypqt  " + b"f" * 200
TOO_LONG = store.Failure("text_too_long", "Send a shorter text.")


def asked(client: TestClient, film: bytes | None = FILM, **form: Any) -> Any:
    if "items" in form and not isinstance(form["items"], str):
        form["items"] = json.dumps(form["items"])
    files = {} if film is None else {"video": ("clip.mp4", film)}
    # A form without a file is multipart, too.
    return client.post(PATH, files=files or {"none": ("", b"")}, data=form)


def ordered(client: TestClient, film: bytes = FILM, **form: Any) -> dict[str, Any]:
    answer = asked(client, film, **form or {"texts": ["Sale", "New 🎉"]})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def items_of(made: dict[str, Any]) -> Any:
    job = store.work.begin(made["id"])
    assert job is not None
    return job.options["items"]


def seen(client: TestClient, made: dict[str, Any]) -> dict[str, Any]:
    current: dict[str, Any] = client.get(f"{PATH}/{made['id']}").json()
    return current


def hers() -> dict[str, str]:
    return {"x-api-key": store.keys.create("other", "eve")[1]}


@pytest.mark.parametrize(("film", "suffix"), [(FILM, "mp4"), (MOV, "mov")])
def test_an_upload_becomes_a_job_that_waits(client: TestClient, room: Room, film: bytes, suffix: str) -> None:
    made = ordered(client, film)
    assert made == {
        "id": made["id"],
        "object": "text_overlay",
        "status": "QUEUED",
        "created_at": made["created_at"],
        "completed_at": None,
        "progress": 0,
        "stage": None,
        "expires_at": None,
        "results": [],
        "error": None,
    }
    assert str(uuid.UUID(made["id"], version=4)) == made["id"]
    assert abs(made["created_at"] - time.time()) < 600
    assert room.enqueued == [made["id"]]
    assert seen(client, made) == made
    job = store.work.begin(made["id"])
    assert job is not None
    assert (job.kind, job.options) == (
        store.Kind.OVERLAY,
        {"items": [{"text": "Sale"}, {"text": "New 🎉"}]},
    )
    assert job.inputs == {"video": f"text_overlays/{made['id']}/video.{suffix}"}
    assert store.blobs.read(job.inputs["video"]) == film


def test_a_video_of_mine_is_written_over_in_place_of_an_upload(client: TestClient) -> None:
    source = completed(client)["id"]
    answer = asked(client, None, texts=["Sale"], video_id=source)
    assert answer.status_code == 200, answer.text
    assert client.delete(f"/v1/videos/{source}").status_code == 204
    job = store.work.begin(answer.json()["id"])
    assert job is not None
    assert store.blobs.read(job.inputs["video"]) == MP4
    assert error_code(asked(client, None, texts=["Sale"], video_id=source), 404) == "video_not_found"
    waiting = created(client)["id"]
    assert error_code(asked(client, None, texts=["Sale"], video_id=waiting), 409) == "video_not_ready"
    mine = completed(client)["id"]
    client.headers.update(hers())
    assert error_code(asked(client, None, texts=["Sale"], video_id=mine), 404) == "video_not_found"
    both = asked(client, texts=["Sale"], video_id=mine)
    assert locations(both) == [(["body", "video_id"], "mutually_exclusive")]


def test_it_is_processing_once_a_worker_has_it(client: TestClient) -> None:
    made = ordered(client)
    store.work.begin(made["id"])
    assert seen(client, made) == made | {"status": "PROCESSING"}
    store.work.set_progress(made["id"], 40)
    assert seen(client, made) == made | {"status": "PROCESSING", "progress": 40}


def test_every_text_has_its_result_in_order(client: TestClient) -> None:
    made = ordered(client, texts=["One", "Two", "Three"])
    finish(made["id"], {"video2.mp4": b"third", "video0.mp4": b"first"}, {1: TOO_LONG})
    done = seen(client, made)
    assert (done["status"], done["progress"], done["error"]) == ("COMPLETE", 100, None)
    assert done["completed_at"] >= done["created_at"]
    assert [(one["index"], one["text"], one["status"]) for one in done["results"]] == [
        (0, "One", "COMPLETE"),
        (1, "Two", "FAILED"),
        (2, "Three", "COMPLETE"),
    ]
    error = {"code": "text_too_long", "message": "Send a shorter text."}
    assert [one["error"] for one in done["results"]] == [None, error, None]
    assert done["results"][1]["video_url"] is None


def test_the_links_need_no_key_and_give_parts(client: TestClient) -> None:
    made = ordered(client)
    finish(made["id"], {"video0.mp4": b"first film", "video1.mp4": b"second film"})
    urls = [one["video_url"] for one in seen(client, made)["results"]]
    del client.headers["x-api-key"]
    answers = [client.get(url) for url in urls]
    assert [answer.content for answer in answers] == [b"first film", b"second film"]
    assert [answer.headers["content-type"] for answer in answers] == ["video/mp4"] * 2
    for number, answer in enumerate(answers):
        assert f'filename="{made["id"]}-{number}.mp4"' in answer.headers["content-disposition"]
    part = client.get(urls[1], headers={"Range": "bytes=7-"})
    assert (part.status_code, part.content) == (206, b"film")
    assert part.headers["content-range"] == "bytes 7-10/11"
    assert error_code(client.get(urls[0].replace("video0", "video1")), 403) == "link_invalid"


def test_links_expire_and_are_given_anew(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORGANA_SIGNED_URL_SECONDS", "1")
    settings.cache_clear()
    made = ordered(client, texts=["One"])
    finish(made["id"], {"video0.mp4": b"film"})
    url = seen(client, made)["results"][0]["video_url"]
    deadline = time.monotonic() + 60
    while (answer := client.get(url)).status_code == 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert error_code(answer, 403) == "link_expired"
    monkeypatch.setenv("MORGANA_SIGNED_URL_SECONDS", "600")
    settings.cache_clear()
    assert client.get(seen(client, made)["results"][0]["video_url"]).content == b"film"


def test_a_job_is_complete_even_if_every_text_failed(client: TestClient) -> None:
    made = ordered(client)
    finish(made["id"], {}, {0: TOO_LONG, 1: TOO_LONG})
    done = seen(client, made)
    assert (done["status"], done["error"]) == ("COMPLETE", None)
    assert [one["status"] for one in done["results"]] == ["FAILED", "FAILED"]


def test_a_result_that_nobody_told_of_is_an_internal_error(client: TestClient) -> None:
    made = ordered(client)
    finish(made["id"], {"video0.mp4": b"film"})
    first, second = seen(client, made)["results"]
    assert (first["status"], second["status"]) == ("COMPLETE", "FAILED")
    assert second["error"]["code"] == "internal_error"


def test_a_text_that_failed_has_no_video_whatever_was_left_behind(client: TestClient) -> None:
    made = ordered(client)
    finish(made["id"], {"video0.mp4": b"film", "video1.mp4": b"half a film"}, {1: TOO_LONG})
    results = seen(client, made)["results"]
    assert [one["status"] for one in results] == ["COMPLETE", "FAILED"]
    assert results[1]["video_url"] is None


def test_a_video_that_cannot_be_read_fails_as_a_whole(client: TestClient) -> None:
    made = ordered(client)
    store.work.fail(made["id"], "video_undecodable", "Export it again.")
    failed = seen(client, made)
    assert (failed["status"], failed["results"]) == ("FAILED", [])
    assert failed["error"] == {"code": "video_undecodable", "message": "Export it again."}


def test_wishes_go_with_their_text_and_blank_ones_are_decided_for_me(client: TestClient) -> None:
    made = ordered(
        client,
        texts=["One", "Two\nlines", "Three", "Four"],
        fonts=["", "anton", "Neon"],
        sizes=["64", "", " "],
        colors=["", "", "#FFd60a", "#000000"],
    )
    assert items_of(made) == [
        {"text": "One", "size": 64.0},
        {"text": "Two\nlines", "font": "anton"},
        {"text": "Three", "font": "Neon", "color": "#FFd60a"},
        {"text": "Four", "color": "#000000"},
    ]


def test_wishes_beyond_the_contract_are_for_every_text(client: TestClient) -> None:
    form: dict[str, Any] = {
        "texts": ["One", "Two"],
        "position": "0.25",
        "align": "left",
        "background": "line",
        "stroke": "false",
        "shadow": "true",
        "start": "0.5",
        "end": "3",
    }
    wishes = {
        "position": 0.25,
        "align": "left",
        "background": "line",
        "stroke": False,
        "shadow": True,
        "start": 0.5,
        "end": 3.0,
    }
    assert items_of(ordered(client, **form)) == [{"text": "One", **wishes}, {"text": "Two", **wishes}]
    assert items_of(ordered(client, texts=["One"], position="top", start="", shadow="")) == [
        {"text": "One", "position": "top"}
    ]


def test_items_hold_a_text_and_its_style_which_goes_before_the_form(client: TestClient) -> None:
    items = [
        {"text": "One"},
        {"text": "Two", "style": {"font": "Anton", "size": 72, "color": "#ff0000"}},
        {"text": "Three", "style": {"size": "48", "font": "", "color": None, "position": 0.5, "end": 2}},
        {"text": "Four", "style": None},
    ]
    made = ordered(client, items=items, position="bottom", shadow="true")
    common = {"position": "bottom", "shadow": True}
    assert items_of(made) == [
        {"text": "One", **common},
        {"text": "Two", **common, "font": "Anton", "size": 72.0, "color": "#ff0000"},
        {"text": "Three", **common, "size": 48.0, "position": 0.5, "end": 2.0},
        {"text": "Four", **common},
    ]
    finish(made["id"], {}, dict.fromkeys(range(4), TOO_LONG))
    assert [one["text"] for one in seen(client, made)["results"]] == ["One", "Two", "Three", "Four"]


def test_a_browser_may_leave_the_other_way_blank(client: TestClient) -> None:
    assert items_of(ordered(client, texts=["One"], items="")) == [{"text": "One"}]
    blank: dict[str, Any] = {"texts": ["", ""], "fonts": ["", "", ""]}
    assert items_of(ordered(client, items=[{"text": "One"}], **blank)) == [{"text": "One"}]


WRONG_FORMS: list[tuple[dict[str, Any], list[list[str | int]]]] = [
    ({}, [["texts"]]),
    ({"texts": ["", ""]}, [["texts"]]),
    ({"texts": ["One"], "items": [{"text": "One"}]}, [["items"]]),
    ({"texts": ["One", ""]}, [["texts", 1]]),
    ({"texts": ["One", " \u200b\n"]}, [["texts", 1]]),
    ({"texts": ["One", "x" * 1001]}, [["texts", 1]]),
    ({"texts": list("12345")}, [["texts"]]),
    ({"texts": ["One"], "fonts": ["Anton", ""]}, [["fonts", 1]]),
    ({"texts": ["One", "Two"], "sizes": ["", "", "9"]}, [["sizes", 2]]),
    ({"texts": ["One"], "colors": ["", "#ffffff"]}, [["colors", 1]]),
    ({"texts": ["One", "Two"], "fonts": ["", "Antn"]}, [["fonts", 1]]),
    ({"texts": ["One", "Two"], "colors": ["red", "ff0000"]}, [["colors", 0], ["colors", 1]]),
    ({"texts": [" ", "Two"], "fonts": ["x"], "colors": ["y"]}, [["texts", 0], ["fonts", 0], ["colors", 0]]),
    ({"texts": ["One", "Two"], "sizes": ["large", "64"]}, [["sizes", 0]]),
    ({"texts": ["One"], "sizes": ["7.9"]}, [["sizes", 0]]),
    ({"texts": ["One"], "sizes": ["nan"]}, [["sizes", 0]]),
    ({"texts": ["One"], "sizes": ["1001"]}, [["sizes", 0]]),
    ({"items": "{"}, [["items"]]),
    ({"items": "null"}, [["items"]]),
    ({"items": '[{"text": "\\ud800"}]'}, [["items"]]),
    ({"items": "[" * 5000}, [["items"]]),
    ({"items": []}, [["items"]]),
    ({"items": [{"text": str(number)} for number in range(5)]}, [["items"]]),
    ({"items": ["One"]}, [["items", 0]]),
    ({"items": [{"text": "One"}, {}]}, [["items", 1, "text"]]),
    ({"items": [{"text": "One"}, {"text": " "}]}, [["items", 1, "text"]]),
    ({"items": [{"text": "One", "size": 5}]}, [["items", 0, "size"]]),
    ({"items": [{"text": "One", "style": {"colour": "#ffffff"}}]}, [["items", 0, "style", "colour"]]),
    ({"items": [{"text": "One", "style": {"color": "#fff"}}]}, [["items", 0, "style", "color"]]),
    ({"items": [{"text": "One", "style": {"size": []}}]}, [["items", 0, "style", "size"]]),
    ({"items": [{"text": "One", "style": {"position": True}}]}, [["items", 0, "style", "position"]]),
    ({"items": [{"text": "One", "style": {"align": "up"}}]}, [["items", 0, "style", "align"]]),
    ({"items": [{"text": "One", "style": {"end": 1}}], "start": "2"}, [["items", 0, "style", "end"]]),
    ({"items": [{"text": "One", "style": {"start": 2}}], "end": "1"}, [["end"]]),
    ({"items": [{"text": "One"}], "fonts": ["Anton"]}, [["fonts"]]),
    ({"texts": ["One", "Two"], "position": "left"}, [["position"]]),
    ({"texts": ["One", "Two"], "position": "1.5"}, [["position"]]),
    ({"texts": ["One"], "background": "blue"}, [["background"]]),
    ({"texts": ["One"], "stroke": "perhaps"}, [["stroke"]]),
    ({"texts": ["One"], "start": "-1"}, [["start"]]),
    ({"texts": ["One"], "start": "2", "end": "2"}, [["end"]]),
    ({"texts": ["One"], "end": "inf"}, [["end"]]),
    ({"texts": ["One"], "model": "x"}, [["model"]]),
]


@pytest.mark.parametrize(("form", "found"), WRONG_FORMS)
def test_what_is_wrong_with_a_form_is_told_where_it_is(
    client: TestClient, room: Room, data: Path, form: dict[str, Any], found: list[list[str | int]]
) -> None:
    answer = asked(client, **form)
    assert [loc for loc, _ in locations(answer)] == [["body", *place] for place in found]
    assert room.enqueued == []
    assert blob_files(data) == []


def test_the_nearest_names_and_colours_are_told(client: TestClient) -> None:
    form: dict[str, Any] = {"fonts": ["Antn", "Clasic"], "colors": ["ff0000", "", "rgb"]}
    details = asked(client, texts=["One", "Two", "Three"], **form).json()["detail"]
    told = {(entry["loc"][1], entry["loc"][2]): (entry["type"], entry["msg"]) for entry in details}
    assert set(told) == {("fonts", 0), ("fonts", 1), ("colors", 0), ("colors", 2)}
    assert told["fonts", 0][0] == "font_not_found"
    assert "Anton" in told["fonts", 0][1]
    assert "Classic" in told["fonts", 1][1]
    assert "#FF0000" in told["colors", 0][1]
    assert told["colors", 2][0] == "color_invalid"
    assert "#RRGGBB" in told["colors", 2][1]
    (detail,) = asked(client, texts=["One"], colors=["red"]).json()["detail"]
    assert "#FF0000" in detail["msg"]


def test_a_video_is_sent(client: TestClient) -> None:
    assert locations(asked(client, None, texts=["One"])) == [(["body", "video"], "missing")]
    for other_kind in (b"\x89PNG\r\n\x1a\n" + b"p" * 99, b"", b"RIFF"):
        assert [loc for loc, _ in locations(asked(client, other_kind, texts=["One"]))] == [["body", "video"]]


def test_the_size_of_an_upload_is_limited(
    client: TestClient, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_MAX_VIDEO_BYTES", "100")
    settings.cache_clear()
    assert error_code(asked(client, texts=["One"]), 413) == "payload_too_large"
    assert blob_files(data) == []


def test_the_same_key_creates_once(client: TestClient, room: Room) -> None:
    client.headers["Idempotency-Key"] = "k"
    form: dict[str, Any] = {"texts": ["One", "Two"], "fonts": ["", "Anton"]}
    first = ordered(client, **form)
    store.work.begin(first["id"])
    again = asked(client, **form)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first, "true")
    for changed in ({"fonts": ["Anton"]}, {"shadow": "true"}, {"texts": ["Two", "One"]}):
        assert error_code(asked(client, **form | changed), 409) == "idempotency_key_reused"
    assert error_code(asked(client, MOV, **form), 409) == "idempotency_key_reused"
    assert room.enqueued == [first["id"]]


def test_pages_follow_each_other(client: TestClient) -> None:
    made = [ordered(client) for _ in range(5)]
    finish(made[2]["id"], {"video0.mp4": b"film"}, {1: TOO_LONG})
    created(client)  # a video is none of them
    newest = client.get(PATH, params={"limit": 2}).json()
    assert newest == {"object": "list", "data": [made[4], made[3]], "has_more": True}
    rest = client.get(PATH, params={"limit": 3, "after": made[3]["id"]}).json()
    assert ([one["id"] for one in rest["data"]], rest["has_more"]) == (
        [made[2]["id"], made[1]["id"], made[0]["id"]],
        False,
    )
    assert [one["status"] for one in rest["data"][0]["results"]] == ["COMPLETE", "FAILED"]
    oldest = client.get(PATH, params={"order": "asc", "limit": 1}).json()
    assert oldest["data"] == [made[0]]
    for after in ("x", "\x00", created(client)["id"]):
        assert locations(client.get(PATH, params={"after": after})) == [(["query", "after"], "unknown_id")]


def test_nobody_else_sees_cancels_or_deletes_one(client: TestClient) -> None:
    made = ordered(client)
    for method in ("GET", "DELETE"):
        answer = client.request(method, f"{PATH}/{made['id']}", headers=hers())
        assert error_code(answer, 404) == "text_overlay_not_found"
    assert client.get(PATH, headers=hers()).json()["data"] == []
    assert seen(client, made) == made
    for unknown in ("none", "%00", created(client)["id"]):
        assert error_code(client.get(f"{PATH}/{unknown}"), 404) == "text_overlay_not_found"
    assert error_code(client.get(f"/v1/videos/{made['id']}"), 404) == "video_not_found"
    for method, path in (("GET", PATH), ("POST", PATH), ("GET", f"{PATH}/{made['id']}")):
        assert error_code(client.request(method, path, headers={"x-api-key": ""}), 401) == "missing_api_key"


@pytest.mark.parametrize("begun", [False, True])
def test_one_that_is_not_finished_is_cancelled(
    client: TestClient, room: Room, data: Path, *, begun: bool
) -> None:
    made = ordered(client)
    if begun:
        store.work.begin(made["id"])
    cancelled = client.delete(f"{PATH}/{made['id']}")
    assert cancelled.status_code == 200
    assert cancelled.json() == seen(client, made)
    assert (cancelled.json()["status"], cancelled.json()["results"]) == ("CANCELLED", [])
    assert cancelled.json()["completed_at"] is not None
    assert room.cancelled == [made["id"]]
    assert client.delete(f"{PATH}/{made['id']}").status_code == 204
    assert blob_files(data) == []


def test_a_finished_one_is_deleted_with_all_its_files(client: TestClient, room: Room, data: Path) -> None:
    made = ordered(client)
    finish(made["id"], {"video0.mp4": b"film", "video1.mp4": b"film"})
    assert len(blob_files(data)) == 3
    url = seen(client, made)["results"][0]["video_url"]
    answer = client.delete(f"{PATH}/{made['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert blob_files(data) == []
    assert room.cancelled == []
    assert error_code(client.get(f"{PATH}/{made['id']}"), 404) == "text_overlay_not_found"
    assert error_code(client.get(url), 404) == "file_not_found"


def test_looking_reads_no_files(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ordered(client)
    finish(made["id"], {"video0.mp4": b"film"}, {1: TOO_LONG})

    def touched(*_arguments: object) -> None:
        raise AssertionError("a file was read")

    for name in ("read", "fetch", "info", "stream"):
        monkeypatch.setattr(store.blobs, name, touched)
    assert [one["status"] for one in seen(client, made)["results"]] == ["COMPLETE", "FAILED"]
    assert client.get(PATH).status_code == 200


def test_figures_count_what_waits(client: TestClient) -> None:
    ordered(client)
    assert 'morgana_queue_waiting{kind="overlay"} 1.0' in client.get("/metrics").text
