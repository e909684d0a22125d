"""Any order and any chunking of the same captures end in the same rows."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.apart import loaded_apart
from tests.support.compare import current_rows, differences
from tests.support.examples import FEW
from tests.support.folders import DIGESTS
from tests.support.issues import T0, Body, day, item
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

PAPERS = [f"2611.0000{n}" for n in range(6)]
DAYS = ["2026-11-16", "2026-11-17", "2026-11-18"]


@st.composite
def items(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Some of a few papers, whose votes, repositories and authors come, go and come back."""
    chosen = draw(st.lists(st.sampled_from(PAPERS), unique=True, max_size=6))
    found = []
    for paper_id in chosen:
        fields: dict[str, Any] = {}
        if draw(st.booleans()):
            fields["upvotes"] = draw(st.integers(0, 2))
        if draw(st.booleans()):
            fields["githubRepo"] = f"https://github.com/lab/{draw(st.sampled_from('ab'))}"
        if draw(st.booleans()):
            fields["authors"] = [
                {"name": f"Author {draw(st.integers(1, 2))}", "user": {"user": "reader-1"}},
                {"name": "Author 3"},
            ]
        found.append(item(paper_id, **fields))
    return found


@st.composite
def captures(draw: st.DrawFn) -> list[Body]:
    """Several captures of three days, each at a time of its own."""
    n_captures = draw(st.integers(2, 6))
    return [
        day(draw(st.sampled_from(DAYS)), draw(items()), minutes=minutes)
        for minutes in range(n_captures)
    ]


@FEW
@given(bodies=captures(), order=st.randoms(use_true_random=False), size=st.integers(1, 3))
def test_any_order_and_chunking_of_the_same_captures_ends_in_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[Body], order: random.Random, size: int
) -> None:
    folder = tmp_path_factory.mktemp("order")
    together = Warehouse(folder / "together")
    together.load(bodies, now=T0 + timedelta(days=1))

    shuffled = list(bodies)
    order.shuffle(shuffled)
    apart = loaded_apart(folder / "apart", shuffled, size)

    assert differences(current_rows(together), current_rows(apart)) == {}


@FEW
@given(
    lists=st.lists(items(), min_size=3, max_size=3),
    moments=st.lists(st.integers(0, 1), min_size=3, max_size=3),
    size=st.integers(1, 2),
)
def test_captures_of_one_moment_end_in_the_same_rows_however_they_are_batched(
    tmp_path_factory: pytest.TempPathFactory,
    lists: list[list[dict[str, Any]]],
    moments: list[int],
    size: int,
) -> None:
    bodies = [
        day(name, listed, minutes=at) for name, listed, at in zip(DAYS, lists, moments, strict=True)
    ]
    folder = tmp_path_factory.mktemp("moment")
    together, apart = Warehouse(folder / "together"), Warehouse(folder / "apart")
    together.load(bodies, now=T0 + timedelta(days=1))
    apart.load(bodies, now=T0 + timedelta(days=1), batch_issues=size)
    assert differences(current_rows(together), current_rows(apart)) == {}


def test_a_count_that_came_back_is_seen_even_when_the_capture_between_arrives_last(
    tmp_path: Path,
) -> None:
    bodies = [
        day(DAYS[0], [item(PAPERS[0], upvotes=upvotes)], minutes=minutes)
        for minutes, upvotes in enumerate((5, 7, 5))
    ]
    in_order, late = Warehouse(tmp_path / "in order"), Warehouse(tmp_path / "late")
    for warehouse, order in ((in_order, (0, 1, 2)), (late, (0, 2, 1))):
        for number in order:
            now = T0 + timedelta(days=1, minutes=number)
            warehouse.load([bodies[number]], now=now)

    seen = current_rows(late)["core.observations"]["upvotes"].to_pylist()
    assert seen == [5, 7, 5]
    assert differences(current_rows(in_order), current_rows(late)) == {}


def test_a_half_published_day_that_arrives_late_does_not_close_the_listings_of_the_full_one(
    tmp_path: Path,
) -> None:
    half = day(DAYS[0], [item(PAPERS[0])], minutes=0)
    full = day(DAYS[0], [item(paper) for paper in PAPERS], minutes=1)
    warehouse = Warehouse(tmp_path / "home")
    warehouse.load([full], now=T0 + timedelta(days=1))

    warehouse.load([half], now=T0 + timedelta(days=2))

    listings = current_rows(warehouse)["core.listings"]
    assert listings.num_rows == len(PAPERS)
    assert listings["removed_at"].null_count == len(PAPERS)
    assert listings["first_seen_at"].to_pylist().count(T0) == 1


def test_the_real_days_end_in_the_same_rows_in_one_batch_and_backwards_in_many(
    tmp_path: Path,
) -> None:
    bodies = _real_bodies("2025-03*")
    together, apart = Warehouse(tmp_path / "together"), Warehouse(tmp_path / "apart")
    together.load(bodies, now=T0 + timedelta(days=1))

    backwards = bodies[::-1]
    for number, start in enumerate(range(0, len(backwards), 10)):
        now = T0 + timedelta(days=1, minutes=number)
        apart.load(backwards[start : start + 10], now=now)

    assert differences(current_rows(together), current_rows(apart)) == {}


def _real_bodies(pattern: str) -> list[Body]:
    """The API days, then those fetched again a month later, each at a time of its own."""
    if not DIGESTS.is_dir():
        pytest.skip(f"needs the real digests in {DIGESTS}")
    bodies = []
    for month, folder in enumerate(("api", "refetch")):
        for minute, path in enumerate(sorted((DIGESTS / "huggingface" / folder).glob(pattern))):
            made_at = T0 - timedelta(days=90) + timedelta(days=30 * month, minutes=minute)
            bodies.append(Body(f"huggingface:daily:{path.stem}", path.read_bytes(), made_at))
    return bodies
