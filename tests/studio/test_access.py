"""The studio is for everybody: by keyboard, by screen reader, on a small screen, in the dark, and safely."""

import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

from morgana import store
from morgana.settings import settings
from tests.browser import until
from tests.studio.checkers import installed
from tests.studio.conftest import OWNER, Visit, Works
from tests.studio.test_studio import ALHENA

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STILL = """document.getAnimations().every(
    (one) => one.playState !== "running" || one.effect.getTiming().iterations === Infinity)"""
PHONE = {"width": 360, "height": 740}


def check(page: Page) -> None:
    """No rule of axe is broken. Its program is run beside the page's policy, not through it."""
    page.evaluate((installed("axe-core") / "axe.min.js").read_text())
    found: Any = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []


def settled(page: Page) -> None:
    """Wait until the view is there and still."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    until(page, STILL)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_view_keeps_the_rules_and_fits_a_phone(visit: Visit, works: Works, scheme: str) -> None:
    captioned = works.video(ALHENA)
    store.videos.create(OWNER, store.VideoDraft("video_run", store.Kind.GENERATION, {}, {}))
    broken = store.videos.create(OWNER, store.VideoDraft("video_bad", store.Kind.GENERATION, {}, {})).id
    store.work.fail(broken, "no_face_detected", "No face was found.")
    page = visit(color_scheme=scheme, viewport=PHONE, reduced_motion="reduce")
    ready = {
        "#create": page.get_by_role("button", name="Change voice"),
        f"#captions/{captioned}": page.get_by_role("radio", name="Alhena"),
        f"#text/{captioned}": page.get_by_label("Look", exact=True),
        "#library": page.get_by_role("list", name="Films"),
        f"#video/{captioned}": page.get_by_label("Word 1"),
        "#video/video_run": page.get_by_role("progressbar"),
        "#video/video_bad": page.get_by_role("link", name="Try again"),
        "#video/video_none": page.get_by_role("heading", name="This film is not here"),
    }
    for view, shown in ready.items():
        page.goto(page.url.split("#")[0] + view)
        expect(shown.first).to_be_visible()
        settled(page)
        check(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], view
    page.goto(page.url.split("#")[0] + "#create")
    page.get_by_role("button", name="Make the video").click()
    expect(page.get_by_text("Type what is to be said first.")).to_be_visible()
    # At the end of the page, where the button that stays in sight covers nothing.
    page.evaluate("scrollTo({top: document.documentElement.scrollHeight, behavior: 'instant'})")
    settled(page)
    check(page)
    page.get_by_role("button", name="Change voice").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    check(page)


def test_the_whole_way_by_keyboard(visit: Visit, works: Works) -> None:
    page = visit()
    expect(page.get_by_role("button", name="Change voice")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()

    def tab_to(name: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("(name) => document.activeElement.matches(name)", name):
                return
        raise AssertionError(f"no Tab leads to {name}")

    tab_to("textarea")
    page.keyboard.type("Hello there.")
    tab_to("[aria-haspopup=dialog]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Change voice")).to_be_focused()
    tab_to(".button.main")
    page.keyboard.press("Enter")
    job = works.taken()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    works.complete(job)
    expect(page.get_by_role("link", name="Download")).to_be_visible()
    tab_to("a.button.main")
    expect(page.get_by_role("link", name="Download")).to_be_focused()

    tab_to("a[href^='#captions']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="Alhena")).to_be_visible()
    tab_to("[type=search]")
    page.keyboard.type("Alhena")
    tab_to(".tile input")
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="Alhena")).to_be_checked()
    tab_to(".button.main")
    page.keyboard.press("Enter")
    captioned = works.taken(2)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    works.complete(captioned)
    expect(page.get_by_label("Word 2")).to_be_visible()
    tab_to("a[href^='#text']")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Text", exact=True)).to_be_visible()
    tab_to(".texts textarea")
    page.keyboard.type("Sale ends Sunday")
    tab_to(".button.main")
    page.keyboard.press("Enter")
    written = works.taken(3)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    works.complete_texts(written, 1)
    expect(page.get_by_role("link", name="Download Sale ends Sunday")).to_be_visible()
    tab_to("a[download]")
    expect(page.get_by_role("link", name="Download Sale ends Sunday")).to_be_focused()


def test_nothing_moves_for_those_who_asked_for_stillness(visit: Visit, works: Works) -> None:
    page = visit(f"#captions/{works.video()}", reduced_motion="reduce")
    page.get_by_role("radio", name="Alhena").focus()
    page.get_by_role("radio", name="Alhena").hover(force=True)
    expect(page.locator(".tile video")).to_have_count(0)


def test_the_policy_allows_no_stranger(address: str) -> None:
    answer = httpx2.get(address)
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=|https?://", answer.text)
    scripts = Path("src/morgana/studio/js").glob("*.js")
    assert all("innerHTML" not in script.read_text() for script in scripts)


def test_media_may_come_from_where_links_lead(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORGANA_PUBLIC_URL", "https://video.example.org/")
    monkeypatch.setattr(store.blobs, "presign", lambda _key, _seconds: "https://bucket.example.net/x?y=z")
    settings.cache_clear()
    policy = httpx2.get(address).headers["content-security-policy"]
    for part in ("img-src", "media-src"):
        assert f"{part} 'self' blob: https://video.example.org https://bucket.example.net" in policy
    assert "script-src 'self';" in policy


def test_files_are_kept_until_they_change_and_nothing_else_is_served(address: str) -> None:
    style = httpx2.get(f"{address}/studio/css/base.css")
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
    same = httpx2.get(f"{address}/studio/css/base.css", headers={"If-None-Match": style.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    for path in (
        "..%2fsettings.py",
        "index.html",
        "js",
        "fonts/text-999.ttf",
        "fonts/..%2f..%2fx-400.ttf",
        "",
    ):
        assert httpx2.get(f"{address}/studio/{path}").status_code == 404, path
