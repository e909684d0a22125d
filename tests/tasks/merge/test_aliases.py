"""A paper first known by its title only moves, with all it has, to its id once that is known."""

import pyarrow as pa
import pytest

from schemas import Table
from schemas.core import (
    CORE,
    LISTINGS,
    OBSERVATIONS,
    PAPER_ALIASES,
    PAPER_AUTHORS,
    PAPER_VERSIONS,
)
from tasks.merge.engine import Reassignments
from tasks.merge.resolve import provisional_id
from tasks.merge.tables import merge_versions
from tasks.parse.model import Author
from tests.support.captures import DAY, OTHER, PAPER, Store, at, capture, record

SEARCH = "pagedump:search:afe59ee0768d"
TITLE = "A Title of Its Own"
PROVISIONAL = provisional_id("atitleofitsown")
WITH_PAPERS = (LISTINGS, PAPER_VERSIONS, PAPER_AUTHORS, OBSERVATIONS)


@pytest.fixture
def store() -> Store:
    """A store that knows the paper by its title, and another paper by its id."""
    made = Store()
    nameless = record(None, TITLE, abstract="First.", authors=(Author("A", "ann"),), upvotes=1)
    made.merge(capture(1, nameless, record(OTHER, upvotes=5), issue=SEARCH))
    return made


def test_before_its_id_is_known_everything_is_under_the_provisional_one(store: Store) -> None:
    for table in WITH_PAPERS:
        assert PROVISIONAL in store.column(table, "paper_id")
    assert store.row(PAPER_VERSIONS, paper_id=PROVISIONAL)["paper_month"] == "unknown"
    assert store.rows(PAPER_ALIASES) == []


@pytest.mark.parametrize("table", WITH_PAPERS, ids=lambda table: table.name)
def test_nothing_stays_under_the_provisional_id(store: Store, table: Table) -> None:
    untouched = store.rows(table, paper_id=OTHER)
    store.merge(capture(2, record(PAPER, TITLE)))
    assert PROVISIONAL not in store.column(table, "paper_id")
    assert PAPER in store.column(table, "paper_id")
    assert store.rows(table, paper_id=OTHER) == untouched


def test_the_alias_is_on_record(store: Store) -> None:
    store.merge(capture(2, record(PAPER, TITLE)))
    found = store.row(PAPER_ALIASES)
    assert (found["alias_id"], found["paper_id"]) == (PROVISIONAL, PAPER)
    assert found["resolved_by"] == "title"


def test_the_listing_keeps_its_issue_and_times(store: Store) -> None:
    before = store.row(LISTINGS, paper_id=PROVISIONAL)
    store.merge(capture(2, record(PAPER, TITLE)))
    assert store.row(LISTINGS, issue_id=SEARCH, paper_id=PAPER) == before | {"paper_id": PAPER}
    assert store.row(LISTINGS, issue_id=DAY)["paper_id"] == PAPER


def test_what_was_known_stays_what_its_source_said(store: Store) -> None:
    store.merge(capture(2, record(PAPER, TITLE, abstract="Second.")))
    versions = store.rows(PAPER_VERSIONS, paper_id=PAPER)
    assert [(v["source"], v["abstract"], v["valid_from"], v["valid_to"]) for v in versions] == [
        ("huggingface", "Second.", at(2), None),
        ("pagedump", "First.", at(1), None),
    ]
    assert {v["arxiv_id"] for v in versions} == {PAPER}
    assert {v["paper_month"] for v in versions} == {"2025-11"}


def test_authors_and_votes_move_with_it(store: Store) -> None:
    store.merge(capture(2, record(PAPER, TITLE, authors=(Author("A"),), upvotes=1)))
    author = store.row(PAPER_AUTHORS, paper_id=PAPER, source="pagedump")
    assert (author["hf_user"], author["paper_month"]) == ("ann", "2025-11")
    current = store.row(PAPER_AUTHORS, paper_id=PAPER, is_current=True)
    assert (current["source"], current["hf_user"]) == ("huggingface", None)
    sources = [(o["source"], o["upvotes"]) for o in store.rows(OBSERVATIONS, paper_id=PAPER)]
    assert sorted(sources) == [("huggingface", 1), ("pagedump", 1)]


def test_a_known_paper_takes_over_what_its_provisional_twin_had() -> None:
    store = Store()
    store.merge(capture(1, record(None, TITLE, upvotes=1), issue=SEARCH))
    store.merge(capture(2, record(PAPER, "Another Title", abstract="Kept.")))
    store.merge(capture(3, record(PAPER, TITLE)))
    titles = store.column(PAPER_VERSIONS, "title", source="huggingface")
    assert titles == ["Another Title", TITLE]
    assert store.column(PAPER_VERSIONS, "title", source="pagedump") == [TITLE]
    assert store.paper()["abstract"] == "Kept."


def test_a_paper_listed_by_title_after_its_id_is_known_never_becomes_provisional() -> None:
    store = Store()
    store.merge(capture(1, record(PAPER, TITLE)))
    store.merge(capture(2, record(None, TITLE), issue=SEARCH))
    assert store.column(LISTINGS, "paper_id") == [PAPER, PAPER]
    assert store.row(PAPER_ALIASES)["alias_id"] == PROVISIONAL


def test_joining_is_done_once_and_then_changes_nothing(store: Store) -> None:
    store.merge(capture(2, record(PAPER, TITLE)))
    tables = dict(store.tables)
    assert set(store.merge(capture(2, record(PAPER, TITLE)))) == set()
    assert all(store.tables[table].equals(tables[table]) for table in CORE)


def test_two_papers_of_one_title_leave_the_provisional_one_where_it_is(store: Store) -> None:
    store.merge(capture(2, record(PAPER, TITLE), record("2511.00003", TITLE)))
    assert PROVISIONAL in store.column(LISTINGS, "paper_id")
    assert store.rows(PAPER_ALIASES) == []


def test_the_months_a_move_leaves_and_enters_are_both_reported(store: Store) -> None:
    known: pa.Table = store.tables[PAPER_VERSIONS]
    merged = merge_versions(known, PAPER_VERSIONS.empty(), Reassignments({PROVISIONAL: PAPER}))
    assert merged.changes["unknown"].removed == 1
    assert merged.changes["2025-11"].added == 1
    assert merged.partition("unknown").num_rows == 0
    assert merged.partition("2025-11").num_rows == 2
