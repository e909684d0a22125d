"""Small text functions that several sources share."""

import re
import unicodedata
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

_NOT_KEY = re.compile(r"[\W_]+")
_BLANKS = re.compile(r"\s+")
_VERSION = re.compile(r"v\d+$")
_HEADER = re.compile(rb"[!-9;-~]{1,80}:|>?From ")
_MAIL_PART = re.compile(
    rb"^Content-Transfer-Encoding:[ \t]*(?:quoted-printable|base64)", re.IGNORECASE | re.MULTILINE
)
_OF_MAIL = frozenset({b"date", b"message-id", b"mime-version", b"received", b"return-path"})
_LONGEST_HEAD = 65_536


def unwrap(text: str) -> str:
    """Remove hard line breaks and trim; everything else stays as printed."""
    text = text.strip()
    if "\n" not in text and "\r" not in text:
        return text
    joined = text.replace("\n", " ")
    if "  " not in joined and "\t" not in joined and "\r" not in joined:
        return joined  # as nearly every abstract is printed
    lines = [line.strip(" \t") for line in text.replace("\r", "\n").split("\n")]
    return " ".join([line for line in lines if line])


@lru_cache(maxsize=16_384)
def title_key(title: str) -> str:
    """A title reduced to lower-case letters and digits, for exact matching.

    Blanks are dropped because search pages lose them around highlighted words; the keys of two
    different titles are practically never equal.
    """
    return _NOT_KEY.sub("", unicodedata.normalize("NFKC", title).casefold())


def name_key(name: str) -> str:
    """A person's name in lower case with blanks folded."""
    if name.isascii():
        return " ".join(name.lower().split())
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", name).casefold()).strip()


def without_version(arxiv_id: str) -> str:
    """`2503.02130v2` → `2503.02130`: a version is not part of the id."""
    return _VERSION.sub("", arxiv_id) if "v" in arxiv_id else arxiv_id


def mail_time(text: str) -> datetime:
    """A time as mails and feeds write it, in UTC; in UTC as it stands if it has no zone.

    Raises `ValueError`, `TypeError`, `IndexError` or `OverflowError` when the text is none.
    """
    moment = parsedate_to_datetime(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def printable(text: str) -> str:
    """Text from outside on one line, without terminal control characters and surrogates."""
    return "".join(c if c.isprintable() else " " for c in text)


def on_one_line(text: str) -> str:
    """Text from outside on one line, with single blanks: `printable`, trimmed and folded. It has no
    characters that turn text around or do not print."""
    return " ".join(printable(text).split())


def is_mail(content: bytes) -> bool:
    """Whether bytes begin with the headers of a mail: every line up to the first blank one is a
    header, and among them are `From` and one more that mails have. (An arXiv mailing saved as text
    has no `From`.)"""
    head = re.split(rb"\r?\n\r?\n", content[:_LONGEST_HEAD], maxsplit=1)[0]
    lines = head.splitlines()
    if not all(line[:1] in (b" ", b"\t") or _HEADER.match(line) for line in lines):
        return False
    names = {line.partition(b":")[0].lower() for line in lines}
    return b"from" in names and bool(names & _OF_MAIL)


def has_mail_part(content: bytes) -> bool:
    """Whether a header of a part of a mail is in some bytes, so that the text below it is encoded
    and must not be read as it stands."""
    return _MAIL_PART.search(content) is not None
