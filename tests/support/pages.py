"""Pages as a browser would take them, and a warehouse whose pages show all that can go wrong."""

import os
import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from flows.settings import Settings
from flows.settings.sections import FilterSettings, SiteSettings
from tests.support.arxiv_bodies import rss, rss_item
from tests.support.bodies import ABSTRACT
from tests.support.issues import T0, Body, day, item
from tests.support.warehouse import Warehouse

HOSTILE = [
    "<script>alert(1)</script>: a model",
    '"><img src=x onerror=alert(2)>',
    "</pre></style><svg onload=alert(3)>",
    "{{ 7 * 7 }} {% include 'base.html' %}",
    "&lt;b&gt; twice",
    "[link](javascript:alert(4)) \u202e backwards",
    "$\\mathcal{O}(n^2)$ & \\textsc{Small} caps: \u05e9\u05dc\u05d5\u05dd",
]
"""Titles that a careless page would run, turn around or lose."""
HIDDEN = "Author Unseen"
"""Asked one source not to be shown; another source names them."""


PICTURE = "https://pictures.example.org/kettle.png"
FILTERS = {
    "kettles": FilterSettings(words=("KETTLE",), min_votes=5),
    "nobody": FilterSettings(authors=("Nobody at all",)),
}
"""Filters of the settings; no paper passes the second one."""


@dataclass
class Element:
    """A tag with its attributes."""

    tag: str
    attributes: dict[str, str]


@dataclass
class Figure:
    """A number on a page, and which one it is."""

    name: str
    text: str = ""


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.elements: list[Element] = []
        self.ids: set[str] = set()
        self.words = ""
        self.figures: list[Figure] = []
        self.lineage: set[tuple[str, str, str]] = set()
        """Whose list it is, which (`reads` or `feeds`), and a link in it."""
        self._list = ("", "")
        self._figure: Figure | None = None
        self.feed(text)

    @property
    def tags(self) -> set[str]:
        return {element.tag for element in self.elements}

    @property
    def attributes(self) -> set[str]:
        return {name for element in self.elements for name in element.attributes}

    @property
    def links(self) -> list[str]:
        """Where links lead, and what the page itself loads or sends to."""
        names = ("href", "src", "action")
        return [e.attributes[name] for e in self.elements for name in names if name in e.attributes]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, given))
        self.ids |= {given["id"]} if "id" in given else set()
        if "data-figure" in given:
            self._figure = Figure(given["data-figure"])
            self.figures.append(self._figure)
        if tag in ("dl", "dd"):
            self._list = (given.get("data-lineage", self._list[0]), given.get("class", ""))
        elif tag == "a" and all(self._list):
            self.lineage.add((*self._list, given["href"]))

    def handle_endtag(self, tag: str) -> None:
        self._figure = None
        if tag == "dl":
            self._list = ("", "")

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._figure:
            self._figure.text += data


@dataclass(frozen=True)
class Built:
    """A warehouse and its pages."""

    warehouse: Warehouse
    site: SiteSettings = field(default_factory=SiteSettings)

    @property
    def settings(self) -> Settings:
        return Settings(home=self.warehouse.home, site=self.site, filters=FILTERS)

    @property
    def folder(self) -> Path:
        return self.warehouse.paths.site

    def copy_to(self, home: Path) -> "Built":
        """A copy whose two folders of pages share their files, as a build leaves them."""
        copied = Built(self.warehouse.copy_to(home), self.site)
        shown = copied.folder.resolve()
        (other,) = {*home.glob("site-*")} - {shown}
        shutil.rmtree(other)
        shutil.copytree(shown, other, copy_function=os.link)
        return copied

    def files(self) -> dict[str, Path]:
        """Every file of the site by its place in it."""
        found = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder)): path for path in found}

    def texts(self) -> dict[str, str]:
        """The text of every file; of the table of keys, its rows."""
        return {name: _text(path) for name, path in self.files().items()}

    def pages(self) -> dict[str, Page]:
        found = self.texts().items()
        return {name: Page(text) for name, text in found if name.endswith(".html")}


def _text(path: Path) -> str:
    if path.suffix == ".parquet":
        return "\n".join(sorted(map(str, pq.read_table(path).to_pylist())))
    return path.read_text(encoding="utf-8")


def kettle(n: int, *, votes: int) -> dict[str, Any]:
    """A paper about kettles, with a preview picture."""
    made = item(
        f"2611.001{n:02}",
        f"Kettle-{n}: Boiling Water with Diffusion Models",
        upvotes=votes,
        summary=f"We propose kettle {n}. It is 3x faster than a pot. {ABSTRACT}",
    )
    return made | {"thumbnail": PICTURE}


def told(home: Path) -> Warehouse:
    """A warehouse of two sources and three days, one of them looked at twice: the titles above, a
    hidden author, votes that grow, a title that changes, code that comes later."""
    warehouse = Warehouse(home)
    hostile = [
        item(f"2611.0000{n}", title, upvotes=n, summary=f"We propose {title} for everybody.")
        for n, title in enumerate(HOSTILE)
    ]
    hostile[0]["paper"]["authors"] = [
        {"name": "Author Seen", "hidden": False},
        {"name": HIDDEN, "hidden": True},
    ]
    kettles = [kettle(n, votes=3 * n) for n in range(12)]
    later = [kettle(n, votes=3 * n + 5) for n in range(6)]
    later[3] = item(
        "2611.00103",
        "Kettle-3: A New Title",
        upvotes=40,
        summary=f"We boil again. {ABSTRACT}",
        githubRepo="https://github.com/example/kettle",
    )
    names = f"Author Seen, {HIDDEN}"
    feed = rss(rss_item("2611.00000v1", title="The Same at arXiv", creators=names))
    bodies = [
        day("2026-11-19", kettles[:6], minutes=-60 * 24),
        day("2026-11-18", kettles[6:9], minutes=-60 * 24),
        day("2026-11-20", [*hostile, *kettles[9:]]),
        day("2026-11-19", later[:6]),
        Body("arxiv:cs.CL:2026-11-20", feed, T0),
    ]
    warehouse.load(bodies, now=T0 + timedelta(hours=1))
    return warehouse
