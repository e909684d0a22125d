"""Text renderings of digest pages that somebody saved: a title, a blank line, its abstract, and so
on.

Such a text has no ids, dates or votes; what it does not say stays NULL. Each paragraph is judged by
itself (is it a title or an abstract?), so one damaged record cannot shift the titles of the rest.
"""

import hashlib
import re
from itertools import pairwise
from typing import NamedTuple

from tasks.errors import BadBody
from tasks.model import FieldSeen, ParsedBody, Raw, Record, Reject, Span
from tasks.sources import Form, Source
from tasks.text import unwrap

EXPECTS = "text with a title, a blank line and an abstract for each paper"
_PARAGRAPH = re.compile(rb"\S[^\r\n]*(?:\r?\n[^\S\r\n]*\S[^\r\n]*)*")
_NO_BREAK_SPACE = "\u00a0".encode()
_SENTENCE_END = re.compile(r"[.!?]\s+\S")
_ABSTRACT_LENGTH = 300
_SHORT_ABSTRACT_LENGTH = 120
_FURNITURE = frozenset(
    {
        "new",
        "get trending papers in your email inbox!",
        "get trending papers in your email inbox once a day!",
        "subscribe",
        "daily papers",
        "trending papers",
        "by ak and the research community",
    }
)
_HEADINGS = ("daily papers", "trending papers")


class Paragraph(NamedTuple):
    """A paragraph on one line, and where it stands in the bytes."""

    text: str
    span: Span

    @property
    def is_furniture(self) -> bool:
        """Part of the page around the list: navigation, headings, the newsletter box."""
        return self.text.casefold() in _FURNITURE

    @property
    def is_abstract(self) -> bool:
        """Long, or of some length and several sentences; titles are neither."""
        return len(self.text) >= _ABSTRACT_LENGTH or (
            len(self.text) >= _SHORT_ABSTRACT_LENGTH and bool(_SENTENCE_END.search(self.text))
        )


def recognise(content: bytes) -> bool:
    """Whether the bytes are plain text with a digest's heading, or with several records."""
    if content.lstrip()[:1] in (b"", b"[", b"{", b"<") or b"\x00" in content:
        return False
    paragraphs = _paragraphs(content)
    n_pairs = sum(
        not first.is_abstract and second.is_abstract for first, second in pairwise(paragraphs)
    )
    has_heading = any(p.text.casefold() in _HEADINGS for p in paragraphs[:20])
    return n_pairs >= (1 if has_heading else 3)


def parse(content: bytes) -> ParsedBody:
    """Pair each title with the abstract that follows it. Raises `BadBody` when there is no pair.

    A title without an abstract and an abstract without a title are rejects: nothing tells whether
    they are a damaged record or something else, and nothing is guessed.
    """
    records: list[Record] = []
    rejects: list[Reject] = []
    for place, (title, abstract) in enumerate(_pairs(_paragraphs(content))):
        if title and abstract:
            text = unwrap(title.text)
            records.append(Record(place, text, text, abstract=abstract.text))
        else:
            reason = "a title without an abstract" if title else "an abstract without a title"
            lone = title or abstract
            if lone:
                raw = content[lone.span.start : lone.span.end].decode(errors="replace")
                rejects.append(Reject(place, reason, raw, lone.span))
    if not records:
        raise BadBody(EXPECTS, f"{len(content)} bytes of text without one such pair")
    fields = {FieldSeen(path, "text"): len(records) for path in ("title", "abstract")}
    return ParsedBody(tuple(records), tuple(rejects), fields)


def locate(content: bytes, index: int) -> Raw:
    """The raw text of one record, from its title to the end of its abstract."""
    title, abstract = _pairs(_paragraphs(content))[index]
    parts = [part for part in (title, abstract) if part]
    span = Span(parts[0].span.start, parts[-1].span.end)
    return Raw(content[span.start : span.end].decode(errors="replace"), span)


def _paragraphs(content: bytes) -> list[Paragraph]:
    """Paragraphs in order. A line of no-break spaces is blank, as it looks."""
    start = 3 if content.startswith(b"\xef\xbb\xbf") else 0
    blanked = content.replace(_NO_BREAK_SPACE, b" " * len(_NO_BREAK_SPACE))
    spans = [Span(*found.span()) for found in _PARAGRAPH.finditer(blanked, start)]
    texts = [unwrap(content[s.start : s.end].decode(errors="replace")) for s in spans]
    return [Paragraph(text, span) for text, span in zip(texts, spans, strict=True) if text]


def _pairs(paragraphs: list[Paragraph]) -> list[tuple[Paragraph | None, Paragraph | None]]:
    """Titles and abstracts in the order of the text, each title with the abstract after it."""
    pairs: list[tuple[Paragraph | None, Paragraph | None]] = []
    title: Paragraph | None = None
    for paragraph in paragraphs:
        if paragraph.is_furniture:
            continue
        if paragraph.is_abstract:
            pairs.append((title, paragraph))
            title = None
        else:
            if title:
                pairs.append((title, None))
            title = paragraph
    if title:
        pairs.append((title, None))
    return pairs


def _issue_of(content: bytes) -> str:
    """A capture has no key of its own: its bytes are."""
    return f"search:{hashlib.sha256(content).hexdigest()[:12]}"


def is_valid_key(edition: str, key: str) -> bool:
    """Captures are named by the first 12 hex digits of their bytes' SHA-256."""
    return edition == "search" and re.fullmatch(r"[0-9a-f]{12}", key) is not None


TEXT = Form(
    name="text",
    version=1,
    expects=EXPECTS,
    recognise=recognise,
    parse=parse,
    locate=locate,
    issue_of=_issue_of,
)

SOURCE = Source(name="pagedump", forms=(TEXT,), is_valid_key=is_valid_key)
