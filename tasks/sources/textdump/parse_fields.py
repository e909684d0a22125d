"""Weekly dumps of a digest as fields: `Title:`, `PDF:`, `Summary:`, and a rule of dashes.

A field continues in the lines below it. A record begins at its title or after a rule, whichever
comes first, so a missing rule does not join two records. The day is in the file's name, not in the
text.
"""

import re
from collections import Counter
from typing import NamedTuple

from tasks.errors import BadBody
from tasks.parse.links import is_damaged, paper_of
from tasks.parse.model import ParsedBody, Raw, Record, Span
from tasks.parse.parts import Unreadable, read_parts
from tasks.parse.text import unwrap
from tasks.parse.unicode_faults import decoded, is_binary
from tasks.sources import Format

EXPECTS = "text with the fields `Title:`, `PDF:` and `Summary:` for each paper"
_LINE = re.compile(rb"[^\r\n]+")
_FIELD = re.compile(rb"(Title|PDF|Summary):(?=[ \t\xc2]|$)")
_RULE = re.compile(rb"-{3,80}")
_HEAD = 200_000


class _Part(NamedTuple):
    """A record: the text of each field, and its span."""

    fields: dict[str, str]
    span: Span


def recognise(content: bytes) -> bool:
    """Whether lines begin with at least two of the fields, one of them the title."""
    found = {m.group(1) for line in _LINE.findall(content[:_HEAD]) if (m := _FIELD.match(line))}
    is_mail = content.lstrip()[:5] in (b"From ", b"From:")
    return b"Title" in found and len(found) > 1 and not is_binary(content) and not is_mail


def parse(content: bytes) -> ParsedBody:
    """Read a dump. Raises `BadBody` when it has no record.

    A record without a title, or with only a title, is a reject; so is one whose link has no
    readable id. Without a link the paper is found by its title.
    """
    parsed = read_parts(content, _parts(content), _read)
    if not parsed.n_papers:
        raise BadBody(EXPECTS, f"{len(content)} bytes of text without one such record")
    return parsed


def locate(content: bytes, index: int) -> Raw:
    """The raw text of one record, without its rule."""
    return Raw.at(content, _parts(content)[index].span)


def _read(place: int, part: _Part, seen: Counter[str]) -> Record:
    title, link, abstract = (part.fields.get(name, "") for name in ("Title", "PDF", "Summary"))
    if not title:
        raise Unreadable("a record without a title")
    if is_damaged(link):
        raise Unreadable(f"`PDF`: no id can be read from {link!r:.80}")
    arxiv_id = paper_of(link)
    if not abstract and arxiv_id is None:
        raise Unreadable("a title without a link to its paper or an abstract")
    seen.update(part.fields.keys())
    return Record(place, title, title, arxiv_id, abstract or None)


def _parts(content: bytes) -> list[_Part]:
    """The records in order, including damaged ones."""
    parts: list[_Part] = []
    lines: list[tuple[bytes, int, int]] = []
    for found in _LINE.finditer(content, 3 if content.startswith(b"\xef\xbb\xbf") else 0):
        line = found.group().replace(b"\xc2\xa0", b"  ").rstrip()
        if not line.strip():
            continue
        field = _FIELD.match(line)
        is_rule = _RULE.fullmatch(line) is not None
        if lines and (is_rule or (field and field.group(1) == b"Title")):
            parts.append(_part(content, lines))
            lines = []
        if not is_rule:
            lines.append((line, found.start(), found.start() + len(found.group().rstrip())))
    return [*parts, _part(content, lines)] if lines else parts


def _part(content: bytes, lines: list[tuple[bytes, int, int]]) -> _Part:
    fields: dict[str, list[str]] = {}
    name = ""
    for line, start, end in lines:
        field = _FIELD.match(line)
        begin = start
        if field and field.group(1).decode() not in fields:
            name, begin = field.group(1).decode(), start + field.end()
        fields.setdefault(name, []).append(decoded(content[begin:end]))
    texts = {key: unwrap("\n".join(values)) for key, values in fields.items() if key}
    return _Part(texts, Span(lines[0][1], lines[-1][2]))


FIELDS = Format("fields", 2, EXPECTS, recognise, parse, locate)
