"""Every request has an id: the client's own if it can be used, which its job keeps."""

import re

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from morgana import store
from tests.api.conftest import cast, created, files
from tests.api.test_text_overlays import ordered

_OURS = re.compile(r"[0-9a-f]{32}")


@pytest.mark.parametrize("given", ["a", "3fa85f64-5717-4562-b3fc-2c963f66afa6", "A.b_c-9", "x" * 64])
def test_the_id_of_a_client_or_a_proxy_is_taken_over(client: TestClient, given: str) -> None:
    for path, status in (("/health", 200), ("/v1/videos/video_none", 404), ("/nope", 404)):
        answer = client.get(path, headers={"x-request-id": given})
        assert (answer.status_code, answer.headers["x-request-id"]) == (status, given)


@pytest.mark.parametrize(
    "given", ["", " ", "x" * 65, "a b", "a\tb", "é", 'a"b', "<script>", "a;b", "\x1b[2J", "{}", "a/../b"]
)
def test_an_id_that_is_not_fit_to_be_written_anywhere_is_replaced(client: TestClient, given: str) -> None:
    answer = client.get("/health", headers={b"x-request-id": given.encode("latin-1")})
    assert _OURS.fullmatch(answer.headers["x-request-id"])


def test_of_two_ids_none_is_taken_and_without_one_each_request_gets_another(client: TestClient) -> None:
    twice = client.get("/health", headers=[("x-request-id", "a"), ("x-request-id", "b")])
    ids = {twice.headers["x-request-id"], *(client.get("/health").headers["x-request-id"] for _ in range(3))}
    assert len(ids) == 4
    assert all(map(_OURS.fullmatch, ids))


def test_a_job_keeps_the_id_of_the_request_that_asked_for_it(client: TestClient) -> None:
    client.headers["x-request-id"] = "shop-order-17"
    for job_id in (created(client)["id"], cast(client)["id"], ordered(client)["id"]):
        job = store.work.begin(job_id)
        assert job
        assert job.request_id == "shop-order-17"


def test_the_log_says_which_request_asked_for_which_job(client: TestClient) -> None:
    with capture_logs() as lines:
        answer = client.post("/v1/videos", files=files())
    accepted = [line for line in lines if line["event"] == "job accepted"]
    assert [line["job_id"] for line in accepted] == [answer.json()["id"]]
