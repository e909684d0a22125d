"""One build: takes over the pages that readers see as they should be, writes the others."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib.resources import files

import duckdb

from flows.settings import Settings
from flows.site.contents import Contents
from flows.site.dictionary_pages import dictionary_pages
from flows.site.exports import export_files, exports
from flows.site.facts import gather
from flows.site.feeds import Feeds, feed_files
from flows.site.front import front_facts
from flows.site.indexes import index_pages, search_shards
from flows.site.keys import PAGES
from flows.site.lists import IN_ORDER, ListPages
from flows.site.papers import paper_pages
from flows.site.record import NO_KEYS, Difference, Record, differences
from flows.site.templating import environment_of
from flows.site.words import paper_file, slug
from warehouse.storage.whole_folder import NewFolder

_ASSETS = ("style.css", "site.js", "icon.svg")
_AT_ONCE = 5_000
"""So many pages are read together; bounds memory."""
_NOT_LISTS = ("papers", "search", "data")


class Site:
    """The folder that is being filled, and the table `pages` of what is to be in it."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        settings: Settings,
        folder: NewFolder,
        wanted: Record,
    ) -> None:
        self._connection = connection
        self._folder = folder
        self._wanted = wanted
        self._environment = environment_of(settings.site.thumbnails, settings.form_url)
        self._feeds = Feeds(self._environment, settings.site.url)
        self._contents = Contents(
            connection, fewest_papers=settings.site.fewest_papers, filters=settings.filters
        )
        connection.execute(f"CREATE TEMP TABLE pages AS {PAGES}")
        self._front = front_facts(self._contents)
        self._source = self._front.get("source")

    def write(self, *, with_dictionary: bool) -> None:
        """Fill the folder. The pages below `data/` are written if asked for, or missing."""
        due = self._take_over(anew=with_dictionary)
        for name in _ASSETS:
            self._folder.write(name, _template(name))
        for name, text in self._general():
            self._folder.write(name, text)
        for name, text in self._due(due):
            self._folder.write(name, text)
        if due["data"] or not self._names("data"):
            self._write_dictionary()
        for name, content in self._wanted.files(self._connection):
            self._folder.write(name, content)

    def _take_over(self, *, anew: bool) -> dict[str, list[tuple[str, str]]]:
        """Have in the folder what readers see as it should be. Gives folder and name of the other
        pages, by kind; those that are no lists, by folder."""
        shown = self._wanted.keys_of(self._folder.old)
        filled = self._wanted.keys_of(self._folder.path)
        if anew or shown is None or filled is None:
            self._folder.clear()
            filled = NO_KEYS
        due: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for page in differences(self._connection, shown or NO_KEYS, filled, with_data=not anew):
            if page.is_gone:
                for file in _files(page):
                    self._folder.remove(file)
            elif not (page.is_shown and self._kept(page)):
                by_folder = page.kind == "page" and page.folder in _NOT_LISTS
                due[page.folder if by_folder else page.kind].append((page.folder, page.name))
        return due

    def _kept(self, page: Difference) -> bool:
        """Take over the files of a page that readers see; false if one of them is missing."""
        try:
            for file in _files(page):
                self._folder.keep(file)
        except FileNotFoundError:
            return False
        return True

    def _general(self) -> Iterator[tuple[str, str]]:
        """File and text of what every build writes."""
        page = self._environment.get_template("front.html")
        yield (
            "index.html",
            page.render(up="", here="front", filters=self._names("filters"), **self._front),
        )
        yield from index_pages(
            self._contents, self._environment, self._source, self._names("search")
        )
        yield from self._feeds.general(self._contents, self._source)

    def _due(self, due: dict[str, list[tuple[str, str]]]) -> Iterator[tuple[str, str]]:
        """File and text of the pages."""
        yield from search_shards(self._contents, [shard for _, shard in due["search"]])
        for some in _parts(due["feed"]):
            yield from self._feeds.of_lists(self._contents, some)
        for some in _parts(due["export"]):
            yield from exports(self._contents, some)
        lists = ListPages(self._contents, self._environment, self._source)
        for some in _parts(due["page"]):
            for folder, name, text in lists.of(some):
                yield _page_file(folder, name), text
        for some in _parts(due["papers"]):
            self._contents.choose("wanted", paper_id=[paper_id for _, paper_id in some])
            for paper_id, text in paper_pages(self._contents, self._environment):
                yield _page_file("papers", paper_id), text

    def _write_dictionary(self) -> None:
        self._connection.execute("DELETE FROM pages WHERE folder = 'data'")
        for name, text in dictionary_pages(gather(self._connection), self._environment):
            self._folder.write(name, text)
            table = name.removeprefix("data/").removesuffix(".html")
            self._connection.execute(
                "INSERT INTO pages (folder, name, page) VALUES ('data', $name, hash($publication))",
                {"name": table, "publication": self._wanted.publication},
            )

    def _names(self, folder: str) -> list[str]:
        """The names of the pages of a folder."""
        query = "SELECT name FROM pages WHERE folder = $folder AND page IS NOT NULL ORDER BY name"
        return [row["name"] for row in self._contents.rows(query, folder=folder)]


def _parts(pages: list[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    """The pages, so many together, in the order of their names: papers of a time are stored near
    each other."""
    pages.sort()
    for start in range(0, len(pages), _AT_ONCE):
        yield pages[start : start + _AT_ONCE]


def _files(page: Difference) -> tuple[str, ...]:
    if page.kind == "feed":
        return feed_files(page.folder, page.name)
    if page.kind == "export":
        return export_files(page.folder, page.name)
    return (_page_file(page.folder, page.name),)


def _page_file(folder: str, name: str) -> str:
    """The file of a page; days, weeks and months are called as they are."""
    if folder == "search":
        return f"search/{name}.js"
    if folder == "papers":
        return f"papers/{paper_file(name)}.html"
    return f"{folder}/{name if folder in (*IN_ORDER, 'data') else slug(name)}.html"


def _template(name: str) -> str:
    return (files("flows.site") / "templates" / name).read_text(encoding="utf-8")
