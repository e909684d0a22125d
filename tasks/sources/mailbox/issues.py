"""The names of mails as issues: their list or domain, their day, and a hash of the mail."""

import re

from tasks.sources.mailbox.mime import read_headers

NAME = "mailbox"
_EDITION = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,58}[a-z0-9])?")
_KEY = re.compile(r"(?:\d{4}-\d{2}-\d{2}\.)?[0-9a-f]{12}")


def issue_of(content: bytes) -> str:
    """`daily-papers.example.org:2026-11-20.0123456789ab`: the list, the day, a hash of the mail."""
    mail = read_headers(content)
    day = f"{mail.sent_at:%Y-%m-%d}." if mail.sent_at else ""
    return f"{mail.edition}:{day}{mail.message_hash}"


def is_valid_key(edition: str, key: str) -> bool:
    """Whether these are a list or domain, and a key of a day (if known) and 12 hex digits."""
    return _EDITION.fullmatch(edition) is not None and _KEY.fullmatch(key) is not None
