"""The good bodies that the fuzz damages: at least one of every format that a source registers."""

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from schemas.errors import PaperhouseError
from tasks.detect_format import detect_format
from tasks.parse.model import ParsedBody, Span
from tasks.sources import Format, sources
from tests.support import arxiv_bodies as arxiv
from tests.support.bodies import ABSTRACT, body, hydrated, item
from tests.support.folders import DIGESTS, SAMPLE
from tests.support.mails import HEADERS, HTML, TITLES
from tests.support.saved import MARKDOWN, SHAPES
from tests.support.textdumps import WHOLE

JSON, ESCAPED_JSON, MARKUP, TEXT = "JSON", "escaped JSON", "markup", "text"
_BETWEEN_TAGS = re.compile(rb">([^<>]*[^<>\s][^<>]*)<")
_WORDS = re.compile(rb"(?P<address>https?://[^\s()<>]+)|[^\W\d_]{3,}|\d+", re.ASCII)


@dataclass(frozen=True)
class Seed:
    """A good body of a format. A mail is `wrap` of its text; other bodies are their text."""

    source: str
    format: Format
    name: str
    text: bytes
    syntax: str
    wrap: Callable[[bytes], bytes] = bytes
    spans: tuple[Span, ...] | None = field(default=None, repr=False)
    """Where the records stand in the text; None: where the format locates them."""

    @property
    def label(self) -> str:
        return f"{self.source} {self.format.name}"

    @cached_property
    def content(self) -> bytes:
        return self.wrap(self.text)

    @cached_property
    def parsed(self) -> ParsedBody:
        return self.format.parse(self.content)

    @cached_property
    def detected(self) -> str:
        return detected(self.content, self.name)

    @cached_property
    def records(self) -> tuple[Span, ...]:
        """Where the records stand in the text."""
        if self.spans is not None:
            return self.spans
        places = [record.place for record in self.parsed.records]
        return tuple(self.format.locate(self.content, place).span for place in places)

    def values(self, record: Span) -> list[Span]:
        """Where the values of a record stand that is not JSON."""
        pattern = _BETWEEN_TAGS if self.syntax == MARKUP else _WORDS
        group = 1 if self.syntax == MARKUP else 0
        found = pattern.finditer(self.text, record.start, record.end)
        return [Span(*match.span(group)) for match in found]


def detected(content: bytes, name: str) -> str:
    """The format that is detected, or the typed error instead."""
    try:
        found = detect_format(content, name)
    except PaperhouseError as error:
        return type(error).__name__
    return f"{found.source.name} {found.format.name}"


def seeds() -> list[Seed]:
    """Real bodies where they are at hand, and those written for the tests."""
    return [*_huggingface(), *_arxiv(), *_saved(), *_mails()]


def _seed(name: str, title: str, text: bytes, syntax: str) -> Seed:
    source, _, body_format = name.partition(":")
    return Seed(source, sources()[source].format(body_format), title, text, syntax)


def _files(name: str, files: Iterable[Path], syntax: str) -> Iterator[Seed]:
    return (_seed(name, file.name, file.read_bytes(), syntax) for file in files)


def _huggingface() -> Iterator[Seed]:
    root = (DIGESTS if DIGESTS.is_dir() else SAMPLE) / "huggingface"
    yield from _files("huggingface:api", sorted((root / "api").glob("*.json"))[::24], JSON)
    items = [item(id=f"2503.0000{n}", title=f"Reading List {n}") for n in range(1, 6)]
    yield _seed("huggingface:page", "hydrated", hydrated(items), ESCAPED_JSON)
    pages = sorted((root / "html").glob("2*.html"))[:1]
    yield from _files("huggingface:page", pages, ESCAPED_JSON)
    cards = SAMPLE / "huggingface/html/2026-11-12-cards-only.html"
    yield from _files("huggingface:page", [cards], MARKUP)
    paper = body(item(authors=[{"name": "A. B.", "hidden": False}])["paper"])[1:-1]
    yield _seed("huggingface:paper", "paper", paper, JSON)


def _arxiv() -> Iterator[Seed]:
    numbers = range(1, 5)
    rss = arxiv.rss(*[arxiv.rss_item(f"2611.0000{n}v1", title=f"List {n}") for n in numbers])
    atom = arxiv.atom(*[arxiv.atom_entry(f"2611.0000{n}v1", title=f"List {n}") for n in numbers])
    query = [arxiv.query_entry(f"2611.0000{n}v2", title=f"List {n}") for n in numbers]
    mailing = arxiv.mailing([arxiv.mailed(f"2611.0000{n}", title=f"List {n}") for n in numbers])
    yield _seed("arxiv:rss", "written", rss, MARKUP)
    yield _seed("arxiv:atom", "written", atom, MARKUP)
    yield _seed("arxiv:query", "written", arxiv.query(*query), MARKUP)
    old = [arxiv.rdf_item(f"2203.0000{n}v1", f"List {n}.") for n in numbers]
    yield _seed("arxiv:rdf", "written", arxiv.rdf(*old), MARKUP)
    made = arxiv.entries(*(f"2611.0000{n}" for n in numbers))
    yield _seed("arxiv:entries", "written", made, MARKUP)
    yield _seed("arxiv:mailing", "written", mailing.encode(), TEXT)
    real = DIGESTS / "arxiv"
    yield from _files("arxiv:rss", sorted((real / "rss").glob("*.xml")), MARKUP)
    yield from _files("arxiv:mailing", sorted((real / "mailing").glob("*.txt")), TEXT)


def _saved() -> Iterator[Seed]:
    for name, text in SHAPES.items():
        yield _seed(f"pagedump:{name}", name, text.encode(), TEXT)
    yield from _files("pagedump:text", [SAMPLE / "pagedump/search.txt"], TEXT)
    yield from _files("pagedump:text", sorted((DIGESTS / "pagedump").glob("*.txt"))[:1], TEXT)
    yield _seed("textdump:fields", "written", WHOLE.encode(), TEXT)
    yield from _files("textdump:fields", sorted((DIGESTS / "textdump").glob("*.txt"))[:2], TEXT)


def _mails() -> Iterator[Seed]:
    message = sources()["mailbox"].format("message")
    titles = [
        HTML.encode().rindex(part) for part in (b"Slow Lamps", b"</b> on Gravel", b"Old Knots")
    ]
    spans = tuple(Span(start - 1, start + 20) for start in titles)
    yield Seed("mailbox", message, "links", HTML.encode(), MARKUP, _mail("text/html"), spans)
    assert len(TITLES) == len(message.parse(_mail("text/html")(HTML.encode())).records)
    bare = "".join(f"A Fine Title {n}\n\n{ABSTRACT}\n\n" for n in range(1, 5))
    for name, text in (("dump", WHOLE), ("markdown", MARKDOWN), ("paragraphs", bare)):
        inner = next(
            body_format
            for source in sources().values()
            for body_format in source.formats
            if source.name != "mailbox" and body_format.recognise(text.encode())
        )
        records = inner.parse(text.encode()).records
        spans = tuple(inner.locate(text.encode(), record.place).span for record in records)
        yield Seed("mailbox", message, name, text.encode(), TEXT, _mail("text/plain"), spans)


def _mail(kind: str) -> Callable[[bytes], bytes]:
    """Wraps a text in a mail of a list."""
    head = f"{HEADERS}Content-Type: {kind}; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    return lambda text: head.encode() + base64.encodebytes(text)
