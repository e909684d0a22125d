"""Rows of records that were made elsewhere, before it was known which of them are candidates.

A process that parses bodies makes rows of all their records; each row has the number of its record
in that chunk. Here the rows of a batch's candidates are chosen from those of its chunks.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from schemas import Table
from schemas.core import LISTINGS, OBSERVATIONS, PAPER_AUTHORS, PAPER_VERSIONS
from schemas.table import with_values
from tasks.merge.resolve import Candidate, paper_month, provisional_id

CANDIDATE = "candidate"
"""Extra column of a sighting: the place of its candidate in the batch."""

Rows = Mapping[Table, pa.Table]
"""By table; the rows of a record have its number in the column `CANDIDATE`."""


class Premade(NamedTuple):
    """The rows of a chunk, and the number in it of the first record of one page."""

    rows: Rows
    first: int


def chosen(
    candidates: Sequence[Candidate], here: Rows, premade: Mapping[int, Premade]
) -> dict[Table, pa.Table]:
    """The rows of candidates, each with its candidate's number; those without premade rows, by the
    `id()` of their page, have theirs `here`, in their order."""
    chunks = list({id(made.rows): made.rows for made in premade.values()}.values())
    sources = [*chunks, here]
    starts, n_records = {}, 0
    for rows in sources:
        starts[id(rows)] = n_records
        n_records += rows[PAPER_VERSIONS].num_rows
    places, n_here = [], starts[id(here)]
    for candidate in candidates:
        made = premade.get(id(candidate.page))
        if made is None:
            places.append(n_here)
            n_here += 1
        else:
            places.append(starts[id(made.rows)] + made.first + candidate.number)
    index = pa.array(places, pa.int64())
    is_all = places == list(range(n_records))
    frames = {
        table: _numbered(_together(sources, table), index, is_all)
        for table in (LISTINGS, PAPER_VERSIONS, OBSERVATIONS)
    }
    frames[PAPER_AUTHORS] = _authors(sources, list(starts.values()), index, is_all)
    return _identified(frames, candidates)


def _together(sources: Sequence[Rows], table: Table) -> pa.Table:
    return pa.concat_tables([rows[table].drop_columns([CANDIDATE]) for rows in sources])


def _numbered(rows: pa.Table, index: pa.Array, is_all: bool) -> pa.Table:
    taken = rows if is_all else rows.take(index)
    return taken.append_column(CANDIDATE, pa.array(range(len(index)), pa.int64()))


def _authors(
    sources: Sequence[Rows], starts: Sequence[int], index: pa.Array, is_all: bool
) -> pa.Table:
    """The author rows of the records in `index`: there are several, or none, of a record."""
    numbered = []
    for rows, start in zip(sources, starts, strict=True):
        of_chunk = rows[PAPER_AUTHORS]
        numbers = pc.add(of_chunk[CANDIDATE], start)
        numbered.append(of_chunk.drop_columns([CANDIDATE]).append_column(CANDIDATE, numbers))
    authors = pa.concat_tables(numbered)
    if is_all:
        return authors
    places = pc.index_in(authors[CANDIDATE], value_set=index).cast(pa.int64())
    authors = authors.drop_columns([CANDIDATE]).append_column(CANDIDATE, places)
    authors = authors.filter(pc.is_valid(places))
    return authors.sort_by([(CANDIDATE, "ascending"), ("position", "ascending")])


def _identified(
    frames: dict[Table, pa.Table], candidates: Sequence[Candidate]
) -> dict[Table, pa.Table]:
    """The rows with the papers that records without an id turned out to be; what is said of such a
    paper has another checksum, which merging fills in."""
    if all(c.record.arxiv_id or c.paper_id == provisional_id(c.key) for c in candidates):
        return frames
    papers = pa.array([candidate.paper_id for candidate in candidates], pa.string())
    known = [None if c.paper_id.startswith("title:") else c.paper_id for c in candidates]
    columns = {
        "paper_id": papers,
        "arxiv_id": pa.array(known, pa.string()),
        "paper_month": pa.array([paper_month(c.paper_id) for c in candidates], pa.string()),
        "content_sha256": pa.array([""] * len(candidates), pa.string()),
    }
    return {table: _with(rows, columns) for table, rows in frames.items()}


def _with(rows: pa.Table, columns: Mapping[str, pa.Array]) -> pa.Table:
    for name, values in columns.items():
        if name in rows.column_names:
            rows = with_values(rows, name, values.take(rows[CANDIDATE]))
    return rows
