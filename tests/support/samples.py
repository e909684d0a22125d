"""The bundled sample: its folders, when they are loaded, and the items of its API bodies."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.folders import SAMPLE

API = SAMPLE / "huggingface" / "api"
LATER = SAMPLE / "huggingface" / "later"
HTML = SAMPLE / "huggingface" / "html"
SEARCH = SAMPLE / "pagedump" / "search.txt"
FIRST = datetime(2026, 11, 14, 6, tzinfo=UTC)
"""When `API` is loaded."""
AFTERWARDS = datetime(2026, 11, 18, 6, tzinfo=UTC)
"""When `LATER` is loaded, and whatever else comes after it."""

Item = dict[str, Any]


def items_of(file: Path) -> list[Item]:
    """The items of a saved API body."""
    items: list[Item] = json.loads(file.read_bytes())
    return items


def write_items(file: Path, items: list[Item]) -> Path:
    """Save items as an API body."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(items, ensure_ascii=False), encoding="utf-8")
    return file


def counts_of(item: Item) -> dict[str, int | None]:
    """The counts of an item, by the columns that hold them."""
    paper = item["paper"]
    return {
        "upvotes": paper.get("upvotes"),
        "comments": item.get("numComments"),
        "github_stars": paper.get("githubStars"),
    }
