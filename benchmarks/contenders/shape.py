"""The five tables every contender fills, from the items of one day."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]
KEYS = {
    "issues": ["issue_id"],
    "listings": ["issue_id", "paper_id"],
    "papers": ["paper_id"],
    "authors": ["paper_id", "position"],
    "observations": ["paper_id", "upvotes", "comments"],
}


def days(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every day of a folder with its file, in order."""
    for path in sorted(folder.glob("*.json")):
        yield path.stem, path


def rows_of(day: str, items: list[Any]) -> dict[str, Rows]:
    """The rows of one day for each table."""
    issue_id, month = f"huggingface:daily:{day}", day[:7]
    papers = [item["paper"] for item in items]
    return {
        "issues": [{"issue_id": issue_id, "issued_on": day, "n": len(items), "month": month}],
        "listings": [
            {
                "issue_id": issue_id,
                "paper_id": item["paper"]["id"],
                "rank": rank,
                "title_as_listed": item["title"],
                "month": month,
            }
            for rank, item in enumerate(items, 1)
        ],
        "papers": [
            {
                "paper_id": paper["id"],
                "title": paper["title"],
                "abstract": paper.get("summary"),
                "published_at": paper.get("publishedAt"),
                "github_repo": paper.get("githubRepo"),
                "ai_summary": paper.get("ai_summary"),
                "month": month,
            }
            for paper in papers
        ],
        "authors": [
            {
                "paper_id": paper["id"],
                "position": position,
                "name": author["name"],
                "hidden": author.get("hidden"),
                "month": month,
            }
            for paper in papers
            for position, author in enumerate(paper.get("authors", ()), 1)
        ],
        "observations": [
            {
                "paper_id": item["paper"]["id"],
                "upvotes": item["paper"].get("upvotes"),
                "comments": item.get("numComments"),
                "github_stars": item["paper"].get("githubStars"),
                "month": month,
            }
            for item in items
        ],
    }


def arguments() -> tuple[Path, Path]:
    """The folder of bodies and the folder to load into, from the command line."""
    source, target = map(Path, sys.argv[1:3])
    target.mkdir(parents=True, exist_ok=True)
    return source, target


def tell(counts: dict[str, int]) -> None:
    """Print the number of rows of each table."""
    sys.stdout.write(json.dumps(counts) + "\n")
