"""`rss.arxiv.org/atom/<category>`: one announcement of a category as Atom 1.0.

Elements from arXiv's page "ATOM feed specifications". The feed itself has only its build time, so
the day of the announcement is read from its records.
"""

from datetime import date, datetime
from xml.etree.ElementTree import Element

from tasks.sources.arxiv.announcements import ZONE
from tasks.sources.arxiv.feeds import TITLES, Layout, day_of, feed_format
from tasks.sources.arxiv.markup import ATOM, Kind, text


def _announced_on(entry: Element) -> date | None:
    return day_of(
        lambda value: datetime.fromisoformat(value).date(), text(entry, f"{ATOM}published")
    )


def _built_on(feed: Element) -> date | None:
    return day_of(
        lambda value: datetime.fromisoformat(value).astimezone(ZONE).date(),
        text(feed, f"{ATOM}updated"),
    )


def _link(entry: Element) -> str | None:
    return next((found.get("href") for found in entry.findall(f"{ATOM}link")), None)


_LAYOUT = Layout(
    kind=Kind('an Atom feed titled "<category> updates on arXiv.org"', "feed", "entry", "</feed>"),
    about=lambda root: root,
    description=f"{ATOM}subtitle",
    title=f"{ATOM}title",
    identity=f"{ATOM}id",
    lead=f"{ATOM}summary",
    dated=_announced_on,
    built=_built_on,
    link=_link,
    categories=lambda entry: [found.get("term") for found in entry.findall(f"{ATOM}category")],
)
_LOADED = frozenset(
    {"id", "title", "link", "link@href", "summary", "category", "category@term", "dc:creator"}
    | {"arxiv:announce_type"}
)


def recognise(content: bytes) -> bool:
    """Whether the bytes begin like an Atom feed that arXiv titled, and not like an answer of the
    query API."""
    head = content[:4096]
    is_titled = any(title in head for title in TITLES)
    return b"<feed" in head and is_titled and b"opensearch" not in head


ATOM_FEED = feed_format("atom", _LAYOUT, recognise, _LOADED)
