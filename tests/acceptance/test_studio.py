"""The studio, whole: a real browser before a real server with real weights, from a script to a headline."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.acceptance.server import DEADLINE, Server
from tests.browser import browser, until

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One of its own: the library shows all films that were made."""
    begun = Server.begin(tmp_path_factory.mktemp("studio"))
    yield begun
    begun.end()


@pytest.fixture
def page(server: Server) -> Iterator[Page]:
    with browser() as opened:
        page = opened.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(DEADLINE * 1000)
        expect.set_options(timeout=DEADLINE * 1000)
        page.goto(f"http://127.0.0.1:{server.port}/")
        yield page


def downloaded(page: Page, name: str | re.Pattern[str]) -> bytes:
    with page.expect_download() as loading:
        page.get_by_role("link", name=name).click()
    return Path(loading.value.path()).read_bytes()


def plays(page: Page) -> None:
    """Wait until the film of the page has pictures, and run it to its end."""
    film = page.locator("main video").first
    expect(film).to_have_js_property("readyState", 4)
    assert film.evaluate("(one) => one.videoWidth") >= 512
    film.evaluate("(one) => { one.muted = true; one.playbackRate = 4; return one.play(); }")
    until(page, "document.querySelector('main video').ended", DEADLINE)


def landscape(path: Path) -> Path:
    """A field under the sky, with a sun and a hill, and nobody in it."""
    picture = Image.new("RGB", (640, 800), (150, 190, 230))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((430, 90, 540, 200), fill=(255, 240, 190))
    draw.polygon([(0, 520), (230, 300), (480, 480), (640, 400), (640, 800), (0, 800)], fill=(90, 110, 120))
    draw.rectangle((0, 520, 640, 800), fill=(110, 150, 70))
    picture.save(path)
    return path


def test_a_photo_without_a_face_ends_with_what_to_do(page: Page, tmp_path: Path) -> None:
    page.get_by_label("Upload a photo").last.set_input_files(landscape(tmp_path / "field.jpg"))
    expect(page.get_by_role("img", name="Your portrait")).to_be_visible()
    page.get_by_role("textbox", name="Script").fill("Hello.")
    page.get_by_role("button", name="Make the video").click()
    wrong = page.get_by_role("group", name="What went wrong")
    expect(wrong).to_contain_text("picture of one person")
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("textbox", name="Script")).to_have_value("Hello.")
    expect(page.get_by_role("img", name="Your portrait")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()


def test_from_a_short_script_to_captions_and_a_headline(page: Page) -> None:
    page.get_by_role("textbox", name="Script").fill("Hello.")
    page.get_by_role("button", name="Make the video").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    plays(page)
    films = [downloaded(page, "Download")]
    page.get_by_role("link", name="Add captions").click()
    page.get_by_role("searchbox").fill("Alhena")
    page.get_by_role("radio", name="Alhena").check()
    page.get_by_role("button", name="Write the captions").click()
    expect(page.get_by_label("Word 1")).to_have_value("Hello.")
    plays(page)
    films.append(downloaded(page, "Download"))
    page.get_by_role("link", name="Write text on it").click()
    page.get_by_label("Text", exact=True).fill("Good morning")
    page.get_by_role("button", name="Write it").click()
    # Until then the film on the page is the one that is written on.
    expect(page.get_by_role("link", name="Download Good morning")).to_be_visible()
    plays(page)
    films.append(downloaded(page, "Download Good morning"))
    assert all(film[4:8] == b"ftyp" and len(film) > 10_000 for film in films)
    assert len(set(films)) == 3
    page.get_by_role("link", name="Library").click()
    cards = page.get_by_role("list", name="Films").get_by_role("listitem")
    expect(cards).to_have_count(3)
    expect(cards.locator("img")).to_have_count(3)
    until(page, "[...document.querySelectorAll('.card img')].every((one) => one.naturalWidth > 100)")
