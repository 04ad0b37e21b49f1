"""The page of a shared video in a real browser."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from morgana import store
from morgana.video.poster import write_poster
from tests.api.conftest import ADA, DEADLINE
from tests.browser import browser as opened
from tests.studio.checkers import installed
from tests.video.filming import Sound, film

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"wide": {"width": 1280, "height": 800}, "phone": {"width": 360, "height": 740}}
WORDS = b'{"language": "en", "duration": 2.0, "words": [{"text": "Hello", "start": 0.1, "end": 0.9}]}'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened() as found:
        yield found


@dataclass
class Shared:
    """A video on its page at this address."""

    id: str
    url: str


@pytest.fixture
def shared(server: str, tmp_path: Path) -> Shared:
    """A film of two seconds, 360x640, of somebody who says hello."""
    pictures = [np.full((640, 360, 3), (40 + index, 90, 120), np.uint8) for index in range(60)]
    for picture in pictures:
        picture[200:440:8, 90:270] = 220
    clip = film(tmp_path / "video.mp4", pictures, sound=Sound(seconds=2.0))
    write_poster(clip, tmp_path / "thumbnail.jpg")
    (tmp_path / "transcript.json").write_bytes(WORDS)
    draft = store.VideoDraft(store.videos.new_id(), store.Kind.GENERATION, {}, {}, share=True)
    store.videos.create(ADA, draft)
    job = store.work.begin(draft.id)
    assert job is not None
    keys = {}
    for name in ("video.mp4", "thumbnail.jpg", "transcript.json"):
        path = tmp_path / name
        keys[path.stem] = store.work.new_output_key(job, path.stem, path.suffix)
        store.blobs.put(keys[path.stem], path)
    assert store.work.complete(draft.id, keys, facts=store.Facts(2.0, 360, 640, generated=True))
    video = store.shares.open_to_public(ADA, draft.id, "A word from the garden")
    assert video is not None
    return Shared(draft.id, f"{server}/s/{video.share_token}")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on which nothing goes wrong, such as what the policy does not allow."""
    with browser.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(DEADLINE * 1000)
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        yield page
        assert wrong == []


def until(page: Page, condition: str) -> None:
    """Wait for it to hold. The browser's own way to wait is a script that the page does not allow."""
    deadline = time.monotonic() + DEADLINE
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(20)


def test_the_film_plays_and_has_captions_to_turn_on(page: Page, shared: Shared) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(shared.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("A word from the garden")
    until(page, "document.querySelector('video').readyState >= 1")
    known = "(({videoWidth, videoHeight, duration}) => [videoWidth, videoHeight, duration])"
    width, height, seconds = page.evaluate(f"{known}(document.querySelector('video'))")
    assert (width, height, seconds) == (360, 640, pytest.approx(2.0, abs=0.1))
    page.evaluate("""() => {
        const video = document.querySelector('video');
        video.muted = true;
        video.textTracks[0].mode = 'showing';
        video.currentTime = 0.4;
    }""")
    until(page, "document.querySelector('video').textTracks[0].activeCues?.length === 1")
    assert page.evaluate("document.querySelector('video').textTracks[0].activeCues[0].text") == "Hello"
    page.evaluate("document.querySelector('video').play()")
    until(page, "document.querySelector('video').currentTime > 0.6")
    assert f"{shared.url}/poster.jpg" in asked
    assert all(url.startswith((shared.url, "data:")) for url in asked)


@pytest.mark.parametrize(("scheme", "size"), [("light", "wide"), ("dark", "phone")])
def test_it_keeps_the_rules_and_fits(browser: Browser, shared: Shared, scheme: Any, size: str) -> None:
    with browser.new_context(color_scheme=scheme, viewport=SIZES[size]) as context:  # type: ignore[arg-type]
        page = context.new_page()
        for address, heading in (
            (shared.url, "A word from the garden"),
            (f"{shared.url}x", "This video is not here"),
        ):
            page.goto(address)
            expect(page.get_by_role("heading", level=1)).to_have_text(heading)
            page.evaluate((installed("axe-core") / "axe.min.js").read_text())
            found: Any = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
            broken = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]]
            assert broken == []
            assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
        page.goto(shared.url)
        box = page.locator("video").bounding_box()
        assert box is not None
        assert box["width"] / box["height"] == pytest.approx(360 / 640, rel=0.01) or size == "phone"
        assert box["height"] + box["y"] < SIZES[size]["height"] - 80  # what is said of it is seen as well


def test_a_page_that_is_closed_while_it_is_open_plays_no_more(page: Page, shared: Shared) -> None:
    page.goto(shared.url)
    until(page, "document.querySelector('video').readyState >= 1")
    assert store.shares.close(ADA, shared.id)
    assert httpx2.get(f"{shared.url}/video.mp4", headers={"Range": "bytes=0-9"}).status_code == 404
