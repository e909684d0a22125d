"""Reads the parts of a mail that a digest needs: the list it came from, its time, its texts.

Parts are walked here and not by `email.parser`, which follows any nesting and any number of parts,
so a hostile mail could exhaust memory; the standard library reads headers and encodings, in bounded
pieces. Attachments, pictures and addresses of persons are not read.
"""

import base64
import binascii
import hashlib
import quopri
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message as Headers
from email.parser import BytesHeaderParser
from email.utils import parseaddr

from tasks.errors import BadBody
from tasks.parse.text import is_mail, mail_time
from tasks.parse.unicode_faults import decoded_as

EXPECTS = "a mail (RFC 5322) with links to papers, or with a text that is a digest"
_PARSER = BytesHeaderParser()
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_SLUG = re.compile(r"[^a-z0-9.-]+")
_LIST_HEADERS = ("List-Id", "List-Unsubscribe", "List-Post", "Feedback-ID")
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_HEAD = 65_536
_LONGEST_VALUE = 2_000
_DEEPEST = 8
_MOST_PARTS = 200
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
    headers, body = _split(content)
    mail = _mail_of(content, headers)
    _walk(mail, headers, body, 0)
    return mail


def read_headers(content: bytes) -> Mail:
    """Read a mail without its texts. Raises `BadBody` for bytes that are no mail."""
    return _mail_of(content, _split(content)[0])


def _mail_of(content: bytes, headers: Headers) -> Mail:
    if not is_mail(content):
        raise BadBody(EXPECTS, f"{len(content)} bytes that do not begin with headers of a mail")
    message_id = _value(headers, "Message-ID").strip().encode(errors="replace") or content
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
        for part in _parts(body, boundary) if boundary and depth < _DEEPEST else ():
            if mail.n_parts >= _MOST_PARTS:
                return
            _walk(mail, *_split(part), depth + 1)
    elif kind == "message/rfc822" and depth < _DEEPEST:
        _walk(mail, *_split(body.lstrip()), depth + 1)
    elif kind in ("text/html", "text/plain") and headers.get_content_disposition() != "attachment":
        text = _text(headers, body[: 2 * _MOST_TEXT])[: _MOST_TEXT - mail.n_text]
        mail.n_text += len(text)
        (mail.html if kind == "text/html" else mail.plain).append(text)


def _split(content: bytes) -> tuple[Headers, bytes]:
    """Headers and body of a message or a part. Long headers are cut."""
    if content[:1] in (b"\r", b"\n"):
        return Headers(), content
    blank = _BLANK_LINE.search(content, 0, 4 * _HEAD)
    head = content[: blank.start()] if blank else content[: 4 * _HEAD]
    headers = _PARSER.parsebytes(head[:_HEAD] + b"\n\n")
    for name in ("Content-Type", "Content-Disposition"):
        if name in headers:
            headers.replace_header(name, _value(headers, name))
    return headers, content[blank.end() :] if blank else b""


def _parts(body: bytes, boundary: str) -> list[bytes]:
    """The parts between the boundaries; at most one more than are read."""
    mark = re.escape(boundary[:200].encode(errors="replace"))
    rule = re.compile(rb"(?:\A|\r?\n)--" + mark + rb"(?:--)?[ \t]{0,20}(?=\r?\n|\Z)")
    return [part.lstrip(b"\r\n") for part in rule.split(body, _MOST_PARTS + 1)[1:]]


def _text(headers: Headers, body: bytes) -> str:
    encoding = _value(headers, "Content-Transfer-Encoding").strip().lower()
    if encoding == "base64":
        body = _from_base64(body)
    elif encoding == "quoted-printable":
        body = quopri.decodestring(body)
    charset = headers.get_content_charset("utf-8")
    return decoded_as(body, charset, "utf-8", legacy="cp1252")


def _from_base64(body: bytes) -> bytes:
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    try:
        return base64.b64decode(kept[: len(kept) - (len(kept) % 4 == 1)] + b"=" * (-len(kept) % 4))
    except binascii.Error:
        return b""


def _value(headers: Headers, name: str) -> str:
    """A header as written, at a bounded length."""
    return str(headers.get(name, ""))[:_LONGEST_VALUE]


def _decoded(headers: Headers, name: str) -> str:
    """A header decoded by RFC 2047; as written if that fails."""
    value = _value(headers, name)
    try:
        text = str(make_header(decode_header(value)))
    except (LookupError, MessageError, ValueError):
        text = value
    return " ".join(text.split())


def _sent_at(headers: Headers) -> datetime | None:
    try:
        sent = mail_time(_value(headers, "Date"))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return sent if sent >= _EARLIEST else None


def _edition(headers: Headers) -> str:
    """`daily-papers.example.org` of the list, else the domain of the sender's address."""
    list_id = re.search(r"<([^<>\s]{1,200})>", _decoded(headers, "List-Id"))
    address = parseaddr(_value(headers, "From"))[1]
    name = list_id.group(1) if list_id else address.rpartition("@")[2]
    return _SLUG.sub("-", name.lower())[:60].strip("-.") or "unknown"
