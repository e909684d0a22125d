"""The pages in a real browser: quiet, readable at any width, for the keyboard and for everybody.

Needs Chromium, as Debian's package `chromium` brings it.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.support.browser import opened_browser
from tests.support.pages import Built

pytestmark = pytest.mark.slow

PAGES = (
    "index.html",
    "days/2026-11-20.html",
    "weeks/2026-W47.html",
    "months/2026-11.html",
    "topics/diffusion-models.html",
    "authors.html",
    "systems/kettle.html",
    "papers/2611.00103.html",
    "archive.html",
    "search.html?q=kettle",
    "data/index.html",
    "data/ops.publication.html",
)
OF_EACH_KIND = (
    "index.html",
    "weeks/2026-W47.html",
    "papers/2611.00103.html",
    "archive.html",
    "search.html?q=kettle",
    "data/index.html",
)
"""One page of each kind."""
FOCUSABLE = "a[href], button, input, summary, [tabindex='0']"
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser() as opened:
        yield opened


class Looking:
    """A browser window on the pages, and what went wrong in it."""

    def __init__(
        self, browser: Browser, built: Built, width: int, scheme: Literal["light", "dark"] = "light"
    ) -> None:
        self._built = built
        size: Any = {"width": width, "height": 800}
        self.page: Page = browser.new_page(viewport=size, color_scheme=scheme)
        self.faults: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._asked)

    def open(self, name: str) -> None:
        self.page.goto(f"file://{self._built.folder}/{name}", wait_until="load")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(f"file://{self._built.folder}/"):
            self.faults.append(request.url)


@pytest.mark.parametrize(
    ("width", "scheme"), [(320, "light"), (768, "dark"), (1440, "light")], ids=str
)
def test_pages_ask_nobody_and_fit_the_width(
    browser: Browser, built: Built, width: int, scheme: Literal["light", "dark"]
) -> None:
    window = Looking(browser, built, width, scheme)
    wide = []
    for name in PAGES:
        window.open(name)
        if window.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(name)
    window.page.close()
    assert window.faults == []
    assert wide == []


@pytest.mark.parametrize(
    ("scheme", "names"),
    [("light", OF_EACH_KIND), ("dark", ("index.html", "archive.html", "papers/2611.00103.html"))],
    ids=["light", "dark"],
)
def test_nothing_serious_is_found_by_a_checker_of_accessibility(
    browser: Browser, built: Built, scheme: Literal["light", "dark"], names: Sequence[str]
) -> None:
    window = Looking(browser, built, 1024, scheme)
    findings = []
    for name in names:
        window.open(name)
        found = Axe().run(window.page, options={"preload": False}).response["violations"]
        findings += [
            f"{name}: {one['id']}: {one['nodes'][0]['html']}"
            for one in found
            if one["impact"] in SERIOUS
        ]
    window.page.close()
    assert findings == []


def test_the_keyboard_reaches_everything_in_order_and_skips_the_links_first(
    browser: Browser, built: Built
) -> None:
    window = Looking(browser, built, 1440)
    window.open("papers/2611.00103.html")
    shown = f"[...document.querySelectorAll({FOCUSABLE!r})].filter(e => e.checkVisibility())"
    n_expected = window.page.evaluate(f"{shown}.length")
    reached = []
    for _ in range(n_expected):
        window.page.keyboard.press("Tab")
        reached.append(window.page.evaluate(f"{shown}.indexOf(document.activeElement)"))
    assert reached == list(range(n_expected))
    window.open("index.html")
    window.page.keyboard.press("Tab")
    assert window.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    window.page.keyboard.press("Enter")
    assert window.page.evaluate("document.activeElement.id") == "main"
    window.page.close()


def test_the_search_finds_titles_authors_and_topics_and_obeys_no_title(
    browser: Browser, built: Built
) -> None:
    window = Looking(browser, built, 768)
    window.open("index.html")
    window.page.keyboard.press("/")
    window.page.keyboard.type("kettle-7")
    window.page.keyboard.press("Enter")
    window.page.wait_for_selector("#found li")
    assert "Kettle-7" in window.page.inner_text("#found li:first-child")
    assert window.page.inner_text("#told") == "1 paper."
    for words, n_found in (("author 1 boiling", 11), ("diffusion", 11), ("nothing of it", 0)):
        window.page.fill("#words", words)
        assert window.page.locator("#found li").count() == n_found, words
    window.page.fill("#words", "onerror")
    assert window.page.locator("#found li").count() == 1
    assert window.page.locator("#found img").count() == 0
    window.page.locator("#found a").click()
    assert "onerror" in window.page.inner_text("h1")
    assert window.faults == []
    window.page.close()
