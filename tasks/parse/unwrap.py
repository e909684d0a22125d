"""Takes a body out of what people's programs put around it: compression, an encoding with a byte
order mark, Apple Mail's byte count, a web archive, a JSON object around a list.

This is the one step in front of every parser; the landing keeps the bytes as they came. Each layer
is told from the bytes without doubt; what has none is returned as it is.
"""

import codecs
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from tasks.parse.compression import codec_of, unpacked
from tasks.parse.json_lists import list_in
from tasks.parse.text import is_mail
from tasks.parse.unicode_faults import encoded
from tasks.parse.web_archive import page_in

_MOST_LAYERS = 4
_UTF8 = b"\xef\xbb\xbf"
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32-le", 4),
    (codecs.BOM_UTF32_BE, "utf-32-be", 4),
    (codecs.BOM_UTF16_LE, "utf-16-le", 2),
    (codecs.BOM_UTF16_BE, "utf-16-be", 2),
)
"""Byte order mark, encoding, and bytes of one unit; the longer marks first."""
_XML_ENCODING = re.compile(r"(\s*<\?xml\b[^>]{0,100}?)\s+encoding=[\"'][^\"']{0,40}[\"']")
_COUNTED = re.compile(rb"\s{0,8}(\d{1,9})[ \t]*\r?\n")
_PROPERTIES = re.compile(rb"\s*(?:<\?xml|<!DOCTYPE plist|<plist|\Z)")
_LAST_PROPERTIES = b"\n<?xml"


@dataclass(frozen=True)
class Unwrapped:
    """A body without its wrappers.

    `wrappers` names them in words, the outermost first; `address` is where a saved page came from,
    or the day that was saved with the body; `made_at` is when the wrapper was written.
    """

    content: bytes
    wrappers: tuple[str, ...] = ()
    address: str = ""
    made_at: datetime | None = None


def unwrap(content: bytes) -> Unwrapped:
    """The body in some bytes. Raises `BadBody` for compressed data that is damaged or too large."""
    found = Unwrapped(content)
    for _ in range(_MOST_LAYERS):
        layers = (layer(found.content) for layer in _LAYERS)
        inner = next(filter(None, layers), None)
        if inner is None:
            break
        found = Unwrapped(
            inner.content,
            found.wrappers + inner.wrappers,
            inner.address or found.address,
            inner.made_at or found.made_at,
        )
    return found


def _compressed(content: bytes) -> Unwrapped | None:
    codec = codec_of(content)
    return Unwrapped(unpacked(content, codec), (codec,)) if codec else None


def _wide(content: bytes) -> Unwrapped | None:
    """Text of two or four bytes a character, with a byte order mark, as UTF-8."""
    for mark, encoding, size in _WIDE:
        if content.startswith(mark):
            whole = content[len(mark) : len(content) - len(content) % size]
            with suppress(UnicodeDecodeError):
                text = whole.decode(encoding, errors="surrogatepass")
                return Unwrapped(encoded(_XML_ENCODING.sub(r"\1", text, 1)), (encoding[:6],))
    return None


def _mail_below(content: bytes) -> Unwrapped | None:
    """A mail without the byte order mark, blank lines or Apple Mail's byte count above it."""
    start = content[: len(_UTF8) + 1]
    if start[:1] not in b"\r\n\xef \t0123456789" or not start:
        return None
    mail = content.removeprefix(_UTF8).lstrip(b" \t\r\n")
    if counted := _COUNTED.match(mail):
        return _counted(mail[counted.end() :], int(counted.group(1)))
    return Unwrapped(mail, ("blanks",)) if len(mail) < len(content) and is_mail(mail) else None


def _counted(mail: bytes, n_bytes: int) -> Unwrapped | None:
    """A mail of so many bytes, followed by Apple Mail's properties; if the number is wrong, as
    after a conversion of line ends, the mail ends where the last properties begin."""
    if not is_mail(mail):
        return None
    if not _PROPERTIES.match(mail[n_bytes : n_bytes + 64]):
        properties = mail.rfind(_LAST_PROPERTIES)
        n_bytes = properties + 1 if properties >= 0 else len(mail)
    return Unwrapped(mail[:n_bytes], ("Apple Mail",))


def _archived(content: bytes) -> Unwrapped | None:
    page = page_in(content)
    return Unwrapped(page.content, ("web archive",), page.address, page.saved_at) if page else None


def _held(content: bytes) -> Unwrapped | None:
    found = list_in(content)
    return Unwrapped(found.content, (found.saved_as,), found.day) if found else None


_LAYERS: tuple[Callable[[bytes], Unwrapped | None], ...] = (
    _compressed,
    _wide,
    _mail_below,
    _archived,
    _held,
)
