"""Text that no table can hold, and how it gets into a body.

A body is decoded with bytes that are not UTF-8 kept as single surrogates (Python's
`surrogateescape`), so that only the record around them is rejected. Nothing with a surrogate in it
may leave the parsers: Arrow, SQLite and terminals all refuse such text.
"""

import re
from contextlib import suppress
from html import unescape

from tasks.parse.json_faults import HALF_PAIR, NOT_UTF8

_SURROGATE = re.compile("[\ud800-\udfff]")
_REFERENCE = re.compile(r"&#(?:[xX]0*+(?P<hex>[0-9a-fA-F]++)|0*+(?P<decimal>[0-9]++));?", re.ASCII)
_ESCAPED_BYTE = range(0xDC80, 0xDD00)
_SURROGATES = range(0xD800, 0xE000)
_LONGEST_NUMBER = 7
_DAMAGED_OF_ONE = 8
"""At most so many bytes are damage for each character beyond ASCII; else it is another encoding."""
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b")
_FEW, _ONE_IN = 16, 50
"""A text has at most so many control characters, or one in so many bytes; compressed data have one
in ten."""


def decoded(content: bytes) -> str:
    """UTF-8 as text; each byte that is not UTF-8 is a surrogate in it."""
    return content.decode(errors="surrogateescape")


def encoded(text: str) -> bytes:
    """The bytes of a decoded text, damaged ones as they were; those of a damaged text are never
    UTF-8."""
    try:
        return text.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return text.encode(errors="surrogatepass")


def decoded_as(content: bytes, *encodings: str, legacy: str) -> str:
    """The text in the first encoding that fits, else in the `legacy` one of one byte a character.

    An encoding fits, too, where most bytes beyond ASCII are characters in it: the others are damage
    then. Read in the legacy encoding, one damaged byte would turn every accent of the text into two
    wrong characters.
    """
    for encoding in encodings:
        with suppress(LookupError, ValueError):
            return content.decode(encoding)
    for encoding in encodings:
        with suppress(LookupError, ValueError):
            text = content.decode(encoding, errors="surrogateescape")
            n_damaged = len(_SURROGATE.findall(text))
            n_characters = sum(not c.isascii() for c in text) - n_damaged
            if n_damaged <= _DAMAGED_OF_ONE * n_characters:
                return text
    return content.decode(legacy, errors="surrogateescape")


def fault_of(text: str) -> str | None:
    """Why no table can hold a text; None for nearly all."""
    surrogate = None if text.isascii() else _SURROGATE.search(text)
    if surrogate is None:
        return None
    return NOT_UTF8 if ord(surrogate.group()) in _ESCAPED_BYTE else HALF_PAIR


def storable(text: str) -> str:
    r"""The text with half of a pair written out, `\ud83d`, and U+FFFD for a byte, as `Raw.at` has
    it."""
    return _SURROGATE.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    code = ord(found.group())
    return "\ufffd" if code in _ESCAPED_BYTE else f"\\u{code:04x}"


def unescaped(text: str) -> str:
    """HTML's character references as characters.

    Half of a surrogate pair stays one, so that it is noticed; the standard library replaces it, and
    fails at a number of thousands of digits.
    """
    return unescape(without_bad_references(text))


def without_bad_references(text: str) -> str:
    """The text with the references to no character replaced, each by one character."""
    return _REFERENCE.sub(_character, text) if "&#" in text else text


def _character(found: re.Match[str]) -> str:
    digits = found["hex"] or found["decimal"] or ""
    if len(digits) > _LONGEST_NUMBER:
        return "\ufffd"
    code = int(digits, 16 if found["hex"] else 10)
    return "\ud800" if code in _SURROGATES else found.group()


def is_binary(content: bytes) -> bool:
    """Whether bytes are no text: more control characters than a damaged value brings into one."""
    n_controls = len(content) - len(content.translate(None, _CONTROLS))
    return n_controls > max(_FEW, len(content) // _ONE_IN)
