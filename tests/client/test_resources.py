from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from morgana import store
from morgana.client import (
    Client,
    ConflictError,
    ConnectionError,  # noqa: A004
    InvalidRequestError,
    JobFailed,
    NotFoundError,
    Transcript,
    Word,
)
from tests.api.conftest import ADA, JPEG, MP4, PNG, WAV, Room, finish
from tests.client.conftest import Connect
from tests.client.faulty import Faulty, answer, broken, form_of, forwarded, hang_up

CLIP = b"\x00\x00\x00\x18ftypisom" + MP4
WORDS = b'{"language": "en", "duration": 2.0, "words": [{"text": "Hi", "start": 0.5, "end": 1.0}]}'


def recorded(video_id: str) -> store.Video:
    video = store.videos.get(ADA, video_id)
    assert video
    return video


def test_a_video_from_an_actor_and_a_script(client: Client) -> None:
    actor = client.actors.create("Zoé", JPEG, voice="heart", expression="happy", expression_intensity=0.75)
    assert (actor.name, actor.status, actor.expression_intensity) == ("Zoé", "PROCESSING", 0.75)
    asked: dict[str, Any] = {"speed": 1.5, "fps": 30, "seed": 7, "renderer": "mesh"}
    video = client.videos.create(actor=actor, script="Hello [pause 1s] there.", **asked)
    assert (video.actor_id, video.voice_id, video.model) == (actor.id, "heart", "mirage-video-1-latest")
    options = recorded(video.id).options
    kept = {"script": "Hello [pause 1s] there.", "expression": "happy", **asked}
    assert {name: options[name] for name in kept} == kept


def test_lists_go_over_all_pages_and_ask_for_each_when_it_is_come_to(
    connect: Connect, faulty: Faulty, server: str, key: str
) -> None:
    faulty.replying(forwarded(server))
    client = connect(faulty.url, key)
    made = [client.videos.create(image=PNG, audio=WAV).id for _ in range(5)]
    faulty.asked.clear()
    videos = client.videos.list(limit=2, order="asc")
    assert [next(videos).id, next(videos).id] == made[:2]
    assert len(faulty.asked) == 1
    assert [video.id for video in videos] == made[2:]
    assert len(faulty.asked) == 3
    assert [video.id for video in client.videos.list()] == made[::-1]
    assert [video.id for video in client.videos.list(after=made[2])] == made[1::-1]


def test_lists_with_has_more_go_over_all_pages_too(client: Client) -> None:
    made = [client.overlays.create(CLIP, texts=["Sale"]).id for _ in range(3)]
    assert [one.id for one in client.overlays.list(limit=2, order="asc")] == made
    templates = [*client.captions.templates.list(limit=50)]
    assert len({template.id for template in templates}) == len(templates) == 67
    fonts = [*client.fonts.list(limit=20)]
    assert len({font.name for font in fonts}) == len(fonts) > 20
    assert client.fonts.retrieve("aNtOn").name == "Anton"
    assert client.captions.templates.retrieve(templates[9].id) == templates[9]


def test_the_last_page_may_be_full(connect: Connect, faulty: Faulty) -> None:
    video = {"id": "video_1", "status": "COMPLETE", "created_at": 1, "video_id": "video_1"}
    faulty.replying(answer([video, video | {"id": "video_2"}]), answer([]))
    assert [one.id for one in connect(faulty.url, "key").videos.list(limit=2)] == ["video_1", "video_2"]
    assert faulty.lines() == ["GET /v1/videos?limit=2", "GET /v1/videos?limit=2&after=video_2"]


def test_a_server_that_answers_the_same_page_again_ends_the_list(connect: Connect, faulty: Faulty) -> None:
    video = {"id": "video_1", "status": "COMPLETE", "created_at": 1, "video_id": "video_1"}
    faulty.replying(answer([video]))
    assert len([*islice(connect(faulty.url, "key").videos.list(limit=1), 10)]) == 2


def test_voices_may_be_filtered(client: Client) -> None:
    voices = [*client.voices.list(language="en-GB", gender="female")]
    assert voices
    assert {(voice.language, voice.gender) for voice in voices} == {("en-GB", "female")}
    assert client.voices.retrieve(voices[0].id) == voices[0]
    assert all(voice.available for voice in client.voices.list(available=True))
    assert client.voices.preview("heart")
    with pytest.raises(ConflictError, match="morgana models pull"):
        client.fonts.preview("Anton")


def test_deleting(client: Client) -> None:
    waiting, done = (client.videos.create(image=PNG, audio=WAV) for _ in range(2))
    finish(done.id, {"video.mp4": MP4})
    made = client.overlays.create(CLIP, texts=["Sale"])
    actor = client.actors.create("Zoé", JPEG)
    client.videos.delete(waiting)
    client.videos.delete(done.id)
    client.overlays.delete(made)
    client.actors.delete(actor)
    assert [*client.videos.list()] == []
    assert [*client.overlays.list()] == []
    assert [one.built_in for one in client.actors.list()] == []
    with pytest.raises(NotFoundError):
        client.videos.delete(done)


def test_a_delete_whose_answer_is_lost_has_deleted(
    connect: Connect, faulty: Faulty, server: str, key: str, waits: list[float]
) -> None:
    made = connect(server, key).videos.create(image=PNG, audio=WAV)
    finish(made.id, {"video.mp4": MP4})
    faulty.replying(forwarded(server, lambda _answer: b""), forwarded(server))
    connect(faulty.url, key).videos.delete(made)
    assert faulty.lines() == [f"DELETE /v1/videos/{made.id}"] * 2
    assert store.videos.get(ADA, made.id) is None
    assert len(waits) == 1


def test_a_cancel_whose_answer_is_lost_deletes_nothing(
    connect: Connect, faulty: Faulty, server: str, key: str, waits: list[float], room: Room
) -> None:
    made = connect(server, key).videos.create(image=PNG, audio=WAV)
    faulty.replying(forwarded(server, lambda _answer: b""), forwarded(server))
    assert connect(faulty.url, key).videos.cancel(made).status == "CANCELLED"
    assert recorded(made.id).status is store.Status.CANCELLED
    assert room.cancelled == [made.id]
    assert len(waits) == 1


def test_captions_of_an_upload_and_of_a_video(client: Client, tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(CLIP)
    template = next(client.captions.templates.list())
    first = client.captions.create(
        tmp_path / "clip.mp4",
        template=template.id,
        language="en",
        vocabulary=["Zoé", "Ada"],
        position=0.5,
        font_size=1.5,
        highlight_color="#ff0000",
        emphasize=["now"],
        transcript=Transcript(words=(Word(text="Hi", start=0, end=1),)),
    )
    assert first.caption_template_id == template.id
    assert recorded(first.id).options == {
        "template": template.id,
        "uploaded": True,
        "language": "en",
        "vocabulary": ["Zoé", "Ada"],
        "position": "0.5",
        "font_size": 1.5,
        "highlight_color": "#ff0000",
        "emphasize": ["now"],
    }
    finish(first.id, {"video.mp4": MP4, "transcript.json": WORDS})
    second = client.captions.create(client.videos.retrieve(first.id), template=template)
    third = client.captions.create(video_id=first.id, template=template.name.upper(), transcript="Hi.")
    assert second.source_video_id == third.source_video_id == first.id
    assert third.caption_template_id == template.id
    client.videos.create(image=PNG, audio=WAV)
    assert [one.id for one in client.captions.list()] == [third.id, second.id, first.id]
    assert client.captions.download(first, tmp_path / "captioned.mp4").read_bytes() == MP4


def test_a_template_name_that_is_none_is_answered_with_those_near_it(client: Client) -> None:
    with pytest.raises(InvalidRequestError, match="alhena") as caught:
        client.captions.create(CLIP, template="Alhina")
    assert caught.value.field == "template"


def test_transcripts_and_subtitles(client: Client) -> None:
    video = client.videos.create(image=PNG, audio=WAV)
    finish(video.id, {"video.mp4": MP4, "transcript.json": WORDS})
    transcript = client.videos.transcript(video)
    assert (transcript.language, transcript.duration) == ("en", 2.0)
    assert [(word.text, word.start, word.end) for word in transcript.words] == [("Hi", 0.5, 1.0)]
    assert "00:00:00,500 --> " in client.videos.subtitles(video)
    assert client.captions.subtitles(video.id, "vtt").startswith("WEBVTT")


def test_overlays_with_texts_and_with_items(client: Client, connect: Connect, faulty: Faulty) -> None:
    made = client.overlays.create(
        CLIP,
        texts=["Sale", "New"],
        fonts=[None, "Anton"],
        sizes=[None, 72],
        colors=["#ffffff"],
        position="top",
        stroke=True,
        shadow=False,
        start=1,
    )
    common = {"position": "top", "stroke": True, "shadow": False, "start": 1.0}
    row = store.text_overlays.get(ADA, made.id)
    assert row
    assert list(row.items) == [
        {"text": "Sale", "color": "#ffffff", **common},
        {"text": "New", "font": "Anton", "size": 72.0, **common},
    ]
    item: dict[str, Any] = {"text": "Only today", "style": {"font": "Neon", "align": "left"}}
    made = client.overlays.create(CLIP, items=[item])
    row = store.text_overlays.get(ADA, made.id)
    assert row
    assert list(row.items) == [{"text": "Only today", "font": "Neon", "align": "left"}]
    faulty.replying(answer({"id": "1", "status": "QUEUED", "created_at": 1}))
    connect(faulty.url, "key").overlays.create(CLIP, texts=["Sale"])
    assert form_of(faulty.asked[0]) == {"texts": "Sale"}


def test_downloads_of_overlays(client: Client, tmp_path: Path) -> None:
    made = client.overlays.create(CLIP, texts=["Sale", "New", "Late"])
    with pytest.raises(IndexError, match="QUEUED"):
        client.overlays.download(made, tmp_path / "sale.mp4")
    spoilt = store.Failure("overlay_never_shown", "It starts after the end.")
    films = {"video0.mp4": MP4, "video1.mp4": MP4[::-1]}
    finish(made.id, films | {"thumbnail1.jpg": b"\xff\xd8\xffpicture"}, {2: spoilt})
    picture = client.overlays.thumbnail(made, tmp_path / "new.jpg", index=1)
    assert picture.read_bytes() == b"\xff\xd8\xffpicture"
    assert client.overlays.download(made, tmp_path / "sale.mp4").read_bytes() == MP4
    assert client.overlays.download(made.id, tmp_path / "new.mp4", index=1).read_bytes() == MP4[::-1]
    with pytest.raises(JobFailed, match="after the end"):
        client.overlays.download(made, tmp_path / "late.mp4", index=2)
    with pytest.raises(IndexError):
        client.overlays.download(made, tmp_path / "none.mp4", index=3)
    assert sorted(one.name for one in tmp_path.glob("*.mp4")) == ["new.mp4", "sale.mp4"]


def test_speech_whole_in_pieces_and_with_times(client: Client) -> None:
    text = "One. Two. Three."
    sound = client.speech.create(text, seed=3, format="wav")
    assert sound.startswith(b"RIFF")
    assert client.speech.create(text, seed=4) != sound
    pieces = [*client.speech.stream(text, seed=3)]
    assert len(pieces) > 1
    assert b"".join(pieces) == sound
    timed = client.speech.with_timestamps(text, voice=client.voices.retrieve("heart"), format="flac")
    assert timed.audio.startswith(b"fLaC")
    assert [word.text for word in timed.words] == ["One.", "Two.", "Three."]
    assert timed.words[1].phonemes[0].symbol == "ə"
    assert len(timed.audio_base64) > 100
    assert timed.audio_base64 not in repr(timed)


def test_a_stream_may_be_left(client: Client) -> None:
    pieces = client.speech.stream("One. Two. Three.")
    assert next(pieces)
    pieces.close()
    assert client.speech.create("One.")


def test_unknown_fields_are_kept_and_unknown_values_tolerated(troubled: Client, faulty: Faulty) -> None:
    told = {"id": "video_1", "status": "DREAMING", "model": "mirage-video-9", "mood": {"of": ["all"]}}
    faulty.replying(answer(told))
    video: Any = troubled.videos.retrieve("video_1")
    assert (video.status, video.model, video.mood) == ("DREAMING", "mirage-video-9", {"of": ["all"]})
    assert video.model_dump(exclude_unset=True) == told


def test_an_older_server_may_say_video_id(troubled: Client, faulty: Faulty) -> None:
    faulty.replying(answer({"video_id": "video_7", "status": "COMPLETE", "created_at": 1}))
    assert troubled.videos.retrieve("video_7").id == "video_7"


def test_a_stream_that_breaks_off_is_not_taken_for_a_whole_one(troubled: Client, faulty: Faulty) -> None:
    faulty.replying(hang_up, broken(b"one", 100))
    pieces = troubled.speech.stream("Hello.")
    assert next(pieces) == b"one"
    with pytest.raises(ConnectionError):
        next(pieces)


def test_a_sound_that_breaks_off_is_asked_for_again(
    troubled: Client, faulty: Faulty, waits: list[float]
) -> None:
    faulty.replying(broken(b"one", 100), answer(b"one two"))
    assert troubled.speech.create("Hello.", voice="a b") == b"one two"
    assert faulty.lines() == ["POST /v1/audio/text-to-speech/a%20b"] * 2
    assert len(waits) == 1
