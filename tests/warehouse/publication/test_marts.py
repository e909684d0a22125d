"""What the marts make of a few rows: equal age, shares, and what is left out."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from schemas.core import PAPER_AUTHORS
from schemas.derived import PAPER_CLAIMS, PAPER_FACTS, PAPER_SYSTEMS, PAPER_TOPICS
from tests.support.facts import Facts, at
from tests.support.warehouse import FAR_AWAY, Warehouse
from warehouse.publication.marts import views

pytestmark = pytest.mark.slow

FRIDAY = "huggingface:daily:2026-11-20"
MONDAY = "huggingface:daily:2026-11-23"
SEARCH = "pagedump:search:0123456789ab"
Ask = Callable[[str], list[tuple[Any, ...]]]
TOP = (
    "SELECT paper_id, age_days, upvotes, counted_at FROM mart.top_papers "
    "WHERE basis = 'equal age' ORDER BY ALL"
)


@pytest.fixture
def facts() -> Facts:
    return Facts()


@pytest.fixture
def ask(facts: Facts, warehouse: Warehouse) -> Ask:
    """Gives rows of a query. The first one publishes the facts: later ones are not there.

    Whoever fills the file and whoever asks live on the other side of the date line.
    """

    def rows(query: str) -> list[tuple[Any, ...]]:
        if not warehouse.file.exists():
            warehouse.fill(facts.tables())
        return warehouse.tuples(query, time_zone=FAR_AWAY)

    return rows


def listed(facts: Facts, paper: str, issue: str, first: str, last: str, **rest: Any) -> None:
    """A paper in an issue, with its current version."""
    facts.listing(issue, paper, first, last, **rest)
    facts.paper(paper)


def test_votes_count_as_of_the_first_look_once_a_paper_was_so_old(facts: Facts, ask: Ask) -> None:
    facts.issue(FRIDAY, "2026-11-21 03:00", "2026-11-22 03:00", "2026-11-23 03:00")
    listed(facts, "a", FRIDAY, "2026-11-21 03:00", "2026-11-23 03:00")
    facts.seen("a", "2026-11-21 03:00", upvotes=3)
    facts.seen("a", "2026-11-22 03:00", upvotes=5)
    facts.seen("a", "2026-11-23 03:00", upvotes=9)
    assert ask(TOP) == [("a", 2, 5, at("2026-11-22 03:00"))]


def test_a_count_that_did_not_change_is_still_a_count(facts: Facts, ask: Ask) -> None:
    """Observations are rows only where something differs; captures and looks tell the rest."""
    facts.issue(FRIDAY, "2026-11-21 03:00", "2026-11-22 03:00")
    facts.looked(FRIDAY, "2026-11-27 03:00")
    listed(facts, "a", FRIDAY, "2026-11-21 03:00", "2026-11-22 03:00")
    facts.seen("a", "2026-11-21 03:00", upvotes=3)
    assert [row[:3] for row in ask(TOP)] == [("a", 2, 3), ("a", 7, 3)]


def test_a_young_paper_and_one_not_looked_at_in_time_are_not_compared(
    facts: Facts, ask: Ask
) -> None:
    facts.issue(FRIDAY, "2026-11-21 03:00", "2026-12-20 03:00")
    listed(facts, "late look", FRIDAY, "2026-11-21 03:00", "2026-12-20 03:00")
    facts.seen("late look", "2026-11-21 03:00", upvotes=3)
    facts.issue(MONDAY, "2026-11-24 03:00")
    listed(facts, "young", MONDAY, "2026-11-24 03:00", "2026-11-24 03:00")
    facts.seen("young", "2026-11-24 03:00", upvotes=3)
    assert ask(TOP) == []


def test_a_paper_that_is_gone_is_not_counted_at_later_looks(facts: Facts, ask: Ask) -> None:
    facts.issue(FRIDAY, "2026-11-21 03:00", "2026-11-22 03:00")
    facts.looked(FRIDAY, "2026-11-27 03:00")
    listed(
        facts,
        "gone",
        FRIDAY,
        "2026-11-21 03:00",
        "2026-11-21 03:00",
        removed_at=at("2026-11-22 03:00"),
    )
    facts.seen("gone", "2026-11-21 03:00", upvotes=3)
    assert ask(TOP) == []


def test_papers_without_votes_are_left_out_and_not_counted_as_zero(facts: Facts, ask: Ask) -> None:
    facts.issue(FRIDAY, "2026-11-22 03:00")
    for paper in ("voted", "not voted", "never seen"):
        listed(facts, paper, FRIDAY, "2026-11-22 03:00", "2026-11-22 03:00")
    facts.seen("voted", "2026-11-22 03:00", upvotes=0)
    facts.seen("not voted", "2026-11-22 03:00", comments=4)
    for mart in ("top_papers", "rising_papers", "upvote_curves"):
        assert ask(f"SELECT DISTINCT paper_id, upvotes FROM mart.{mart}") == [("voted", 0)], mart


def test_a_list_without_a_date_gives_papers_no_date(facts: Facts, ask: Ask) -> None:
    facts.issue(SEARCH, "2026-11-20 03:00")
    facts.issue(FRIDAY, "2026-11-21 03:00")
    listed(facts, "a", SEARCH, "2026-11-20 03:00", "2026-11-20 03:00")
    listed(facts, "b", SEARCH, "2026-11-20 03:00", "2026-11-20 03:00")
    facts.listing(FRIDAY, "b", "2026-11-21 03:00", "2026-11-21 03:00")
    facts.seen("a", "2026-11-20 03:00", upvotes=7)
    facts.seen("b", "2026-11-20 03:00", upvotes=7)
    assert ask("SELECT source, paper_id, listed_on FROM mart.listed_papers") == [
        ("huggingface", "b", date(2026, 11, 20))
    ]
    assert ask("SELECT source, n_listed FROM mart.daily_activity") == [("huggingface", 1)]
    overlap = "SELECT source, n_papers, n_shared, share, n_dated FROM mart.issue_overlap ORDER BY 1"
    assert ask(overlap) == [("huggingface", 1, 1, 1.0, 0), ("pagedump", 2, 1, 0.5, 0)]


def test_a_paper_listed_twice_is_as_old_as_its_first_issue(facts: Facts, ask: Ask) -> None:
    facts.issue(FRIDAY, "2026-11-21 03:00")
    facts.issue(MONDAY, "2026-11-24 03:00")
    listed(facts, "a", MONDAY, "2026-11-24 03:00", "2026-11-24 03:00")
    facts.listing(FRIDAY, "a", "2026-11-21 03:00", "2026-11-21 03:00")
    assert ask("SELECT listed_on, issue_id, n_issues, last_seen_at FROM mart.listed_papers") == [
        (date(2026, 11, 20), FRIDAY, 2, at("2026-11-24 03:00"))
    ]
    activity = "SELECT issued_on, n_listed, n_first FROM mart.daily_activity ORDER BY 1"
    assert ask(activity) == [(date(2026, 11, 20), 1, 1), (date(2026, 11, 23), 1, 0)]


def test_who_was_first_is_told_from_dates(facts: Facts, ask: Ask) -> None:
    arxiv = "arxiv:cs.CL:2026-11-19"
    facts.issue(arxiv, "2026-11-25 03:00")
    facts.issue(FRIDAY, "2026-11-21 03:00")
    listed(facts, "a", FRIDAY, "2026-11-21 03:00", "2026-11-21 03:00")
    facts.listing(arxiv, "a", "2026-11-25 03:00", "2026-11-25 03:00", listing_type="new")
    overlap = "SELECT source, n_first, n_later, median_lead_days FROM mart.issue_overlap ORDER BY 1"
    assert ask(overlap) == [("arxiv", 1, 0, 1.0), ("huggingface", 0, 1, -1.0)]


@pytest.mark.parametrize("kind", ["replace", "replace-cross"])
def test_an_announced_replacement_is_no_listing(facts: Facts, ask: Ask, kind: str) -> None:
    arxiv = "arxiv:cs.CL:2026-11-19"
    facts.issue(arxiv, "2026-11-20 03:00")
    listed(facts, "a", arxiv, "2026-11-20 03:00", "2026-11-20 03:00", listing_type=kind)
    assert ask("FROM mart.listed_papers") == []
    activity = "SELECT n_listed, n_first, n_replaced FROM mart.daily_activity"
    assert ask(activity) == [(1, 0, 1)]


def test_fast_risers_are_scored_at_the_time_they_were_last_seen(facts: Facts, ask: Ask) -> None:
    facts.issue(FRIDAY, "2026-11-20 14:00")
    facts.looked(FRIDAY, "2026-11-20 23:00")
    listed(facts, "a", FRIDAY, "2026-11-20 14:00", "2026-11-20 14:00")
    facts.seen("a", "2026-11-20 14:00", upvotes=250)
    rising = "SELECT age_h, score FROM mart.rising_papers"
    assert ask(rising) == [(23.0, 2.0)]
    assert ask("SELECT held_until_at FROM mart.upvote_curves") == [(at("2026-11-20 23:00"),)]


def test_growth_is_measured_from_the_first_count_to_the_last_sighting(
    facts: Facts, ask: Ask
) -> None:
    facts.issue(FRIDAY, "2026-11-21 03:00", "2026-11-23 03:00")
    listed(facts, "a", FRIDAY, "2026-11-21 03:00", "2026-11-23 03:00")
    listed(facts, "once", FRIDAY, "2026-11-23 03:00", "2026-11-23 03:00")
    facts.seen("a", "2026-11-21 03:00", github_stars=10)
    facts.seen("a", "2026-11-22 03:00", github_stars=16)
    facts.seen("once", "2026-11-23 03:00", github_stars=16)
    growth = "SELECT paper_id, n_days, n_gained, gained_per_day FROM mart.star_growth"
    assert ask(growth) == [("a", 2.0, 6, 3.0)]


def test_growth_of_less_than_a_day_is_none(facts: Facts, ask: Ask) -> None:
    """Three stars in three minutes are not 1,440 a day."""
    for paper, issue, last in (
        ("an hour", FRIDAY, "2026-11-21 04:00"),
        ("a day less a minute", MONDAY, "2026-11-22 02:59"),
        ("a day", "huggingface:daily:2026-11-19", "2026-11-22 03:00"),
    ):
        facts.issue(issue, "2026-11-21 03:00", last)
        listed(facts, paper, issue, "2026-11-21 03:00", last)
        facts.seen(paper, "2026-11-21 03:00", github_stars=10)
        facts.seen(paper, last, github_stars=13)
    assert ask("SELECT paper_id, gained_per_day FROM mart.star_growth") == [("a day", 3.0)]


def test_the_latest_votes_are_compared_within_day_week_and_month(facts: Facts, ask: Ask) -> None:
    """Also where every paper was looked at long after its date, as after a backfill."""
    for day, votes in (("2024-11-27", 5), ("2024-11-29", 9), ("2024-12-02", 7)):
        issue = f"huggingface:daily:{day}"
        facts.issue(issue, "2026-11-21 03:00")
        listed(facts, day, issue, "2026-11-21 03:00", "2026-11-21 03:00")
        facts.seen(day, "2026-11-20 03:00", upvotes=1)
        facts.seen(day, "2026-11-21 03:00", upvotes=votes)
    found = ask(
        "SELECT period, period_on, place, paper_id, upvotes, age_days, counted_at "
        "FROM mart.top_papers ORDER BY period, period_on, place"
    )
    late = (None, at("2026-11-21 03:00"))
    assert found == [
        ("day", date(2024, 11, 27), 1, "2024-11-27", 5, *late),
        ("day", date(2024, 11, 29), 1, "2024-11-29", 9, *late),
        ("day", date(2024, 12, 2), 1, "2024-12-02", 7, *late),
        ("month", date(2024, 11, 1), 1, "2024-11-29", 9, *late),
        ("month", date(2024, 11, 1), 2, "2024-11-27", 5, *late),
        ("month", date(2024, 12, 1), 1, "2024-12-02", 7, *late),
        ("week", date(2024, 11, 25), 1, "2024-11-29", 9, *late),
        ("week", date(2024, 11, 25), 2, "2024-11-27", 5, *late),
        ("week", date(2024, 12, 2), 1, "2024-12-02", 7, *late),
    ]


@pytest.mark.parametrize(
    ("newest", "rising"),
    [
        pytest.param("2026-11-24 00:00", ["a fortnight"], id="it is just young"),
        pytest.param("2026-11-24 00:01", [], id="it is a minute too old"),
    ],
)
def test_only_papers_young_at_the_newest_capture_rise(
    facts: Facts, ask: Ask, newest: str, rising: list[str]
) -> None:
    """The newest look may be one that found another issue unchanged."""
    facts.issue(FRIDAY, "2026-11-21 03:00")
    facts.looked(FRIDAY, newest)
    for paper, day in (("a fortnight", "2026-11-10"), ("older", "2026-11-09")):
        issue = f"huggingface:daily:{day}"
        facts.issue(issue, f"{day} 12:00")
        listed(facts, paper, issue, f"{day} 12:00", f"{day} 12:00")
        facts.seen(paper, f"{day} 12:00", upvotes=500)
    assert ask("SELECT paper_id FROM mart.rising_papers") == [(paper,) for paper in rising]


def test_a_ranking_without_a_row_says_why(facts: Facts, ask: Ask) -> None:
    old = "huggingface:daily:2024-03-12"
    facts.issue(old, "2026-11-21 03:00")
    listed(facts, "a", old, "2026-11-21 03:00", "2026-11-21 03:00")
    facts.seen("a", "2026-11-21 03:00", upvotes=3, github_stars=4)
    facts.issue(SEARCH, "2026-11-20 03:00")
    facts.listing(SEARCH, "a", "2026-11-20 03:00", "2026-11-20 03:00")
    notes = {
        (mart, basis, source): note
        for mart, basis, source, note in ask(
            "SELECT mart, basis, source, note FROM mart.notes ORDER BY ALL"
        )
    }
    assert notes.keys() == {
        ("rising_papers", None, "huggingface"),
        ("rising_papers", None, "pagedump"),
        ("star_growth", None, "huggingface"),
        ("star_growth", None, "pagedump"),
        ("top_papers", "equal age", "huggingface"),
        ("top_papers", "equal age", "pagedump"),
        ("top_papers", "latest", "pagedump"),
    }
    rising = notes["rising_papers", None, "huggingface"]
    assert "2024-03-12" in rising
    assert "2026-11-21" in rising
    assert notes["top_papers", "latest", "pagedump"] == "It shows no votes."


def test_numbers_are_rounded_and_still_in_order(facts: Facts, ask: Ask) -> None:
    facts.issue(FRIDAY, "2026-11-20 07:07")
    for paper, votes in (("first", 101), ("second", 100)):
        listed(facts, paper, FRIDAY, "2026-11-20 07:07", "2026-11-20 07:07")
        facts.seen(paper, "2026-11-20 07:07", upvotes=votes)
    assert ask("SELECT paper_id, age_h, score FROM mart.rising_papers") == [
        ("first", 7.1, 3.669),
        ("second", 7.1, 3.633),
    ]
    assert ask("SELECT DISTINCT age_h FROM mart.upvote_curves") == [(7.1,)]


def test_hidden_authors_and_withdrawn_papers_appear_in_no_mart(facts: Facts, ask: Ask) -> None:
    facts.issue(FRIDAY, "2026-11-22 03:00", "2026-11-23 03:00")
    facts.listing(FRIDAY, "gone", "2026-11-22 03:00", "2026-11-23 03:00", submitter="secret reader")
    facts.paper("gone", withdrawn_at=at("2026-11-22 09:00"), title="Secret", ai_keywords=["Secret"])
    facts.paper("gone", title="Old secret", valid_to=at("2026-11-22 03:00"))
    facts.seen("gone", "2026-11-22 03:00", upvotes=3, github_stars=1)
    listed(facts, "a", FRIDAY, "2026-11-22 03:00", "2026-11-23 03:00")
    for paper in ("a", "gone"):
        facts.add(PAPER_AUTHORS, paper_id=paper, position=1, name="Secret", is_hidden=True)
        facts.add(PAPER_AUTHORS, paper_id=paper, position=2, name="Author", name_key="author")
        facts.add(PAPER_FACTS, paper_id=paper, code="none")
        facts.add(PAPER_SYSTEMS, paper_id=paper, name=f"S-{paper}", name_key=paper)
        facts.add(PAPER_TOPICS, paper_id=paper, topic="t" if paper == "a" else "secret")
        facts.add(PAPER_CLAIMS, paper_id=paper, sentence="Fast." if paper == "a" else "Secret.")
    assert ask("SELECT name_key, n_papers FROM mart.author_activity") == [("author", 1)]
    assert ask("SELECT n_listed, n_withdrawn FROM mart.daily_activity") == [(2, 1)]
    assert ask("SELECT name FROM mart.new_systems") == [("S-a",)]
    for view in views():
        is_told = " WHERE NOT is_withdrawn" if "is_withdrawn" in view.columns else ""
        shown = str(ask(f"FROM {view.full_name}{is_told}"))
        assert "secret" not in shown.lower(), view.name
        assert "'gone'" not in shown, view.name
    withdrawn = "SELECT paper_id, authors, first_author FROM mart.papers WHERE is_withdrawn"
    assert ask(withdrawn) == [("gone", "Author", None)]


def test_momentum_compares_shares_and_not_numbers(facts: Facts, ask: Ask) -> None:
    """Twice the papers on a topic, among four times as many: the topic shrinks."""
    for issue, papers, about in ((FRIDAY, 2, 1), ("huggingface:daily:2026-11-27", 8, 2)):
        day = issue[-10:]
        facts.issue(issue, f"{day} 12:00")
        for number in range(papers):
            paper = f"{day}-{number}"
            listed(facts, paper, issue, f"{day} 12:00", f"{day} 12:00")
            facts.add(PAPER_FACTS, paper_id=paper)
            for method in ("phrase", "keyword") if number < about else ():
                facts.add(PAPER_TOPICS, paper_id=paper, topic="t", area="a", method=method)
    found = ask(
        "SELECT week_on, n_papers, n_listed, share, share_before, momentum "
        "FROM mart.topic_momentum ORDER BY week_on"
    )
    assert found == [
        (date(2026, 11, 16), 1, 2, 0.5, None, None),
        (date(2026, 11, 23), 2, 8, 0.25, 0.5, -0.25),
    ]


def test_a_code_link_that_came_after_the_listing_is_told_with_its_delay(
    facts: Facts, ask: Ask
) -> None:
    first, later = "2026-11-20 12:00", "2026-11-25 12:00"
    facts.issue(FRIDAY, first, later)
    for paper in ("filled in", "from the start"):
        facts.listing(FRIDAY, paper, first, later)
        url = f"https://github.com/example/{paper[0]}"
        facts.add(PAPER_FACTS, paper_id=paper, code="linked", code_url=url, found_in="github_repo")
        begin = None if paper == "filled in" else url
        facts.paper(paper, valid_from=at(first), valid_to=at(later), github_repo=begin)
        facts.paper(paper, valid_from=at(later), github_repo=url)
    found = ask(
        "SELECT paper_id, is_linked_later, linked_after_days FROM mart.code_availability ORDER BY 1"
    )
    assert found == [("filled in", True, 5.5), ("from the start", False, None)]
    assert ask(
        "SELECT paper_id, is_code_link_added, is_only_other_changed FROM mart.revisions ORDER BY 1"
    ) == [("filled in", True, False), ("from the start", False, True)]


def test_papers_of_one_name_are_told_of_each_other(facts: Facts, ask: Ask) -> None:
    facts.issue(FRIDAY, "2026-11-21 03:00")
    facts.issue(MONDAY, "2026-11-24 03:00")
    for paper, issue in (("a", FRIDAY), ("b", MONDAY)):
        day = issue[-10:]
        listed(facts, paper, issue, f"{day} 12:00", f"{day} 12:00")
        facts.add(PAPER_SYSTEMS, paper_id=paper, name="Prism", name_key="prism")
    systems = "SELECT paper_id, n_same_name, is_first_of_name FROM mart.new_systems ORDER BY 1"
    assert ask(systems) == [("a", 2, True), ("b", 2, False)]


def test_a_term_is_new_once_and_the_same_word_twice_in_a_paper_counts_once(
    facts: Facts, ask: Ask
) -> None:
    for issue, paper in ((FRIDAY, "a"), (MONDAY, "b")):
        day = issue[-10:]
        facts.issue(issue, f"{day} 12:00")
        facts.listing(issue, paper, f"{day} 12:00", f"{day} 12:00")
        facts.paper(paper, ai_keywords=["Tides", "tides ", f"only {paper}"])
    assert ask("SELECT term, first_listed_on, n_papers, n_papers_30d FROM mart.new_terms") == [
        ("tides", date(2026, 11, 20), 2, 2)
    ]


def test_the_calendar_knows_week_53(facts: Facts, ask: Ask) -> None:
    facts.issue("huggingface:daily:2026-12-31", "2026-12-31 12:00")
    facts.issue("huggingface:daily:2027-01-01", "2027-01-01 12:00")
    assert ask("SELECT count(*), min(day_on), max(day_on) FROM mart.dim_date") == [
        (730, date(2026, 1, 1), date(2027, 12, 31))
    ]
    assert ask(
        "SELECT week, week_on, quarter, weekday, is_weekend FROM mart.dim_date "
        "WHERE day_on IN ('2026-12-31', '2027-01-02') ORDER BY day_on"
    ) == [
        ("2026-W53", date(2026, 12, 28), "2026-Q4", 4, False),
        ("2026-W53", date(2026, 12, 28), "2027-Q1", 6, True),
    ]
