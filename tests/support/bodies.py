"""Small hand-written bodies, boring unless a test says otherwise."""

import json
from html import escape, unescape
from typing import Any

from tasks.parse.model import Reject

"""Digest issues written for this project."""

ABSTRACT = (
    "Wrapped lines in saved pages are awkward to undo. We compare four readers on a set of short "
    "made-up records. The simplest of them misses none of the records and invents none."
)


def item(**paper: Any) -> dict[str, Any]:
    """An item of the API with the required fields; keywords replace those of its paper."""
    required = {"id": "2503.02130", "title": "Reading Lists", "upvotes": 3, "authors": []}
    return {"title": "Reading Lists", "numComments": 1, "paper": required | paper}


def body(*items: Any) -> bytes:
    """A body of the API."""
    return json.dumps(list(items), ensure_ascii=False).encode()


def hydrated(items: list[Any], before: str = "", **props: Any) -> bytes:
    """A page whose hydration element holds these items."""
    return raw_page(json.dumps({"dailyPapers": items} | props, ensure_ascii=False), before)


def raw_page(props: str, before: str = "") -> bytes:
    """A page with this text as its hydration data."""
    return (
        f'<!doctype html><title>Daily Papers</title><p>{before}</p><div class="x" '
        f'data-target="DailyPapers" data-props="{escape(props)}"></div>'
    ).encode()


def cut(content: bytes, reject: Reject) -> str:
    """What stands in a body where a reject says it does."""
    return content[reject.span.start : reject.span.end].decode()


def cut_unescaped(content: bytes, reject: Reject) -> str:
    """The same for a web page, whose data is escaped."""
    return unescape(cut(content, reject))
