"""A real browser for tests: whichever Chromium is installed, without a window."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_DEVICES = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def chromium() -> str:
    """The path of the browser: that in CHROMIUM, else one that is installed."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    assert found, (
        "No Chromium is installed. `make test` installs it on Debian (package chromium-headless-shell); "
        "elsewhere install Chromium or Chrome, or set CHROMIUM to the path of one."
    )
    assert Path(found).exists(), f"CHROMIUM is {found}, and there is no such file."
    return found


def until(page: Page, holds: str, deadline: float = 60.0) -> None:
    """Wait for an expression of the page. Playwright's own way needs `eval`, which policies forbid."""
    ends = time.monotonic() + deadline
    while not page.evaluate(holds):
        assert time.monotonic() < ends, f"not within {deadline} s: {holds}"
        page.wait_for_timeout(50)


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser whose camera and microphone are made up and always allowed."""
    own = [] if os.getuid() else ["--no-sandbox"]  # of which Chromium has none as root
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=[*own, *_DEVICES])
        yield opened
        opened.close()
