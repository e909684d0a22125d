"""Mails as issues: papers are found by their links, or the text is another source's digest.

Links are read, never followed; those for leaving a list are not even read, so loading a mail cannot
end a subscription.
"""

import hashlib
import re
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from tasks.errors import BadBody
from tasks.parse.layout.assemble import Entry
from tasks.parse.layout.records import Layout, loaded_paths, parsed_of, read_layout
from tasks.parse.links import is_leaving
from tasks.parse.model import ParsedBody, Raw, Span
from tasks.parse.unicode_faults import encoded, storable
from tasks.sources import Format, sources
from tasks.sources.mailbox.html_lines import lines_of
from tasks.sources.mailbox.issues import NAME, issue_of
from tasks.sources.mailbox.mime import EXPECTS, Mail, read, read_headers
from tasks.sources.mailbox.own_digest import own_entries

_PERSON = re.compile(r"[\w.+-]{1,64}+@[\w.-]{1,255}", re.ASCII)
_LINK = re.compile(r"https?://\S{1,2000}")
_ENOUGH = 2
"""A mail that comes from no list is a digest when it names so many papers."""


def recognise(content: bytes) -> bool | ParsedBody:
    """The parsed mail if papers are in it, which only parsing shows; else false."""
    try:
        return parse(content)
    except BadBody:
        return False


def parse(content: bytes) -> ParsedBody:
    """Read a mail. Raises `BadBody` for bytes that are no mail, and for a mail that is no digest.

    A text may be any other source's digest, such as a mailing; if its format expects the mail's
    headers at the beginning, they are put there.
    """
    mail = read(content)
    layout = _layout(mail)
    refused: BadBody | None = None
    found: ParsedBody | None = None
    try:
        found = _of_links(content, layout) if layout.entries else None
    except BadBody as error:
        refused = error
    found = found or _of_text(content, mail)
    if found is None:
        raise refused or BadBody(EXPECTS, "a mail in which no paper is named")
    if not mail.is_from_list and found.n_papers < _ENOUGH:
        raise BadBody(EXPECTS, "a mail from no list that names a single paper")
    return found


def locate(content: bytes, index: int) -> Raw:
    """One record as text. The span is the whole mail's: mails are encoded, so a record has no span
    of its own."""
    span = Span(0, len(content))
    mail = read(content)
    layout = _layout(mail)
    with suppress(BadBody):
        if layout.entries:
            _of_links(content, layout)
            return Raw(_text_of(layout.entries[index]), span)
    found = _digest_in(mail)
    return Raw(_masked(found.format.locate(found.body, index).text) if found else "", span)


def made_at(content: bytes) -> datetime | None:
    """When a mail was sent, which is when its content was valid.

    `Date` has whole seconds; microseconds are derived from the bytes, so that two deliveries of one
    mail, which differ in their headers, are two captures.
    """
    sent_at = read_headers(content).sent_at
    digits = hashlib.sha256(content).hexdigest()[:8]
    return sent_at.replace(microsecond=int(digits, 16) % 1_000_000) if sent_at else None


def _layout(mail: Mail) -> Layout:
    """The papers that the HTML of a mail links to, or those of our own digest. Everything else is
    the text around them."""
    if own := [entry for entry in own_entries(mail.html, mail.plain) if entry.arxiv_id]:
        return Layout(own, n_links=len(own))
    lines = [line for html in mail.html for line in lines_of(html)]
    layout = read_layout(lines, mail.sent_at.date() if mail.sent_at else None)
    return replace(layout, entries=[entry for entry in layout.entries if entry.arxiv_id])


def _of_links(content: bytes, layout: Layout) -> ParsedBody:
    parsed, whole = parsed_of(content, layout, EXPECTS), Span(0, len(content))
    rejects = [
        reject._replace(raw=_text_of(layout.entries[reject.place]), span=whole)
        for reject in parsed.rejects
    ]
    return replace(parsed, rejects=tuple(rejects))


def _text_of(entry: Entry) -> str:
    """A record of a mail as text, without addresses of persons."""
    texts = filter(None, [entry.title, entry.arxiv_id, entry.abstract])
    return storable(_masked("\n".join(texts)))


def _of_text(content: bytes, mail: Mail) -> ParsedBody | None:
    found = _digest_in(mail)
    if found is None:
        return None
    whole, parsed = Span(0, len(content)), found.parsed
    rejects = [reject._replace(raw=_masked(reject.raw), span=whole) for reject in parsed.rejects]
    return replace(parsed, rejects=tuple(rejects))


class _Digest(NamedTuple):
    """A text of a mail that is another source's digest: its format, its bytes, what it says."""

    format: Format
    body: bytes
    parsed: ParsedBody


def _digest_in(mail: Mail) -> _Digest | None:
    """The first text of the mail that a format of another source claims and reads a record in."""
    head = f"Date: {mail.sent_at:%a, %d %b %y %H:%M:%S GMT}\n" if mail.sent_at else ""
    head += f"Subject: {mail.subject}\n\n"
    formats = [f for source in sources().values() if source.name != NAME for f in source.formats]
    for text in mail.plain:
        for body_format in formats:
            body = encoded(head * body_format.reads_headers + text)
            parsed = _records_in(body_format, body) if body_format.recognise(body) else None
            if parsed:
                return _Digest(body_format, body, parsed)
    return None


def _records_in(body_format: Format, body: bytes) -> ParsedBody | None:
    """What a body says; None when it is no issue, or has no record that can be read."""
    try:
        parsed = body_format.parse(body)
    except BadBody:
        return None
    return parsed if parsed.n_papers else None


def _masked(text: str) -> str:
    """A text without addresses of persons and without links for leaving a list."""
    kept = _PERSON.sub("\u2026", text)
    return _LINK.sub(lambda link: "\u2026" if is_leaving(link.group()) else link.group(), kept)


MESSAGE = Format(
    name="message",
    version=5,
    expects=EXPECTS,
    recognise=recognise,
    parse=parse,
    locate=locate,
    issue_of=issue_of,
    made_at=made_at,
    loaded_paths=loaded_paths,
    witness="mail",
)
