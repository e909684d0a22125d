"""Headers, parts and texts of messages in the format of mails (RFC 5322 and MIME).

Parts are walked here and not by `email.parser`, which follows any nesting and any number of parts,
so a hostile message could exhaust memory; the standard library reads headers and encodings, in
bounded pieces.
"""

import base64
import binascii
import quopri
import re
from email.message import Message as Headers
from email.parser import BytesHeaderParser

from tasks.parse.unicode_faults import decoded_as

MOST_PARTS = 200
_PARSER = BytesHeaderParser()
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_HEAD = 65_536
_LONGEST_VALUE = 2_000


def split_message(content: bytes) -> tuple[Headers, bytes]:
    """Headers and body of a message or a part. Long headers are cut."""
    if content[:1] in (b"\r", b"\n"):
        return Headers(), content
    blank = _BLANK_LINE.search(content, 0, 4 * _HEAD)
    head = content[: blank.start()] if blank else content[: 4 * _HEAD]
    headers = _PARSER.parsebytes(head[:_HEAD] + b"\n\n")
    for name in ("Content-Type", "Content-Disposition"):
        if name in headers:
            headers.replace_header(name, header(headers, name))
    return headers, content[blank.end() :] if blank else b""


def parts_of(body: bytes, boundary: str) -> list[bytes]:
    """The parts between the boundaries; at most one more than `MOST_PARTS`."""
    mark = re.escape(boundary[:200].encode(errors="replace"))
    rule = re.compile(rb"(?:\A|\r?\n)--" + mark + rb"(?:--)?[ \t]{0,20}(?=\r?\n|\Z)")
    return [part.lstrip(b"\r\n") for part in rule.split(body, MOST_PARTS + 1)[1:]]


def text_of(headers: Headers, body: bytes) -> str:
    """The text of a part in its own encoding, else in UTF-8, else in Windows-1252."""
    encoding = header(headers, "Content-Transfer-Encoding").strip().lower()
    if encoding == "base64":
        body = _from_base64(body)
    elif encoding == "quoted-printable":
        body = quopri.decodestring(body)
    charset = headers.get_content_charset("utf-8")
    text = decoded_as(body, charset, "utf-8", legacy="cp1252")
    if header(headers, "Content-Type").count("=") and _parameter(headers, "format") == "flowed":
        return _unflowed(text, drops_blank=_parameter(headers, "delsp") == "yes")
    return text


def _parameter(headers: Headers, name: str) -> str:
    """A parameter of the content type, in small letters."""
    value = headers.get_param(name, "")
    return (value[2] if isinstance(value, tuple) else str(value)).lower()


def _unflowed(text: str, *, drops_blank: bool) -> str:
    """A text whose paragraphs were folded at blanks (RFC 3676), each on one line again."""
    found: list[str] = []
    is_open, depth = False, 0
    for line in text.split("\n"):
        quoted = line.removesuffix("\r")
        words = quoted.lstrip(">")
        quotes, words = len(quoted) - len(words), words.removeprefix(" ")
        if is_open and quotes == depth:
            found[-1] += words
        else:
            found.append(f"{'>' * quotes}{' ' * (quotes > 0)}{words}")
        is_open, depth = words.endswith(" ") and words != "-- ", quotes
        if is_open and drops_blank:
            found[-1] = found[-1][:-1]
    return "\n".join(found)


def header(headers: Headers, name: str) -> str:
    """A header as written, at a bounded length."""
    return str(headers.get(name, ""))[:_LONGEST_VALUE]


def _from_base64(body: bytes) -> bytes:
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    try:
        return base64.b64decode(kept[: len(kept) - (len(kept) % 4 == 1)] + b"=" * (-len(kept) % 4))
    except binascii.Error:
        return b""
