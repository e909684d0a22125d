"""`rss.arxiv.org/rss/<category>`: one announcement of a category as RSS 2.0.

Elements from arXiv's page "RSS feed specifications" and from feeds of 2026. On days without an
announcement the feed is empty.
"""

from datetime import date
from email.utils import parsedate_to_datetime
from functools import partial
from xml.etree.ElementTree import Element

from tasks.sources import Format
from tasks.sources.arxiv.feeds import Layout, day_of, issue_of, parse
from tasks.sources.arxiv.markup import Kind, locate, text

_KIND = Kind(
    expects='an RSS feed titled "<category> updates on arXiv.org"',
    root="rss",
    record="item",
    closing="</channel></rss>",
)


def _about(root: Element) -> Element:
    channel = root.find("channel")
    return root if channel is None else channel


def _day(element: Element) -> date | None:
    return day_of(lambda value: parsedate_to_datetime(value).date(), text(element, "pubDate"))


_LAYOUT = Layout(
    kind=_KIND,
    about=_about,
    words="description",
    title="title",
    identity="guid",
    lead="description",
    dated=_day,
    built=_day,
    link=lambda item: text(item, "link"),
    categories=lambda item: [name for found in item.findall("category") if (name := found.text)],
)
_LOADED = frozenset(
    {"title", "link", "description", "guid", "category", "dc:creator", "arxiv:announce_type"}
)


def recognise(content: bytes) -> bool:
    """Whether the bytes begin like an RSS feed that names arXiv."""
    head = content[:4096]
    return b"<rss" in head and b"arXiv" in head


RSS = Format(
    name="rss",
    version=1,
    closes_with=b"</rss>",
    expects=_KIND.expects,
    recognise=recognise,
    parse=partial(parse, layout=_LAYOUT),
    locate=partial(locate, kind=_KIND),
    issue_of=partial(issue_of, layout=_LAYOUT),
    loaded_paths=lambda paths: frozenset(paths) & _LOADED,
)
