"""The description of a table: written once; everything that needs a schema derives it from here.

The Arrow schema of the Parquet files, the DuckDB and SQLite definitions, the comments in the
published file, the Great Expectations suite and `paperhouse describe` all come from the same
`Table`. Types are declared, never inferred: a month whose values are all NULL has the same types as
any other.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import pyarrow as pa

from schemas.rules import NotNull, Rule

TEXT = pa.string()
COUNT = pa.int64()
NUMBER = pa.float64()
FLAG = pa.bool_()
DATE = pa.date32()
TIME = pa.timestamp("us", tz="UTC")
TEXTS = pa.list_(TEXT)

_DUCKDB = {
    TEXT: "VARCHAR",
    COUNT: "BIGINT",
    NUMBER: "DOUBLE",
    FLAG: "BOOLEAN",
    DATE: "DATE",
    TIME: "TIMESTAMPTZ",
    TEXTS: "VARCHAR[]",
}
_SQLITE = {TEXT: "TEXT", COUNT: "INTEGER", NUMBER: "REAL", FLAG: "INTEGER"}


@dataclass(frozen=True)
class Column:
    """One column: its name, Arrow type, meaning, and the rules for its values.

    `unit` names what a number counts or measures; NULL always means "not known", never zero.
    `is_ours` marks a column that paperhouse fills by itself, not from a digest: no digest can break
    its rules, so they are constraints of the published tables and not checked record by record.
    """

    name: str
    type: pa.DataType
    prose: str
    nullable: bool = True
    unit: str | None = None
    rules: tuple[Rule, ...] = ()
    is_ours: bool = False

    @property
    def checks(self) -> tuple[Rule, ...]:
        """The column's rules, preceded by `NotNull` where NULL is not allowed."""
        return self.rules if self.nullable else (NotNull(), *self.rules)

    @property
    def duckdb_type(self) -> str:
        return _DUCKDB[self.type]

    @property
    def not_null(self) -> str:
        """The column's constraint in SQL."""
        return "" if self.nullable else " NOT NULL"

    def sqlite_definition(self) -> str:
        """The column in a `CREATE TABLE` or `ALTER TABLE` of SQLite."""
        return f"{self.name} {_SQLITE.get(self.type, 'TEXT')}{self.not_null}"

    @property
    def comment(self) -> str:
        return f"{self.prose} Unit: {self.unit}." if self.unit else self.prose


required = partial(Column, nullable=False)
"""A column without NULL."""

ours = partial(required, is_ours=True)
"""A column that paperhouse fills by itself, without NULL unless `nullable=True` is given."""


@dataclass(frozen=True)
class Table:
    """One table: its grain (`prose`), columns in order, key, and partition column."""

    schema: str
    name: str
    prose: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partition: str | None = None

    def __post_init__(self) -> None:
        unknown = {*self.key, *filter(None, [self.partition])} - set(self.column_names)
        if unknown:
            raise ValueError(f"{self.full_name}: key or partition names no column: {unknown}")

    def __hash__(self) -> int:
        """By name: tables are looked up often, and hashing every column would take longer."""
        return hash(self.full_name)

    @cached_property
    def full_name(self) -> str:
        """`core.listings`: the name in SQL, and of the folder in the lake."""
        return f"{self.schema}.{self.name}"

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @cached_property
    def arrow(self) -> pa.Schema:
        """The declared schema of the whole table, including the partition column."""
        return pa.schema([pa.field(c.name, c.type, nullable=c.nullable) for c in self.columns])

    @cached_property
    def file_arrow(self) -> pa.Schema:
        """The schema inside a Parquet file: without the partition column, which is in the path."""
        return pa.schema([field for field in self.arrow if field.name != self.partition])

    def rows(self, columns: dict[str, list[Any]]) -> pa.Table:
        """An Arrow table of the declared schema from one list of values per column.

        A column that is not given is NULL in every row. Raises `KeyError` for a name the table does
        not have and `pyarrow.ArrowInvalid` for a value that does not fit its declared type.
        """
        unknown = columns.keys() - set(self.column_names)
        if unknown:
            raise KeyError(f"{self.full_name} has no column {', '.join(sorted(unknown))}")
        n_rows = len(next(iter(columns.values()), []))
        arrays = [
            pa.array(columns[f.name], f.type) if f.name in columns else pa.nulls(n_rows, f.type)
            for f in self.arrow
        ]
        return pa.Table.from_arrays(arrays, schema=self.arrow)

    def empty(self) -> pa.Table:
        return self._empty

    @cached_property
    def _empty(self) -> pa.Table:
        return self.arrow.empty_table()

    def in_order(self, rows: pa.Table) -> pa.Table:
        """Rows of the table in the order of its files: by partition, then by key."""
        columns = filter(None, [self.partition, *self.key])
        return rows.sort_by([(name, "ascending") for name in columns])

    def duckdb_definition(self, clause: Callable[[str, str], str] | None = None) -> str:
        """`CREATE TABLE` for DuckDB, with NOT NULL where the description says so.

        `clause` may give more to say of each column, by its name and DuckDB type.
        """
        more = clause or (lambda *_: "")
        lines = [
            f"{c.name} {c.duckdb_type}{more(c.name, c.duckdb_type)}{c.not_null}"
            for c in self.columns
        ]
        return f"CREATE TABLE {self.full_name} (\n  " + ",\n  ".join(lines) + "\n)"

    def comments(self) -> dict[str, str]:
        """The comments on the table and its columns, by target of `COMMENT ON`."""
        columns = {f"COLUMN {self.full_name}.{c.name}": c.comment for c in self.columns}
        return {f"TABLE {self.full_name}": self.prose, **columns}

    def sqlite_definition(self) -> str:
        """`CREATE TABLE IF NOT EXISTS` for SQLite; times are ISO 8601 text in UTC."""
        lines = [column.sqlite_definition() for column in self.columns]
        lines.append(f"PRIMARY KEY ({', '.join(self.key)})")
        return f"CREATE TABLE IF NOT EXISTS {self.name} (\n  " + ",\n  ".join(lines) + "\n) STRICT"


def with_values(rows: pa.Table, name: str, values: Any) -> pa.Table:
    """Rows with other values in a column, which keeps its place and its type."""
    field = rows.schema.field(name)
    array = (
        values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values, field.type)
    )
    return rows.set_column(rows.schema.get_field_index(name), field, array)


def rule_id(table: Table, column: Column, rule: Rule) -> str:
    """`core.listings.rank.between`: the name of a rule in ledger, report and quarantine."""
    return f"{table.full_name}.{column.name}.{rule.kind}"


def by_name(tables: Iterable[Table]) -> dict[str, Table]:
    """The tables by full name. Raises `ValueError` when two tables have the same name."""
    named: dict[str, Table] = {}
    for table in tables:
        if table.full_name in named:
            raise ValueError(f"two tables are called {table.full_name}")
        named[table.full_name] = table
    return named
