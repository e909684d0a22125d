"""Which list a saved page shows: found in its heading or in the address of a search.

Every page of the digest, also a search, is headed "Daily Papers"; this means the daily list only if
a date stands in the same heading. A page that names no list is filed under `search`.
"""

import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tasks.parse.layout.facts import Day, read_fact
from tasks.parse.layout.lines import text_lines
from tasks.parse.unicode_faults import storable

EDITIONS = ("search", "trending", "daily")
_KEY = re.compile(r"[0-9a-f]{12}")
_DAILY = re.compile(
    r"[#* ]{0,8}daily papers[ ,:·|\u2013\u2014-]{1,5}(?:for |of |on )?(.{6,20})", re.IGNORECASE
)
_TRENDING = re.compile(r"[#* ]{0,8}trending papers[ *#]{0,8}", re.IGNORECASE)
_RESULTS = re.compile(
    r"[#* ]{0,8}(?:search )?(?:results for|query|search)[: ]{1,3}[\"'\u201c]?([^\"'\u201d]{1,200})",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://(?:huggingface|hf)\.co/papers\?[^\s)>\]]{1,500}")
_HEADLINES = 30
"""Headings stand among the first so many lines."""

_HEAD = 20_000
_TITLES = ("daily papers", "trending papers")


def is_valid_key(edition: str, key: str) -> bool:
    """Captures are named by the first 12 hex digits of their bytes' SHA-256."""
    return edition in EDITIONS and _KEY.fullmatch(key) is not None


def issue_of(content: bytes) -> str:
    """Edition and key; a saved page has no key of its own, so its hash is used."""
    edition, _ = _list_of(content)
    return f"{edition}:{hashlib.sha256(content).hexdigest()[:12]}"


def shown(content: bytes) -> dict[str, Any]:
    """The page's own date or query, as fields of `ParsedBody`."""
    edition, value = _list_of(content)
    if edition == "daily" and isinstance(value, Day):
        return {"shown_on": value.in_year_of(None)}
    return {"query": value} if edition == "search" and value else {}


def has_heading(content: bytes) -> bool:
    """Whether a digest's heading stands near the beginning."""
    lines = text_lines(content[:_HEAD])[: 2 * _HEADLINES]
    return any(line.text.strip("#*= ").casefold() in _TITLES for line in lines)


def _list_of(content: bytes) -> tuple[str, str | Day | None]:
    """The edition, and the query or day that goes with it."""
    for line in text_lines(content[:_HEAD])[:_HEADLINES]:
        daily = _DAILY.fullmatch(line.text)
        fact = read_fact(daily.group(1).strip(" *#")) if daily else None
        if fact and isinstance(fact.value, Day) and fact.value.year:
            return "daily", fact.value
        if _TRENDING.fullmatch(line.text):
            return "trending", None
        if results := _RESULTS.fullmatch(line.text.rstrip(" *#\"'\u201d")):
            return "search", storable(results.group(1).strip())
        address = _ADDRESS.search(line.text[:2_000])
        if address and (query := parse_qs(urlsplit(address.group()).query).get("q")):
            return "search", storable(query[0])
    return "search", None
