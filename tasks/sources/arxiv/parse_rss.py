"""`rss.arxiv.org/rss/<category>`: one announcement of a category as RSS 2.0.

Elements from arXiv's page "RSS feed specifications" and from feeds of 2026. On days without an
announcement the feed is empty.
"""

from datetime import date
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element

from tasks.parse.text import mail_time
from tasks.sources.arxiv.feeds import Layout, day_of, feed_format
from tasks.sources.arxiv.markup import Kind, text

_EXPECTS = 'an RSS feed titled "<category> updates on arXiv.org"'


def _about(root: Element) -> Element:
    channel = root.find("channel")
    return root if channel is None else channel


def _day(element: Element) -> date | None:
    return day_of(lambda value: parsedate_to_datetime(value).date(), text(element, "pubDate"))


def _built(element: Element) -> date | None:
    """The day in UTC: feeds of today are built at midnight in New York, those until January 2024
    on the evening before."""
    return day_of(lambda value: mail_time(value).date(), text(element, "pubDate"))


_LAYOUT = Layout(
    kind=Kind(_EXPECTS, root="rss", record="item", closing="</channel></rss>"),
    about=_about,
    description="description",
    title="title",
    identity="guid",
    lead="description",
    dated=_day,
    built=_built,
    link=lambda item: text(item, "link"),
    categories=lambda item: [found.text for found in item.findall("category")],
)
_LOADED = frozenset(
    {"title", "link", "description", "guid", "category", "dc:creator", "arxiv:announce_type"}
)


def recognise(content: bytes) -> bool:
    """Whether the bytes begin like an RSS feed that names arXiv."""
    head = content[:4096]
    return b"<rss" in head and b"arXiv" in head


RSS = feed_format("rss", _LAYOUT, recognise, _LOADED)
