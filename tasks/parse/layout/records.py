"""Reads lines as records; refuses a body that only mentions papers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tasks.errors import BadBody
from tasks.parse.layout.assemble import Assembler, Entry
from tasks.parse.layout.blocks import blocks_of
from tasks.parse.layout.facts import Day, midnight
from tasks.parse.layout.lines import Line
from tasks.parse.layout.mended_titles import mended_titles
from tasks.parse.model import ParsedBody, Record
from tasks.parse.parts import Unreadable, read_parts


@dataclass
class Layout:
    """What a body was read as."""

    entries: list[Entry]
    n_mentions: int = 0
    """Links to papers within sentences."""
    n_links: int = 0
    """Papers that are linked to, each place where that is done counted once."""


def read_layout(lines: Iterable[Line], captured_on: date | None = None) -> Layout:
    """The records and damaged records of a body, in order.

    `captured_on` is the day of the capture, if the body does not contain it.
    """
    blocks = blocks_of(lines)
    titles = mended_titles(blocks)
    parts = Assembler(blocks, titles, captured_on).entries()
    n_links = sum(group.arxiv_id is not None for group in titles.groups)
    n_mentions = sum(block.mentions for block in blocks)
    return Layout(parts, n_mentions, n_links)


def parsed_of(content: bytes, layout: Layout, expects: str, **about: Any) -> ParsedBody:
    """The parsed body of a layout; `about` are its fields about the page. Raises `BadBody` when
    there is no record, or where most papers are only mentioned."""
    n_records = sum(entry.is_record for entry in layout.entries)
    n_named = sum(entry.is_record and entry.arxiv_id is not None for entry in layout.entries)
    n_papers = layout.n_links + layout.n_mentions
    if n_papers and 2 * n_named < n_papers:
        links = f"{n_papers} link{'s' * (n_papers > 1)} to papers"
        if layout.n_mentions > layout.n_links:
            raise BadBody(expects, f"{links} in running text, {n_named or 'no'} titles")
        raise BadBody(expects, f"{links}, {n_named or 'no'} titles in a repeated layout")
    parsed = read_parts(content, layout.entries, _read)
    if not parsed.n_papers or not n_records:
        raise BadBody(expects, f"{len(content)} bytes of text without one such record")
    return replace(parsed, **about)


def _read(place: int, entry: Entry, fields: Counter[str]) -> Record:
    """An entry as a record."""
    if not entry.is_record:
        raise Unreadable(entry.fault or "")
    named = {"id": entry.arxiv_id, "title": entry.title, "abstract": entry.abstract}
    fields.update([*(path for path, value in named.items() if value), *entry.facts])
    title = entry.title or ""
    facts = entry.facts
    listed = facts.get("listed_on")
    listed_on = listed.in_year_of(entry.captured_on) if isinstance(listed, Day) else None
    return Record(
        place,
        title,
        title,
        entry.arxiv_id,
        entry.abstract,
        github_repo=facts.get("github_repo"),
        submitter=facts.get("submitter"),
        submitted_at=midnight(listed_on),
        listing_organization=facts.get("organization"),
        upvotes=facts.get("upvotes"),
        comments=facts.get("comments"),
        github_stars=facts.get("github_stars"),
    )


def loaded_paths(paths: Iterable[str]) -> frozenset[str]:
    """All fields are loaded but the number of authors and the day of first publication, which other
    digests give to the second."""
    return frozenset(paths) - {"n_authors", "published_on"}
