"""`sql`, `tables`, `describe`: what is published, in the form asked for."""

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from schemas import TABLES
from tests.support.command import called
from tests.support.told import in_words, untold
from tests.support.warehouse import Warehouse
from warehouse.publication.marts import views

pytestmark = pytest.mark.slow

QUERY = (
    "SELECT issue_id, issued_on, captured_at, n_parsed, url FROM core.issues ORDER BY ALL LIMIT 2"
)
PAPERS = {"2026-10-26": 12, "2026-10-27": 18}


@pytest.fixture(scope="module")
def asked(sample_home: Path) -> Warehouse:
    """The sample; only to be read."""
    return Warehouse(sample_home)


def test_rows_as_a_table_for_people(asked: Warehouse) -> None:
    done = asked.command("sql", QUERY)
    header, *rows = done.stdout.splitlines()
    assert header.split() == ["issue_id", "issued_on", "captured_at", "n_parsed", "url"]
    assert [row.split()[:2] for row in rows] == [[f"huggingface:daily:{d}", d] for d in PAPERS]
    assert "2026-11-14 06:00:00Z" in rows[0]
    assert (done.returncode, done.stderr) == (0, "")


def test_rows_as_csv(asked: Warehouse) -> None:
    rows = list(csv.DictReader(io.StringIO(asked.called("sql", QUERY, "-f", "csv").stdout)))
    assert {row["issued_on"]: int(row["n_parsed"]) for row in rows} == PAPERS
    assert {row["captured_at"] for row in rows} == {"2026-11-14 06:00:00Z"}
    assert {row["url"] for row in rows} == {""}


def test_rows_as_json(asked: Warehouse) -> None:
    rows = json.loads(asked.called("sql", QUERY, "--format", "json").stdout)
    assert {row["issued_on"]: row["n_parsed"] for row in rows} == PAPERS
    assert {row["url"] for row in rows} == {None}


def test_rows_as_parquet(asked: Warehouse, tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    assert asked.called("sql", QUERY, "--output", file).stdout == ""
    rows = pq.read_table(file)
    assert rows["n_parsed"].to_pylist() == list(PAPERS.values())
    assert str(rows.schema.field("captured_at").type) == "timestamp[us, tz=UTC]"


def test_a_query_from_standard_input_into_a_file_whose_ending_tells_the_form(
    asked: Warehouse, tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    done = asked.command("sql", "-", "-o", file, stdin=QUERY)
    assert (done.returncode, done.stdout) == (0, "")
    assert [line.split(",")[0] for line in file.read_text().splitlines()] == [
        "issue_id",
        *(f"huggingface:daily:{day}" for day in PAPERS),
    ]


def test_json_is_json_whatever_the_numbers(asked: Warehouse) -> None:
    query = (
        "SELECT sum(n_parsed) AS total, 'nan'::DOUBLE AS nan, ['inf'::DOUBLE] AS infinite, "
        "1.25::DECIMAL(4, 2) AS price, {'a': 1} AS nested, 1 AS a, 2 AS a FROM core.issues"
    )

    def refuse(word: str) -> None:
        pytest.fail(f"{word} is no JSON")

    text = asked.called("sql", query, "-f", "json").stdout
    (row,) = json.loads(text, parse_constant=refuse)
    assert (row["total"], row["price"], row["nan"], row["infinite"]) == (240, 1.25, None, [None])
    assert (row["nested"], row["a"], row["a_1"]) == ({"a": 1}, 1, 2)


def test_text_from_a_digest_is_neither_markup_nor_terminal_control(asked: Warehouse) -> None:
    done = asked.called("sql", "SELECT '[red]x[/red]' || chr(27) || '[31m' || chr(10) AS text")
    assert done.stdout.splitlines()[1].rstrip() == "[red]x[/red] [31m"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["DELETE FROM core.issues"], ("one SELECT",)),
        (["SELECT 1", "--format", "parquet"], ("parquet", "terminal")),
        (["SELECT 1", "--format", "xlsx"], ("xlsx", "terminal")),
        (["SELECT 1", "-o", "rows.ods"], ("rows.ods", ".csv", ".xlsx")),
        (["SELECT 1", "-f", "json", "--spreadsheet-safe"], ("csv", "json", ".xlsx")),
        (["SELECT 1", "-o", "/nowhere/rows.csv"], ("cannot write /nowhere/rows.csv",)),
        (["SELECT 1", "-o", "/nowhere/rows.parquet"], ("cannot write /nowhere/rows.parquet",)),
    ],
    ids=in_words,
)
def test_what_cannot_be_done_is_one_line(
    asked: Warehouse, arguments: list[str], complaint: tuple[str, ...]
) -> None:
    done = asked.called("sql", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert untold(done.stderr, *complaint) == []


def test_a_query_the_database_does_not_understand_is_told_in_its_words(asked: Warehouse) -> None:
    done = asked.called("sql", "SELECT * FROM core.nothing")
    assert done.returncode == 2
    assert done.stderr.startswith("paperhouse: Catalog Error: ")
    assert untold(done.stderr, "Table", "nothing") == []
    assert "Traceback" not in done.stderr


def test_the_tables_and_how_many_rows_they_have(asked: Warehouse) -> None:
    shown = asked.called("tables")
    rows = map(str.split, shown.stdout.splitlines()[1:])
    counted = {name: (kind, rest[0]) for name, kind, *rest in rows}
    for name in TABLES:
        n_rows = asked.value(f"SELECT count(*) FROM {name}")
        assert counted[name] == ("table", str(n_rows)), name
    assert counted["core.papers"][0] == "view"
    assert "MB" in shown.stderr
    assert {"core.papers", "mart.daily_activity", "mart.top_papers"} <= counted.keys()


@pytest.mark.parametrize("name", ["core.listings", "listings", "ops.runs"])
def test_a_table_is_described_without_a_warehouse(home: Path, name: str) -> None:
    table = TABLES.get(name) or TABLES[f"core.{name}"]
    text = called("describe", name, home=home).stdout
    assert text.splitlines()[0] == table.full_name
    for column in table.columns:
        assert column.comment in text
        assert all(rule.sentence() in text for rule in column.rules)


@pytest.mark.parametrize("name", ["mart.trust", "trust"])
def test_a_view_is_described_without_a_warehouse(home: Path, name: str) -> None:
    (trust,) = (view for view in views() if view.name == "trust")
    text = called("describe", name, home=home).stdout
    assert text.splitlines()[0] == "mart.trust"
    assert trust.prose in text
    assert [c for c, meaning in trust.columns.items() if meaning not in text] == []
    assert "completeness      DOUBLE" in text
    assert "made from: core.issues, core.listings, ops.coverage" in text
    assert "    FROM mart.trust" in text


def test_a_table_tells_where_its_rows_come_from_and_what_is_made_of_them(home: Path) -> None:
    text = called("describe", "paper_versions", home=home).stdout
    assert "made from: landing\n" in text
    assert "goes into: core.papers, derived.paper_claims" in text
    assert "    SELECT paper_id, source, witness" in text


def test_a_name_that_is_no_table_is_told_with_those_that_are_near(home: Path) -> None:
    done = called("describe", "core.listing", home=home)
    assert done.returncode == 2
    assert untold(done.stderr, "'core.listing'", "core.listings", "`paperhouse tables`") == []
