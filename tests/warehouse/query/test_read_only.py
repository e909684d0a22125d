"""Whoever asks sees the publication, and can neither change it nor look beside it."""

import hashlib
import os
from pathlib import Path

import pytest

from tests.support.process import run_python
from tests.support.warehouse import Warehouse
from warehouse.publication.published import PublicationUnreadable
from warehouse.query.read_only import BadQuery, Limits, NothingPublished, QueryStopped, query

REFUSED = {
    "insert": "INSERT INTO core.listings SELECT * FROM core.listings",
    "update": "UPDATE core.listings SET rank = 1",
    "delete": "DELETE FROM core.listings",
    "drop": "DROP TABLE core.listings",
    "create": "CREATE TABLE core.mine AS SELECT 1",
    "create temporary": "CREATE TEMP TABLE mine AS SELECT 1",
    "comment": "COMMENT ON TABLE core.listings IS 'mine'",
    "copy to": "COPY core.listings TO '{folder}/copied.csv'",
    "copy to the log": "COPY (SELECT 1) TO '{folder}/warehouse.duckdb.wal'",
    "copy to itself": "COPY (SELECT 1) TO '{folder}/warehouse.duckdb'",
    "copy explained": "EXPLAIN ANALYZE COPY (SELECT 1) TO '{folder}/warehouse.duckdb.wal'",
    "copy after a query": "SELECT 1; COPY (SELECT 1) TO '{folder}/warehouse.duckdb.wal'",
    "copy before a query": "COPY (SELECT 1) TO '{folder}/warehouse.duckdb.wal'; SELECT 1",
    "copy from": "COPY core.listings FROM '/etc/passwd'",
    "export": "EXPORT DATABASE '{folder}/exported'",
    "attach": "ATTACH '{folder}/mine.duckdb' AS mine",
    "read csv": "SELECT * FROM read_csv('/etc/passwd')",
    "read text": "SELECT * FROM read_text('/etc/passwd')",
    "read a file by its name": "SELECT * FROM '/etc/passwd'",
    "read parquet": "SELECT * FROM '{folder}/lake/**/*.parquet'",
    "list files": "SELECT * FROM glob('{folder}/*')",
    "install": "INSTALL httpfs",
    "load": "LOAD httpfs",
    "set": "SET enable_external_access = true",
    "set in a query": "SET memory_limit = '1GB'",
    "reset": "RESET lock_configuration",
    "pragma": "PRAGMA enable_profiling",
    "checkpoint": "CHECKPOINT",
    "call": "CALL pragma_version()",
    "two queries": "SELECT 1; SELECT 2",
    "nothing": "",
    "a comment": "-- nothing",
    "no SQL": "what is new?",
    "no such table": "SELECT * FROM core.nothing",
    "an error of the query": "SELECT error('gone wrong')",
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_a_query_of_the_published_file_is_refused(
    to_read: Warehouse, statement: str
) -> None:
    folder = to_read.home
    before = hashlib.sha256(to_read.file.read_bytes()).hexdigest()
    entries = sorted(folder.iterdir())
    with pytest.raises(BadQuery) as refused:
        query(to_read.file, statement.format(folder=folder))
    assert str(refused.value)
    assert sorted(folder.iterdir()) == entries
    assert hashlib.sha256(to_read.file.read_bytes()).hexdigest() == before


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT paper_id FROM core.listings ORDER BY ALL",
        "FROM core.listings SELECT paper_id ORDER BY ALL",
        "WITH listed AS (FROM core.listings) SELECT paper_id FROM listed ORDER BY ALL;",
    ],
)
def test_a_query_gives_its_rows(to_read: Warehouse, statement: str) -> None:
    assert query(to_read.file, statement)["paper_id"].to_pylist() == ["2611.00001", "2611.00002"]


@pytest.mark.parametrize(
    "statement",
    [
        "VALUES (1)",
        "SHOW ALL TABLES",
        "DESCRIBE core.listings",
        "SUMMARIZE core.listings",
        "PIVOT core.listings ON paper_id USING count(*)",
    ],
)
def test_every_form_of_question_is_a_query(to_read: Warehouse, statement: str) -> None:
    assert query(to_read.file, statement).num_rows > 0


def test_a_query_without_rows_still_has_columns(to_read: Warehouse) -> None:
    assert query(to_read.file, "SELECT 1 AS one WHERE false").column_names == ["one"]


def test_columns_of_the_same_name_are_all_there(to_read: Warehouse) -> None:
    found = query(to_read.file, "SELECT 1 AS a, 2 AS a, 3 AS a_1, 4 AS a")
    assert found.to_pylist() == [{"a": 1, "a_1": 2, "a_1_1": 3, "a_2": 4}]


def test_times_are_shown_in_utc_wherever_the_reader_lives(to_read: Warehouse) -> None:
    code = (
        "import sys; from pathlib import Path; from warehouse.query.read_only import query\n"
        "sql = 'SELECT published_at::VARCHAR AS shown, published_at FROM ops.publication'\n"
        "(row,) = query(Path(sys.argv[1]), sql).to_pylist()\n"
        "print(row['shown'], row['published_at'].isoformat(), sep='|')"
    )
    shown = run_python(code, to_read.file, environment={**os.environ, "TZ": "America/Los_Angeles"})
    assert shown == "2026-11-20 06:30:00+00|2026-11-20T06:30:00+00:00"


def test_where_nothing_was_ever_loaded_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingPublished, match=r"warehouse\.duckdb.*`paperhouse ingest FILE`"):
        query(tmp_path / "warehouse.duckdb", "SELECT 1")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_one_clear_error(published: Warehouse) -> None:
    published.file.write_bytes(b"not a database")
    with pytest.raises(PublicationUnreadable, match="cannot be opened") as unreadable:
        query(published.file, "SELECT 1")
    assert "\n" not in str(unreadable.value)


def test_a_query_that_needs_too_much_memory_is_stopped_and_the_option_named(
    to_read: Warehouse,
) -> None:
    hungry = "SELECT list(md5(range::VARCHAR)) FROM range(3000000)"
    with pytest.raises(QueryStopped, match=r"20MB.*--memory-limit"):
        query(to_read.file, hungry, Limits(memory="20MB"))


def test_what_does_not_fit_into_memory_spills_elsewhere_than_beside_the_file(
    to_read: Warehouse,
) -> None:
    entries = sorted(to_read.home.iterdir())
    sorting = "SELECT md5(range::VARCHAR) AS m FROM range(1000000) ORDER BY m"
    assert query(to_read.file, sorting, Limits(memory="40MB", rows=1)).num_rows == 1
    assert sorted(to_read.home.iterdir()) == entries


def test_of_an_endless_answer_the_first_rows_are_read(to_read: Warehouse) -> None:
    assert query(to_read.file, "FROM range(10000000000)", Limits(rows=3)).num_rows == 3


def test_a_query_is_stopped_in_time_even_before_it_runs(to_read: Warehouse) -> None:
    endless = "SELECT count(*) FROM range(10000000) AS a, range(100000) AS b WHERE hash(a, b) = 3"
    for seconds in (0.0001, 0.3):
        with pytest.raises(QueryStopped, match=f"stopped after {seconds:g} s.*--timeout"):
            query(to_read.file, endless, Limits(seconds=seconds))
