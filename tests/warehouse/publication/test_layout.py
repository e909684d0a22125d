"""A large file says how each text is compressed, so that DuckDB need not try every method."""

from pathlib import Path

import duckdb

from schemas.repeated import REPEATED
from warehouse.publication.layout import Layout
from warehouse.publication.template import create_template

TEXTS = """
SELECT column_name FROM duckdb_columns()
WHERE NOT internal AND data_type = 'VARCHAR' AND schema_name || '.' || table_name = $1
"""
METHODS = """
SELECT DISTINCT column_name, upper(compression) FROM pragma_storage_info($1)
WHERE segment_type = 'VARCHAR'
"""


def test_every_text_is_compressed_as_its_name_says(tmp_path: Path) -> None:
    layout = Layout(128, 256 * 1024, is_compressed=True)
    with duckdb.connect(str(tmp_path / "large.duckdb")) as connection:
        create_template(connection, layout.clause)
        for table in ("mart.papers", "mart.topic_activity"):
            names = [name for (name,) in connection.execute(TEXTS, [table]).fetchall()]
            values = ", ".join(f"'text ' || n AS {name}" for name in names)
            connection.execute(
                f"INSERT INTO {table} BY NAME SELECT {values} FROM range(5000) AS rows (n)"
            )
            connection.execute("CHECKPOINT")
            assert dict(connection.execute(METHODS, [table]).fetchall()) == {
                name: "DICTIONARY" if name in REPEATED else "FSST" for name in names
            }


def test_every_name_is_that_of_a_text() -> None:
    with duckdb.connect() as connection:
        create_template(connection)
        rows = connection.execute(
            "SELECT column_name FROM duckdb_columns() WHERE NOT internal AND data_type = 'VARCHAR'"
        ).fetchall()
    assert {name for (name,) in rows} >= REPEATED
