"""Candidates as Arrow tables of the declared schemas, one row per sighting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas import Table
from schemas.core import (
    CAPTURES,
    LISTINGS,
    OBSERVATIONS,
    PAPER_ALIASES,
    PAPER_AUTHORS,
    PAPER_VERSIONS,
)
from schemas.papers import CONTENT, content_sha256_of
from schemas.table import with_values
from tasks.merge.premade import CANDIDATE, Premade, chosen
from tasks.merge.resolve import Alias, Candidate, paper_month
from tasks.parse.capture import Capture
from tasks.parse.model import Record
from tasks.parse.text import name_key


@dataclass(frozen=True)
class Stamp:
    """The run that writes, and when: the same in every row of a run."""

    run_id: str
    loaded_at: datetime


@dataclass(frozen=True)
class Counts:
    """What became of a capture's records."""

    n_accepted: int
    n_quarantined: int
    n_duplicate: int

    @property
    def n_parsed(self) -> int:
        return self.n_accepted + self.n_quarantined + self.n_duplicate

    @property
    def state(self) -> str:
        """The issue's state: see core.issues.state."""
        if not self.n_parsed:
            return "empty"
        return "partial" if self.n_quarantined else "settled"


def sightings(
    candidates: Sequence[Candidate],
    stamp: Stamp,
    premade: Mapping[int, Premade] = MappingProxyType({}),
) -> dict[Table, pa.Table]:
    """The rows each core table would get from the candidates, each with its candidate's number.

    `premade` has rows that were made before, by the `id()` of a page: all its records are there."""
    if not premade:
        return _made(candidates, stamp)
    rest = [candidate for candidate in candidates if id(candidate.page) not in premade]
    return chosen(candidates, _made(rest, stamp), premade)


def _made(candidates: Sequence[Candidate], stamp: Stamp) -> dict[Table, pa.Table]:
    numbers = range(len(candidates))
    of_record = {
        LISTINGS: _listing_columns(candidates),
        PAPER_VERSIONS: _version_columns(candidates),
        OBSERVATIONS: _observation_columns(candidates),
    }
    frames = {
        table: _table(table, columns, candidates, numbers, stamp)
        for table, columns in of_record.items()
    }
    return {**frames, PAPER_AUTHORS: _authors(candidates, stamp)}


def without(rows: pa.Table, rejected: set[int]) -> pa.Table:
    """Sightings less those of rejected candidates, in the declared schema."""
    if rejected:
        numbers = pa.array(sorted(rejected), pa.int64())
        rows = rows.filter(pc.invert(pc.is_in(rows[CANDIDATE], value_set=numbers)))
    return rows.drop_columns([CANDIDATE])


def capture_rows(counted: Sequence[tuple[Capture, Counts]], stamp: Stamp) -> pa.Table:
    """One row of core.issue_captures for each capture loaded."""
    captures = [capture for capture, _ in counted]
    counts = [count for _, count in counted]
    return CAPTURES.rows(
        {
            "issue_id": [str(c.issue) for c in captures],
            "captured_at": [c.captured_at for c in captures],
            "state": [n.state for n in counts],
            "n_declared": [c.n_declared for c in captures],
            "n_parsed": [n.n_parsed for n in counts],
            "n_accepted": [n.n_accepted for n in counts],
            "n_quarantined": [n.n_quarantined for n in counts],
            "n_duplicate": [n.n_duplicate for n in counts],
            "query": [c.query for c in captures],
            "url": [c.url for c in captures],
            "issue_month": [c.issue_month for c in captures],
            "run_id": [stamp.run_id] * len(captures),
            "payload_sha256": [c.sha256 for c in captures],
            "parser_version": [c.pages[0].parser_version for c in captures],
            "loaded_at": [stamp.loaded_at] * len(captures),
        }
    )


def alias_rows(aliases: Sequence[Alias], candidates: Sequence[Candidate], stamp: Stamp) -> pa.Table:
    """The rows of core.paper_aliases, each with the number of its candidate."""
    numbers = [alias.candidate_number for alias in aliases]
    shown_by = [candidates[number] for number in numbers]
    columns: dict[str, list[Any]] = {
        "alias_id": [alias.alias_id for alias in aliases],
        "paper_id": [c.paper_id for c in shown_by],
        "resolved_by": ["title"] * len(aliases),
    }
    return _table(PAPER_ALIASES, columns, shown_by, numbers, stamp)


def _table(
    table: Table,
    columns: Mapping[str, list[Any]],
    candidates: Sequence[Candidate],
    numbers: Sequence[int],
    stamp: Stamp,
) -> pa.Table:
    """Columns plus lineage plus the candidate's number; `candidates` names one for each row."""
    lineage: dict[str, list[Any]] = {
        "run_id": [stamp.run_id] * len(candidates),
        "payload_sha256": [c.page.sha256 for c in candidates],
        "record_index": [c.record.place for c in candidates],
        "parser_version": [c.page.parser_version for c in candidates],
        "loaded_at": [stamp.loaded_at] * len(candidates),
    }
    rows = table.rows({**columns, **lineage})
    return rows.append_column(CANDIDATE, pa.array(numbers, pa.int64()))


def _of_records(table: Table, candidates: Sequence[Candidate]) -> dict[str, list[Any]]:
    """The columns of a table that a record has under the same name."""
    names = [name for name in table.column_names if name in Record._fields]
    return {name: [getattr(c.record, name) for c in candidates] for name in names}


def _listing_columns(candidates: Sequence[Candidate]) -> dict[str, list[Any]]:
    captured = [c.capture.captured_at for c in candidates]
    return {
        **_of_records(LISTINGS, candidates),
        "issue_id": [str(c.capture.issue) for c in candidates],
        "paper_id": [c.paper_id for c in candidates],
        "rank": [c.rank for c in candidates],
        "paper_version": [c.record.version for c in candidates],
        "organization": [c.record.listing_organization for c in candidates],
        "first_seen_at": captured,
        "last_seen_at": captured,
        "issue_month": [c.capture.issue_month for c in candidates],
    }


def _version_columns(candidates: Sequence[Candidate]) -> dict[str, list[Any]]:
    columns = {
        **_of_records(PAPER_VERSIONS, candidates),
        "paper_id": [c.paper_id for c in candidates],
        **_witnesses(candidates),
        "n_witnesses": [1] * len(candidates),
        "resolved_by": ["id" if c.record.arxiv_id else "title" for c in candidates],
        "valid_from": [c.capture.captured_at for c in candidates],
        "arxiv_id": [None if c.paper_id.startswith("title:") else c.paper_id for c in candidates],
        "title_key": [c.key for c in candidates],
        "organization": [c.record.paper_organization for c in candidates],
        "paper_month": [paper_month(c.paper_id) for c in candidates],
    }
    said = zip(*(columns[name] for name in CONTENT), strict=True)
    return {**columns, "content_sha256": list(map(content_sha256_of, said))}


def _witnesses(candidates: Sequence[Candidate]) -> dict[str, list[Any]]:
    """Whose word each candidate is: the source, and the kind of its body."""
    return {
        "source": [c.capture.issue.source for c in candidates],
        "witness": [c.page.witness for c in candidates],
    }


def _observation_columns(candidates: Sequence[Candidate]) -> dict[str, list[Any]]:
    captured = [c.capture.captured_at for c in candidates]
    months = {at: f"{at.astimezone(UTC):%Y-%m}" for at in set(captured)}
    return {
        **_of_records(OBSERVATIONS, candidates),
        "paper_id": [c.paper_id for c in candidates],
        "source": [c.capture.issue.source for c in candidates],
        "observed_at": captured,
        "observed_month": [months[at] for at in captured],
    }


def _authors(candidates: Sequence[Candidate], stamp: Stamp) -> pa.Table:
    """There are ten times as many authors as papers, so a paper's columns are built once and then
    repeated for its authors."""
    of_paper: dict[str, list[Any]] = {
        "paper_id": [c.paper_id for c in candidates],
        **_witnesses(candidates),
        "seen_at": [c.capture.captured_at for c in candidates],
        "paper_month": [paper_month(c.paper_id) for c in candidates],
    }
    papers = _table(PAPER_AUTHORS, of_paper, candidates, range(len(candidates)), stamp)
    lists = [c.record.authors for c in candidates]
    of_author = [number for number, authors in enumerate(lists) for _ in authors]
    authors = list(chain.from_iterable(lists))
    own: dict[str, list[Any]] = {
        "position": [position for authors in lists for position in range(1, len(authors) + 1)],
        "name": [author.name for author in authors],
        "name_key": [name_key(author.name) for author in authors],
        "hf_user": [author.user for author in authors],
        "status": [author.status for author in authors],
        "is_hidden": [author.is_hidden for author in authors],
    }
    rows = papers.take(pa.array(of_author, pa.int64()))
    for name, values in own.items():
        rows = with_values(rows, name, values)
    return rows
