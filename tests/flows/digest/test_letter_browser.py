"""The HTML of a mail in a real browser: readable on a phone and a desk, in light and in the dark.

Needs Chromium, as Debian's package `chromium` brings it.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from flows.digest.choose import Chosen
from tasks.parse.text import on_one_line as plain
from tests.support.browser import opened_browser
from tests.support.letters import chosen, one, shown, written
from tests.support.pages import HOSTILE
from warehouse.subscriber import Wishes

pytestmark = pytest.mark.slow

WIDTHS = (320, 360, 640, 1200)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LONG = [*HOSTILE, "A" + "very" * 120, "A very " + "long " * 200 + "title"]
MAILS = {
    "mixed": chosen(
        one(shown(1), authors=("Ann Author",)),
        one(shown(2, code_url="https://github.com/example/kettle"), topics=("robotics",)),
        one(shown(3, votes=None)),
        wishes=Wishes(topics=("robotics",), authors=("Ann Author",)),
        notes=("incomplete", "late"),
    ),
    "hard": chosen(
        *(
            one(
                shown(n, title=plain(title), sentence=plain(title)),
                words=(plain(title),),
            )
            for n, title in enumerate(LONG)
        ),
        wishes=Wishes(words=tuple(LONG), language="de"),
    ),
    "none": chosen(wishes=Wishes(when_nothing=True)),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser() as opened:
        yield opened


def look(
    browser: Browser, folder: Path, mail: Chosen, width: int, scheme: Literal["light", "dark"]
) -> tuple[Page, list[str]]:
    """A window on a mail, and the addresses it asks for beside the mail itself."""
    file = folder / "digest.html"
    file.write_text(written(mail).html, encoding="utf-8")
    size: Any = {"width": width, "height": 800}
    page = browser.new_page(viewport=size, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"file://{file}", wait_until="load")
    return page, [url for url in asked if url != f"file://{file}"]


@pytest.mark.parametrize("name", MAILS)
def test_it_fits_every_width_and_asks_for_nothing(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    for width in WIDTHS:
        page, asked = look(browser, tmp_path, MAILS[name], width, "light")
        assert asked == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), width
        box = page.locator("main").bounding_box()
        assert box is not None
        assert box["width"] <= 632  # 600 and the room at the sides
        page.close()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", MAILS)
def test_a_checker_of_accessibility_finds_nothing_serious(
    browser: Browser, tmp_path: Path, name: str, scheme: Literal["light", "dark"]
) -> None:
    page, _ = look(browser, tmp_path, MAILS[name], 640, scheme)
    found = Axe().run(page, options={"preload": False}).response["violations"]
    page.close()
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_it_is_dark_where_the_reader_s_screen_is(browser: Browser, tmp_path: Path) -> None:
    colours = {}
    for scheme in SCHEMES:
        page, _ = look(browser, tmp_path, MAILS["mixed"], 640, scheme)
        colours[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.close()
    assert colours == {"light": "rgb(251, 250, 247)", "dark": "rgb(22, 22, 23)"}


def test_what_previews_show_is_not_seen_in_the_mail(browser: Browser, tmp_path: Path) -> None:
    page, _ = look(browser, tmp_path, replace(MAILS["mixed"], notes=()), 640, "light")
    assert not page.locator(".preheader").is_visible()
    assert page.locator("h1").is_visible()
    page.close()
