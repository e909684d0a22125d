"""The definitions a description gives are taken by the real engines and mean the same in each."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from schemas import LEDGER, NO_CHANGE, TABLES, Change, Column, Table
from schemas.core import LISTINGS, PAPER_VERSIONS
from schemas.table import COUNT, DATE, FLAG, NUMBER, TEXT, TEXTS, TIME

EVERY_TABLE = pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
LEDGER_TABLE = pytest.mark.parametrize("table", LEDGER, ids=lambda table: table.full_name)
SQLITE_TYPES = {
    TEXT: "TEXT",
    COUNT: "INTEGER",
    NUMBER: "REAL",
    FLAG: "INTEGER",
    TIME: "TEXT",
    DATE: "TEXT",
}
DUCKDB_TYPES = {
    TEXT: "VARCHAR",
    COUNT: "BIGINT",
    NUMBER: "DOUBLE",
    FLAG: "BOOLEAN",
    DATE: "DATE",
    TIME: "TIMESTAMP WITH TIME ZONE",
    TEXTS: "VARCHAR[]",
}
VALUES: dict[pa.DataType, Any] = {
    TEXT: "text",
    COUNT: 7,
    NUMBER: 0.5,
    FLAG: True,
    DATE: date(2026, 11, 20),
    TIME: datetime(2026, 11, 20, 12, 30, 0, 1, tzinfo=UTC),
    TEXTS: ["one", "two"],
}


def one_row(table: Table) -> dict[str, list[Any]]:
    """A row with a value in every column, as `Table.rows` takes it."""
    return {column.name: [VALUES[column.type]] for column in table.columns}


@pytest.fixture
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            "SET TimeZone = 'UTC'; CREATE SCHEMA core; CREATE SCHEMA derived; CREATE SCHEMA ops"
        )
        yield connection


@pytest.fixture
def lite() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    yield connection
    connection.close()


@EVERY_TABLE
def test_duckdb_takes_the_definition_with_the_declared_types(
    duck: duckdb.DuckDBPyConnection, table: Table
) -> None:
    duck.execute(table.duckdb_definition())
    found = duck.execute(
        "SELECT column_name, data_type, is_nullable FROM information_schema.columns "
        "WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position",
        [table.schema, table.name],
    ).fetchall()
    assert found == [
        (c.name, DUCKDB_TYPES[c.type], "YES" if c.nullable else "NO") for c in table.columns
    ]


@EVERY_TABLE
def test_a_row_goes_through_duckdb_and_comes_back_in_the_declared_arrow_schema(
    duck: duckdb.DuckDBPyConnection, table: Table
) -> None:
    rows = table.rows(one_row(table))
    duck.execute(table.duckdb_definition())
    duck.register("given", rows)
    duck.execute(f"INSERT INTO {table.full_name} BY NAME SELECT * FROM given")
    back = duck.execute(f"FROM {table.full_name}").to_arrow_table()
    assert back.cast(table.arrow).equals(rows)


@LEDGER_TABLE
def test_sqlite_takes_the_definition_twice_with_the_declared_types_and_key(
    lite: sqlite3.Connection, table: Table
) -> None:
    lite.execute(table.sqlite_definition())
    lite.execute(table.sqlite_definition())
    info = lite.execute(f"PRAGMA table_info({table.name})").fetchall()
    assert [(name, kind, bool(not_null)) for _, name, kind, not_null, _, _ in info] == [
        (c.name, SQLITE_TYPES[c.type], not c.nullable) for c in table.columns
    ]
    in_key = sorted((place, name) for _, name, _, _, _, place in info if place)
    assert tuple(name for _, name in in_key) == table.key


@LEDGER_TABLE
def test_sqlite_refuses_a_text_where_a_number_is_declared(
    lite: sqlite3.Connection, table: Table
) -> None:
    numbers = [c.name for c in table.columns if c.type in (COUNT, NUMBER, FLAG)]
    lite.execute(table.sqlite_definition())
    row: dict[str, Any] = {name: str(value[0]) for name, value in one_row(table).items()}
    row |= dict.fromkeys(numbers, 1)
    insert = f"INSERT INTO {table.name} VALUES ({', '.join(f':{name}' for name in row)})"
    lite.execute(insert, row)
    for name in numbers:
        with pytest.raises(sqlite3.IntegrityError):
            lite.execute(insert, row | {table.key[0]: "another", name: "many"})


def test_a_column_that_is_not_given_is_null_and_keeps_its_type() -> None:
    rows = PAPER_VERSIONS.rows({"paper_id": ["2503.02130", "2503.02131"]})
    assert rows.schema.equals(PAPER_VERSIONS.arrow)
    assert rows.num_rows == 2
    assert rows["abstract"].null_count == 2
    assert rows["ai_keywords"].null_count == 2
    assert rows["published_at"].type == TIME


def test_a_column_the_table_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match=r"core\.listings has no column upvotes, votes"):
        LISTINGS.rows({"paper_id": ["2503.02130"], "votes": [1], "upvotes": [1]})


@pytest.mark.parametrize(
    ("column", "value"),
    [("rank", "first"), ("rank", 2**63), ("title_as_listed", 2503.0213), ("submitted_at", "today")],
)
def test_a_value_of_another_type_is_refused_and_never_converted(column: str, value: Any) -> None:
    with pytest.raises((pa.ArrowException, OverflowError)):
        LISTINGS.rows({column: [value]})


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(pa.ArrowException):
        LISTINGS.rows({"rank": [1, 2], "paper_id": ["2503.02130"]})


@EVERY_TABLE
def test_an_empty_table_has_the_declared_schema(table: Table) -> None:
    assert table.empty().schema.equals(table.arrow)
    assert table.rows({}).num_rows == table.empty().num_rows == 0


@EVERY_TABLE
def test_the_partition_is_in_the_path_and_not_in_the_file(table: Table) -> None:
    left_out = set(table.arrow.names) - set(table.file_arrow.names)
    assert left_out == ({table.partition} if table.partition else set())


def test_not_null_is_part_of_the_arrow_schema() -> None:
    table = Table(
        "core",
        "things",
        "Things.",
        (Column("a", TEXT, "A.", nullable=False), Column("b", TEXT, "B.")),
        key=("a",),
    )
    assert [field.nullable for field in table.arrow] == [False, True]


def test_changes_add_up_and_print_what_happened() -> None:
    change = Change(added=1_200) + Change(changed=3)
    assert change == Change(1_200, 3, 0)
    assert str(change) == "1,200 added, 3 changed"
    assert change
    assert not NO_CHANGE
    assert str(NO_CHANGE) == "no change"
