"""What bytes that are no digest seem to be, by their first ones, and what to do about it.

Nothing of binary data and nothing of a mail is repeated: the one is unreadable, the other may hold
a person's address.
"""

import re
from typing import NamedTuple

from tasks.parse.field_paths import json_type
from tasks.parse.json_reader import NotJson, keys_of, read_json
from tasks.parse.text import has_mail_part, is_mail, printable
from tasks.parse.unicode_faults import is_binary

_PLAIN = "docs/sources.md lists what can be read"
_SAVE_PAGE = "save the page as HTML or copy its text"
_UNPACK = "unpack it"
_MAGIC = (
    (rb"%PDF-", "a PDF", _SAVE_PAGE),
    (rb"PK\x03\x04.{0,400}?(?:\[Content_Types\]|word/|xl/)", "an Office document", _SAVE_PAGE),
    (rb"PK(?:\x03\x04|\x05\x06)", "a zip archive", _UNPACK),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (rb"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (rb"\xfd7zXZ\x00", "data compressed with xz", _UNPACK),
    (rb"\x04\x22\x4d\x18", "data compressed with lz4", _UNPACK),
    (rb"\x1f[\x9d\xa0]", "data compressed with compress", _UNPACK),
    (rb".{257}ustar", "a tar archive", _UNPACK),
    (rb"bplist00.{0,4096}?WebMainResource", "a web archive of Safari", _SAVE_PAGE),
    (rb"bplist00", "a property list of Apple", _PLAIN),
    (rb"\xd0\xcf\x11\xe0", "a mail of Outlook (.msg) or an Office document", "save it as .eml"),
    (rb"!BDN", "a mailbox of Outlook (.pst)", "export its mails as .eml or mbox"),
    (rb"\{\\rtf", "RTF", "save it as plain text or HTML"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP", "a picture", _SAVE_PAGE),
    (rb"PAR1", "a Parquet file", "load the bodies that it was made from"),
    (rb"SQLite format 3\x00", "an SQLite database", "load the bodies that it was made from"),
    (rb".{8}DUCK", "a DuckDB database", "load the bodies that it was made from"),
    (rb"ARROW1", "an Arrow file", "load the bodies that it was made from"),
    (rb"version https://git-lfs", "a pointer of Git LFS", "fetch the file with `git lfs pull`"),
)
_KNOWN = [(re.compile(magic, re.DOTALL), what, fix) for magic, what, fix in _MAGIC]
_ROOT = re.compile(rb"<(?:\w+:)?(rdf|rss|feed|opml|html|svg)\b", re.IGNORECASE)
_TITLE = re.compile(rb"<title[^>]*>\s*(?:<!\[CDATA\[)?([^<\]]{1,80})")
_ROOTS = {
    b"rdf": "an RSS 1.0 feed",
    b"rss": "an RSS feed",
    b"feed": "an Atom feed",
    b"opml": "a list of feeds (OPML)",
    b"html": "a web page",
}
_HEAD = 65_536
_NAMED = 40
_LONGEST_JSON = 2**20


class Seems(NamedTuple):
    """What bytes seem to be, and what to do, each in a few words."""

    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.what}; {self.fix}"


def seems(content: bytes) -> Seems:
    """What some bytes look like that no format recognises."""
    start = content[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        return Seems("nothing but blanks" if content else "no bytes at all", "save it again")
    for magic, what, fix in _KNOWN:
        if magic.match(content[:8_192]):
            return Seems(what, fix)
    if is_mail(start):
        return Seems("a mail that is no digest", "no text in it is one, and no list of papers")
    if has_mail_part(content):
        return Seems("parts of a mail without its headers", "save the mail as .eml")
    if _is_wide(content):
        return Seems("UTF-16 text without a byte order mark", "save it as UTF-8")
    return Seems(_of_text(content, start), _PLAIN)


def _of_text(content: bytes, start: bytes) -> str:
    opening = printable(start[:_NAMED].decode(errors="ignore")).strip()
    if is_binary(content[:_HEAD]) or not opening:
        return f"{len(content):,} bytes that are no text"
    if start[:1] == b"<":
        return _of_markup(content, start)
    described = _of_json(content) if start[:1] in (b"{", b"[") else ""
    return described or f"{len(content):,} bytes of text beginning {opening!r}"


def _of_markup(content: bytes, start: bytes) -> str:
    root = _ROOT.search(start[:4_096])
    kind = _ROOTS.get(root.group(1).lower(), "markup") if root else "markup"
    title = _TITLE.search(content)
    named = printable(title.group(1).decode(errors="replace")).strip() if title else ""
    if named:
        return f"{kind if root else 'a web page'} titled {named!r}"
    return f"{kind} without a title"


def _of_json(content: bytes) -> str:
    if len(content) > _LONGEST_JSON:
        return ""
    try:
        value = read_json(content.removeprefix(b"\xef\xbb\xbf"))
    except NotJson:
        return ""
    keys = ", ".join(printable(key)[:20] for key in list(keys_of(value))[:5])
    return f"a JSON {json_type(value)}" + (f" with {keys}" if keys else " without papers")


def _is_wide(content: bytes) -> bool:
    """Whether every second byte is NUL, as in UTF-16 text of Latin letters."""
    head = content[:512]
    return len(head) > 3 and max(head[::2].count(0), head[1::2].count(0)) > len(head) * 0.4
