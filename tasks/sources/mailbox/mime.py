"""Reads the parts of a mail that a digest needs: the list it came from, its time, its texts.

Nesting, parts and bytes of text are bounded. Attachments, pictures and addresses of persons are
not read.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message as Headers
from email.utils import parseaddr

from tasks.errors import BadBody
from tasks.parse.mime import MOST_PARTS, header, parts_of, split_message, text_of
from tasks.parse.text import is_mail, mail_time

EXPECTS = "a mail (RFC 5322) with links to papers, or with a text that is a digest"
_SLUG = re.compile(r"[^a-z0-9.-]+")
_LIST_HEADERS = ("List-Id", "List-Unsubscribe", "List-Post", "Feedback-ID")
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_DEEPEST = 8
_MOST_TEXT = 2 * 1024 * 1024
"""Bytes of text read of one mail; a digest has a few hundred thousand."""


@dataclass
class Mail:
    """What is read from a mail. `edition` is its list, else the domain it came from."""

    edition: str
    message_hash: str
    sent_at: datetime | None
    subject: str
    is_from_list: bool
    html: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    n_parts: int = 0
    n_text: int = 0


def read(content: bytes) -> Mail:
    """Read a mail with its texts. Raises `BadBody` for bytes that are no mail."""
    headers, body = split_message(content)
    mail = _mail_of(content, headers)
    _walk(mail, headers, body, 0)
    return mail


def read_headers(content: bytes) -> Mail:
    """Read a mail without its texts. Raises `BadBody` for bytes that are no mail."""
    return _mail_of(content, split_message(content)[0])


def _mail_of(content: bytes, headers: Headers) -> Mail:
    if not is_mail(content):
        raise BadBody(EXPECTS, f"{len(content)} bytes that do not begin with headers of a mail")
    message_id = header(headers, "Message-ID").strip().encode(errors="replace") or content
    return Mail(
        _edition(headers),
        hashlib.sha256(message_id).hexdigest()[:12],
        _sent_at(headers),
        _decoded(headers, "Subject"),
        any(name in headers for name in _LIST_HEADERS),
    )


def _walk(mail: Mail, headers: Headers, body: bytes, depth: int) -> None:
    """Collect the texts of a part and of the parts in it."""
    mail.n_parts += 1
    kind = headers.get_content_type()
    if headers.get_content_maintype() == "multipart":
        boundary = headers.get_boundary()
        for part in parts_of(body, boundary) if boundary and depth < _DEEPEST else ():
            if mail.n_parts >= MOST_PARTS:
                return
            _walk(mail, *split_message(part), depth + 1)
    elif kind == "message/rfc822" and depth < _DEEPEST:
        _walk(mail, *split_message(body.lstrip()), depth + 1)
    elif kind in ("text/html", "text/plain") and headers.get_content_disposition() != "attachment":
        text = text_of(headers, body[: 2 * _MOST_TEXT])[: _MOST_TEXT - mail.n_text]
        mail.n_text += len(text)
        (mail.html if kind == "text/html" else mail.plain).append(text)


def _decoded(headers: Headers, name: str) -> str:
    """A header decoded by RFC 2047; as written if that fails."""
    value = header(headers, name)
    try:
        text = str(make_header(decode_header(value)))
    except (LookupError, MessageError, ValueError):
        text = value
    return " ".join(text.split())


def _sent_at(headers: Headers) -> datetime | None:
    try:
        sent = mail_time(header(headers, "Date"))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return sent if sent >= _EARLIEST else None


def _edition(headers: Headers) -> str:
    """`daily-papers.example.org` of the list, else the domain of the sender's address."""
    list_id = re.search(r"<([^<>\s]{1,200})>", _decoded(headers, "List-Id"))
    address = parseaddr(header(headers, "From"))[1]
    name = list_id.group(1) if list_id else address.rpartition("@")[2]
    return _SLUG.sub("-", name.lower())[:60].strip("-.") or "unknown"
