"""The dictionary equals the database, both ways; lineage is what the SQL says."""

from collections.abc import Iterable

import pytest

from schemas import TABLES
from schemas.lineage import IN_LANDING, IN_LEDGER, origins
from tests.support.warehouse import Warehouse
from warehouse.publication.dictionary import (
    Entry,
    Field,
    described,
    example_of,
    read_dictionary,
    tables_read,
)
from warehouse.publication.marts import views
from warehouse.query.read_only import reading

BY_SQL = {"core.papers"}
"""Views that are not marts: their columns are those of what they read."""


def drift(described_as: Iterable[str], found: Iterable[str]) -> str:
    """What stands on one side only, a line each; empty when both say the same."""
    one, other = set(described_as), set(found)
    return "\n".join(
        [f"only described: {line}" for line in sorted(one - other)]
        + [f"only in the database: {line}" for line in sorted(other - one)]
    )


def lines_of(entries: Iterable[Entry]) -> list[str]:
    """Every object and every column of a dictionary, with all that is said of it."""
    return [
        line
        for entry in entries
        for line in (
            f"{entry.name}: {entry.prose}",
            *(f"{entry.name}.{f.name} {f.type}: {f.comment}" for f in entry.fields),
        )
    ]


def in_source() -> list[str]:
    """The same from the descriptions and the headers of the marts alone; types of tables only."""
    tables = [
        line
        for name, table in TABLES.items()
        for line in (
            f"{name}: {table.prose}",
            *(f"{name}.{c.name} {c.duckdb_type}: {c.comment}" for c in table.columns),
        )
    ]
    marts = [
        line
        for view in views()
        for line in (
            f"{view.full_name}: {view.prose}",
            *(f"{view.full_name}.{name} : {text}" for name, text in view.columns.items()),
        )
    ]
    return tables + marts


def without_types(entry: Entry) -> Entry:
    fields = tuple(Field(f.name, "", f.comment, f.nullable) for f in entry.fields)
    return Entry(entry.name, entry.kind, entry.prose, fields, entry.reads)


@pytest.fixture(scope="module")
def published(to_read: Warehouse) -> dict[str, Entry]:
    with reading(to_read.file) as connection:
        return read_dictionary(connection)


def test_what_is_described_is_published_and_the_other_way_round(
    published: dict[str, Entry],
) -> None:
    found = [
        without_types(entry) if entry.room == "mart" else entry
        for entry in published.values()
        if entry.name not in BY_SQL
    ]
    assert drift(in_source(), lines_of(found)) == ""


def test_the_dictionary_without_a_published_file_is_that_of_the_file(
    published: dict[str, Entry],
) -> None:
    assert drift(lines_of(described().values()), lines_of(published.values())) == ""
    assert described() == published


def test_nothing_published_is_without_a_comment(published: dict[str, Entry]) -> None:
    silent = [e.name for e in published.values() if not e.prose]
    silent += [f"{e.name}.{f.name}" for e in published.values() for f in e.fields if not f.comment]
    assert silent == []


def test_drift_is_told_on_both_sides() -> None:
    assert drift(["a", "b"], ["b", "c"]) == "only described: a\nonly in the database: c"


def test_every_table_says_where_its_rows_come_from() -> None:
    known = {IN_LANDING, IN_LEDGER, *TABLES}
    assert {name for name, t in TABLES.items() if not set(origins(t)) <= known} == set()
    assert [name for name, t in TABLES.items() if not origins(t)] == ["ops.publication"]


def test_a_view_is_made_from_what_its_sql_names_and_feeds_what_names_it(
    published: dict[str, Entry],
) -> None:
    assert published["core.papers"].reads == ("core.paper_versions",)
    assert "ops.freshness" in published["mart.trust"].reads
    assert "mart.trust" in published["ops.freshness"].feeds
    for view in views():
        assert published[view.full_name].reads, view.name
        uses = {f"mart.{name}" for name in view.uses}
        assert uses == {n for n in published[view.full_name].reads if n.startswith("mart.")}


@pytest.mark.parametrize(
    ("select", "tables"),
    [
        ("WITH runs AS (FROM ops.runs) FROM runs", ("ops.runs",)),
        ("FROM core.b WHERE x IN (SELECT y FROM core.a)", ("core.a", "core.b")),
        ("SELECT 'FROM core.c' -- FROM core.d\nFROM core.a JOIN core.a AS z ON true", ("core.a",)),
        ("SELECT 1", ()),
        ("no SQL", ()),
    ],
)
def test_tables_are_found_by_the_database_s_own_parser(
    select: str, tables: tuple[str, ...]
) -> None:
    assert tables_read(select) == tables


@pytest.mark.parametrize(
    ("comment", "meaning", "unit"),
    [
        ("Papers listed. Unit: papers.", "Papers listed.", "papers"),
        ("No unit here.", "No unit here.", None),
        ("", "", None),
    ],
)
def test_a_unit_is_told_apart_from_the_meaning(
    comment: str, meaning: str, unit: str | None
) -> None:
    field = Field("n", "BIGINT", comment, None)
    assert (field.meaning, field.unit) == (meaning, unit)


def test_an_example_can_be_asked(to_read: Warehouse, published: dict[str, Entry]) -> None:
    with reading(to_read.file) as connection:
        for entry in published.values():
            connection.execute(entry.example)
    assert example_of(published["core.paper_aliases"]) == published["core.paper_aliases"].example
    assert "FROM mart.trust" in example_of(published["mart.trust"])
