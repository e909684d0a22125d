"""mart.papers, mart.paper_topics and mart.paper_authors: one row each, complete, without a join."""

import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any

import duckdb
import pytest

from schemas.core import ISSUES, LISTINGS, PAPER_AUTHORS, PAPER_VERSIONS
from schemas.derived import PAPER_FACTS, PAPER_LINKS, PAPER_SYSTEMS, PAPER_TOPICS
from tests.support.facts import Facts, at
from tests.support.rows import rows_of
from tests.support.warehouse import FAR_AWAY, Warehouse
from warehouse.publication.marts import views
from warehouse.publication.publish import MEMORY_LIMITS
from warehouse.publication.refresh import fill, materialize

pytestmark = pytest.mark.slow

FRIDAY = "huggingface:daily:2026-11-20"
MONDAY = "huggingface:daily:2026-11-23"
SEARCH = "pagedump:search:0123456789ab"
FEED = "arxiv:cs.CL:2026-11-19"
Row = dict[str, Any]
Paper = Callable[[str], Row]


@pytest.fixture
def facts() -> Facts:
    return Facts()


@pytest.fixture
def paper(facts: Facts, warehouse: Warehouse) -> Paper:
    """Gives the only row of a paper in mart.papers; the first call publishes the facts."""

    def row(paper_id: str) -> Row:
        if not warehouse.file.exists():
            warehouse.fill(facts.tables())
        (found,) = warehouse.rows(f"FROM mart.papers WHERE paper_id = '{paper_id}'")
        return found

    return row


def listed(facts: Facts, paper: str, issue: str, day: str, **rest: Any) -> None:
    """An issue captured on a day, with that paper in it."""
    facts.issue(issue, f"{day} 03:00")
    facts.listing(issue, paper, f"{day} 03:00", f"{day} 03:00", **rest)


def test_a_paper_of_several_lists_has_one_row_with_all_that_is_known(
    facts: Facts, paper: Paper
) -> None:
    listed(facts, "2611.00001", FRIDAY, "2026-11-21", organization="Old Lab", thumbnail_url="old")
    listed(facts, "2611.00001", MONDAY, "2026-11-24", organization="New Lab")
    listed(facts, "2611.00001", FEED, "2026-11-25", listing_type="new")
    facts.paper(
        "2611.00001", title="Tides", abstract="Of tides.", ai_summary="Tides.", project_page="home"
    )
    facts.seen("2611.00001", "2026-11-21 03:00", upvotes=3, comments=1)
    facts.seen("2611.00001", "2026-11-24 03:00", upvotes=9, github_stars=7)
    for method, sure in (("phrase", 0.5), ("keyword", 0.92)):
        facts.add(
            PAPER_TOPICS, paper_id="2611.00001", topic="tides", method=method, confidence=sure
        )
    facts.add(PAPER_TOPICS, paper_id="2611.00001", topic="moons", method="phrase", confidence=0.95)
    facts.add(PAPER_TOPICS, paper_id="2611.00001", topic="ships", method="phrase", confidence=0.5)
    for name, sure in (("TideBench", 0.8), ("TideNet", 0.97)):
        facts.add(PAPER_SYSTEMS, paper_id="2611.00001", name=name, confidence=sure)
    facts.add(
        PAPER_FACTS, paper_id="2611.00001", code="linked", code_url="https://github.com/example/t"
    )
    found = paper("2611.00001")
    expected = {
        "hf_url": "https://huggingface.co/papers/2611.00001",
        "arxiv_url": "https://arxiv.org/abs/2611.00001",
        "pdf_url": "https://arxiv.org/pdf/2611.00001",
        "title": "Tides",
        "abstract": "Of tides.",
        "summary": "Tides.",
        "organization": "New Lab",
        "listed_on": date(2026, 11, 19),
        "newest_listed_on": date(2026, 11, 23),
        "sources": "arxiv, huggingface",
        "upvotes": 9,
        "comments": 1,
        "github_stars": 7,
        "seen_at": at("2026-11-24 03:00"),
        "code_url": "https://github.com/example/t",
        "code_state": "linked",
        "project_url": "home",
        "topics": "moons, tides",
        "systems": "TideNet, TideBench",
        "thumbnail_url": "old",
        "is_withdrawn": False,
        "n_revisions": 0,
        "month_on": date(2026, 11, 1),
    }
    assert {name: found[name] for name in expected} == expected


def test_what_is_not_known_is_null_and_no_zero(facts: Facts, paper: Paper) -> None:
    listed(facts, "title:0123456789abcdef", SEARCH, "2026-10-31")
    facts.paper("title:0123456789abcdef", title="Tides")
    known = {name for name, value in paper("title:0123456789abcdef").items() if value is not None}
    assert known == {
        *("paper_id", "title", "sources", "seen_at", "is_withdrawn", "n_revisions", "month_on")
    }


@pytest.mark.parametrize("kind", ["replace", "replace-cross"])
def test_an_announced_replacement_gives_a_row_but_no_date(
    facts: Facts, paper: Paper, kind: str
) -> None:
    listed(facts, "2611.00001", FEED, "2026-11-20", listing_type=kind)
    facts.paper("2611.00001")
    assert paper("2611.00001")["listed_on"] is None
    assert paper("2611.00001")["month_on"] == date(2026, 11, 1)


def test_authors_are_one_text_in_their_order_without_hidden_ones(
    facts: Facts, paper: Paper, warehouse: Warehouse
) -> None:
    listed(facts, "a", FRIDAY, "2026-11-21")
    facts.paper("a")
    for position in range(12, 0, -1):
        facts.add(
            PAPER_AUTHORS,
            paper_id="a",
            position=position,
            name=f"Name {position}",
            name_key=f"name {position % 11}",
            is_hidden=position == 2,
        )
    # another source names whom the first keeps hidden, and is the current one
    listed(facts, "b", MONDAY, "2026-11-24")
    facts.paper("b")
    facts.add(
        PAPER_AUTHORS, paper_id="b", name="Shy", name_key="shy", is_hidden=True, is_current=False
    )
    for position, name in enumerate(("Shy", "Bold"), start=1):
        facts.add(PAPER_AUTHORS, paper_id="b", position=position, name=name, name_key=name.lower())
    shown = [1, *range(3, 13)]
    assert paper("a")["authors"] == ", ".join(f"Name {position}" for position in shown)
    assert paper("a")["first_author"] == "Name 1"
    assert paper("a")["n_authors"] == len(shown)
    assert paper("b")["authors"] == "Bold"
    assert paper("b")["first_author"] is None
    rows = warehouse.rows("FROM mart.paper_authors ORDER BY paper_id, position")
    assert [(row["paper_id"], row["position"]) for row in rows] == [
        *(("a", position) for position in shown if position != 12),
        ("b", 2),
    ], "the twelfth has the name of the first"
    assert [row["is_first"] for row in rows] == [True, *[False] * 10]
    assert rows[0]["hf_url"] == "https://huggingface.co/papers/a"
    activity = warehouse.rows("FROM mart.author_activity WHERE name_key = 'shy'")
    assert activity == []


def test_a_project_page_in_the_abstract_counts_where_the_digest_gives_none(
    facts: Facts, paper: Paper
) -> None:
    listed(facts, "a", FRIDAY, "2026-11-21")
    facts.paper("a")
    for url, kind, sure in (
        ("https://example.org/unsure", "project", 0.6),
        ("https://example.org/sure", "project", 0.9),
        ("https://example.org/video", "video", 0.99),
    ):
        facts.add(PAPER_LINKS, paper_id="a", url=url, url_key=url, kind=kind, confidence=sure)
    assert paper("a")["project_url"] == "https://example.org/sure"


def test_revisions_are_those_of_their_own_mart(
    facts: Facts, paper: Paper, warehouse: Warehouse
) -> None:
    listed(facts, "a", FRIDAY, "2026-11-21")
    times = [at("2026-11-21 03:00"), at("2026-11-22 03:00"), at("2026-11-23 03:00"), None]
    for title, (since, until) in enumerate(pairwise(times)):
        facts.paper("a", title=f"Title {title}", valid_from=since, valid_to=until)
    assert paper("a")["n_revisions"] == 2
    assert warehouse.value("SELECT count(*) FROM mart.revisions") == 2


def test_the_counts_of_the_list_seen_last_are_the_latest(facts: Facts, paper: Paper) -> None:
    """A saved page may be older than the API's answer although its count was noted later."""
    listed(facts, "a", FRIDAY, "2026-11-21")
    facts.looked(FRIDAY, "2026-11-25 03:00")
    facts.told["core.listings"][-1]["last_seen_at"] = at("2026-11-21 03:00")
    facts.paper("a")
    facts.seen("a", "2026-11-21 03:00", upvotes=9)
    assert paper("a")["upvotes"] == 9
    assert paper("a")["seen_at"] == at("2026-11-25 03:00")


def test_the_papers_of_a_topic_are_those_above_the_confidence(
    facts: Facts, warehouse: Warehouse
) -> None:
    listed(facts, "a", FRIDAY, "2026-11-21")
    facts.paper("a")
    facts.add(PAPER_FACTS, paper_id="a", code="none")
    for method, sure in (("phrase", 0.85), ("keyword", 0.92)):
        facts.add(PAPER_TOPICS, paper_id="a", topic="t", area="x", method=method, confidence=sure)
    facts.add(PAPER_TOPICS, paper_id="a", topic="weak", method="phrase", confidence=0.89)
    warehouse.fill(facts.tables())
    about = "SELECT paper_id, topic, area, confidence, hf_url FROM mart.paper_topics"
    assert warehouse.tuples(about) == [("a", "t", "x", 0.92, "https://huggingface.co/papers/a")]
    activity = "SELECT topic, n_papers, n_read FROM mart.topic_activity"
    assert warehouse.tuples(activity) == [("t", 1, 1)]


def test_one_confidence_decides_in_every_mart_what_a_paper_is_about() -> None:
    asked = {
        view.name: re.findall(r"confidence\)? >= ([0-9.]+)", view.query)
        for view in views()
        if "derived.paper_topics" in re.sub("--.*", "", view.query)
    }
    assert asked == {name: ["0.9"] for name in ("papers", "paper_topics", "topic_activity")}
    assert all("confidence of 0.9 or more" in view.query for view in views() if view.name in asked)


def test_whoever_asks_from_afar_reads_the_same_days(facts: Facts, warehouse: Warehouse) -> None:
    """A list without a date belongs to the month of its first capture, in UTC."""
    listed(facts, "a", SEARCH, "2026-10-31")
    facts.told["core.issues"][-1]["first_seen_at"] = at("2026-10-31 23:59")
    facts.paper("a")
    warehouse.fill(facts.tables())
    rows = warehouse.tuples("SELECT month_on FROM mart.papers", time_zone=FAR_AWAY)
    assert rows == [(date(2026, 10, 1),)]


def test_many_long_papers_fit_into_the_memory_of_a_small_lake(warehouse: Warehouse) -> None:
    """A large month of arXiv: the rows of a transaction, and lists of authors, stay in memory."""
    issue, month = "huggingface:daily:2026-11-20", "2026-11"
    plain = {
        ISSUES: rows_of(ISSUES, 1, issue_id=[issue], issue_month=[month]),
        LISTINGS: rows_of(LISTINGS, 1, issue_id=[issue], issue_month=[month]),
        PAPER_VERSIONS: rows_of(PAPER_VERSIONS, 1, abstract=["words of an abstract " * 70]),
        PAPER_AUTHORS: rows_of(PAPER_AUTHORS, 15, position=list(range(1, 16))),
    }
    warehouse.paths.create()
    limits: dict[str, Any] = {"memory_limit": f"{MEMORY_LIMITS[0]}MiB", "threads": 1}
    with duckdb.connect(str(warehouse.file), config=limits) as connection:
        fill(connection, {})
        for table, rows in plain.items():
            connection.register("one", rows)
            every = "SELECT * FROM one"
            if table is not ISSUES:
                every = (
                    "SELECT one.* REPLACE (printf('%05d', number) AS paper_id) "
                    "FROM one, range(50_000) AS papers (number)"
                )
            connection.execute(f"INSERT INTO {table.full_name} BY NAME {every}")
        materialize(connection)
    assert warehouse.value("SELECT count(*) FROM mart.papers") == 50_000
