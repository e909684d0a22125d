"""The documentation site tells all that is published, works without a network, obeys no digest."""

from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from flows.site.build import build_site, in_words
from flows.site.facts import SiteUnbuildable, gather
from flows.site.lineage import lineage_of
from tasks.sources import sources
from tests.support.arxiv_bodies import rss, rss_item
from tests.support.issues import T0, Body, day, item
from tests.support.warehouse import Warehouse
from warehouse.publication.dictionary import Entry, read_dictionary
from warehouse.publication.questions import questions
from warehouse.query.read_only import NothingPublished, query, reading
from warehouse.storage.home import Home

pytestmark = pytest.mark.slow

HOSTILE = [
    "<script>alert(1)</script>: a model",
    '"><img src=x onerror=alert(2)>',
    "</pre></style><svg onload=alert(3)>",
    "{{ 7 * 7 }} {% include 'base.html' %}",
    "&lt;b&gt; twice",
    "[link](javascript:alert(4)) \u202e backwards",
]
TAGS = {"script", "img", "link", "iframe", "object", "embed", "form", "base"}


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.words = ""
        self.lineage: set[tuple[str, str, str]] = set()
        """Whose list it is, which (`reads` or `feeds`), and a link in it."""
        self._list = ("", "")
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.ids |= {value or "" for name, value in attrs if name == "id"}
        given = {name: value or "" for name, value in attrs}
        if tag in ("dl", "dd"):
            self._list = (given.get("data-lineage", self._list[0]), given.get("class", ""))
        elif tag == "a" and all(self._list):
            self.lineage.add((*self._list, given["href"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "dl":
            self._list = ("", "")

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse with hostile titles, and its site."""
    warehouse = Warehouse(tmp_path_factory.mktemp("pages") / "home")
    items = [
        item(f"2611.0000{n}", title, upvotes=n, summary=f"We propose {title} for everybody.")
        for n, title in enumerate(HOSTILE)
    ]
    items[0]["paper"]["authors"] = [
        {"name": "Author Seen", "hidden": False},
        {"name": "Author Unseen", "hidden": True},
    ]
    names = "Author Seen, Author Unseen"
    feed = rss(rss_item("2611.00000v1", title="The Same at arXiv", creators=names))
    bodies = [day("2026-11-20", items), Body("arxiv:cs.CL:2026-11-20", feed, T0)]
    warehouse.load(bodies, now=T0 + timedelta(hours=1))
    build_site(warehouse.paths)
    return warehouse


@pytest.fixture(scope="module")
def pages(told: Warehouse) -> dict[str, Page]:
    folder = told.home / "docs" / "site"
    return {file.name: Page(file.read_text(encoding="utf-8")) for file in folder.iterdir()}


def test_every_table_and_view_has_a_page_with_every_column_and_there_is_no_other(
    told: Warehouse, pages: dict[str, Page]
) -> None:
    with reading(told.file) as connection:
        entries = read_dictionary(connection)
    others = {"index.html", "questions.html", "lineage.html"}
    assert set(pages) == others | {f"{name}.html" for name in entries}
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


def test_pages_load_nothing_and_every_link_leads_to_a_place_that_is_there(
    pages: dict[str, Page],
) -> None:
    for name, page in pages.items():
        assert page.tags & TAGS == set(), name
        assert [one for one in page.attributes if one.startswith("on")] == [], name
        for link in page.links:
            target, _, place = link.partition("#")
            assert target in pages, f"{name}: {link}"
            assert not place or place in pages[target].ids, f"{name}: {link}"


def test_hostile_titles_are_shown_as_they_are_and_nothing_more(pages: dict[str, Page]) -> None:
    words = "".join(page.words for page in pages.values())
    assert [title for title in HOSTILE[:5] if title not in words] == []
    assert "\u202e" not in words


def test_who_asked_not_to_be_shown_is_on_no_page(told: Warehouse, pages: dict[str, Page]) -> None:
    hidden = "SELECT name FROM core.paper_authors WHERE is_hidden"
    assert query(told.file, hidden)["name"].to_pylist() == ["Author Unseen"]
    words = " ".join(page.words for page in pages.values())
    assert "Author Seen" in words
    assert "Author Unseen" not in words


def test_prose_between_backticks_is_code_and_escaped() -> None:
    assert in_words("a `<b>` & `c") == "a <code>&lt;b&gt;</code> &amp; `c"


def test_questions_are_answered_with_what_is_published(
    told: Warehouse, pages: dict[str, Page]
) -> None:
    words = pages["questions.html"].words
    for question in questions():
        assert question.title in words
        assert question.query in words
    rising = query(told.file, "SELECT title FROM mart.rising_papers")["title"].to_pylist()
    assert [title for title in rising[:5] if title not in words and title in HOSTILE[:5]] == []


def test_the_index_tells_rows_freshness_and_coverage(pages: dict[str, Page]) -> None:
    page = pages["index.html"]
    assert {"freshness", "coverage", "core", "derived", "ops", "mart"} <= page.ids
    assert "huggingface" in page.words
    assert f"mart.listed_papers{len(HOSTILE) + 1}" in page.words, (
        "one of them twice, by two sources"
    )


def test_every_edge_of_the_lineage_is_in_both_lists_on_the_page_of_all_and_on_each_tables_own(
    told: Warehouse, pages: dict[str, Page]
) -> None:
    with reading(told.file) as connection:
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


def test_a_site_is_replaced_whole_or_not_at_all(told: Warehouse, tmp_path: Path) -> None:
    home = told.copy_to(tmp_path / "home").paths
    site = home.root / "docs" / "site"
    before = site.readlink()
    (site / "stale.html").touch()
    build_site(home)
    assert site.readlink() != before
    assert not (site / "stale.html").exists()
    assert {p.name for p in site.parent.iterdir()} == {"site", str(site.readlink())}

    now = site.readlink()
    with duckdb.connect(str(home.publication)) as connection:
        connection.execute("DROP VIEW mart.trust")
    with pytest.raises(SiteUnbuildable, match=r"mart\.trust.*the next load"):
        build_site(home)
    assert site.readlink() == now
    assert (site / "mart.trust.html").exists()


def test_with_nothing_published_there_is_nothing_to_tell(tmp_path: Path) -> None:
    with pytest.raises(NothingPublished):
        gather(Home(tmp_path))
