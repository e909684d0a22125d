"""Atom feeds that people made of entries of arXiv, without arXiv's title and counts.

Programs that follow papers write them. The entries are those of the query API; so is the issue:
the papers with these ids.
"""

import re
from functools import partial
from xml.etree.ElementTree import Element

from tasks.errors import BadBody
from tasks.parse.model import ParsedBody, Record
from tasks.sources import Format
from tasks.sources.arxiv.feeds import TITLES
from tasks.sources.arxiv.markup import DC, Kind, locate, open_feed, read_records, text
from tasks.sources.arxiv.names import authors
from tasks.sources.arxiv.parse_query import LOADED, read_entry

_KIND = Kind("an Atom feed whose entries lead to arXiv", "feed", "entry", "</feed>")
_LINK = re.compile(rb"arxiv\.org/(?:abs|pdf)/|oai:arXiv\.org:", re.IGNORECASE)
_HEAD = 262_144
_MOST_IDS = 100


def recognise(content: bytes) -> bool:
    """Whether the bytes begin like an Atom feed that leads to papers of arXiv and that arXiv did
    not title."""
    head = content[:4096]
    is_titled = any(title in head for title in TITLES)
    is_feed = b"<feed" in head and b"opensearch" not in head and not is_titled
    return is_feed and _LINK.search(content[:_HEAD]) is not None


def parse(content: bytes) -> ParsedBody:
    """Read a feed. Raises `BadBody` when most of its entries are no papers of arXiv."""
    parsed = read_records(open_feed(content, _KIND), _read)
    if not parsed.records or len(parsed.records) < len(parsed.rejects):
        found = f"an Atom feed with {len(parsed.records)} papers in {parsed.n_parsed} entries"
        raise BadBody(_KIND.expects, found)
    return parsed


def _read(place: int, entry: Element) -> Record:
    record = read_entry(place, entry, is_only=False)
    return (
        record if record.authors else record._replace(authors=authors(text(entry, f"{DC}creator")))
    )


def _issue_of(content: bytes) -> str | None:
    """`ids:<id>,<id>`, the papers in the order of the feed; None for more than a request names."""
    ids = dict.fromkeys(str(record.arxiv_id) for record in parse(content).records)
    return f"ids:{','.join(ids)}" if len(ids) <= _MOST_IDS else None


ENTRIES = Format(
    name="entries",
    version=1,
    expects=_KIND.expects,
    recognise=recognise,
    parse=parse,
    locate=partial(locate, kind=_KIND),
    issue_of=_issue_of,
    loaded_paths=(LOADED | {"dc:creator"}).intersection,
    witness="text",
)
