"""Other people's engines read a snapshot as a plain hive dataset: the same rows and types."""

from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from schemas import CORE, Table
from warehouse.lake.snapshot import Lake

TABLES = [table for table in CORE if table.name != "paper_aliases"]
"""The sample has no aliases."""


@pytest.fixture(params=TABLES, ids=lambda table: table.name)
def table(request: pytest.FixtureRequest) -> Table:
    """Each table of the lake."""
    found: Table = request.param
    return found


@pytest.fixture
def folder(sample_home: Path, table: Table) -> Path:
    """The table's folder as a reader finds it."""
    return sample_home / "lake" / "current" / table.full_name


@pytest.fixture
def expected(sample_home: Path, table: Table) -> pa.Table:
    """The rows as our own reader gives them."""
    rows = Lake(sample_home / "lake").current().dataset(table).to_table()
    return rows.sort_by([(name, "ascending") for name in table.key])


def _same(table: Table, rows: pa.Table, expected: pa.Table) -> None:
    """Equal values in every column; nullability and how text is stored are the engine's own."""
    found = rows.select(expected.column_names).cast(
        pa.schema([f.with_nullable(True) for f in table.arrow])
    )
    ordered = found.sort_by([(name, "ascending") for name in table.key])
    assert ordered.to_pylist() == expected.to_pylist()


def test_pyarrow_reads_it(table: Table, folder: Path, expected: pa.Table) -> None:
    rows = ds.dataset(folder, partitioning="hive").to_table()
    for field in table.arrow:
        assert rows.schema.field(field.name).type == field.type, field.name
    _same(table, rows, expected)


def test_duckdb_reads_it_with_the_types_described(
    table: Table, folder: Path, expected: pa.Table
) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        relation = connection.sql(
            f"SELECT * FROM read_parquet('{folder}/**/*.parquet', hive_partitioning = true)"
        )
        types = dict(zip(relation.columns, map(str, relation.types), strict=True))
        rows = relation.to_arrow_table()
    for column in table.columns:
        told = column.duckdb_type.replace("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE")
        assert types[column.name] == told, column.name
    _same(table, rows, expected)


def test_polars_reads_it(table: Table, folder: Path, expected: pa.Table) -> None:
    partitioning = {table.partition: pl.String} if table.partition else None
    frame = pl.scan_parquet(
        folder, hive_partitioning=table.partition is not None, hive_schema=partitioning
    ).collect()
    _same(table, frame.to_arrow(), expected)


def test_pandas_reads_it(table: Table, folder: Path, expected: pa.Table) -> None:
    frame = pd.read_parquet(folder, dtype_backend="pyarrow")
    if table.partition:
        frame[table.partition] = frame[table.partition].astype("string")
    assert len(frame) == expected.num_rows
    assert set(frame.columns) == set(expected.column_names)
    for name in table.key:
        assert sorted(frame[name].astype(str)) == sorted(
            pd.Series(expected[name].to_pandas()).astype(str)
        )
