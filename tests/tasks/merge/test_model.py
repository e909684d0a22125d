"""The merges against a model of them: the same captures, told one by one to plain dictionaries.

The model has no windows and no SQL, only "what is known" and "what this record says"; it reads like
the promises of `tasks/merge/tables.py`. Papers all have ids here; provisional ones have tests of
their own.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.core import LISTINGS, OBSERVATIONS, PAPER_AUTHORS, PAPER_VERSIONS
from tasks.parse.capture import Capture
from tasks.parse.model import Author, Record
from tests.support.captures import DAY, NEXT_DAY, OTHER, PAPER, Store, capture, record
from tests.support.examples import FEW

pytestmark = pytest.mark.slow

LISTED = ("submitter", "discussion_id")
SAID = ("title", "abstract", "github_repo")
COUNTED = ("upvotes", "comments")


@dataclass
class Model:
    """What is known, by plain keys."""

    listings: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    authors: dict[str, list[Author]] = field(default_factory=dict)
    observations: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def tell(self, landed: Capture) -> None:
        """One capture, newer than all told before."""
        (page,) = landed.pages
        issue, at = str(landed.issue), landed.captured_at
        seen: set[str] = set()
        for found in page.parsed.records:
            paper = str(found.arxiv_id)
            if paper in seen:
                continue
            seen.add(paper)
            self._list(issue, paper, found, at)
            self._say(paper, found, at)
            self._sign(paper, found)
            self._observe(paper, found, at)
        if not page.parsed.rejects:
            self._close(issue, seen, at)

    def _list(self, issue: str, paper: str, found: Record, at: datetime) -> None:
        row = self.listings.setdefault((issue, paper), {"first_seen_at": at})
        row |= {name: told for name in LISTED if (told := getattr(found, name)) is not None}
        row |= {"rank": found.place + 1, "last_seen_at": at, "removed_at": None}

    def _close(self, issue: str, seen: set[str], at: datetime) -> None:
        for (listed_in, paper), row in self.listings.items():
            if listed_in == issue and paper not in seen and row["removed_at"] is None:
                row["removed_at"] = at

    def _say(self, paper: str, found: Record, at: datetime) -> None:
        versions = self.versions.setdefault(paper, [])
        known = {name: versions[-1][name] for name in SAID} if versions else dict.fromkeys(SAID)
        says = known | {name: v for name in SAID if (v := getattr(found, name)) is not None}
        if not versions or says != known:
            if versions:
                versions[-1]["valid_to"] = at
            versions.append({**says, "valid_from": at, "valid_to": None})

    def _sign(self, paper: str, found: Record) -> None:
        if not found.authors:
            return
        known = self.authors.get(paper, [])
        self.authors[paper] = [
            author._replace(user=author.user or known[place].user)
            if place < len(known) and known[place].name == author.name
            else author
            for place, author in enumerate(found.authors)
        ]

    def _observe(self, paper: str, found: Record, at: datetime) -> None:
        series = self.observations.setdefault(paper, [])
        counts = {name: getattr(found, name) for name in COUNTED}
        last = {
            name: next((r[name] for r in reversed(series) if r[name] is not None), None)
            for name in COUNTED
        }
        if any(counts[name] not in (None, last[name]) for name in COUNTED):
            series.append({**counts, "observed_at": at})


maybe = st.none() | st.sampled_from(["x", "y"])
people = st.lists(st.builds(Author, st.sampled_from(["A", "B"]), maybe), max_size=2).map(tuple)
records = st.builds(
    record,
    st.sampled_from([PAPER, OTHER, "2510.00003"]),
    st.sampled_from(["One", "Two"]),
    abstract=maybe,
    github_repo=maybe,
    submitter=maybe,
    discussion_id=maybe,
    authors=people,
    upvotes=st.none() | st.integers(0, 2),
    comments=st.none() | st.integers(0, 1),
)


@st.composite
def nights(draw: st.DrawFn) -> list[list[Capture]]:
    """Captures of two issues, one an hour, cut into batches."""
    batches: list[list[Capture]] = [[]]
    for hour in range(draw(st.integers(2, 7))):
        if draw(st.booleans()):
            batches.append([])
        told = draw(st.lists(records, max_size=4))
        issue = draw(st.sampled_from([DAY, NEXT_DAY]))
        batches[-1].append(capture(hour, *told, issue=issue, is_partial=draw(st.booleans())))
    return [batch for batch in batches if batch]


@FEW
@given(nights())
def test_the_merges_do_what_the_model_does(batches: list[list[Capture]]) -> None:
    model, store = Model(), Store()
    for batch in batches:
        store.merge(*batch)
        for landed in batch:
            model.tell(landed)

    listed = {(r["issue_id"], r["paper_id"]): r for r in store.rows(LISTINGS)}
    assert listed.keys() == model.listings.keys()
    for key, expected in model.listings.items():
        assert expected.items() <= listed[key].items(), key
    for paper, versions in model.versions.items():
        rows = store.rows(PAPER_VERSIONS, paper_id=paper)
        assert _only(rows, *SAID, "valid_from", "valid_to") == _only(versions, *rows[0].keys())
    for paper in model.versions:
        rows = store.rows(PAPER_AUTHORS, paper_id=paper)
        signed = [(row["name"], row["hf_user"]) for row in rows]
        assert signed == [(a.name, a.user) for a in model.authors.get(paper, [])]
        series = store.rows(OBSERVATIONS, paper_id=paper)
        assert _only(series, *COUNTED, "observed_at") == model.observations.get(paper, [])


def _only(rows: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return [{name: row[name] for name in names if name in row} for row in rows]
