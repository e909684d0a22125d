"""A real browser for tests: Debian's Chromium, or one that is installed under another name."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def installed_browser() -> str | None:
    """The path of an installed browser, if there is one."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """The browser for the time of a block; skips the test where none is installed."""
    found = installed_browser()
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(_NAMES)} is installed")
    with sync_playwright() as playwright:
        # Chromium's own sandbox does not start for root, as whom CI runs
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()
