import time

import pytest

from morgana import store
from morgana.client import Client, JobCancelled, JobFailed, TextOverlay, Timeout, Video
from tests.api.conftest import DEADLINE, JPEG, MP4, PNG, WAV, finish
from tests.client.conftest import Connect
from tests.client.faulty import Faulty, answer, hang_up

VIDEO = {"id": "video_1", "status": "PROCESSING", "created_at": 1, "video_id": "video_1", "progress": 0}
CLIP = b"\x00\x00\x00\x18ftypisom" + MP4


def test_a_video_of_a_real_server_is_followed_to_its_end(client: Client) -> None:
    video = client.videos.create(image=PNG, audio=WAV)
    seen: list[Video] = []

    def go_on(now: Video) -> None:
        """The worker goes on each time that the client has looked."""
        seen.append(now)
        if now.progress == 40:
            finish(video.id, {"video.mp4": MP4})
        elif not now.ended:
            store.work.set_progress(video.id, 40)

    done = client.videos.wait(video, on_progress=go_on, timeout=DEADLINE, poll=0.01)
    assert [(one.status, one.progress) for one in seen] == [
        ("PROCESSING", 0),
        ("PROCESSING", 40),
        ("COMPLETE", 100),
    ]
    assert done == seen[-1] == client.videos.retrieve(video.id)
    assert done.ended


def test_why_it_failed_is_raised(client: Client) -> None:
    video = client.videos.create(image=PNG, audio=WAV)
    store.work.fail(video.id, "no_face_detected", "Send another picture.")
    with pytest.raises(JobFailed, match="Send another picture") as caught:
        client.videos.wait(video)
    assert caught.value.code == "no_face_detected"
    assert caught.value.job == client.videos.retrieve(video)
    assert not isinstance(caught.value, JobCancelled)


def test_so_is_that_it_was_cancelled(client: Client) -> None:
    video = client.videos.create(image=PNG, audio=WAV)
    assert client.videos.cancel(video).status == "CANCELLED"
    with pytest.raises(JobCancelled, match="was cancelled"):
        client.videos.wait(video)


def test_what_takes_too_long_goes_on(client: Client) -> None:
    video = client.videos.create(image=PNG, audio=WAV)
    begun = time.monotonic()
    with pytest.raises(Timeout, match="still PROCESSING after") as caught:
        client.videos.wait(video, timeout=0.3, poll=300)
    assert 0.3 <= time.monotonic() - begun < 200
    assert isinstance(caught.value, TimeoutError)
    finish(video.id, {"video.mp4": MP4})
    assert client.videos.wait(video).status == "COMPLETE"


def test_the_server_may_be_away_for_a_while(troubled: Client, faulty: Faulty, waits: list[float]) -> None:
    done = VIDEO | {"status": "COMPLETE", "progress": 100}
    faulty.replying(answer(VIDEO), hang_up, hang_up, answer(VIDEO), answer(done))
    seen: list[Video] = []
    assert troubled.videos.wait("video_1", on_progress=seen.append).status == "COMPLETE"
    assert [one.status for one in seen] == ["PROCESSING", "COMPLETE"]
    assert waits == [1.0, 0.5, 1, 1.0]


def test_a_status_that_is_not_known_is_waited_for_until_it_has_ended(
    troubled: Client, faulty: Faulty, waits: list[float]
) -> None:
    faulty.replying(
        answer(VIDEO | {"status": "DREAMING"}), answer(VIDEO | {"status": "ARCHIVED", "completed_at": 9})
    )
    assert troubled.videos.wait("video_1").status == "ARCHIVED"
    assert len(waits) == 1


def test_a_failure_without_a_reason_is_one(connect: Connect, faulty: Faulty) -> None:
    faulty.replying(answer(VIDEO | {"status": "FAILED", "error": None}))
    with pytest.raises(JobFailed) as caught:
        connect(faulty.url, "key").videos.wait("video_1")
    assert caught.value.code == "unknown"


def test_text_overlays_end_as_soon_as_each_text_has_its_result(client: Client) -> None:
    made = client.overlays.create(CLIP, texts=["Sale", "New"])
    assert made.status == "QUEUED"
    spoilt = store.Failure("overlay_never_shown", "It starts after the end.")
    finish(made.id, {"video0.mp4": MP4}, {1: spoilt})
    seen: list[TextOverlay] = []
    done = client.overlays.wait(made, on_progress=seen.append)
    assert [result.status for result in done.results] == ["COMPLETE", "FAILED"]
    assert done.results[1].error
    assert done.results[1].error.code == "overlay_never_shown"
    assert seen == [done]


def test_actors_end_when_they_are_ready(client: Client) -> None:
    actor = client.actors.create("Zoé", JPEG)
    finish(actor.id, {"portrait.npz": b"analysed"})
    assert client.actors.wait(actor).status == "READY"
