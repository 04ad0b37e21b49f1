import pytest

from morgana import store
from morgana.client import (
    APIError,
    AuthenticationError,
    Client,
    ConflictError,
    ConnectionError,  # noqa: A004
    InvalidRequestError,
    MorganaError,
    NotFoundError,
    PermissionDeniedError,
    ResponseError,
    ServerError,
)
from tests.api.conftest import PNG, TAGGED_MP3, WAV
from tests.client.conftest import Connect
from tests.client.faulty import Faulty, answer, hang_up, problem


def test_a_wrong_key(connect: Connect, server: str) -> None:
    with pytest.raises(AuthenticationError, match="morgana keys create") as caught:
        connect(server, "wrong").videos.retrieve("video_1")
    assert (caught.value.status, caught.value.code) == (401, "invalid_api_key")
    assert caught.value.request_id


def test_nothing_there(client: Client) -> None:
    with pytest.raises(NotFoundError, match="no such video") as caught:
        client.videos.retrieve("video_none")
    assert caught.value.code == "video_not_found"


def test_not_allowed(client: Client, key: str) -> None:
    assert key
    store.demo.provide()
    with pytest.raises(PermissionDeniedError, match="built in"):
        client.actors.delete("actor_demo")


def test_not_now(client: Client) -> None:
    video = client.videos.create(image=PNG, audio=WAV)
    with pytest.raises(ConflictError, match="not finished") as caught:
        client.videos.download(video, "video.mp4")
    assert caught.value.code == "video_not_ready"


def test_each_field_with_which_something_is_wrong_is_named(client: Client) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        client.videos.create(image=TAGGED_MP3, script="Hello.", expression="hungry", fps=7)
    error = caught.value
    assert error.status == 422
    assert {one.field for one in error.problems} == {"image_reference", "expression", "fps"}
    assert error.field == error.problems[0].field
    assert all(one.field in str(error) and one.message in str(error) for one in error.problems)


def test_a_field_in_a_list_is_named_by_its_place(client: Client) -> None:
    with pytest.raises(InvalidRequestError, match="Did you mean") as caught:
        client.overlays.create(
            b"\x00\x00\x00\x18ftypisom", texts=["a", "b"], fonts=["Anton", "Antonn"], colors=["#ffffff"]
        )
    assert caught.value.field == "fonts.1"


@pytest.mark.parametrize(
    ("body", "status", "kind", "code", "message"),
    [
        ({"error": {"type": "a_type", "message": "Why."}}, 400, InvalidRequestError, "a_type", "Why."),
        ({"error": "Just so."}, 404, NotFoundError, "not_found", "Just so."),
        ({"detail": "Not Found"}, 404, NotFoundError, "refused", "Not Found"),
        (b"<html>nginx</html>", 502, ServerError, "bad_gateway", "The server answered 502"),
        (b"", 418, InvalidRequestError, "i'm_a_teapot", "The server answered 418"),
        (b"[]", 599, ServerError, "unknown_status", "The server answered 599"),
    ],
)
def test_whatever_the_form_of_an_error_it_is_told(
    connect: Connect,
    faulty: Faulty,
    body: object,
    status: int,
    kind: type[APIError],
    code: str,
    message: str,
) -> None:
    faulty.replying(answer(body, status))
    with pytest.raises(kind) as caught:
        connect(faulty.url, "key", max_retries=0).videos.retrieve("video_1")
    assert type(caught.value) is kind
    assert caught.value.code == code
    assert message in caught.value.message


def test_a_page_of_a_proxy_is_no_video(troubled: Client, faulty: Faulty) -> None:
    faulty.replying(answer(b"<html>Welcome</html>"))
    with pytest.raises(ResponseError, match="Is the base URL right"):
        troubled.videos.retrieve("video_1")
    with pytest.raises(ResponseError, match="no list"):
        [*troubled.videos.list()]


def test_a_server_that_is_away(connect: Connect) -> None:
    client = connect("http://127.0.0.1:1", "key", max_retries=0)
    with pytest.raises(ConnectionError, match="cannot be reached") as caught:
        client.videos.retrieve("video_1")
    assert isinstance(caught.value, OSError)


def test_everything_that_is_raised_is_a_morgana_error(connect: Connect, faulty: Faulty) -> None:
    client = connect(faulty.url, "key", max_retries=0)
    for fault in (hang_up, problem("x", 400), problem("y", 500), answer(b"?"), answer(b"\xff", 401)):
        faulty.replying(fault)
        with pytest.raises(MorganaError):
            client.videos.retrieve("video_1")


def test_a_file_that_is_not_there_or_is_open_for_text_is_not_sent(
    troubled: Client, faulty: Faulty, tmp_path: object
) -> None:
    with pytest.raises(FileNotFoundError):
        troubled.videos.create(image=f"{tmp_path}/none.png", script="Hello.")
    with open(__file__) as text, pytest.raises(TypeError, match="'rb'"):  # noqa: PTH123
        troubled.videos.create(image=text, script="Hello.")  # type: ignore[arg-type]
    assert faulty.asked == []
