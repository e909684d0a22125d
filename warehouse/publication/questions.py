"""The questions of `docs/questions.md`, each with the query that answers it.

The page is part of the package (`questions.md` is a link to it), so that descriptions and the
pages show the very queries that people read there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

_QUESTION = re.compile(
    r"^## (?P<title>[^\n]+)\n(?P<prose>.*?)^```sql\n(?P<query>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Question:
    """What somebody wants to know, in words and in SQL. `prose` may be empty."""

    title: str
    prose: str
    query: str


def questions() -> Iterator[Question]:
    """Every question of the page, in its order."""
    page = (resources.files("warehouse.publication") / "questions.md").read_text(encoding="utf-8")
    for found in _QUESTION.finditer(page):
        yield Question(found["title"], " ".join(found["prose"].split()), found["query"].strip())
