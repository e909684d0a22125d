"""The mart of fields tells a path's share as the drift check computes it, whatever was counted."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ops import SOURCE_FIELDS
from tasks.parse.model import FieldSeen
from tasks.quality.drift import FieldNote, shares
from warehouse.publication.marts import create_view, views

pytestmark = pytest.mark.slow

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAYS = st.integers(-40, 40).map(lambda n: date(2026, 11, 20) + timedelta(days=n))
MOMENTS = st.integers(-40, 40).map(lambda n: NOON + timedelta(hours=11 * n))
COUNTS = st.integers(0, 5_000)
KEYS = st.tuples(
    st.sampled_from(["a", "a.b", "A[]", "\u00e9", "c\x1b[2J"]),
    st.sampled_from(["integer", "null", "number", "text"]),
)
NOTES = st.builds(FieldNote, COUNTS, COUNTS, COUNTS, MOMENTS, MOMENTS, DAYS, DAYS, st.booleans())


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of this table and this mart, read on the other side of the date line."""
    with duckdb.connect() as opened:
        opened.execute("SET TimeZone = 'Pacific/Auckland'")
        opened.execute("CREATE SCHEMA ops; CREATE SCHEMA mart")
        opened.execute(SOURCE_FIELDS.duckdb_definition())
        create_view(opened, next(view for view in views() if view.name == "source_fields"))
        yield opened


def answer(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]]) -> list[Any]:
    connection.execute(f"DELETE FROM {SOURCE_FIELDS.full_name}")
    connection.register("incoming", pa.Table.from_pylist(rows, schema=SOURCE_FIELDS.arrow))
    connection.execute(f"INSERT INTO {SOURCE_FIELDS.full_name} BY NAME FROM incoming")
    return connection.execute("FROM mart.source_fields").fetchall()


def row(form: str, path: str, kind: str, **told: Any) -> dict[str, Any]:
    return {"source": "huggingface", "form": form, "path": path, "type": kind, **told}


@given(st.dictionaries(KEYS, NOTES, max_size=12))
def test_a_row_tells_what_the_notes_of_a_path_say_together(
    connection: duckdb.DuckDBPyConnection, told: dict[tuple[str, str], FieldNote]
) -> None:
    fields = {FieldSeen(*key): note for key, note in told.items()}
    share = shares(fields)
    expected = []
    for path in sorted({path for path, _ in fields}):
        notes = {kind: note for (one, kind), note in fields.items() if one == path}
        expected.append(
            (
                "huggingface",
                "api",
                path,
                ", ".join(sorted(notes)),
                share.get(path),
                min(note.first_issued_on for note in notes.values()),
                max(note.last_issued_on for note in notes.values()),
                any(note.is_loaded for note in notes.values()),
            )
        )
    assert answer(
        connection, [row("api", *key, **note._asdict()) for key, note in told.items()]
    ) == (expected)


def test_what_older_versions_did_not_count_is_not_known_and_days_are_those_of_utc(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    late = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    old = {"n_seen": 3, "first_seen_at": late, "last_seen_at": late, "is_loaded": True}
    found = answer(connection, [row("page", "b", "text", **old), row("api", "b", "text", **old)])
    day = date(2026, 11, 19)
    assert found == [
        ("huggingface", form, "b", "text", None, day, day, True) for form in ("api", "page")
    ]
