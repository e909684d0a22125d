"""The pages below `data/` tell all that is published, with every query answered."""

from datetime import timedelta
from pathlib import Path

import pytest

from flows.site.build import build_site
from flows.site.lineage import lineage_of
from flows.site.templating import in_words
from tasks.sources import sources
from tests.support.issues import T0, day, item
from tests.support.pages import HOSTILE, Built, Page
from warehouse.publication.dictionary import Entry, read_dictionary
from warehouse.publication.questions import questions
from warehouse.query.read_only import query, reading

pytestmark = pytest.mark.slow

GENERAL = {"index.html", "questions.html", "lineage.html"}


@pytest.fixture
def pages(all_pages: dict[str, Page]) -> dict[str, Page]:
    """The pages below `data/`."""
    found = all_pages.items()
    return {name.removeprefix("data/"): page for name, page in found if name.startswith("data/")}


def test_every_table_and_view_has_a_page_with_every_column_and_there_is_no_other(
    built: Built, pages: dict[str, Page]
) -> None:
    with reading(built.warehouse.file) as connection:
        entries = read_dictionary(connection)
    assert set(pages) == GENERAL | {f"{name}.html" for name in entries}
    missing = [
        f"{name}: {text}"
        for name, entry in entries.items()
        for text in texts_of(entry)
        if text.replace("`", "") not in pages[f"{name}.html"].words
    ]
    assert missing == []


def texts_of(entry: Entry) -> list[str]:
    """What the page of a table or view has to say."""
    columns = [text for f in entry.fields for text in (f.name, f.type, f.meaning, f.unit or "")]
    described = entry.table.columns if entry.table else ()
    rules = [rule.sentence() for column in described for rule in column.checks]
    return [entry.prose, *columns, *rules, *entry.reads, *entry.feeds]


def test_prose_between_backticks_is_code_and_escaped() -> None:
    assert in_words("a `<b>` & `c") == "a <code>&lt;b&gt;</code> &amp; `c"


def test_questions_are_answered_with_what_is_published(
    built: Built, pages: dict[str, Page]
) -> None:
    words = pages["questions.html"].words
    for question in questions():
        assert question.title in words
        assert question.query in words
    rising = query(built.warehouse.file, "SELECT title FROM mart.rising_papers")[
        "title"
    ].to_pylist()
    assert [title for title in rising[:5] if title not in words and title in HOSTILE[:5]] == []


def test_the_index_tells_rows_freshness_and_coverage(built: Built, pages: dict[str, Page]) -> None:
    page = pages["index.html"]
    assert {"freshness", "coverage", "core", "derived", "ops", "mart"} <= page.ids
    assert "huggingface" in page.words
    n_rows = built.warehouse.value("SELECT count(*) FROM mart.listed_papers")
    assert f"mart.listed_papers{n_rows}" in page.words


def test_every_edge_of_the_lineage_is_in_both_lists_on_the_page_of_all_and_on_each_tables_own(
    built: Built, pages: dict[str, Page]
) -> None:
    with reading(built.warehouse.file) as connection:
        entries = read_dictionary(connection)
    nodes = lineage_of(entries, sources())
    edges = {(read, name) for name, node in nodes.items() for read in node.reads}
    assert edges == {(name, fed) for name, node in nodes.items() for fed in node.feeds}
    assert edges >= {(read, name) for name, entry in entries.items() for read in entry.reads}
    assert edges >= {("huggingface", "landing"), ("landing", "core.issues")}
    assert len(edges) > 60
    lists = {(name, "reads", nodes[read].href) for read, name in edges}
    lists |= {(read, "feeds", nodes[name].href) for read, name in edges}
    assert pages["lineage.html"].lineage == lists
    for name in entries:
        assert pages[f"{name}.html"].lineage == {one for one in lists if one[0] == name}


def test_the_pages_are_kept_until_somebody_asks_for_new_ones(built: Built, tmp_path: Path) -> None:
    mine = built.copy_to(tmp_path / "home")
    page = mine.folder / "data" / "index.html"
    before = page.stat().st_ino
    mine.warehouse.load([day("2026-11-21", [item("2611.00777")])], now=T0 + timedelta(days=2))
    build_site(mine.settings)
    assert page.stat().st_ino == before
    build_site(mine.settings, with_dictionary=True)
    assert page.stat().st_ino != before
