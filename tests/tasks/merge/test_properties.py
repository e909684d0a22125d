"""However a night's captures are cut into batches, the tables come out the same."""

from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.core import (
    CORE,
)
from tasks.parse.capture import Capture
from tasks.parse.model import Author, Record
from tests.support.captures import DAY, NEXT_DAY, OTHER, PAPER, Store, capture, record
from tests.support.examples import FEW

pytestmark = pytest.mark.slow

maybe = st.none() | st.sampled_from(["x", "y"])
authors = st.lists(
    st.builds(Author, st.sampled_from(["A", "B"]), maybe, st.none(), st.none() | st.booleans()),
    max_size=2,
).map(tuple)
identities = st.sampled_from(
    [(PAPER, "One"), (PAPER, "One"), (OTHER, "Two"), (OTHER, "Three"), (None, "One"), (None, "Two")]
)


def written(identity: tuple[str | None, str], **told: Any) -> Record:
    return record(*identity, **told)


records = st.builds(
    written,
    identities,
    abstract=maybe,
    ai_keywords=st.none() | st.sampled_from([(), ("a",), ("a", "b")]),
    submitter=maybe,
    media_urls=st.none() | st.sampled_from([("u",)]),
    authors=authors,
    upvotes=st.none() | st.integers(0, 2),
    comments=st.none() | st.integers(0, 1),
)


@st.composite
def nights(draw: st.DrawFn) -> list[Capture]:
    """Captures of two issues, one an hour, some partial, some of a single paper, some empty."""
    return [
        capture(
            hour,
            *draw(st.lists(records, max_size=3)),
            issue=draw(st.sampled_from([DAY, NEXT_DAY])),
            is_partial=draw(st.booleans()),
        )
        for hour in range(draw(st.integers(2, 6)))
    ]


def merged(*batches: list[Capture]) -> Store:
    store = Store()
    for batch in batches:
        store.merge(*batch)
    return store


def assert_same(one: pa.Table, other: pa.Table, name: str) -> None:
    assert one.to_pylist() == other.to_pylist(), name


@FEW
@given(nights(), st.data())
def test_one_batch_or_several_in_order_of_capture_give_the_same_rows(
    night: list[Capture], data: st.DataObject
) -> None:
    cuts = data.draw(st.lists(st.integers(1, len(night) - 1), max_size=2, unique=True).map(sorted))
    bounds = [0, *cuts, len(night)]
    whole = merged(night)
    parts = merged(*(night[start:end] for start, end in pairwise(bounds)))
    for table in CORE:
        assert_same(whole.tables[table], parts.tables[table], table.full_name)


@FEW
@given(nights())
def test_merging_the_same_again_changes_nothing(night: list[Capture]) -> None:
    store = merged(night)
    before = dict(store.tables)
    assert store.merge(*night) == {}
    for table in CORE:
        assert_same(before[table], store.tables[table], table.full_name)
