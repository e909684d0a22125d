"""The form in a real browser: from the first page to the last mail, by mouse and by keyboard.

Needs Chromium, as Debian's package `chromium` brings it.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from flows.digest.answer import answering
from flows.settings.sections import SiteSettings
from flows.site.build import build_site
from tests.support.browser import opened_browser
from tests.support.issues import T0, day, item
from tests.support.subscribing import START, Served, link_in, served
from tests.support.warehouse import Warehouse
from warehouse.subscriber import Wishes

pytestmark = pytest.mark.slow

WHO = "reader@example.org"
FOCUSABLE = "a[href], button, input:not([type=hidden]), textarea, select, summary"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Pages with the form for all tests of this module."""
    warehouse = Warehouse(tmp_path_factory.mktemp("served") / "home")
    warehouse.load([day("2026-11-20", [item(f"2611.0000{n}") for n in range(3)])], now=T0)
    with served(warehouse.home) as site:
        build_site(site.settings)
        yield site


@pytest.fixture
def site(started: Served) -> Served:
    """The same on another day, when nobody has subscribed yet."""
    started.clock.now = START + timedelta(days=(started.clock.now - START).days + 1)
    with started.store() as store:
        for person in store.all():
            store.remove(person, now=started.clock())
    started.answer()
    started.mails.received.clear()
    return started


def window(
    browser: Browser,
    faults: list[str],
    width: int = 1024,
    scheme: Literal["light", "dark"] = "light",
) -> Page:
    """A browser window; what goes wrong in it is added to `faults`."""
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.on(
        "console",
        lambda said: faults.append(said.text) if said.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    return page


def test_somebody_subscribes_confirms_changes_and_stops_with_one_click(
    browser: Browser, site: Served
) -> None:
    faults: list[str] = []
    page = window(browser, faults)
    page.goto(site.url)
    page.click("text=Papers by mail")
    page.fill("#address", "Reader@Example.org")
    page.click("text=Choose what is in it, and when")
    page.check("#weekly")
    page.click("summary:has-text('Agents')")
    page.check("label:text-is('memory')")
    page.fill("#words", "world model\nkettle")
    page.fill("#time_zone", "Europe/Vienna")
    page.click("button:text-is('Subscribe')")
    assert page.inner_text("h1") == "Look at your mail"

    (mail,) = site.answer()
    page.goto(link_in(mail))
    assert WHO in page.inner_text("main").lower()
    assert "memory" in page.inner_text("main")
    assert site.state(WHO) == "pending", "looking at the page does not confirm"
    page.click("button:text-is('Confirm the subscription')")
    assert page.inner_text("h1") == "You have subscribed"
    person = site.person(WHO)
    assert person
    wishes = Wishes(
        frequency="weekly", topics=("memory",), words=("world model", "kettle"),
        time_zone="Europe/Vienna",
    )  # fmt: skip
    assert (person.state, person.wishes) == ("active", wishes)

    page.goto(site.links.manage(person))
    assert page.is_checked("#weekly")
    assert page.input_value("#words") == "world model\nkettle"
    page.fill("#max_papers", "5")
    page.click("button:text-is('Save')")
    assert "Your changes are saved" in page.inner_text("main")
    page.click("button:text-is('Pause')")
    assert site.state(WHO) == "paused"
    page.click("button:text-is('Resume')")
    person = site.person(WHO)
    assert person
    assert (person.state, person.wishes.max_papers) == ("active", 5)

    page.goto(site.links.stop(person))
    page.click("button:text-is('Stop the mails')")
    assert page.inner_text("h1") == "You have stopped it"
    assert site.state(WHO) == "stopped"
    page.close()
    assert faults == []


def test_a_program_stops_the_mails_for_somebody_with_one_post(site: Served) -> None:
    person = site.become(WHO, "active")
    assert person
    one_click = requests.post(
        site.links.stop(person), data="List-Unsubscribe=One-Click", timeout=30,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert (one_click.status_code, site.state(WHO)) == (200, "stopped")


def test_somebody_is_removed(browser: Browser, site: Served) -> None:
    person = site.become(WHO, "active")
    assert person
    page = window(browser, [])
    page.goto(site.links.manage(person))
    page.click("text=Remove all that is stored of me")
    page.click("button:text-is('Remove me')")
    assert page.inner_text("h1") == "You are removed"
    assert site.person(WHO) is None
    page.close()


def test_a_hostile_wish_is_shown_as_text(browser: Browser, site: Served) -> None:
    faults: list[str] = []
    page = window(browser, faults)
    page.goto(f"{site.url}subscribe.html")
    page.fill("#address", WHO)
    page.click("text=Choose what is in it, and when")
    page.fill(
        "#words", "</textarea><script>document.title='run'</script><img src=x onerror=alert(1)>"
    )
    page.click("button:text-is('Subscribe')")
    (mail,) = site.answer()
    page.goto(link_in(mail))
    assert "onerror" in page.inner_text("dl")
    page.click("button:text-is('Confirm the subscription')")
    person = site.person(WHO)
    assert person
    page.goto(site.links.manage(person))
    assert "onerror" in page.input_value("#words")
    assert page.locator("main img, main script").count() == 0
    assert "run" not in page.title().split()
    page.close()
    assert faults == []


def test_a_page_of_another_site_posts_in_vain(browser: Browser, site: Served) -> None:
    page = window(browser, [])
    token = site.get(f"{site.url}subscribe.html").text.split('name="page" value="')[1].split('"')[0]
    evil = (
        f"<form method=post action='{site.url}subscribe.html'><input name=address value='{WHO}'>"
        f"<input name=page value='{token}'><button>go</button></form>"
    )
    page.route(
        "http://evil.example/",
        lambda route: route.fulfill(body=evil, content_type="text/html"),
    )
    page.goto("http://evil.example/")
    with page.expect_navigation():
        page.click("button")
    assert page.inner_text("h1") == "This was not taken"
    assert site.answer() == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_pages_of_the_form_fit_and_serve_everybody(
    browser: Browser, site: Served, width: int, scheme: Literal["light", "dark"]
) -> None:
    faults: list[str] = []
    page = window(browser, faults, width, scheme)
    person, new = site.become(f"a.very.long.name@{'x' * 60}.example.org", "active"), None
    new = site.become("new@example.org", "pending")
    assert person
    assert new
    links = site.links
    findings = []
    for url in (
        f"{site.url}subscribe.html",
        links.manage(person),
        f"{links.manage(person)}&done=saved",
        links.confirm(new),
        links.stop(person),
    ):
        page.goto(url)
        page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            findings.append(f"{url} is too wide")
        found = Axe().run(page, options={"preload": False}).response["violations"]
        findings += [f"{url}: {one['id']}: {one['nodes'][0]['html']}" for one in found]
    assert findings == []
    page.close()
    assert faults == []


def test_the_keyboard_alone_subscribes(browser: Browser, site: Served) -> None:
    page = window(browser, [])
    page.goto(f"{site.url}subscribe.html")
    shown = f"[...document.querySelectorAll({FOCUSABLE!r})].filter(e => e.checkVisibility())"
    n_expected = page.evaluate(f"{shown}.length")
    reached = []
    for _ in range(n_expected):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(f"{shown}.indexOf(document.activeElement)"))
    assert reached == list(range(n_expected))
    page.focus("#address")
    page.keyboard.type(WHO)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.inner_text("h1") == "Look at your mail"
    page.close()


def test_a_fault_is_told_where_it_is_and_nothing_typed_is_lost(
    browser: Browser, site: Served
) -> None:
    page = window(browser, [])
    page.goto(f"{site.url}subscribe.html")
    page.fill("#address", WHO)
    page.click("text=Choose what is in it, and when")
    page.click("summary:has-text('Agents')")
    page.check("label:text-is('memory')")
    page.fill("#time_zone", "Vienna")
    page.click("button:text-is('Subscribe')")
    assert "no such time zone" in page.inner_text("[role=alert]")
    page.click("[role=alert] a")
    assert page.url.endswith("#time_zone")
    assert (page.input_value("#address"), page.input_value("#time_zone")) == (WHO, "Vienna")
    assert page.is_checked("label:text-is('memory')")
    page.fill("#time_zone", "Europe/Vienna")
    page.click("button:text-is('Subscribe')")
    assert page.inner_text("h1") == "Look at your mail"
    page.close()


def test_a_served_form_answers_by_itself(browser: Browser, site: Served) -> None:
    site.clock.forward(days=-400)  # the thread has the clock of the machine
    page = window(browser, [])
    with answering(site.settings, every_s=0.05):
        page.goto(f"{site.url}subscribe.html")
        page.fill("#address", WHO)
        page.click("button:text-is('Subscribe')")
        for _ in range(100):
            if site.mails.received:
                break
            page.wait_for_timeout(50)
    assert len(site.mails.received) == 1
    site.clock.forward(days=400)
    page.close()


def test_pages_link_to_the_form_only_where_people_can_subscribe(site: Served) -> None:
    link = f"{site.url}subscribe.html"
    first = site.settings.warehouse().site / "index.html"
    assert first.read_text().count(link) == 2
    for without in (
        {"digest": site.settings.digest.model_copy(update={"form": False})},
        {"digest": site.settings.digest.model_copy(update={"smtp": None})},
        {"site": SiteSettings(port=site.settings.site.port)},
    ):
        settings = site.settings.model_copy(update=without)
        assert settings.form_url is None
        build_site(settings)
        assert "subscribe.html" not in first.read_text()
        build_site(site.settings)
        assert link in first.read_text()
