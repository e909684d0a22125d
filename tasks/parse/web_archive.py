"""Web archives (`.mhtml`, `.mht`): a page with its pictures in one file, in the format of a mail.

Browsers write them as "web page, single file". The page is the part whose address is the archive's,
else the first part that is a page.
"""

import re
from datetime import datetime
from email.message import Message as Headers
from typing import NamedTuple

from tasks.parse.mime import header, parts_of, split_message, text_of
from tasks.parse.text import mail_time
from tasks.parse.unicode_faults import encoded

_HEAD = 65_536
_HEADER = re.compile(rb"[!-9;-~]{1,80}:[ \t]")
_OF_ARCHIVE = re.compile(rb"^Content-Type:\s*multipart/related", re.IGNORECASE | re.MULTILINE)
_SAVED_FROM = re.compile(
    rb"<!--\s{0,9}(?:saved from url=\(\d{1,6}\)|Page saved with SingleFile\s{1,9}url:\s{0,9})"
    rb"(https?://[^\s<>]{1,2000})"
)
_SAVED_BY = re.compile(r"\W*saved by\b", re.IGNORECASE)
_OF_MAIL = ("To", "Received", "Message-ID", "Delivered-To", "List-Id")


def saved_from(content: bytes) -> str:
    """The address that a browser or SingleFile wrote into a page that it saved; "" for none."""
    found = _SAVED_FROM.search(content[:_HEAD])
    return found.group(1).decode(errors="replace") if found else ""


class Archived(NamedTuple):
    """The page of an archive as UTF-8, its address, and when it was saved."""

    content: bytes
    address: str
    saved_at: datetime | None


def page_in(content: bytes) -> Archived | None:
    """The page of a web archive; None for any other bytes, also for mails with a page in them."""
    if not _HEADER.match(content) or not _OF_ARCHIVE.search(content[:_HEAD]):
        return None
    headers, body = split_message(content)
    boundary = headers.get_boundary()
    if headers.get_content_type() != "multipart/related" or not boundary:
        return None
    pages = [(h, text) for h, text in map(split_message, parts_of(body, boundary)) if _is_page(h)]
    address = header(headers, "Snapshot-Content-Location").strip()
    at_address = (page for page in pages if address and _address(page[0]) == address)
    page = next(at_address, pages[0] if pages else None)
    if page is None or not _is_archive(headers, _address(page[0])):
        return None
    return Archived(encoded(text_of(*page)), address or _address(page[0]), _saved_at(headers))


def _is_page(headers: Headers) -> bool:
    return headers.get_content_type() in ("text/html", "application/xhtml+xml")


def _address(headers: Headers) -> str:
    return header(headers, "Content-Location").strip()


def _is_archive(headers: Headers, address: str) -> bool:
    """Whether these are the headers of a saved page: it says so, or it has an address and nobody
    sent it to anybody."""
    if headers.get("Snapshot-Content-Location") or _SAVED_BY.match(header(headers, "From")):
        return True
    is_sent = any(name in headers for name in _OF_MAIL)
    return not is_sent and address.startswith(("http://", "https://", "file:"))


def _saved_at(headers: Headers) -> datetime | None:
    try:
        return mail_time(header(headers, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
