"""A view's file explains the view whole, or it is refused with the file and the column."""

import duckdb
import pytest

from warehouse.publication.dictionary import tables_read
from warehouse.publication.marts import BadView, create_view, dependencies, read_view, views

TEXT = """\
-- One row,
-- and it's the only one.
--
-- one: The number one, which is said
--     in two lines.
-- two: It's two: no more.
SELECT 1 AS one, 2 AS two -- not: a column
"""
FILE = r"warehouse/publication/marts/numbers\.sql"


def created(text: str) -> dict[str, str]:
    """The comments of the view and of its columns."""
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA mart")
        create_view(connection, read_view("numbers", text))
        return dict(
            connection.execute(
                "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal UNION ALL "
                "SELECT column_name, comment FROM duckdb_columns() WHERE schema_name = 'mart'"
            ).fetchall()
        )


def materialized_by(column: str) -> str:
    return TEXT.replace("--\n", f"-- Materialized by {column}: it is slow.\n--\n", 1)


def test_a_view_that_says_so_is_materialized() -> None:
    stored = read_view("numbers", materialized_by("one"))
    assert (read_view("numbers", TEXT).kind, stored.kind) == ("VIEW", "TABLE")
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA mart")
        create_view(connection, stored)
        found = connection.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall()
    assert found == [
        ("numbers", "One row, and it's the only one. Materialized by one: it is slow.")
    ]


def test_a_mart_that_needs_much_memory_says_how_many_listings_it_takes_at_a_time() -> None:
    stored = read_view("numbers", materialized_by("one, 30,000 listings at a time"))
    assert (stored.materialized_by, stored.listings_at_a_time) == ("one", 30_000)
    assert read_view("numbers", materialized_by("one")).listings_at_a_time is None


def test_a_view_comes_after_those_it_reads() -> None:
    order = [view.name for view in views()]
    used = {(view.name, name) for view in views() for name in view.uses}
    assert ("claims", "listed_papers") in used
    assert [(one, other) for one, other in used if order.index(one) < order.index(other)] == []


def test_what_a_view_reads_is_what_the_database_finds_in_its_query() -> None:
    assert {view.name: tuple(view.reads) for view in views()} == {
        view.name: tables_read(view.query) for view in views()
    }


READER = "-- A row.\n-- Materialized by n: it is slow.\n--\n-- n: A number.\n"


@pytest.mark.parametrize(
    ("query", "is_named"),
    [
        ("SELECT n, count(*) FROM mart.other GROUP BY n -- not when", False),
        ("SELECT n FROM mart.other WHERE n < seen_at", True),
        ("SELECT other.* FROM mart.other", True),
        ("SELECT n FROM (FROM mart.other)", True),
    ],
    ids=["another column alone", "the column", "every column", "all of it"],
)
def test_a_mart_depends_on_a_table_that_decides_one_column_if_it_may_read_that(
    query: str, is_named: bool
) -> None:
    assert read_view("reader", READER + query).names("seen_at") is is_named


def test_the_explanation_says_which_table_decides_one_column_alone() -> None:
    named = {view.name: view for view in views()}
    assert named["listed_papers"].only == {"ops.issue_outcomes": "last_seen_at"}
    assert "ops.issue_outcomes" in dependencies()["mart.papers"]
    assert "ops.issue_outcomes" not in dependencies()["mart.author_activity"]
    for view in named.values():
        assert set(view.only) <= set(view.reads)
        assert set(view.only.values()) <= set(view.columns)


def test_the_opening_comment_becomes_the_comments_of_view_and_columns() -> None:
    assert created(TEXT) == {
        "numbers": "One row, and it's the only one.",
        "one": "The number one, which is said in two lines.",
        "two": "It's two: no more.",
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (TEXT.replace("-- two: It's two: no more.\n", ""), f"{FILE}: column two is not explained"),
        (TEXT.replace("2 AS two", "2 AS three"), f"{FILE}: column three is not explained"),
        (TEXT.replace(", 2 AS two", ""), f"{FILE}: `-- two: …` explains no column .* are: one"),
        (TEXT.replace("-- two:", "-- one:"), f"{FILE}: column one is explained twice"),
        (
            TEXT.replace("SELECT", "-- A remark.\nSELECT"),
            f"{FILE}: `-- A remark.` is not of the form",
        ),
        (TEXT.replace("-- one: The", "--     The"), f"{FILE}: `--     The .* is not of the form"),
        ("SELECT 1 AS one", f"{FILE}: say in a comment at the top what a row"),
        ("--\n-- one: One.\nSELECT 1 AS one", f"{FILE}: say in a comment at the top"),
        (
            materialized_by("three"),
            f"{FILE}: it is materialized by three, which is no column of it",
        ),
        (materialized_by("x").replace(" by x", ""), f"{FILE}: it is materialized by nothing"),
    ],
    ids=[
        "missing",
        "renamed",
        "unknown",
        "twice",
        "remark",
        "nothing to go on",
        "bare",
        "no prose",
        "materialized by what does not exist",
        "materialized by nothing",
    ],
)
def test_a_file_that_does_not_explain_its_view_is_refused_by_name(
    text: str, complaint: str
) -> None:
    with pytest.raises(BadView, match=complaint):
        created(text)
