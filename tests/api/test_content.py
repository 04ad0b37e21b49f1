import time
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from morgana import store
from morgana.settings import settings
from tests.api.conftest import ADA, MP4, completed, created, error_code, files, finish


@pytest.fixture
def video(client: TestClient) -> str:
    video_id: str = completed(client)["id"]
    return video_id


@pytest.fixture
def link(client: TestClient, video: str) -> str:
    answer = client.get(f"/v1/videos/{video}/content")
    assert answer.status_code == 302, answer.text
    location: str = answer.headers["location"]
    client.headers.pop("x-api-key")  # the link is to work without
    return location


def test_content_redirects_to_an_absolute_link_that_expires(link: str) -> None:
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc) == ("http", "testserver")
    expires = int(parse_qs(parts.query)["expires"][0])
    assert 3000 < expires - time.time() <= 3600


def test_the_link_serves_the_file(client: TestClient, video: str, link: str) -> None:
    answer = client.get(link)
    assert answer.status_code == 200
    assert answer.content == MP4
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == str(len(MP4))
    assert answer.headers["content-disposition"] == f'attachment; filename="{video}.mp4"'
    assert answer.headers["accept-ranges"] == "bytes"
    head = client.head(link)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(MP4))
    assert head.headers["etag"] == answer.headers["etag"]


def test_head_of_content_redirects_too(client: TestClient, video: str) -> None:
    answer = client.head(f"/v1/videos/{video}/content")
    assert answer.status_code == 302
    assert answer.headers["cache-control"] == "no-store"  # a kept redirect would lead to an expired link


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=10000-", 10000, len(MP4) - 1),
        ("bytes=-5", len(MP4) - 5, len(MP4) - 1),
        ("bytes=-999999", 0, len(MP4) - 1),
        ("bytes=0-999999999999999999", 0, len(MP4) - 1),
        ("Bytes=1-2", 1, 2),
    ],
)
def test_a_range_is_served(client: TestClient, link: str, asked: str, first: int, last: int) -> None:
    answer = client.get(link, headers={"range": asked})
    assert answer.status_code == 206
    assert answer.content == MP4[first : last + 1]
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(MP4)}"
    assert answer.headers["content-length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", ["bytes=99999-", f"bytes={len(MP4)}-{len(MP4)}", "bytes=-0"])
def test_a_range_beyond_the_file_is_416(client: TestClient, link: str, asked: str) -> None:
    answer = client.get(link, headers={"range": asked})
    assert error_code(answer, 416) == "range_not_satisfiable"
    assert answer.headers["content-range"] == f"bytes */{len(MP4)}"


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=-", "bytes=a-b", "items=0-1", "bytes=0-1,4-5", "x"])
def test_what_is_no_single_range_is_answered_by_the_whole_file(
    client: TestClient, link: str, asked: str
) -> None:
    answer = client.get(link, headers={"range": asked})
    assert (answer.status_code, answer.content) == (200, MP4)


def test_if_range_guards_against_a_file_that_changed(client: TestClient, link: str) -> None:
    headers = client.head(link).headers
    for current in (headers["etag"], headers["last-modified"]):
        answer = client.get(link, headers={"range": "bytes=0-1", "if-range": current})
        assert answer.status_code == 206
    for other in ('"other"', "Thu, 01 Jan 1970 00:00:00 GMT", f"W/{headers['etag']}"):
        answer = client.get(link, headers={"range": "bytes=0-1", "if-range": other})
        assert (answer.status_code, answer.content) == (200, MP4)


def test_a_file_that_the_client_has_is_not_sent_again(client: TestClient, link: str) -> None:
    headers = client.head(link).headers
    etag, modified = headers["etag"], headers["last-modified"]
    for given in (
        {"if-none-match": etag},
        {"if-none-match": f'"a", W/{etag}'},
        {"if-none-match": "*"},
        {"if-modified-since": modified},
    ):
        answer = client.get(link, headers=given)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag
    for given in ({"if-none-match": '"a"'}, {"if-none-match": '"a"', "if-modified-since": modified}):
        assert client.get(link, headers=given).status_code == 200


def test_a_link_that_was_changed_is_refused(client: TestClient, link: str) -> None:
    expires = parse_qs(urlsplit(link).query)["expires"][0]
    signature = parse_qs(urlsplit(link).query)["signature"][0]
    changed = "0" if signature[-1] != "0" else "1"
    for other in (
        link[:-1] + changed,
        link.replace(f"expires={expires}", f"expires={int(expires) + 1}"),
        link.replace("video-", "image-"),
        link.replace(f"expires={expires}&", ""),
        link.replace(f"&signature={signature}", ""),
        link.replace(signature, "%C3%A9"),
        link.replace(f"expires={expires}", "expires=never"),
        link.replace(f"expires={expires}", f"expires=0{expires}"),  # the same time, but not what was signed
        link.replace(f"expires={expires}", f"expires={expires}%20"),
        link.replace(f"expires={expires}", f"expires={expires}&expires={int(expires) + 9999}"),
        link.replace(signature, signature.upper()),
        link.replace(signature, signature[:-1]),
        link.replace(signature, signature * 2),
        link.partition("?")[0],
    ):
        assert error_code(client.get(other), 403) == "link_invalid"
    assert client.get(link).status_code == 200


def test_a_link_is_for_one_file_of_one_owner(client: TestClient, video: str) -> None:
    mary = {"x-api-key": store.keys.create("hers", "mary")[1]}
    hers = client.post("/v1/videos", files=files(), headers=mary).json()["id"]
    finish(hers, {"video.mp4": MP4[::-1], "transcript.json": b"{}"})
    mine = completed(client, MP4[:50])["id"]
    location = {}
    for video_id, headers in ((video, {}), (mine, {}), (hers, mary)):
        location[video_id] = client.get(f"/v1/videos/{video_id}/content", headers=headers).headers["location"]
    client.headers.pop("x-api-key")
    for video_id, content in ((video, MP4), (mine, MP4[:50]), (hers, MP4[::-1])):
        assert client.get(location[video_id]).content == content
    given, query = location[video].split("?")
    for other in (location[mine], location[hers]):
        assert error_code(client.get(f"{other.partition('?')[0]}?{query}"), 403) == "link_invalid"
    found = store.videos.get(ADA, video)
    assert found is not None
    for key in (*found.inputs.values(), found.outputs["transcript"]):  # of the very same video
        assert error_code(client.get(f"/files/{key}?{query}"), 403) == "link_invalid"
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert client.request(method, f"{given}?{query}").status_code == 405
    assert client.get(location[video]).content == MP4


def test_a_key_does_not_stand_in_for_a_links_signature(client: TestClient, video: str) -> None:
    location = client.get(f"/v1/videos/{video}/content").headers["location"]
    assert error_code(client.get(location.partition("?")[0]), 403) == "link_invalid"


def test_a_link_of_another_secret_is_refused(
    client: TestClient, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_SECRET", "another secret of thirty-two letters")
    settings.cache_clear()
    assert error_code(client.get(link), 403) == "link_invalid"


@pytest.mark.parametrize(("early", "status"), [(0.001, 200), (0.0, 403)])
def test_a_link_works_up_to_the_very_moment_it_names(
    client: TestClient, link: str, monkeypatch: pytest.MonkeyPatch, early: float, status: int
) -> None:
    expires = int(parse_qs(urlsplit(link).query)["expires"][0])
    monkeypatch.setattr("morgana.api.links.time.time", lambda: expires - early)
    assert client.get(link).status_code == status


def test_a_link_expires(client: TestClient, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    later = time.time() + settings().signed_url_seconds + 1
    monkeypatch.setattr("morgana.api.links.time.time", lambda: later)
    assert error_code(client.get(link), 403) == "link_expired"


def test_the_lifetime_and_the_address_of_links_are_settings(
    client: TestClient, video: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_SIGNED_URL_SECONDS", "60")
    monkeypatch.setenv("MORGANA_PUBLIC_URL", "https://video.example.org/")
    settings.cache_clear()
    link = client.get(f"/v1/videos/{video}/content").headers["location"]
    assert link.startswith("https://video.example.org/files/videos/")
    assert 0 < int(parse_qs(urlsplit(link).query)["expires"][0]) - time.time() <= 60


def test_the_file_of_a_deleted_video_is_gone(client: TestClient, video: str) -> None:
    link = client.get(f"/v1/videos/{video}/content").headers["location"]
    client.delete(f"/v1/videos/{video}")
    assert error_code(client.get(link), 404) == "file_not_found"


def test_an_unfinished_video_has_no_content(client: TestClient) -> None:
    running, failed, cancelled = (created(client)["id"] for _ in range(3))
    store.work.fail(failed, "no_face_detected", "Send another picture.")
    store.work.cancel(cancelled)
    for video_id, code in (
        (running, "video_not_ready"),
        (failed, "video_failed"),
        (cancelled, "video_cancelled"),
    ):
        assert error_code(client.get(f"/v1/videos/{video_id}/content"), 409) == code


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/v1/videos", "x-api-key, idempotency-key"),
        ("GET", "/v1/videos", "x-api-key"),
        ("DELETE", "/v1/videos/video_x", "x-api-key"),
        ("GET", "/v1/videos/video_x/content", "x-api-key, range"),
        ("GET", "/files/videos/video_x/output.mp4", "range, if-range"),
    ],
)
def test_browsers_of_any_origin_may_ask(client: TestClient, method: str, path: str, headers: str) -> None:
    del client.headers["x-api-key"]  # browsers send none when they ask whether they may
    asking = {
        "origin": "https://app.example.org",
        "access-control-request-method": method,
        "access-control-request-headers": headers,
    }
    answer = client.options(path, headers=asking)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert method in answer.headers["access-control-allow-methods"].split(", ")
    assert answer.headers["access-control-allow-headers"] == headers


def test_browsers_of_any_origin_may_fetch(client: TestClient, video: str) -> None:
    origin = {"origin": "https://app.example.org"}
    path = f"/v1/videos/{video}/content"
    redirect = client.get(path, headers=origin)
    file = client.get(redirect.headers["location"], headers={"origin": "null"})
    unauthorised = client.get(path, headers=origin | {"x-api-key": "wrong"})
    for answer in (redirect, file, unauthorised):
        assert answer.headers["access-control-allow-origin"] == "*"
    exposed = set(file.headers["access-control-expose-headers"].split(", "))
    assert exposed >= {"Content-Range", "ETag", "Idempotent-Replayed", "Retry-After", "X-Request-Id"}
