"""How each way that a job can end is told to the person who asked for it."""

import time
from pathlib import Path

from sqlalchemy import text

from morgana import jobs, store
from morgana.jobs import process
from morgana.store import Status, database
from tests.jobs.bench import OWNER, Bench, alive, eventually


def test_a_job_is_run_once_and_its_output_recorded(working: Bench) -> None:
    video = working.video("finish", seconds=3)
    jobs.enqueue(video.id)
    jobs.enqueue(video.id)
    seen = [0]
    while (record := video.record).status == Status.PROCESSING:
        seen.append(record.progress)
        time.sleep(0.05)
    assert record.status == Status.COMPLETE
    assert record.progress == 100
    assert seen == sorted(seen)
    assert 0 < seen[-1] <= 99
    assert len(set(seen)) <= 5  # written about once a second, not with every call
    assert video.result()["run"] == 1
    assert video.result()["options"] == {"fps": 30}
    assert video.outputs() == [*record.outputs.values()]
    assert len(video.runs()) == 1


def test_each_upload_is_alone_in_a_private_folder(working: Bench) -> None:
    video = working.video("stall")
    child = video.begun()
    script = Path((video.notes / f"run-{child}").read_text())
    assert script.is_relative_to(working.data / "scratch")
    assert list(script.parent.iterdir()) == [script]
    store.videos.cancel(OWNER, video.id)
    eventually(lambda: not script.exists(), "its files are deleted")


def test_an_input_error_is_told_and_not_tried_again(working: Bench) -> None:
    video = working.video("refuse")
    jobs.enqueue(video.id)
    record = video.ended()
    assert (record.status, record.error_code) == (Status.FAILED, "audio_silent")
    assert record.error_message == "The recording is silent: send one with speech."
    assert len(video.runs()) == 1
    assert video.outputs() == []


def test_a_crash_is_tried_again(working: Bench) -> None:
    video = working.video("die once")
    jobs.enqueue(video.id)
    assert video.ended().status == Status.COMPLETE
    assert video.result()["run"] == 2
    assert "killed by SIGKILL" in working.logs()


def test_a_job_that_always_crashes_fails_without_a_traceback(working: Bench) -> None:
    video = working.video("raise")
    jobs.enqueue(video.id)
    record = video.ended()
    assert (record.status, record.error_code) == (Status.FAILED, "internal_error")
    assert record.error_message
    assert "Send the same again later" in record.error_message
    assert "inner secret" not in record.error_message
    assert "RuntimeError: an inner secret" in working.logs()
    assert len(video.runs()) == 3


def test_cancelling_ends_the_job_when_it_is_next_looked_at(working: Bench) -> None:
    video = working.video("stall")
    jobs.enqueue(video.id)
    child = video.begun()
    assert store.videos.cancel(OWNER, video.id)
    jobs.cancel(video.id)
    eventually(lambda: not alive(child), "the process ends")
    assert process.POLL_SECONDS < 1  # as is promised to clients; how busy a machine is decides the rest
    assert video.record.status == Status.CANCELLED
    after = working.video("finish")
    jobs.enqueue(after.id)
    assert after.ended().status == Status.COMPLETE
    assert len(video.runs()) == 1
    eventually(lambda: working.scratch() == [], "the files of both are deleted")


def test_a_job_cancelled_while_it_waits_is_not_begun(working: Bench) -> None:
    first, second, third = (
        working.video("finish", seconds=1),
        working.video("finish"),
        working.video("finish"),
    )
    for video in (first, second, third):
        jobs.enqueue(video.id)
    store.videos.cancel(OWNER, second.id)
    jobs.cancel(second.id)
    assert third.ended().status == Status.COMPLETE
    assert second.runs() == []
    assert second.record.status == Status.CANCELLED


def test_a_video_that_nobody_enqueued_is_made(working: Bench) -> None:
    video = working.video("finish")
    assert video.ended().status == Status.COMPLETE


def test_every_output_of_a_job_is_stored_and_recorded(working: Bench) -> None:
    video = working.video("finish", outputs=["video.mp4", "transcript.json"])
    record = video.ended()
    assert set(record.outputs) == {"video", "transcript"}
    assert record.outputs["transcript"].endswith(".json")
    assert sorted(record.outputs.values()) == video.outputs()


def _used(video_id: str) -> int:
    """How many thousandths of a second are in the ledger for a job."""
    with database.reading() as session:
        query = text("SELECT sum(milliseconds) FROM usage WHERE job_id = :id")
        return int(session.execute(query, {"id": video_id}).scalar() or 0)


def test_what_was_measured_is_recorded_and_charged_once(working: Bench) -> None:
    facts = {"seconds": 2.5, "width": 720, "height": 1280, "generated": True}
    video = working.video("finish", outputs=["video.mp4", "thumbnail.jpg"], facts=facts)
    record = video.ended()
    assert isinstance(record, store.Video)
    assert (record.status, record.facts) == (Status.COMPLETE, store.Facts(2.5, 720, 1280, generated=True))
    assert set(record.outputs) == {"video", "thumbnail"}  # and not the facts
    assert _used(video.id) == 2500


def test_a_job_that_says_what_cannot_be_is_not_charged(working: Bench) -> None:
    video = working.video("finish", facts={"seconds": -5, "width": 720, "height": 1280})
    assert video.ended().error_code == "internal_error"
    assert _used(video.id) == 0


def test_an_actor_is_analysed_and_may_fail_like_a_video(working: Bench) -> None:
    ready, failed = working.actor("finish"), working.actor("refuse")
    jobs.enqueue(ready.id)
    record = ready.ended()
    assert (record.status, [*record.outputs]) == (Status.COMPLETE, ["portrait"])
    assert ready.outputs() == [record.outputs["portrait"]]
    assert ready.outputs()[0].startswith(f"actors/{ready.id}/portrait-")
    assert (failed.ended().status, failed.record.error_code) == (Status.FAILED, "audio_silent")


def test_deleting_an_actor_ends_its_analysis(working: Bench) -> None:
    actor = working.actor("stall")
    jobs.enqueue(actor.id)
    child = actor.begun()
    assert store.actors.remove(OWNER, actor.id)
    jobs.cancel(actor.id)
    eventually(lambda: not alive(child), "the child ends")
    after = working.video("finish")
    jobs.enqueue(after.id)
    assert after.ended().status == Status.COMPLETE
    assert len(actor.runs()) == 1
    assert actor.outputs() == []


def test_a_link_among_the_outputs_is_not_followed(working: Bench, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of another owner")
    video = working.video("link", target=str(secret))
    jobs.enqueue(video.id)
    record = video.ended()
    assert (record.status, record.error_code) == (Status.FAILED, "internal_error")
    assert video.outputs() == []
    assert "left what no pipeline makes" in working.logs()


def test_what_a_pipeline_could_not_make_is_recorded_beside_what_it_made(working: Bench) -> None:
    error = {"code": "text_too_long", "message": "Send a shorter text."}
    results = [{"index": 0, "error": None}, {"index": 1, "error": error}]
    some = working.text_overlay("finish", outputs=["video0.mp4"], results=results)
    none = working.text_overlay("finish", outputs=[], results=[{"index": 0, "error": error}])
    some.ended()
    assert [*some.record.outputs] == ["video0"]
    assert some.record.failures == {1: store.Failure(**error)}
    assert some.outputs() == [*some.record.outputs.values()]  # what failed is in the record alone
    assert (none.ended().status, none.record.outputs) == (Status.COMPLETE, {})
    assert none.record.failures == {0: store.Failure(**error)}


def test_a_report_that_cannot_be_read_is_a_crash(working: Bench) -> None:
    made = working.text_overlay("finish", outputs=["video0.mp4"], results=[{"index": 0}])
    assert (made.ended().status, made.record.error_code) == (Status.FAILED, "internal_error")
    assert made.outputs() == []
