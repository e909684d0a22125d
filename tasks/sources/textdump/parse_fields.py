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
from tasks.parse.model import FieldSeen, ParsedBody, Raw, Record, Reject, Span
from tasks.parse.text import unwrap
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
    return b"Title" in found and len(found) > 1 and b"\x00" not in content and not is_mail


def parse(content: bytes) -> ParsedBody:
    """Read a dump. Raises `BadBody` when it has no record.

    A record without a title, or with only a title, is a reject; so is one whose link has no
    readable id. Without a link the paper is found by its title.
    """
    records: list[Record] = []
    rejects: list[Reject] = []
    fields: Counter[FieldSeen] = Counter()
    for place, part in enumerate(_parts(content)):
        fault = _fault(part.fields)
        if fault:
            raw = content[part.span.start : part.span.end].decode(errors="replace")
            rejects.append(Reject(place, fault, raw, part.span))
            continue
        title = part.fields["Title"]
        link, abstract = part.fields.get("PDF", ""), part.fields.get("Summary")
        records.append(Record(place, title, title, paper_of(link), abstract or None))
        fields.update(FieldSeen(name, "text") for name in part.fields)
    if not records:
        raise BadBody(EXPECTS, f"{len(content)} bytes of text without one such record")
    return ParsedBody(tuple(records), tuple(rejects), fields)


def locate(content: bytes, index: int) -> Raw:
    """The raw text of one record, without its rule."""
    span = _parts(content)[index].span
    return Raw(content[span.start : span.end].decode(errors="replace"), span)


def _fault(fields: dict[str, str]) -> str | None:
    """Why a record cannot be read; None when it can."""
    if not fields.get("Title"):
        return "a record without a title"
    if is_damaged(fields.get("PDF", "")):
        return f"`PDF`: no id can be read from {fields['PDF']!r:.80}"
    if not fields.get("Summary") and paper_of(fields.get("PDF", "")) is None:
        return "a title without a link to its paper or an abstract"
    return None


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
        fields.setdefault(name, []).append(content[begin:end].decode(errors="replace"))
    texts = {key: unwrap("\n".join(values)) for key, values in fields.items() if key}
    return _Part(texts, Span(lines[0][1], lines[-1][2]))


FIELDS = Format(
    name="fields",
    version=1,
    expects=EXPECTS,
    recognise=recognise,
    parse=parse,
    locate=locate,
)
