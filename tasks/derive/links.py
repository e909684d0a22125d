"""The addresses in a paper and what each leads to."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tasks.derive.paper import Paper, sentence_at
from tasks.derive.urls import Address, addresses_in, canonical
from tasks.derive.words import folded

VERSION = "links/6"


class Link(NamedTuple):
    """An address and its place; the fields are columns of derived.paper_links."""

    url: str
    url_key: str
    kind: str
    host: str
    repo: str | None
    sentence: str | None
    found_in: str
    span_start: int
    span_end: int
    confidence: float


def links(paper: Paper) -> list[Link]:
    """Every address of a paper, once for each field or text it is in: fields first, then texts."""
    found: dict[tuple[str, str], Link] = {}
    for link in (*_of_fields(paper), *_of_texts(paper)):
        found.setdefault((link.url_key, link.found_in), link)
    return list(found.values())


def _of_fields(paper: Paper) -> Iterator[Link]:
    fields = (
        ("github_repo", paper.github_repo, "other"),
        ("project_page", paper.project_page, "project"),
    )
    for name, value, otherwise in fields:
        address = canonical(value) if value else None
        if address:
            kind = address.kind or otherwise
            yield Link(*_place(address, kind), None, name, 0, len(value or ""), 1.0)


def _of_texts(paper: Paper) -> Iterator[Link]:
    for found_in, text in (("title", paper.title), ("abstract", paper.abstract or "")):
        for written in addresses_in(text):
            address = canonical(written.text)
            if address:
                start, end = written.start, written.end
                kind = address.kind or _kind_by_words(text[max(0, start - 90) : start])
                sentence = sentence_at(text, start, end)
                sure = 0.7 if written.is_mended else 0.99
                yield Link(*_place(address, kind), sentence, found_in, start, end, sure)


def _place(address: Address, kind: str) -> tuple[str, str, str, str, str | None]:
    return address.url, address.key, kind, address.host, address.repo


_KIND_WORD = re.compile(
    r"\b(?:(?P<project>project|web ?page|web ?site|home ?page)|(?P<demo>demos?)|(?P<video>videos?)|"
    r"(?P<dataset>data ?sets?|benchmark)|(?P<model>models?|weights|checkpoints?))\b"
)
_BY_WORD = ("project", "demo", "dataset", "model", "video")


def _kind_by_words(before: str) -> str:
    """The kind named before an address; a project's page first, as it may contain the others."""
    sentence = folded(before.rsplit(". ", 1)[-1])
    said = {match.lastgroup for match in _KIND_WORD.finditer(sentence)}
    return next((kind for kind in _BY_WORD if kind in said), "other")
