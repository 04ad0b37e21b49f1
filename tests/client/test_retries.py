import io
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from morgana.client import (
    Client,
    ConflictError,
    ConnectionError,  # noqa: A004
    InvalidRequestError,
    RateLimitError,
    ServerError,
    Timeout,
)
from morgana.client.connection import _LONGEST_WAIT, Connection
from morgana.client.transport import BlockingTransport
from tests.api.conftest import PNG, WAV
from tests.client.conftest import Connect
from tests.client.faulty import Faulty, answer, form_of, forwarded, hang_up, problem, silence

VIDEO = {"id": "video_1", "status": "PROCESSING", "created_at": 1, "video_id": "video_1"}


def test_a_create_whose_answer_is_lost_is_sent_again_and_makes_one_video(
    connect: Connect, faulty: Faulty, server: str, key: str, waits: list[float]
) -> None:
    faulty.replying(forwarded(server, lambda _answer: b""), forwarded(server))
    video = connect(faulty.url, key).videos.create(image=PNG, script="Hello.")
    assert len(waits) == 1
    first, second = faulty.asked
    assert first.form == second.form
    assert first.header("idempotency-key") == second.header("idempotency-key")
    assert [one.id for one in connect(server, key).videos.list()] == [video.id]


def test_each_create_has_a_key_of_its_own_unless_one_is_given(troubled: Client, faulty: Faulty) -> None:
    faulty.replying(answer(VIDEO))
    for given in (None, None, "mine"):
        troubled.videos.create(image=PNG, script="Hello.", idempotency_key=given)
    keys = [asked.header("idempotency-key") for asked in faulty.asked]
    assert keys[2] == "mine"
    assert len(set(keys)) == 3
    assert all(keys)


def test_an_attempt_that_is_still_being_carried_out_is_waited_for(
    troubled: Client, faulty: Faulty, waits: list[float]
) -> None:
    faulty.replying(problem("idempotency_key_in_flight", 409, Retry_After=1), answer(VIDEO))
    assert troubled.videos.create(image=PNG, script="Hello.").id == "video_1"
    assert waits == [1.25]


@pytest.mark.parametrize("fault", [hang_up, problem("internal_error", 500), answer(b"<html>", 502)])
def test_what_may_pass_is_tried_again_after_longer_and_longer(
    troubled: Client, faulty: Faulty, waits: list[float], fault: object
) -> None:
    faulty.replying(fault, fault, fault, fault, answer(VIDEO))  # type: ignore[arg-type]
    assert troubled.videos.retrieve("video_1").id == "video_1"
    assert waits == [0.5, 1, 2, 4]


@pytest.mark.parametrize(
    ("fault", "error"),
    [(hang_up, ConnectionError), (problem("internal_error", 500), ServerError), (silence, Timeout)],
)
def test_what_does_not_pass_is_raised_in_the_end(
    connect: Connect, faulty: Faulty, waits: list[float], fault: object, error: type[Exception]
) -> None:
    faulty.replying(fault)  # type: ignore[arg-type]
    with pytest.raises(error):
        connect(faulty.url, "key", max_retries=2, timeout=0.3).videos.retrieve("video_1")
    assert len(faulty.asked) == 3
    assert waits == [0.5, 1]


def test_waits_are_bounded_and_jittered() -> None:
    connection = Connection(BlockingTransport(None), "http://a", {}, 50)  # type: ignore[arg-type]
    random.seed(0)
    waits = [connection.wait_after(ConnectionError("gone"), 40) or 0.0 for _ in range(200)]
    assert _LONGEST_WAIT / 2 <= min(waits) < 0.6 * _LONGEST_WAIT
    assert 0.9 * _LONGEST_WAIT < max(waits) <= _LONGEST_WAIT


def test_a_server_that_says_how_long_to_wait_is_obeyed(
    troubled: Client, faulty: Faulty, waits: list[float]
) -> None:
    faulty.replying(problem("rate_limit_exceeded", 429, Retry_After=30), answer(VIDEO))
    troubled.videos.retrieve("video_1")
    assert waits == [30.25]


def test_it_may_say_so_with_a_date(troubled: Client, faulty: Faulty, waits: list[float]) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    faulty.replying(problem("unavailable", 503, Retry_After=later), answer(VIDEO))
    troubled.videos.retrieve("video_1")
    assert waits[0] == pytest.approx(100, abs=15)


def test_nobody_waits_for_hours(troubled: Client, faulty: Faulty, waits: list[float]) -> None:
    faulty.replying(problem("rate_limit_exceeded", 429, Retry_After=3600))
    with pytest.raises(RateLimitError) as caught:
        troubled.videos.retrieve("video_1")
    assert caught.value.retry_after == 3600
    assert waits == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (problem("video_not_ready", 409), ConflictError),
        (problem("upload_too_large", 413), InvalidRequestError),
        (problem("not_implemented", 501), ServerError),
    ],
)
def test_what_will_not_pass_is_not_tried_again(
    troubled: Client, faulty: Faulty, waits: list[float], fault: object, error: type[Exception]
) -> None:
    faulty.replying(fault)  # type: ignore[arg-type]
    with pytest.raises(error):
        troubled.videos.create(image=PNG, audio=WAV)
    assert len(faulty.asked) == 1
    assert waits == []


def test_files_are_sent_whole_again(
    troubled: Client, faulty: Faulty, waits: list[float], tmp_path: Path
) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_where: int) -> int:
            raise io.UnsupportedOperation("a pipe cannot be rewound")

    (tmp_path / "face.png").write_bytes(PNG)
    faulty.replying(hang_up, answer(VIDEO))
    with (tmp_path / "face.png").open("rb") as image:
        troubled.videos.create(image=image, audio=Pipe(WAV))
    faulty.replying(hang_up, answer(VIDEO))
    troubled.videos.create(image=tmp_path / "face.png", audio=WAV)
    assert len(waits) == 2
    sent = [
        ("image_reference", "face.png", PNG),
        ("audio_reference", "audio_reference", WAV),
    ]
    named = [sent[0], ("audio_reference", "audio_reference.wav", WAV)]
    assert [asked.form for asked in faulty.asked] == [sent, sent, named, named]


def test_what_is_not_given_is_not_sent(troubled: Client, faulty: Faulty) -> None:
    faulty.replying(answer(VIDEO))
    troubled.captions.create(PNG, template="ctpl_1", vocabulary=["Zoé", "Ada"], position=0.5)
    assert form_of(faulty.asked[0]) == {
        "caption_template_id": "ctpl_1",
        "vocabulary": ["Zoé", "Ada"],
        "position": "0.5",
    }
