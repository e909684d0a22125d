"""Mails as issues: papers are found by their links, or the text is another source's digest.

Links are read, never followed; those for leaving a list are not even read, so loading a mail cannot
end a subscription.
"""

import hashlib
import re
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from tasks.errors import BadBody
from tasks.parse.links import is_leaving
from tasks.parse.model import ParsedBody, Raw, Span
from tasks.parse.unicode_faults import encoded, storable
from tasks.sources import Format, sources
from tasks.sources.mailbox.html_lines import lines_of
from tasks.sources.mailbox.issues import NAME, issue_of
from tasks.sources.mailbox.mime import EXPECTS, Mail, read, read_headers
from tasks.sources.pagedump.assemble import Block, assemble, loaded_paths, parsed_of
from tasks.sources.pagedump.linked import events_of

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
    blocks = _blocks(mail)
    found = _of_links(content, blocks) if blocks else _of_text(content, mail)
    if found is None:
        raise BadBody(EXPECTS, "a mail in which no paper is named")
    if not mail.is_from_list and found.n_papers < _ENOUGH:
        raise BadBody(EXPECTS, "a mail from no list that names a single paper")
    return found


def locate(content: bytes, index: int) -> Raw:
    """One record as text. The span is the whole mail's: mails are encoded, so a record has no span
    of its own."""
    span = Span(0, len(content))
    mail = read(content)
    if blocks := _blocks(mail):
        return Raw(_text_of(blocks[index]), span)
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


def _blocks(mail: Mail) -> list[Block]:
    """The papers that a mail links to. Everything else is the text around them."""
    lines = [line for html in mail.html for line in lines_of(html)]
    blocks = assemble(events_of(lines), mail.sent_at.date() if mail.sent_at else None)
    return [block for block in blocks if block.is_record and block.arxiv_id]


def _of_links(content: bytes, blocks: list[Block]) -> ParsedBody:
    parsed, whole = parsed_of(content, blocks, EXPECTS), Span(0, len(content))
    rejects = [
        reject._replace(raw=_text_of(blocks[reject.place]), span=whole) for reject in parsed.rejects
    ]
    return replace(parsed, rejects=tuple(rejects))


def _text_of(block: Block) -> str:
    """A record of a mail as text, without addresses of persons."""
    texts = filter(None, [block.title, block.arxiv_id, block.abstract])
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
    version=2,
    expects=EXPECTS,
    recognise=recognise,
    parse=parse,
    locate=locate,
    issue_of=issue_of,
    made_at=made_at,
    loaded_paths=loaded_paths,
    witness="mail",
)
