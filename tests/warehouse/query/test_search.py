"""Search ranks, is never stale, and works without its extension or a place for an index."""

import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from schemas.core import PAPER_AUTHORS
from schemas.derived import PAPER_FACTS, PAPER_TOPICS
from schemas.errors import UsageError
from tests.support.facts import Facts
from tests.support.warehouse import Warehouse
from warehouse.query.search import Found, Wanted, search, snippet

pytestmark = pytest.mark.slow

PAPERS = {
    "in the abstract": ("Tides", "A paper about ocean currents and nothing else at all."),
    "in the title": ("Ocean Currents", "A paper about water and how it moves."),
    "one word": ("Currents", "A paper about wires."),
    "a number": ("Tide-4 and 100% of its use", "A model of water."),
    "undated": (
        "Ocean Currents",
        "The same, listed without a date, and far longer than the other.",
    ),
}


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five papers: four of two days, one of a list without a date."""
    facts = Facts()
    for number, (paper, (title, abstract)) in enumerate(PAPERS.items()):
        facts.paper(paper, title=title, abstract=abstract)
        issue = f"huggingface:daily:2026-11-{20 + 3 * (number % 2)}"
        issue = "pagedump:search:0123456789ab" if paper == "undated" else issue
        facts.issue(issue, "2026-11-24 03:00")
        facts.listing(issue, paper, "2026-11-24 03:00", "2026-11-24 03:00")
    warehouse = Warehouse(tmp_path_factory.mktemp("search"))
    warehouse.fill(facts.tables())
    return warehouse.file


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "search" / "papers.duckdb"


@pytest.fixture
def no_extension(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package of the extension is not installed."""
    monkeypatch.setitem(sys.modules, "duckdb_extension_fts", None)


def papers(found: Found) -> list[str]:
    return list(found.papers["paper_id"].to_pylist())


def test_papers_come_best_first(publication: Path, index: Path) -> None:
    found = search(publication, index, Wanted("ocean current"))
    assert found.unranked_because is None
    assert papers(found)[0] == "in the title"
    assert set(papers(found)) == {"in the title", "in the abstract", "one word", "undated"}
    scores = found.papers["score"].to_pylist()
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


def test_digits_belong_to_words(publication: Path, index: Path) -> None:
    assert papers(search(publication, index, Wanted("tide 4")))[0] == "a number"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted("currents", source="pagedump"), {"undated"}),
        (Wanted("currents", since=date(2026, 11, 21)), {"in the title"}),
        (Wanted("currents", until=date(2026, 11, 20)), {"in the abstract", "one word"}),
        (Wanted("currents", source="nowhere"), set()),
        (Wanted("'); DROP zebra; --"), set()),
    ],
    ids=["source", "since", "until", "no such source", "no SQL"],
)
def test_filters_narrow_what_is_found(
    publication: Path, index: Path, wanted: Wanted, expected: set[str]
) -> None:
    assert set(papers(search(publication, index, wanted))) == expected


def test_no_more_papers_than_asked_for(publication: Path, index: Path) -> None:
    assert papers(search(publication, index, Wanted("ocean currents", limit=1))) == ["in the title"]


def test_the_index_is_made_once_and_again_when_papers_changed(
    publication: Path, index: Path, warehouse: Warehouse
) -> None:
    search(publication, index, Wanted("currents"))
    made = index.stat().st_ino
    search(publication, index, Wanted("currents"))
    assert index.stat().st_ino == made
    facts = Facts()
    facts.paper("new", title="Currents", abstract="Another paper, published since.")
    facts.issue("huggingface:daily:2026-11-24", "2026-11-24 03:00")
    facts.listing("huggingface:daily:2026-11-24", "new", "2026-11-24 03:00", "2026-11-24 03:00")
    warehouse.fill(facts.tables())
    assert papers(search(warehouse.file, index, Wanted("currents"))) == ["new"]
    assert [path.name for path in index.parent.iterdir()] == [index.name]


def test_a_damaged_index_is_made_again(publication: Path, index: Path) -> None:
    index.parent.mkdir()
    index.write_bytes(b"no database")
    assert search(publication, index, Wanted("currents")).unranked_because is None


def test_an_empty_warehouse_has_nothing_to_find(warehouse: Warehouse, index: Path) -> None:
    warehouse.fill({})
    assert papers(search(warehouse.file, index, Wanted("currents"))) == []


@pytest.mark.usefixtures("no_extension")
def test_without_the_extension_all_words_are_matched_and_titles_come_first(
    publication: Path, index: Path
) -> None:
    found = search(publication, index, Wanted("Ocean CURRENTS"))
    assert papers(found) == ["in the title", "undated", "in the abstract"]
    assert "pip install duckdb-extension-fts==" in str(found.unranked_because)
    assert papers(search(publication, index, Wanted("100%"))) == ["a number"]
    assert not index.exists()


def test_where_no_index_can_be_kept_words_are_matched_and_the_answer_says_why(
    publication: Path, index: Path
) -> None:
    index.parent.write_text("a file where the folder should be")
    found = search(publication, index, Wanted("ocean currents"))
    assert papers(found) == ["in the title", "undated", "in the abstract"]
    assert f"index can be written at {index}" in str(found.unranked_because)


def test_a_file_that_is_no_extension_is_not_loaded(
    publication: Path, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB verifies the signature of what it loads."""
    package = tmp_path / "duckdb_extension_fts"
    file = package / "extensions" / f"v{duckdb.__version__}" / "fts.duckdb_extension"
    file.parent.mkdir(parents=True)
    file.write_bytes(bytes(100_000))
    (package / "__init__.py").touch()
    monkeypatch.delitem(sys.modules, "duckdb_extension_fts", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    found = search(publication, index, Wanted("ocean currents"))
    assert "cannot be loaded" in str(found.unranked_because)
    assert papers(found)[0] == "in the title"


def test_no_word_is_a_mistake(publication: Path, index: Path) -> None:
    with pytest.raises(UsageError, match="no word to look for"):
        search(publication, index, Wanted("  "))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two papers with authors, topics and code."""
    facts = Facts()
    facts.issue("huggingface:daily:2026-11-20", "2026-11-24 03:00")
    for number, (paper, code) in enumerate(
        [("2611.00001", "https://github.com/lab/kites"), ("2611.00002", None)]
    ):
        facts.paper(
            paper,
            title=f"Kites {number}",
            abstract="How kites fly, told at some length, with strings and with tails of paper.",
        )
        name, topic = [("Zoë Fliegler", "planning"), ("Ann Hidden", "robotics")][number]
        named = {"name": name, "name_key": name.lower(), "is_hidden": number == 1}
        facts.add(PAPER_AUTHORS, paper_id=paper, source="huggingface", position=1, **named)
        facts.add(PAPER_FACTS, paper_id=paper, code_url=code)
        facts.add(PAPER_TOPICS, paper_id=paper, topic=topic, confidence=0.9)
        facts.listing("huggingface:daily:2026-11-20", paper, "2026-11-24 03:00", "2026-11-24 03:00")
    warehouse = Warehouse(tmp_path_factory.mktemp("library"))
    warehouse.fill(facts.tables())
    return warehouse.file


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted("fliegler"), ["2611.00001"]),
        (Wanted("hidden"), []),
        (Wanted(author="zoe fl"), ["2611.00001"]),
        (Wanted(author="Ann"), []),
        (Wanted("kites", topic="robotics"), ["2611.00002"]),
        (Wanted("kites", has_code=True), ["2611.00001"]),
        (Wanted("2611.00002"), ["2611.00002"]),
    ],
    ids=[
        *("a name among words", "a hidden name", "author", "a hidden author", "topic", "code"),
        "id",
    ],
)
def test_authors_topics_code_and_ids_are_found(
    library: Path, index: Path, wanted: Wanted, expected: list[str]
) -> None:
    assert papers(search(library, index, wanted)) == expected


def test_a_snippet_marks_the_words_and_the_address_is_there(library: Path, index: Path) -> None:
    found = search(library, index, Wanted("kite strings", limit=1)).papers.to_pylist()[0]
    assert found["snippet"].startswith("How **kites** fly, told at some length, with **strings**")
    assert found["url"] == f"https://huggingface.co/papers/{found['paper_id']}"


def test_what_is_not_found_is_answered_with_words_that_are_near(library: Path, index: Path) -> None:
    found = search(library, index, Wanted("kitess"))
    assert found.papers.num_rows == 0
    assert found.near == ("kites",)


def test_a_topic_that_there_is_not_names_those_that_are_near(library: Path, index: Path) -> None:
    with pytest.raises(UsageError, match="did you mean robotics"):
        search(library, index, Wanted("kites", topic="robotic"))


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("A short text.", "text", "A short **text**."),
        ("A short text.", "nothing", "A short text."),
        ("", "word", ""),
        ("word " * 60, "zebra", ("word " * 32)[:-1] + " \u2026"),
        ("a " * 100 + "zebra runs", "zebra", "\u2026 " + "a " * 30 + "**zebra** runs"),
        ("Of (odd) * signs", "(odd) *", "Of (odd) * signs"),
    ],
)
def test_a_snippet_begins_before_the_first_word_found(text: str, words: str, expected: str) -> None:
    assert snippet(text, words) == expected
