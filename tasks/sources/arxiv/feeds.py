"""The announcement feeds of a category, which have the same content in RSS and in Atom.

A feed names in its title its category, or the several it was asked for, and its date in every
record. Its build time is no date of an issue: an old feed may have been rebuilt a minute ago.
"""

import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from xml.etree.ElementTree import Element

from tasks.errors import BadBody
from tasks.parse.model import Listed, ParsedBody, Record
from tasks.sources import Format
from tasks.sources.arxiv.markup import (
    ARXIV,
    DC,
    Kind,
    locate,
    open_feed,
    read_records,
    required,
    text,
)
from tasks.sources.arxiv.names import authors, categories, is_edition, paper_and_version
from tasks.sources.arxiv.old_titles import titled_record

_TITLE = re.compile(r"(\S[^<>]{0,2000}?) updates on arXiv\.org")
_BETWEEN = re.compile(r", ?|\+")
_ERROR_TITLE = "Feed error"
TITLES = (b"updates on arXiv.org", b"Feed error")
"""Parts of the titles that arXiv gives to its feeds."""
_LEAD = re.compile(
    r"(?P<paper>arXiv:\S{1,100})\s+Announce Type:\s*(?P<type>[\w-]{1,40})(?:\s+Abstract:)?\s*"
)


@dataclass(frozen=True)
class Layout:
    """Where one kind of feed has each value. Dates are read as the days they are printed."""

    kind: Kind
    about: Callable[[Element], Element]
    """Root → the element that describes the feed."""
    description: str
    """Tag of the feed's own description; in an error feed, of the error message."""
    title: str
    identity: str
    lead: str
    dated: Callable[[Element], date | None]
    """Record → the day it was announced."""
    built: Callable[[Element], date | None]
    """Description of the feed → its build day, used if the feed has no records."""
    link: Callable[[Element], str | None]
    categories: Callable[[Element], list[str | None]]
    read: Callable[[int, Element], Record] | None = None
    """(place, record) → the record, where its values are not in elements of their own."""


def feed_format(
    name: str, layout: Layout, recognise: Callable[[bytes], bool], loaded: frozenset[str]
) -> Format:
    """The format of a kind of feed, of whose field paths `loaded` are loaded into the tables."""
    return Format(
        name=name,
        version=2,
        closes_with=f"</{layout.kind.root}>".encode(),
        expects=layout.kind.expects,
        recognise=recognise,
        parse=partial(parse, layout=layout),
        locate=partial(locate, kind=layout.kind),
        issue_of=partial(issue_of, layout=layout),
        loaded_paths=loaded.intersection,
        witness="feed",
    )


def parse(content: bytes, layout: Layout) -> ParsedBody:
    """Read a feed. Raises `BadBody` when it is none, with arXiv's own words when it is an error."""
    feed = open_feed(content, layout.kind)
    about = layout.about(feed.head)
    title = text(about, layout.title) or ""
    if title.startswith(_ERROR_TITLE):
        message = text(about, layout.description) or title
        raise BadBody(layout.kind.expects, f"arXiv's error: {message:.200}")
    if not title.endswith("updates on arXiv.org"):
        raise BadBody(layout.kind.expects, f"a feed titled {title!r:.80}")
    days: Counter[date] = Counter()
    read = layout.read or partial(_read, layout=layout, days=days)
    parsed = read_records(feed, read)
    shown_on = days.most_common(1)[0][0] if days else layout.built(about)
    return replace(parsed, shown_on=shown_on)


def issue_of(content: bytes, layout: Layout) -> str | None:
    """`cs.CL:2026-11-20`, or `cs.CL+cs.AI:2026-11-20` for a feed of several categories, which is
    one list: it does not say which of them it has each paper from."""
    parsed = parse(content, layout)
    about = layout.about(open_feed(content, layout.kind).head)
    named = _TITLE.fullmatch(text(about, layout.title) or "")
    edition = "+".join(_BETWEEN.split(named[1])) if named else ""
    if not is_edition(edition) or parsed.shown_on is None:
        return None
    return f"{edition}:{parsed.shown_on}"


def day_of(read: Callable[[str], date], value: str | None) -> date | None:
    """A day, or None when the text is missing or no date: other records may still have it."""
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        return read(value) if value else None
    return None


def _read(place: int, item: Element, *, layout: Layout, days: Counter[date]) -> Record:
    summary = text(item, layout.lead) or ""
    lead = _LEAD.match(summary)
    title = required(item, layout.title)
    creators = [found.text for found in item.findall(f"{DC}creator") if found.text]
    if not lead and (
        old := titled_record(place, title, layout.link(item), summary, ", ".join(creators))
    ):
        return old
    arxiv_id, version = paper_and_version(
        text(item, layout.identity), lead["paper"] if lead else None, layout.link(item)
    )
    if day := layout.dated(item):
        days[day] += 1
    kind = text(item, f"{ARXIV}announce_type") or (lead["type"] if lead else "listed")
    return Record(
        place=place,
        title_as_listed=title,
        title=title,
        arxiv_id=arxiv_id,
        abstract=summary[lead.end() if lead else 0 :] or None,
        authors=authors(", ".join(creators)),
        categories=categories(layout.categories(item)),
        listing_type=kind.lower(),
        version=version,
        listed=Listed.exactly(day) if day else None,
    )
