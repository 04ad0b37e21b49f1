"""Whole ways through the studio, by its labels, in a real browser."""

import io
import json
import re
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from morgana import store
from morgana.captions.template import templates
from morgana.speech import speaking, voices
from tests.api.conftest import finish
from tests.studio.conftest import OWNER, Visit, Works, inputs, options

ALHENA = next(template.id for template in templates().values() if template.name == "Alhena")


def playable(page: Page, name: str) -> None:
    """Wait until a film of this name has pictures."""
    film = page.get_by_label(name, exact=True).and_(page.locator("video"))
    expect(film).to_have_js_property("videoWidth", 180)


def pick(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).check()


def test_a_script_becomes_a_video_that_is_watched_from_its_progress_to_its_end(
    visit: Visit, works: Works
) -> None:
    page = visit()
    page.get_by_role("textbox", name="Script").fill("Welcome.")
    page.get_by_role("button", name="Happy", exact=True).click()
    page.keyboard.type("It opens at nine.")
    pick(page, "Surprised")
    page.get_by_text("Finer settings").click()
    page.get_by_label("Pace", exact=True).fill("1.5")
    expect(page.get_by_text("1.50×")).to_be_visible()
    page.get_by_role("button", name="Make the video").click()
    expect(page.get_by_role("heading", name="Welcome. It opens at nine.")).to_be_visible()
    job = works.taken()
    told = options(job)
    assert told["script"] == "Welcome. [happy] It opens at nine."
    assert (told["voice_id"], told["speed"], told["expression"]) == ("heart", 1.5, "surprised")
    bar = page.get_by_role("progressbar")
    for percent, stage, words in ((7, "speak", "Speaking the script"), (60, "render", "Drawing the frames")):
        store.work.set_progress(job, percent, stage)
        expect(bar).to_have_attribute("aria-valuenow", str(percent))
        expect(bar).to_have_attribute("aria-valuetext", f"{percent} percent. {words}.")
        expect(page.get_by_text(f"{words}…")).to_be_visible()
    expect(page.get_by_role("navigation").get_by_role("link", name="Library 1 in progress")).to_be_visible()
    works.complete(job)
    playable(page, "Welcome. It opens at nine.")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    with page.expect_download() as loading:
        page.get_by_role("link", name="Download").click()
    assert Path(loading.value.path()).read_bytes() == works.clip


def drag(page: Page, file: Path, over: Locator) -> Callable[[], None]:
    """Bring a file over something, as the hand does; what is returned lets it fall there."""
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box
    hand = page.context.new_cdp_session(page)
    carried = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2, "data": carried}

    def do(step: str) -> None:
        hand.send("Input.dispatchDragEvent", {"type": step, **at})

    do("dragEnter")
    do("dragOver")
    return lambda: do("drop")


def test_a_portrait_is_dropped_where_it_says_shown_and_sent(
    visit: Visit, works: Works, tmp_path: Path
) -> None:
    photo, notes = tmp_path / "face.png", tmp_path / "notes.txt"
    Image.new("RGB", (300, 400), (200, 150, 120)).save(photo)
    notes.write_text("no picture")
    page = visit()
    demo = page.get_by_role("radio", name="Demo")
    expect(demo).to_be_checked()
    let_go = drag(page, photo, page.get_by_text("Or drop a photo here."))
    expect(page.locator(".frame")).to_contain_class("over")
    let_go()
    dropped = page.get_by_role("img", name="Your portrait")
    expect(dropped).to_have_js_property("naturalWidth", 300)
    expect(page.locator(".frame")).not_to_contain_class("over")
    expect(demo).not_to_be_checked()
    drag(page, notes, dropped)()
    expect(page.get_by_text("This is not a picture that can be read.")).to_be_visible()
    drag(page, photo, dropped)()
    expect(page.get_by_text("This is not a picture that can be read.")).to_have_count(0)
    drag(page, notes, page.get_by_role("heading", level=1))()  # beside it: the page stays
    page.get_by_role("textbox", name="Script").fill("Hello.")
    page.get_by_role("button", name="Make the video").click()
    assert Image.open(io.BytesIO(inputs(works.taken())["image"])).size == (300, 400)


def test_a_photo_and_a_recording_are_sent_in_a_form_that_is_taken(
    visit: Visit, works: Works, tmp_path: Path
) -> None:
    photo = tmp_path / "face.webp"
    Image.new("RGB", (300, 400), (200, 150, 120)).save(photo)
    page = visit()
    page.get_by_label("Upload a photo").last.set_input_files(photo)
    expect(page.get_by_role("img", name="Your portrait")).to_be_visible()
    pick(page, "Say it")
    expect(page.get_by_role("button", name="Change voice")).to_be_hidden()
    page.get_by_role("button", name="Make the video").click()
    expect(page.get_by_text("Record or choose what is to be said first.")).to_be_visible()
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_text(re.compile("0:0[1-9]"))).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_label("Your recording")).to_be_visible()
    expect(page.locator(".faulty")).to_have_count(0)
    assert page.locator("audio").evaluate("(one) => one.offsetWidth") > 250  # with room for its controls
    page.get_by_role("button", name="Make the video").click()
    given = inputs(works.taken())
    assert Image.open(io.BytesIO(given["image"])).size == (300, 400)
    assert given["image"].startswith(b"\xff\xd8\xff")
    with wave.open(io.BytesIO(given["audio"])) as recording:
        assert (recording.getnchannels(), recording.getsampwidth()) == (1, 2)
        assert recording.getnframes() > recording.getframerate() // 2


def test_what_is_recorded_ends_when_the_view_is_left(visit: Visit) -> None:
    page = visit()
    pick(page, "Say it")
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_text(re.compile("0:0[1-9]"))).to_be_visible()
    page.get_by_role("link", name="Library").click()
    expect(page.get_by_role("heading", name="Library")).to_be_visible()
    page.get_by_role("link", name="Create").click()
    expect(page.get_by_label("Your recording")).to_be_visible()
    page.get_by_role("button", name="Camera").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.evaluate("history.back()")
    expect(page.get_by_role("heading", name="Library")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_face_from_the_camera_is_kept_and_used_again(visit: Visit, works: Works) -> None:
    page = visit()
    page.get_by_role("button", name="Camera").click()
    page.get_by_role("button", name="Take the photo").click()
    page.get_by_role("button", name="Keep this face").click()
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("Give it a name first.")).to_be_visible()
    page.get_by_label("What shall it be called?").fill("Zoé")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="Zoé")).to_be_checked()
    expect(page.get_by_role("radio", name="Zoé")).to_be_focused()
    actor = next(one for one in store.actors.page(OWNER) if not one.built_in)
    assert (works.taken(), actor.name) == (actor.id, "Zoé")
    page.get_by_role("textbox", name="Script").fill("Hello.")
    page.get_by_role("button", name="Make the video").click()
    made = store.videos.get(OWNER, works.taken(2))
    assert made is not None
    assert made.actor_id == actor.id
    page.goto(page.url.split("#")[0])
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("radio", name="Zoé")).to_have_count(0)
    expect(page.get_by_role("radio", name="Demo")).to_be_focused()
    assert store.actors.get(OWNER, actor.id) is None


def test_what_is_missing_or_wrong_is_said_beside_its_field(visit: Visit, works: Works) -> None:
    page = visit()
    expect(page.get_by_role("img", name="Portrait of Demo")).to_be_visible()
    make = page.get_by_role("button", name="Make the video")
    make.click()
    script = page.get_by_role("textbox", name="Script")
    expect(script).to_be_focused()
    expect(script).to_have_accessible_description(re.compile("Type what is to be said first"))
    script.fill("[hapy] Hello.")
    make.click()
    expect(script).to_have_accessible_description(re.compile("hapy"))
    expect(script).to_have_attribute("aria-invalid", "true")
    script.fill("Hello.")
    expect(script).not_to_have_attribute("aria-invalid", "true")
    pick(page, "Sad")
    make.click()
    store.work.fail(works.taken(), "no_face_detected", "No face was found. Send a photo with one clear face.")
    expect(page.get_by_text("Send a photo with one clear face.")).to_be_visible()
    page.get_by_role("link", name="Try again").click()
    expect(script).to_have_value("Hello.")
    expect(page.get_by_role("radio", name="Sad", exact=True)).to_be_checked()
    page.reload()
    expect(script).to_have_value("Hello.")


def test_voices_are_heard_and_chosen(visit: Visit, works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    # The weights of most voices are no part of what tests need, and the engine is a scripted one.
    monkeypatch.setattr(voices, "is_available", lambda _voice: True)
    monkeypatch.setattr(speaking, "check", lambda _text, _voice: None)
    page = visit()
    page.get_by_role("button", name="Change voice").click()
    dialog = page.get_by_role("dialog", name="Choose a voice")
    with page.expect_response(lambda answer: answer.url.endswith("/preview")) as heard:
        dialog.get_by_role("button", name=re.compile("^Hear ")).nth(1).click()
    assert heard.value.headers["content-type"] == "audio/mpeg"
    chosen = dialog.get_by_role("radio", name=re.compile("British English")).first
    voice = chosen.get_attribute("value")
    chosen.check()
    dialog.get_by_role("button", name="Use this voice").click()
    expect(page.get_by_text("British English").first).to_be_visible()
    page.get_by_role("textbox", name="Script").fill("Hello.")
    page.get_by_role("button", name="Make the video").click()
    assert options(works.taken())["voice_id"] == voice


def test_how_to_get_more_voices_is_said_where_one_is_chosen(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit()
    page.get_by_role("button", name="Change voice").click()
    dialog = page.get_by_role("dialog", name="Choose a voice")
    expect(dialog.get_by_role("radio")).to_have_count(1)
    lacking = len(voices.voices()) - 1
    said = f"{lacking} more are not installed on this server. Whoever runs it can get them with "
    expect(dialog.get_by_text(said)).to_have_text(f"{said}morgana models pull kokoro.")
    monkeypatch.setattr(voices, "is_available", lambda _voice: True)
    page.reload()
    page.get_by_role("button", name="Change voice").click()
    expect(dialog.get_by_role("radio").nth(1)).to_be_visible()
    expect(dialog.get_by_text("not installed")).to_have_count(0)


def test_a_film_is_captioned_and_its_words_put_right(visit: Visit, works: Works) -> None:
    source = works.video()
    page = visit(f"#captions/{source}")
    style = page.get_by_role("radio", name="Alhena")
    with page.expect_response(lambda answer: answer.url.endswith("/preview.mp4")):
        style.focus()
    style.check()
    page.get_by_text("Finer settings").click()
    pick(page, "Middle")
    page.get_by_role("button", name="Write the captions").click()
    first = works.taken()
    assert options(first) == {"template": ALHENA, "uploaded": False, "position": "middle"}
    works.complete(first)
    word = page.get_by_label("Word 2")
    expect(word).to_have_value("mourning,")
    undo = page.get_by_role("button", name="Undo all")
    expect(undo).to_be_hidden()
    word.fill("Sunday,")
    undo.click()
    expect(word).to_have_value("mourning,")
    expect(undo).to_be_hidden()
    word.fill("morning,")
    page.get_by_label("Word 3").fill("")
    expect(page.get_by_text("2 words changed")).to_be_visible()
    page.get_by_role("button", name="Render with these words").click()
    again = works.taken(2)
    assert options(again)["template"] == ALHENA
    given = inputs(again)
    assert given["video"] == works.clip
    assert json.loads(given["transcript"])["words"] == [
        {"text": "Good", "start": 0.1, "end": 0.4},
        {"text": "morning,", "start": 0.4, "end": 0.9},
    ]


def test_another_style_takes_the_place_of_the_first(visit: Visit, works: Works) -> None:
    captioned = works.video(ALHENA)
    store.blobs.put(f"videos/{captioned}/video.mp4", io.BytesIO(b"without words"))
    page = visit(f"#video/{captioned}")
    page.get_by_role("link", name="Another style").click()
    page.get_by_role("radio", name="Acamar").check()
    page.get_by_role("button", name="Write the captions").click()
    assert inputs(works.taken())["video"] == b"without words"


def test_a_film_that_is_slow_to_be_found_is_waited_for(visit: Visit, works: Works) -> None:
    page, video = visit(), works.video()
    held: list[Route] = []
    page.route(f"**/v1/videos/{video}", lambda route: held.append(route))
    page.goto(page.url.split("#")[0] + f"#text/{video}")
    page.get_by_label("Text", exact=True).fill("Sale ends Sunday")
    page.get_by_role("button", name="Write it").click()
    expect(page.get_by_role("button", name="Sending…")).to_be_visible()
    assert not works.room.enqueued
    [asked] = held
    asked.continue_()
    assert inputs(works.taken())["video"] == works.clip


def test_an_upload_gets_texts_and_a_text_that_failed_says_why(
    visit: Visit, works: Works, clip: Path, tmp_path: Path
) -> None:
    page = visit("#text")
    other = tmp_path / "notes.txt"
    other.write_text("no film")
    page.get_by_label("Choose a film").last.set_input_files(other)
    expect(page.get_by_text("Choose one in MP4 or MOV")).to_be_visible()
    page.get_by_label("Choose a film").last.set_input_files(clip)
    playable(page, "clip.mp4")
    page.get_by_role("button", name="Write it").click()
    expect(page.get_by_text("Write something, or remove this text.")).to_be_visible()
    page.get_by_label("Text", exact=True).fill("Sale ends Sunday")
    page.get_by_role("button", name="Another text").click()
    page.get_by_label("Text 2", exact=True).fill("Two days left")
    page.get_by_label("Look", exact=True).nth(1).select_option("Neon")
    page.get_by_role("button", name="Write it").click()
    job = works.taken()
    assert options(job)["items"] == [{"text": "Sale ends Sunday"}, {"text": "Two days left", "font": "Neon"}]
    works.complete_texts(job, 2)
    playable(page, "Sale ends Sunday")
    expect(page.get_by_role("link", name="Download Two days left")).to_be_visible()
    assert inputs_of(job) == clip.read_bytes()


def inputs_of(job: str) -> bytes:
    made = store.text_overlays.get(OWNER, job)
    assert made is not None
    return store.blobs.read(made.inputs["video"])


def test_how_much_of_a_film_is_sent_is_said_while_it_is_sent(
    visit: Visit, works: Works, clip: Path, tmp_path: Path
) -> None:
    large = tmp_path / "large.mp4"
    padding = 2_000_000  # in a box that every reader skips
    large.write_bytes(clip.read_bytes() + padding.to_bytes(4, "big") + b"free" + bytes(padding - 8))
    page = visit("#text")
    page.get_by_label("Choose a film").last.set_input_files(large)
    playable(page, "large.mp4")
    page.get_by_label("Text", exact=True).fill("Sale ends Sunday")
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1_000_000}
    slow.send("Network.emulateNetworkConditions", limits)
    page.get_by_role("button", name="Write it").click()
    expect(page.get_by_role("button", name=re.compile(r"^Sending… [1-9]\d? %$"))).to_be_visible()
    assert inputs_of(works.taken()) == large.read_bytes()


def test_subtitles_are_downloaded_where_the_words_are_known(visit: Visit, works: Works) -> None:
    page = visit(f"#video/{works.video()}")
    said = page.get_by_role("group", name="Subtitles")
    for form, start in (("SRT", "1\n00:00:00,100"), ("WebVTT", "WEBVTT"), ("ASS", "[Script Info]")):
        with page.expect_download() as loading:
            said.get_by_role("button", name=f"Download subtitles in {form}").click()
        assert Path(loading.value.path()).read_text("utf-8").startswith(start)
    unknown = store.videos.create(OWNER, store.VideoDraft("video_mute", store.Kind.GENERATION, {}, {})).id
    finish(unknown, {"video.mp4": works.clip})
    page = visit(f"#video/{unknown}")
    page.get_by_role("button", name="Download subtitles in SRT").click()
    expect(page.get_by_role("region", name="Notices")).to_contain_text("This video has no transcript.")


def test_the_library_has_all_and_keeps_up(visit: Visit, works: Works) -> None:
    page = visit("#library")
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    talking, captioned = works.video(), works.video(ALHENA)
    page.goto(page.url.replace("#library", f"#video/{talking}"))
    page.reload()
    expect(page.get_by_role("link", name="Download")).to_be_visible()
    page.get_by_role("navigation").get_by_role("link", name="Library").click()
    cards = page.get_by_role("list", name="Films").get_by_role("listitem")
    expect(cards).to_have_count(2)
    expect(cards.locator("img").first).to_have_js_property("naturalWidth", 180)
    running = store.videos.create(OWNER, store.VideoDraft("video_running", store.Kind.GENERATION, {}, {})).id
    expect(cards).to_have_count(3)
    store.work.set_progress(running, 42, "render")
    expect(page.get_by_text("42 %")).to_be_visible()
    pick(page, "Captioned")
    expect(cards).to_have_count(1)
    cards.get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"#video/{captioned}$"))
    works.complete(running)
    expect(page.get_by_role("region", name="Notices")).to_contain_text("Talking video is ready.")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page).to_have_url(re.compile("#library$"))
    expect(cards).to_have_count(2)
    assert store.videos.get(OWNER, captioned) is None
    assert store.videos.get(OWNER, talking) is not None


def test_a_film_is_shared_by_a_link_and_no_more(visit: Visit, works: Works) -> None:
    page = visit(f"#video/{works.video()}")
    page.get_by_role("button", name="Share").click()
    link = page.get_by_role("textbox", name="Link").input_value()
    assert httpx2.get(link).status_code == 200
    page.get_by_role("button", name="Stop sharing").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert httpx2.get(link).status_code in (404, 410)


def test_a_job_is_cancelled(visit: Visit, works: Works) -> None:
    made = store.videos.create(OWNER, store.VideoDraft("video_x", store.Kind.GENERATION, {}, {})).id
    page = visit(f"#video/{made}")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="It was cancelled")).to_be_visible()
    assert works.room.cancelled == [made]


def test_a_server_that_is_away_loses_nothing(visit: Visit, works: Works) -> None:
    page = visit()
    page.get_by_role("textbox", name="Script").fill("Hello.")
    expect(page.get_by_role("img", name="Portrait of Demo")).to_be_visible()
    expect(page.get_by_role("button", name="Change voice")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="Make the video").click()
    expect(page.get_by_text("The server cannot be reached.").first).to_be_visible()
    expect(page.get_by_role("textbox", name="Script")).to_have_value("Hello.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Make the video").click()
    works.taken()


@pytest.mark.parametrize("name", ["clip.mp4"])
def test_a_dropped_film_is_taken(visit: Visit, clip: Path, name: str) -> None:
    page = visit("#captions")
    dropped: Any = page.evaluate_handle(
        """async ([address, name]) => {
            const data = new DataTransfer();
            const bytes = Uint8Array.from(atob(address), (letter) => letter.charCodeAt(0));
            data.items.add(new File([bytes], name, { type: "video/mp4" }));
            return data;
        }""",
        [__import__("base64").b64encode(clip.read_bytes()).decode(), name],
    )
    page.locator(".screen").dispatch_event("drop", {"dataTransfer": dropped})
    playable(page, name)


def test_a_built_in_person_is_shown_as_not_existing_and_speaks_with_a_voice_of_their_own(
    visit: Visit, works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.demo.provide_persons()
    page = visit()
    voice = page.get_by_role("group", name="Voice")
    expect(page.get_by_role("radio", name="Elena")).to_be_checked()
    expect(page.get_by_text("Generated: a person who does not exist")).to_be_visible()
    portrait = page.get_by_role("img", name=re.compile("^Elena: A woman"))
    expect(portrait).to_have_js_property("naturalWidth", 768)
    expect(voice.get_by_text("Heart", exact=True)).to_be_visible()
    pick(page, "Walter")
    missing = page.get_by_text("Walter’s own voice, George (male), is not installed on this server.")
    expect(missing).to_be_visible()
    pick(page, "Demo")
    expect(missing).to_be_hidden()
    expect(page.get_by_text("Generated: a person who does not exist")).to_have_count(0)
    monkeypatch.setattr("morgana.models.installed.has_sizes", lambda _weight, _folder: True)
    page.reload()
    pick(page, "Walter")
    expect(voice.get_by_text("George", exact=True)).to_be_visible()
    expect(missing).to_be_hidden()
    page.get_by_role("textbox", name="Script").fill("Hello.")
    page.get_by_role("button", name="Make the video").click()
    assert works.taken(2) == "actor_walter"
    made = store.videos.get(OWNER, works.room.enqueued[0])
    assert made is not None
    assert (made.actor_id, made.voice_id) == ("actor_walter", "bm_george")
