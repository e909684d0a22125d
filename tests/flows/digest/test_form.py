"""The form as a program sees it: what it takes, what it tells, and what attacks it."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

import pytest
import requests

from tests.support.pages import Page
from tests.support.subscribing import START, Served, link_in, served
from warehouse.subscriber import Wishes
from warehouse.subscribers import open_subscribers

STATES = ("unknown", "pending", "active", "paused", "stopped", "bouncing", "removed")
WHO = "reader@example.org"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "home") as started:
        yield started


def test_who_asks_is_mailed_a_link_confirms_changes_and_stops(site: Served) -> None:
    told = site.subscribe("Reader@Example.org", topics=["robotics"], hour="6", words="world model")
    assert told.status_code == 200
    assert "Look at your mail" in told.text
    assert site.state(WHO) is None
    (mail,) = site.answer()
    assert mail["To"] == "Reader@example.org"
    assert site.state(WHO) == "pending"
    site.clock.forward(hours=1)
    assert "You have subscribed" in site.post(link_in(mail)).text
    person = site.person(WHO)
    assert person
    assert (person.state, person.origin) == ("active", "form")
    assert person.consented_at == START + timedelta(hours=1)
    assert person.wishes == Wishes(topics=("robotics",), words=("world model",), hour=6)

    page = site.links.manage(person)
    saved = site.post(page, do="save", frequency="weekly", max_papers="5", topics=["memory"])
    assert "Your changes are saved" in saved.text
    changed = site.person(WHO)
    assert changed
    assert changed.wishes == Wishes(frequency="weekly", max_papers=5, topics=("memory",), hour=6)
    stop = site.links.stop(person)
    one_click = requests.post(stop, data={"List-Unsubscribe": "One-Click"}, timeout=30)
    assert one_click.status_code == 200
    assert site.state(WHO) == "stopped"


def test_a_page_that_a_link_opens_changes_nothing_until_its_button_is_pressed(site: Served) -> None:
    for state in ("pending", "active", "paused", "stopped", "bouncing"):
        person = site.become(f"{state}@example.org", state)
        assert person
        for purpose in ("confirm", "manage", "stop"):
            link = getattr(site.links, purpose)(person)
            assert site.get(link).status_code == 200
            assert requests.head(link, timeout=30).status_code == 200
            assert site.get(f"{link}&do=remove&List-Unsubscribe=One-Click").status_code == 200
        assert site.person(person.address) == person


@pytest.mark.parametrize("state", STATES)
def test_what_each_one_is_mailed_depends_on_the_state_and_only_the_mail_does(
    site: Served, state: str
) -> None:
    before = site.become(WHO, state)
    site.subscribe(WHO, hour="20")
    (mail,) = site.answer()
    is_there = state in ("active", "paused")
    assert urlsplit(link_in(mail)).path == ("/manage.html" if is_there else "/confirm.html")
    person = site.person(WHO)
    assert person
    assert person.state == (before.state if before else "pending")
    site.post(link_in(mail))
    now = site.person(WHO)
    assert now
    assert (now.state, now.wishes.hour) == ((state, 7) if is_there else ("active", 20))


@pytest.mark.parametrize("name", ["confirm", "there already"])
def test_a_mail_that_answers_is_whole_and_says_nothing_that_somebody_typed(
    site: Served, name: str
) -> None:
    site.become(WHO, "active" if name == "there already" else "unknown")
    site.subscribe(WHO, words="BUY CHEAP KETTLES", authors="http://evil.example")
    (mail,) = site.answer()
    assert (mail.is_multipart(), mail.get_content_type()) == (True, "multipart/alternative")
    text = mail.get_body(("plain",)).get_content()
    html = Page(mail.get_body(("html",)).get_content())
    for said in (text, html.words):
        assert "127.0.0.1 asked on 20 November 2026, 09:00 UTC" in " ".join(said.split())
        assert "If it was not you" in said
        assert "KETTLES" not in said
        assert "evil" not in said
    assert link_in(mail) in html.links
    assert not html.tags & {"img", "script", "link", "iframe"}
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@example.org>")
    assert all(len(line) <= 76 or "http" in line for line in text.splitlines())


@pytest.mark.parametrize(
    "address",
    [
        "reader@example.org\r\nBcc: all@example.net",
        "reader@example.org\nBcc: all@example.net",
        "reader@example.org%0d%0aBcc:all@example.net",
        "reader@example.org, all@example.net",
        "Reader <reader@example.org>",
        '"a\r\nBcc: all@example.net"@example.org',
        "",
        "x" * 10_000,
    ],
)
def test_an_address_that_is_more_than_an_address_is_refused(site: Served, address: str) -> None:
    refused = site.subscribe(address)
    assert refused.status_code == 400
    assert "Not sent." in refused.text
    assert site.answer() == []


def test_what_somebody_types_is_shown_as_text_and_never_run(site: Served) -> None:
    hostile = '"><script>alert(1)</script>'
    for fields in (
        {"words": hostile, "hour": "x"},
        {"authors": f"</textarea>{hostile}", "time_zone": hostile},
        {"topics": [hostile]},
        {"address": hostile},
        {"words": "{{ 7 * 7 }}", "max_papers": "{{ 7 * 7 }}"},
    ):
        refused = site.subscribe(**{"address": WHO, **fields})  # type: ignore[arg-type]
        assert refused.status_code == 400
        assert "<script>alert" not in refused.text
        assert Page(refused.text).tags.isdisjoint({"style", "iframe", "img"})
        assert "49" not in Page(refused.text).words
    assert site.subscribe(WHO, words=hostile, authors="<b>").status_code == 200
    (mail,) = site.answer()
    shown = site.get(link_in(mail))
    assert "<script>alert" not in shown.text
    site.post(link_in(mail))
    person = site.person(WHO)
    assert person
    page = site.get(site.links.manage(person))
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


def test_links_that_are_forged_swapped_expired_or_used_do_nothing(site: Served) -> None:
    person = site.become(WHO, "active")
    assert person
    links = site.links
    for purpose in ("confirm", "manage", "stop"):
        for other in ("confirm", "manage", "stop"):
            token = links.token(other, person)
            wrong = token[:-6] + "aaaaaa" if purpose == other else token
            answer = requests.post(f"{site.url}{purpose}.html?t={wrong}", timeout=30)
            assert answer.status_code in (400, 403), (purpose, other)
            assert site.get(f"{site.url}{purpose}.html?t={wrong}").status_code == 403
    old = {purpose: getattr(links, purpose)(person) for purpose in ("manage", "stop")}
    site.clock.forward(days=31)
    assert site.post(old["manage"], do="remove").status_code in (400, 403)
    site.clock.forward(days=370)
    assert requests.post(old["stop"], timeout=30).status_code == 403
    assert site.person(WHO) == person


def test_a_link_to_confirm_that_is_used_again_after_a_stop_brings_nobody_back(site: Served) -> None:
    site.subscribe(WHO)
    (mail,) = site.answer()
    link = link_in(mail)
    page = site.get(link).text
    token = Page(page).elements
    hidden = next(e.attributes["value"] for e in token if e.attributes.get("name") == "page")
    assert site.session.post(link, data={"page": hidden}, timeout=30).status_code == 200
    person = site.person(WHO)
    assert person
    requests.post(site.links.stop(person), timeout=30)
    again = site.session.post(link, data={"page": hidden}, timeout=30)
    assert again.status_code == 403
    assert "used already" in again.text
    assert site.state(WHO) == "stopped"


def test_stopping_works_from_an_old_mail_again_and_again_until_the_person_is_removed(
    site: Served,
) -> None:
    person = site.become(WHO, "active")
    assert person
    stop = site.links.stop(person)
    with site.store() as store:
        paused = store.change(person, state="paused", now=site.clock())
        store.change(paused, state="active", now=site.clock())
    site.clock.forward(days=200)
    for body in ({"List-Unsubscribe": "One-Click"}, {}):
        assert requests.post(stop, data=body, timeout=30).status_code == 200
    multipart = {"List-Unsubscribe": (None, "One-Click")}
    assert requests.post(stop, files=multipart, timeout=30).status_code == 200
    assert site.state(WHO) == "stopped"
    assert "manage.html" not in requests.post(stop, timeout=30).text


def test_a_page_of_a_person_pauses_resumes_and_removes(site: Served) -> None:
    person = site.become(WHO, "active")
    assert person
    paused = site.post(site.links.manage(person), do="pause")
    assert "Nothing is mailed until you resume" in paused.text
    assert site.state(WHO) == "paused"
    assert site.post(site.links.manage(person), do="resume").status_code in (400, 403)
    resumed = site.post(paused.url, do="resume")
    assert site.state(WHO) == "active"
    removed = site.post(resumed.url, do="remove")
    assert "You are removed" in removed.text
    assert site.person(WHO) is None
    home = site.settings.home
    assert WHO.encode() not in b"".join(file.read_bytes() for file in home.iterdir())


CROSS_SITE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://other.127.0.0.1"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://127.0.0.1.evil.example"},
    {"Origin": "null"},
]


@pytest.mark.parametrize("headers", CROSS_SITE, ids=str)
def test_another_site_cannot_make_a_browser_subscribe_anybody(
    site: Served, headers: dict[str, str]
) -> None:
    refused = site.post(f"{site.url}subscribe.html", headers, address=WHO)
    assert refused.status_code == 403
    assert site.answer() == []


def test_a_form_that_was_not_shown_lately_is_not_taken(site: Served) -> None:
    address = f"{site.url}subscribe.html"
    shown = next(
        e.attributes["value"]
        for e in Page(site.get(address).text).elements
        if e.attributes.get("name") == "page"
    )
    for token in ("", "x", shown[:-3] + "abc"):
        fields = {"address": WHO, "page": token}
        assert requests.post(address, data=fields, timeout=30).status_code == 400
    site.clock.forward(hours=3)
    late = requests.post(address, data={"address": WHO, "page": shown}, timeout=30)
    assert late.status_code == 400
    assert WHO in late.text, "what was typed is kept"
    assert site.answer() == []


def test_a_body_is_small_and_a_form(site: Served) -> None:
    address = f"{site.url}subscribe.html"
    large = requests.post(address, data={"address": "x" * 50_000}, timeout=30)
    assert large.status_code == 413
    form = "application/x-www-form-urlencoded"
    many = requests.post(
        address,
        data="&".join("a=1" for _ in range(400)),
        headers={"Content-Type": form},
        timeout=30,
    )
    assert many.status_code == 400
    assert requests.post(address, json={"address": WHO}, timeout=30).status_code == 415
    person = site.become(WHO, "active")
    assert person
    assert requests.post(site.links.stop(person), data="x" * 50_000, timeout=30).status_code == 413


@pytest.mark.slow
def test_a_client_that_floods_is_refused_and_others_are_not(tmp_path: Path) -> None:
    with served(tmp_path / "home", trusted_proxies=("127.0.0.1",)) as site:

        def ask(n: int, client: str) -> int:
            headers = {"X-Forwarded-For": client}
            url = f"{site.url}subscribe.html"
            return site.post(url, headers, address=f"r{n}@example.org").status_code

        assert [ask(n, "192.0.2.7") for n in range(12)] == [200] * 10 + [429] * 2
        assert ask(20, "192.0.2.8") == 200
        assert ask(21, "198.51.100.1, 192.0.2.7") == 429, "the proxy's own word counts"
        assert [ask(30 + n, f"2001:db8::{n}") for n in range(11)] == [200] * 10 + [429]
        site.clock.forward(hours=1)
        assert ask(50, "192.0.2.7") == 200


def test_who_is_no_trusted_proxy_cannot_name_another_client(site: Served) -> None:
    headers = {"X-Forwarded-For": "192.0.2.7"}
    site.post(f"{site.url}subscribe.html", headers, address=WHO)
    (mail,) = site.answer()
    assert "192.0.2.7" not in mail.as_string()


def test_a_proxy_that_passes_on_what_it_is_told_puts_no_words_into_a_mail(tmp_path: Path) -> None:
    with served(tmp_path / "home", trusted_proxies=("127.0.0.1",)) as site:
        headers = {"X-Forwarded-For": "fe80::1%Win a prize"}
        site.post(f"{site.url}subscribe.html", headers, address=WHO)
        (mail,) = site.answer()
    assert "127.0.0.1" in mail.as_string()
    assert "prize" not in mail.as_string()


def test_one_address_is_not_flooded_whoever_asks_and_nobody_is_told(site: Served) -> None:
    told = {site.subscribe(address).text for address in [WHO] * 4 + [WHO.upper()] * 3}
    assert len(told) == 1
    assert len(site.answer()) == 3
    site.clock.forward(hours=1)
    site.subscribe(WHO)
    assert len(site.answer()) == 1


def test_the_form_looks_nobody_up(site: Served) -> None:
    site.become(WHO, "active")
    with site.store() as store:
        store.connection.execute("UPDATE subscribers SET wishes = 'whoever reads this fails'")
        with pytest.raises(ValueError, match="Expecting value"):
            store.find(address=WHO)
    assert site.subscribe(WHO).text == site.subscribe("other@example.org").text


@pytest.mark.slow
def test_neither_words_nor_time_tell_who_has_subscribed(tmp_path: Path) -> None:
    n_each = 30
    with served(tmp_path / "home", trusted_proxies=("127.0.0.1",)) as site:
        for state in STATES:
            for n in range(n_each):
                if state != "removed" or n == 0:
                    site.become(f"{state}{n}@example.org", state)
        texts, statuses = set(), set()
        seconds: dict[str, list[float]] = {state: [] for state in STATES}
        token = next(
            e.attributes["value"]
            for e in Page(site.get(f"{site.url}subscribe.html").text).elements
            if e.attributes.get("name") == "page"
        )
        for n in range(n_each):
            for place, state in enumerate(STATES):
                # each from a client of its own, so that no limit answers
                headers = {"X-Forwarded-For": f"10.{place}.{n}.1"}
                address = f"{state}{0 if state == 'removed' else n}@example.org"
                began = perf_counter()
                answer = site.session.post(
                    f"{site.url}subscribe.html",
                    data={"address": address, "page": token},
                    headers=headers,
                    timeout=30,
                )
                seconds[state].append(perf_counter() - began)
                texts.add(answer.text)
                statuses.add((answer.status_code, *sorted(answer.headers)))
    assert len(texts) == len(statuses) == 1
    # of the fastest half: what other processes of the machine take says nothing of the form
    quick = {state: median(sorted(times)[: n_each // 2]) for state, times in seconds.items()}
    assert max(quick.values()) < 1.3 * min(quick.values()), quick


def test_answers_are_kept_by_no_cache_and_protected_like_other_pages(site: Served) -> None:
    person = site.become(WHO, "active")
    assert person
    for url in (f"{site.url}subscribe.html", site.links.manage(person), site.links.stop(person)):
        headers = site.get(url).headers
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["referrer-policy"] == (
            "same-origin" if "subscribe" in url else "no-referrer"
        )
        assert "," not in headers["cache-control"] + headers["referrer-policy"]


def test_the_form_works_below_a_path_of_a_reverse_proxy(site: Served) -> None:
    person = site.become(WHO, "active")
    assert person
    for name in ("subscribe.html", f"manage.html?t={site.links.token('manage', person)}"):
        for link in Page(site.get(site.url + name).text).links:
            if "form" in name or link.startswith("http"):
                continue
            assert not link.startswith("/"), link
    moved = site.session.post(
        site.links.manage(person),
        data={"page": _page_token(site, site.links.manage(person)), "do": "pause"},
        allow_redirects=False,
        timeout=30,
    )
    assert moved.status_code == 303
    assert moved.headers["location"].startswith("manage.html?t=")


def test_other_ways_to_ask_are_refused(site: Served) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        answer = requests.request(method, f"{site.url}subscribe.html", timeout=30)
        assert answer.status_code == 405


def test_a_request_that_is_cut_off_leaves_nothing(site: Served) -> None:
    parts = urlsplit(site.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as raw:
        raw.sendall(
            b"POST /subscribe.html HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\naddress=r"
        )
    assert site.get(f"{site.url}subscribe.html").status_code == 200
    with open_subscribers(site.settings.warehouse().subscribers) as store:
        assert store.connection.execute("SELECT count(*) FROM requests").fetchone()[0] == 0


def _page_token(site: Served, url: str) -> str:
    return next(
        e.attributes["value"]
        for e in Page(site.get(url).text).elements
        if e.attributes.get("name") == "page"
    )
