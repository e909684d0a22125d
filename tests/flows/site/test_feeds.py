"""Feeds are valid, two readers read the same, ids stay, and who does not change does not move."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import fastfeedparser
import feedparser
import pytest

from flows.settings.sections import SiteSettings
from flows.site.build import build_site
from tests.support.issues import T0, day, item
from tests.support.pages import HIDDEN, HOSTILE, Built, kettle

pytestmark = pytest.mark.slow

ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def feeds(built: Built, ending: str) -> dict[str, str]:
    """The text of every feed in a format, by its name without the ending."""
    return {
        name.removeprefix("feeds/").removesuffix(ending): text
        for name, text in built.texts().items()
        if name.startswith("feeds/") and name.endswith(ending)
    }


def entries(built: Built) -> dict[str, tuple[str, str]]:
    """Title and date of each entry of the newest papers, by id."""
    found = json.loads(feeds(built, ".json")["newest"])["items"]
    return {one["id"]: (one["title"], one["date_modified"]) for one in found}


def test_there_is_a_feed_of_what_is_new_of_the_top_and_of_each_topic_author_and_filter(
    built: Built,
) -> None:
    lists = {
        name.removesuffix(".html")
        for name in built.files()
        if name.startswith(("topics/", "authors/", "filters/"))
    }
    expected = {"newest", "top-of-the-week", "filters/nobody"} | lists
    assert feeds(built, ".atom").keys() == feeds(built, ".json").keys() == expected


def test_every_atom_feed_has_what_the_standard_asks_for(built: Built) -> None:
    for name, text in feeds(built, ".atom").items():
        feed = ET.fromstring(text)  # noqa: S314 - our own
        assert {"id", "title", "updated", "author"} <= {e.tag.removeprefix(ATOM) for e in feed}
        found = feed.findall(f"{ATOM}entry")
        ids = [entry.findtext(f"{ATOM}id") for entry in found]
        assert len(set(ids)) == len(ids), name
        assert all(one and one.startswith("urn:uuid:") for one in ids), name
        moments = [
            e.text or "" for e in feed.iter() if e.tag in (f"{ATOM}updated", f"{ATOM}published")
        ]
        assert [one for one in moments if not MOMENT.fullmatch(one)] == []
        for entry in found:
            assert entry.findtext(f"{ATOM}title"), name
            assert entry.find(f"{ATOM}content") is not None, name


def test_every_json_feed_has_what_the_standard_asks_for(built: Built) -> None:
    for name, text in feeds(built, ".json").items():
        feed: dict[str, Any] = json.loads(text)
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["title"]
        for one in feed["items"]:
            assert one.keys() >= {"id", "title", "content_text", "date_published"}, name
            assert None not in one.values(), name


def test_two_readers_find_the_same_papers_in_both_formats(built: Built) -> None:
    titles = {title for title, _ in entries(built).values()}
    text = feeds(built, ".atom")["newest"]
    first, second = feedparser.parse(text), fastfeedparser.parse(text)
    assert not first.bozo
    assert {entry.id for entry in first.entries} == entries(built).keys()
    assert {entry["id"] for entry in second["entries"]} == entries(built).keys()
    assert (
        len(titles)
        == len(first.entries)
        == built.warehouse.value("SELECT count(*) FROM mart.papers WHERE listed_on IS NOT NULL")
    )


def test_a_feed_shows_hostile_titles_as_text_and_no_hidden_author(built: Built) -> None:
    titles = {title for title, _ in entries(built).values()}
    assert {title.replace("\u202e", " ") for title in HOSTILE[1:]} <= titles
    for ending in (".atom", ".json"):
        assert [name for name, text in feeds(built, ending).items() if HIDDEN in text] == []


def test_a_filter_has_the_papers_that_pass_it_and_an_empty_one_is_a_feed_too(built: Built) -> None:
    found = json.loads(feeds(built, ".json")["filters/kettles"])["items"]
    expected = built.warehouse.value(
        "SELECT count(*) FROM mart.papers WHERE title LIKE 'Kettle%' AND upvotes >= 5"
    )
    assert len(found) == expected > 5
    assert json.loads(feeds(built, ".json")["filters/nobody"])["items"] == []


def test_over_ten_nights_ids_stay_and_only_a_paper_that_says_something_new_moves(
    built: Built, tmp_path: Path
) -> None:
    mine = Built(built.warehouse.copy_to(tmp_path / "home"))
    before = entries(mine)
    bodies = []
    for night in range(1, 11):
        looked = [kettle(n, votes=50 + night + n) for n in (0, 1, 2, 4, 5)]
        if night >= 6:
            looked[2] = item("2611.00102", "Kettle-2: Renamed", upvotes=99 + night)
        bodies.append(day("2026-11-19", looked, minutes=night * 24 * 60))
    bodies.append(day("2026-11-30", [item("2611.00800")], minutes=11 * 24 * 60))
    mine.warehouse.load(bodies, now=T0 + timedelta(days=11, hours=1))
    build_site(mine.settings)
    after = entries(mine)
    assert before.keys() <= after.keys()
    moved = {title for one, (title, at) in after.items() if one in before and before[one][1] != at}
    assert moved == {"Kettle-2: Renamed"}


def test_links_lead_to_the_pages_where_it_is_known_where_they_are(
    built: Built, tmp_path: Path
) -> None:
    links = {one["url"] for one in json.loads(feeds(built, ".json")["newest"])["items"]}
    assert "https://huggingface.co/papers/2611.00107" in links
    site = SiteSettings(url="https://papers.example.org/daily")
    mine = Built(built.warehouse.copy_to(tmp_path / "home"), site)
    build_site(mine.settings)
    links = {one["url"] for one in json.loads(feeds(mine, ".json")["newest"])["items"]}
    assert "https://papers.example.org/daily/papers/2611.00107.html" in links
    assert 'rel="self"' in feeds(mine, ".atom")["newest"]
