"""Builds the pages of a home from its publication: only what changed, all swapped in at once.

Readers find all old pages or all new ones. A page whose key did not change is the same file as
before, so a night costs what it changed. A build that is killed leaves the old pages; the next one
compares keys again and misses nothing.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.resources import files
from itertools import islice
from pathlib import Path

import duckdb

from flows.settings import VERSION, Settings
from flows.site.after_load import PUBLICATION, RECORD
from flows.site.contents import Contents, differing
from flows.site.dictionary_pages import dictionary_pages
from flows.site.exports import export_files, exports
from flows.site.facts import SiteUnbuildable, gather
from flows.site.feeds import Feeds, feed_files
from flows.site.front import front_facts
from flows.site.indexes import SHARDS, index_pages, search_shards
from flows.site.lists import IN_ORDER, ListPages
from flows.site.papers import paper_pages
from flows.site.templating import environment_of
from flows.site.words import paper_file, slug
from schemas.errors import PaperhouseError
from warehouse.query.read_only import reading
from warehouse.storage.durable_files import NewFolder, replacing_folder

log = logging.getLogger("paperhouse")

_ASSETS = ("style.css", "site.js", "icon.svg")
_AT_ONCE = 2_000
"""So many papers are read together; bounds memory."""


@dataclass(frozen=True)
class Record:
    """What a site shows: of which publication, made by which program, and the key of each page."""

    publication: str = ""
    made_by: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)

    def is_of(self, other: "Record") -> bool:
        """Whether it is of the same publication and program."""
        return (self.publication, self.made_by) == (other.publication, other.made_by)

    @classmethod
    def of(cls, site: Path | None) -> "Record":
        """The record of a site; an empty one if there is none that can be read."""
        try:
            return cls(**json.loads((site / RECORD).read_bytes())) if site else cls()
        except (OSError, ValueError, TypeError):
            return cls()


def refresh_site(settings: Settings) -> Path | None:
    """Bring the pages up to date after a run, if they are wanted; gives the first page.

    A fault is a warning, since the load is done: the old pages stand.
    """
    if not settings.site.enabled or not settings.warehouse().publication.exists():
        return None
    try:
        return build_site(settings)
    except (PaperhouseError, OSError, duckdb.Error) as error:
        log.warning(
            "the pages are those from before: %s; `paperhouse docs build` writes them anew",
            " ".join(str(error).split()),
        )
        return None


def build_site(settings: Settings, *, with_dictionary: bool = False) -> Path:
    """Write what changed of the pages of a home; gives the first page.

    The pages below `data/` take longest: they are written if asked for, or missing. Raises
    `NothingPublished`, and `SiteUnbuildable` for a publication of another version.
    """
    home = settings.warehouse()
    with reading(home.publication) as connection:
        ((publication,),) = connection.execute(PUBLICATION).fetchall()
        wanted = Record(publication, _made_by(settings))
        if with_dictionary or not Record.of(home.site).is_of(wanted):
            _build(connection, settings, wanted, with_dictionary=with_dictionary)
    return home.site / "index.html"


def _build(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    wanted: Record,
    *,
    with_dictionary: bool,
) -> None:
    home = settings.warehouse()
    with replacing_folder(home.site) as folder:
        try:
            _Site(connection, settings, folder, wanted).write(with_dictionary=with_dictionary)
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            reason = " ".join(str(error).partition("\n\nLINE ")[0].split())
            raise SiteUnbuildable(
                f"{home.publication} cannot be shown: {reason}; it may be of another version, then "
                "`paperhouse maintain` writes it anew"
            ) from error


class _Site:
    """One build: what is shown already, and the folder that is being filled."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        settings: Settings,
        folder: NewFolder,
        wanted: Record,
    ) -> None:
        self._connection = connection
        self._settings = settings
        self._folder = folder
        self._environment = environment_of(settings.site.thumbnails, settings.form_url)
        self._wanted = wanted
        found = Record.of(folder.old)
        self._shown = found.keys if found.made_by == wanted.made_by else {}

    def write(self, *, with_dictionary: bool) -> None:
        contents = Contents(
            self._connection,
            fewest_papers=self._settings.site.fewest_papers,
            filters=self._settings.filters,
        )
        # whoever follows a filter that no paper has passed yet finds an empty feed
        keys = {("feeds", f"filters/{name}"): "" for name in self._settings.filters}
        keys |= contents.keys()
        pages = {file: page for page in keys for file in _files(*page)}
        wanted = {file: keys[page] for file, page in pages.items()}
        shards = {row["shard"]: row["key"] for row in contents.rows(SHARDS)}
        wanted |= {f"search/{shard}.js": key for shard, key in shards.items()}
        if not with_dictionary:
            wanted |= {name: key for name, key in self._shown.items() if name.startswith("data/")}
        changed = self._keep(wanted)
        self._write_assets()
        for name, text in self._changed_pages(contents, pages, shards, changed):
            self._folder.write(name, text)
        if not any(name.startswith("data/") for name in wanted.keys() - changed):
            for name, text in dictionary_pages(gather(self._connection), self._environment):
                self._folder.write(name, text)
                wanted[name] = self._wanted.publication
        self._folder.write(RECORD, json.dumps(vars(self._wanted) | {"keys": wanted}))

    def _keep(self, wanted: Mapping[str, str]) -> set[str]:
        """Keep the pages that are shown as they should be; gives the others."""
        changed = differing(wanted, self._shown)
        for name in wanted.keys() - changed:
            try:
                self._folder.keep(name)
            except FileNotFoundError:
                changed.add(name)
        return changed

    def _changed_pages(
        self,
        contents: Contents,
        pages: Mapping[str, tuple[str, str]],
        shards: Mapping[str, str],
        changed: set[str],
    ) -> Iterator[tuple[str, str]]:
        """File and text of what has to be written."""
        front = front_facts(contents)
        page = self._environment.get_template("front.html")
        yield (
            "index.html",
            page.render(
                up="",
                here="front",
                filters=[name for folder, name in pages.values() if folder == "filters"],
                **front,
            ),
        )
        source = front.get("source")
        yield from index_pages(contents, self._environment, source, list(shards))
        yield from search_shards(contents, [s for s in shards if f"search/{s}.js" in changed])
        feeds = Feeds(self._environment, self._settings.site.url)
        yield from feeds.general(contents, source)
        due = {page: None for file, page in pages.items() if file in changed}
        yield from feeds.of_lists(contents, [name for folder, name in due if folder == "feeds"])
        yield from exports(contents, [name for folder, name in due if folder == "exports"])
        lists = [page for page in due if page[0] not in ("papers", "feeds", "exports")]
        folders, names = [folder for folder, _ in lists], [name for _, name in lists]
        contents.choose("chosen", folder=folders, name=names)
        for folder, name, text in ListPages(contents, self._environment, source):
            yield from ((file, text) for file in _files(folder, name))
        papers = (name for folder, name in due if folder == "papers")
        while some := list(islice(papers, _AT_ONCE)):
            contents.choose("wanted", paper_id=some)
            for paper_id, text in paper_pages(contents, self._environment):
                yield from ((file, text) for file in _files("papers", paper_id))

    def _write_assets(self) -> None:
        for name in _ASSETS:
            self._folder.write(name, _template(name))


def _files(folder: str, name: str) -> tuple[str, ...]:
    """The files of a page; days, weeks and months are called as they are."""
    if folder == "feeds":
        return feed_files(name)
    if folder == "exports":
        return export_files(name)
    if folder == "papers":
        return (f"{folder}/{paper_file(name)}.html",)
    return (f"{folder}/{name if folder in IN_ORDER else slug(name)}.html",)


def _template(name: str) -> str:
    return (files("flows.site") / "templates" / name).read_text(encoding="utf-8")


def _made_by(settings: Settings) -> str:
    """A checksum of the program and the settings that pages depend on."""
    package = files("flows.site")
    folders = (package, package / "templates", package / "templates" / "data")
    sources = sorted(
        (file.name, file.read_bytes())
        for folder in folders
        for file in folder.iterdir()
        if file.is_file()
    )
    chosen = settings.site.model_dump_json(include={"fewest_papers", "thumbnails", "url"})
    made_with = (sources, VERSION, duckdb.__version__, chosen, settings.form_url)
    return sha256(repr(made_with).encode()).hexdigest()
