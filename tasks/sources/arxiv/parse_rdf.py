"""RSS 1.0, the form of `export.arxiv.org/rss/<category>` until January 2024.

A record's title ends with its id, version, primary category and what it is, as in
`Title. (arXiv:2203.04501v2 [cs.CL] UPDATED)`. Authors are links, the abstract is a paragraph of
HTML. Elements from feeds of 2019 to 2024. The feed's only date is the evening of the announcement,
in New York; as for a mailing, its day in UTC is the date of the issue.
"""

from datetime import UTC, date, datetime
from xml.etree.ElementTree import Element

from tasks.parse.model import Record
from tasks.parse.parts import Unreadable
from tasks.sources.arxiv.feeds import Layout, day_of, feed_format
from tasks.sources.arxiv.markup import DC, RSS1, Kind, required, text
from tasks.sources.arxiv.old_titles import titled_record


def _about(root: Element) -> Element:
    channel = root.find(f"{RSS1}channel")
    return root if channel is None else channel


def _announced_on(about: Element) -> date | None:
    return day_of(
        lambda value: datetime.fromisoformat(value).astimezone(UTC).date(), text(about, f"{DC}date")
    )


def _read(place: int, item: Element) -> Record:
    record = titled_record(
        place,
        required(item, f"{RSS1}title"),
        text(item, f"{RSS1}link"),
        text(item, f"{RSS1}description"),
        text(item, f"{DC}creator"),
    )
    if record is None:
        raise Unreadable("the title does not end with the id and category of a paper")
    return record


_LAYOUT = Layout(
    kind=Kind(
        'an RSS 1.0 feed titled "<category> updates on arXiv.org"',
        root="rdf:RDF",
        record="item",
        closing="</rdf:RDF>",
    ),
    about=_about,
    description=f"{RSS1}description",
    title=f"{RSS1}title",
    identity=f"{RSS1}link",
    lead=f"{RSS1}description",
    dated=lambda _: None,
    built=_announced_on,
    link=lambda item: text(item, f"{RSS1}link"),
    categories=lambda _: [],
    read=_read,
)
_LOADED = frozenset({"title", "link", "description", "dc:creator"})


def recognise(content: bytes) -> bool:
    """Whether the bytes begin like an RSS 1.0 feed that names arXiv."""
    head = content[:4096]
    return b"<rdf:RDF" in head and b"arXiv" in head


RDF = feed_format("rdf", _LAYOUT, recognise, _LOADED)
