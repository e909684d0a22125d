"""Assembles records from the events of a text: titles, links, abstracts, facts.

Each format is first read into events; here they become records, the same way for all. A record
begins at the first mention of its paper and ends where another begins, so a damaged one costs only
itself. What belongs to no paper that can be named is a reject.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, NamedTuple, get_args

from tasks.errors import BadBody
from tasks.parse.model import ParsedBody, Record, Span
from tasks.parse.parts import Unreadable, read_parts
from tasks.parse.text import unwrap
from tasks.sources.pagedump.facts import Day, Kind, is_name, midnight

_FACTS = frozenset({*get_args(Kind), "github_repo"})
_WORDS = frozenset({"title", "text", "heading"})
_AFTER_TITLES = frozenset({"n_authors", "listed_on", "published_on", "abstract", "damaged"})


class Event(NamedTuple):
    """One item of a text. `title`: the name of a paper, with its id if a link gives one; `link`: a
    link without words; `text`: words that may be a title; `heading`: words marked as a heading;
    `damaged`: the place of a paper that cannot be read, and why; or an abstract, or a fact."""

    kind: Literal["title", "link", "text", "heading", "damaged", "abstract", "github_repo"] | Kind
    value: Any
    span: Span
    arxiv_id: str | None = None


@dataclass
class Block:
    """A record under construction: the events since it began."""

    arxiv_id: str | None = None
    title: str | None = None
    is_heading: bool = False
    """Whether the title stood at a place where only titles stand."""
    abstract: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    damage: str | None = None
    captured_on: date | None = None
    spans: list[Span] = field(default_factory=list)

    @property
    def span(self) -> Span:
        """From the first to the last byte of its events."""
        return Span(min(span.start for span in self.spans), max(span.end for span in self.spans))

    @property
    def is_record(self) -> bool:
        is_named = self.arxiv_id or (self.is_heading and self.abstract)
        return bool(self.title and is_named and not self.damage)

    @property
    def is_begun(self) -> bool:
        return bool(self.title or self.arxiv_id or self.abstract or self.damage)

    @property
    def fault(self) -> str | None:
        """Why this is no record; None for a line that was never meant to be one."""
        if self.damage:
            return self.damage
        if self.arxiv_id:
            return "a link to a paper without a title"
        if self.title is None:
            return "an abstract without a title" if self.abstract else None
        if self.is_heading:
            return "a title without an abstract"
        has_more = self.abstract or self.facts.keys() - {"organization", "submitter"}
        return "a title without a link to its paper" if has_more else None


def assemble(events: Sequence[Event], captured_on: date | None = None) -> list[Block]:
    """The records and damaged records of a text, in order.

    `captured_on` is the day of the capture, if the text does not contain it.
    """
    blocks: list[Block] = []
    captured = [e.value.in_year_of(None) for e in events if e.kind == "captured_on"]
    captured_on = captured[0] if captured else captured_on
    leading = _leading_counts(events)
    current = Block()
    for number, event in enumerate(events):
        if event.kind == "captured_on":
            captured_on = event.value.in_year_of(None)
            continue
        begins = number in leading and not _awaits(current, events[number + 1])
        if begins or _begins_another(current, event):
            blocks.append(current)
            current = Block()
        is_aside = event.kind in _FACTS and not current.is_begun and number not in leading
        if not is_aside and _add(current, event):
            current.spans.append(event.span)
            current.captured_on = captured_on
    blocks.append(current)
    return [block for block in blocks if block.is_record or block.fault]


def parsed_of(content: bytes, blocks: Iterable[Block], expects: str, **about: Any) -> ParsedBody:
    """The parsed body of blocks; `about` are its fields about the page. Raises `BadBody` when no
    block is a record."""
    parsed = read_parts(content, blocks, _read)
    if not parsed.n_papers:
        raise BadBody(expects, f"{len(content)} bytes of text without one such record")
    return replace(parsed, **about)


def _read(place: int, block: Block, fields: Counter[str]) -> Record:
    """A block as a record."""
    if not block.is_record:
        raise Unreadable(block.fault or "")
    named = {"id": block.arxiv_id, "title": block.title, "abstract": block.abstract}
    fields.update([*(path for path, value in named.items() if value), *block.facts])
    title = unwrap(block.title or "")
    facts = block.facts
    listed = facts.get("listed_on")
    listed_on = listed.in_year_of(block.captured_on) if isinstance(listed, Day) else None
    return Record(
        place,
        title,
        title,
        block.arxiv_id,
        block.abstract,
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


def _leading_counts(events: Sequence[Event]) -> set[int]:
    """The places of the counts that stand before their title, if the text puts votes there.

    Pages print votes before a title or after it. The majority in the text decides: if more titles
    have a count just before them than just after, it is before. Then a count begins a record, also
    where the title after it has lost its link: else its votes would be another paper's comments.
    """
    titles = [n for n, event in enumerate(events) if event.kind == "title"]
    before = {n - 1 for n in titles if n and events[n - 1].kind == "count"}
    after = [n for n in titles if n + 1 < len(events) and events[n + 1].kind == "count"]
    if not before or len(before) < len(after):
        return set()
    return before | {n for n in range(1, len(events) - 1) if _leads_damaged(events, n)}


def _leads_damaged(events: Sequence[Event], number: int) -> bool:
    """Whether a count stands before the remains of a title: words that facts follow."""
    last, count, *rest = [event.kind for event in events[number - 1 : number + 4]]
    if count != "count" or last in _WORDS:
        return False
    while rest[1:] and rest[0] in _WORDS - {"title"}:
        del rest[0]
        if rest[0] in _AFTER_TITLES:
            return True
    return rest[0] == "damaged"


def _awaits(block: Block, title: Event) -> bool:
    """Whether a block has begun with a link to the paper whose title is still to come."""
    return block.title is None and block.arxiv_id is not None and block.arxiv_id == title.arxiv_id


def _begins_another(block: Block, event: Event) -> bool:
    """Whether an event belongs to another paper than the events before it."""
    if event.kind in ("title", "link") and event.arxiv_id:
        return block.is_begun and block.arxiv_id != event.arxiv_id
    if event.kind in ("title", "heading", "damaged"):
        return block.is_begun
    if event.kind == "text":
        is_title = block.arxiv_id is not None and block.title is None
        return block.is_begun and not is_title and not _is_organization(block, event)
    return event.kind == "abstract" and block.abstract is not None


def _is_organization(block: Block, event: Event) -> bool:
    """Whether words after a title are an organisation: only before authors and another one."""
    is_free = not block.facts.keys() & {"organization", "n_authors"}
    return block.title is not None and is_free and is_name(event.value)


def _add(block: Block, event: Event) -> bool:
    """Add an event to a block; returns whether it contained anything new."""
    if event.kind in ("title", "link", "text", "heading"):
        if event.kind == "text" and block.title is not None:
            return block.facts.setdefault("organization", event.value) is event.value
        block.arxiv_id = block.arxiv_id or event.arxiv_id
        if event.kind != "link" and block.title is None:
            block.title, block.is_heading = event.value, event.kind == "title"
        return True
    if event.kind == "damaged":
        block.damage = event.value
        return True
    if event.kind == "abstract":
        block.abstract = event.value
        return True
    kind = event.kind
    if kind == "count":
        kind = "upvotes" if "upvotes" not in block.facts else "comments"
    if kind in block.facts:
        return False
    block.facts[kind] = event.value
    return True
