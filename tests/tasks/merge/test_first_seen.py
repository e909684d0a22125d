"""Papers and issues seen for the first time end in the rows that the SQL of the merge makes."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import Table
from schemas.core import LISTINGS, OBSERVATIONS, PAPER_ALIASES, PAPER_AUTHORS, PAPER_VERSIONS
from tasks.merge.batch import Batch, _first_seen, merge_batch
from tasks.merge.engine import NO_REASSIGNMENTS, Merged
from tasks.merge.resolve import ExistingPapers, resolve
from tasks.merge.tables import merge_authors, merge_listings, merge_observations, merge_versions
from tasks.merge.to_arrow import Counts, alias_rows, capture_rows, sightings, without
from tasks.parse.capture import Capture
from tasks.parse.model import Author
from tests.support.captures import DAY, NEXT_DAY, OTHER, PAPER, STAMP, Store, capture, record
from tests.support.examples import FEW

maybe = st.none() | st.sampled_from(["x", "y"])
told: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "abstract": maybe,
        "ai_keywords": st.none() | st.sampled_from([(), ("a",), ("a", "b")]),
        "categories": st.none() | st.just(("cs.CL",)),
        "authors": st.lists(st.builds(Author, st.sampled_from(["A", "B"]), maybe)).map(tuple),
        "upvotes": st.none() | st.integers(0, 2),
        "github_stars": st.none() | st.integers(0, 2),
        "submitter": maybe,
    }
)
papers = st.permutations([PAPER, OTHER, "2510.00003", "hep-th/9901001"])


@st.composite
def first_batches(draw: st.DrawFn) -> list[Capture]:
    """Two issues with papers, some of them in both."""
    ids = draw(papers)
    days = [ids[: draw(st.integers(0, 3))], ids[draw(st.integers(2, 4)) :]]
    return [
        capture(hour, *(record(paper, **draw(told)) for paper in listed), issue=issue)
        for hour, (issue, listed) in enumerate(zip((DAY, NEXT_DAY), days, strict=True))
    ]


def batch_of(captures: list[Capture]) -> Batch:
    resolved = resolve(captures, ExistingPapers())
    frames = sightings(resolved.candidates, STAMP)
    frames[PAPER_ALIASES] = alias_rows((), (), STAMP)
    counted = [(c, Counts(len(list(c.records)), 0, 0)) for c in captures]
    accepted = {table: without(rows, set()) for table, rows in frames.items()}
    return Batch(accepted, capture_rows(counted, STAMP))


def by_sql(batch: Batch) -> dict[Table, Merged]:
    rows: dict[Table, Any] = dict(batch.accepted)
    empty = OBSERVATIONS.empty()
    return {
        LISTINGS: merge_listings(LISTINGS.empty(), rows[LISTINGS], batch.captures),
        PAPER_VERSIONS: merge_versions(PAPER_VERSIONS.empty(), rows[PAPER_VERSIONS]),
        PAPER_AUTHORS: merge_authors(PAPER_AUTHORS.empty(), rows[PAPER_AUTHORS]),
        OBSERVATIONS: merge_observations(empty, rows[OBSERVATIONS], empty),
    }


@FEW
@given(first_batches())
def test_what_is_seen_first_ends_in_the_rows_and_changes_of_the_sql(night: list[Capture]) -> None:
    store, batch = Store(), batch_of(night)
    wanted = by_sql(batch)
    writes = list(merge_batch(store, batch))
    for table, merged in wanted.items():
        found = [write for write in writes if write.table is table]
        rows = pa.concat_tables([table.empty(), *(write.rows for write in found)])
        order = [(name, "ascending") for name in (table.partition, *table.key) if name]
        assert rows.sort_by(order).to_pylist() == merged.rows.to_pylist(), table.full_name
        assert {write.partition: write.change for write in found} == merged.changes


@pytest.mark.parametrize(
    "second", [capture, lambda hour, *told: capture(hour, *told, issue=NEXT_DAY)]
)
def test_a_paper_of_the_tables_or_of_two_captures_is_not_seen_first(
    second: Callable[..., Capture],
) -> None:
    night = [capture(0, record(PAPER)), second(1, record(PAPER), record(OTHER))]
    store, batch = Store(), batch_of(night)
    captures, none = batch.captures, batch.captures.slice(0, 0)
    first = _first_seen(store, none, captures, batch.accepted, NO_REASSIGNMENTS)
    assert first.papers == {OTHER}
    store.merge(capture(0, record(OTHER)))
    first = _first_seen(store, captures, captures, batch.accepted, NO_REASSIGNMENTS)
    assert first.papers == set()
    assert first.issues == set()
