"""Bodies of issues written by hand, each with the moment it was captured."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from tests.support.bodies import ABSTRACT

T0 = datetime(2026, 11, 20, 6, tzinfo=UTC)


class Body(NamedTuple):
    """Bytes of an issue, and when they were captured."""

    issue: str
    content: bytes
    captured_at: datetime


def item(paper_id: str, title: str | None = None, **paper: Any) -> dict[str, Any]:
    """One item of the API with a few fields; `paper` adds or replaces fields of the paper."""
    title = title or f"On {paper_id}"
    whole = {"id": paper_id, "title": title, "summary": f"We study {paper_id} at length.", **paper}
    whole.setdefault("authors", [{"name": "Author 1", "hidden": False}])
    return {"title": title, "numComments": 0, "paper": whole}


def papers_of(day: date, n: int) -> list[dict[str, Any]]:
    """So many items of a day: other papers on each day of a month, the same ones every time."""
    ids = [f"{day:%y%m}.{100 * day.day + number:05}" for number in range(n)]
    return [item(paper_id, summary=f"{paper_id}: {ABSTRACT}") for paper_id in ids]


def day(date: str, items: Sequence[dict[str, Any]], *, minutes: int = 0) -> Body:
    """A daily issue captured so many minutes after the first one."""
    content = json.dumps(list(items)).encode()
    return Body(f"huggingface:daily:{date}", content, T0 + timedelta(minutes=minutes))
