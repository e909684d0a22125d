"""A paper's rank is its place in the issue, on whatever page of it the source shows it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from flows.jobs.ingest import ingest
from flows.settings import Settings
from tests.replica.bodies import Bodies
from tests.replica.inside import replica_inside
from tests.replica.site import Site
from tests.support.issues import item
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

MONDAY = date(2026, 11, 9)
NOW = datetime(2026, 11, 15, 6, tzinfo=UTC)


def items_of_day(day: date, n: int) -> list[dict[str, Any]]:
    """Papers of a day, listed on it."""
    listed_at = {"publishedAt": f"{day}T02:00:00.000Z"}
    return [item(f"2611.{day.day:02}{k:03}", upvotes=k) | listed_at for k in range(n)]


def fetched(tmp_path: Path, issue: str, sizes: list[int], page_size: int) -> Warehouse:
    """A home with one issue of a week whose days have so many papers, fetched page by page."""
    folder = tmp_path / "huggingface" / "api"
    folder.mkdir(parents=True)
    for number, size in enumerate(sizes):
        day = MONDAY + timedelta(days=number)
        (folder / f"{day}.json").write_bytes(orjson.dumps(items_of_day(day, size)))
    today = MONDAY + timedelta(days=6)
    with replica_inside(Bodies(tmp_path), today, tmp_path / "log") as replica:
        replica.change(site=Site(Bodies(tmp_path), today, page_size))
        settings = Settings(
            home=tmp_path / "home", sources={"huggingface": {"base_url": replica.url}}
        )
        report = ingest(settings, [issue], clock=lambda: NOW)
    assert [outcome.outcome for outcome in report.outcomes] == ["settled"], report.lines()
    return Warehouse(tmp_path / "home")


@pytest.mark.parametrize(
    ("issue", "sizes", "page_size", "n_pages"),
    [
        ("huggingface:weekly:2026-W46", [40, 41, 30, 35, 35], 100, 2),
        ("huggingface:daily:2026-11-09", [47], 7, 7),
        ("huggingface:monthly:2026-11", [60, 60, 61], 100, 2),
        ("huggingface:trending:now", [30, 30], 100, 1),
    ],
    ids=["a week", "a day of small pages", "a month", "trending"],
)
def test_ranks_go_on_from_page_to_page(
    tmp_path: Path, issue: str, sizes: list[int], page_size: int, n_pages: int
) -> None:
    home = fetched(tmp_path, issue, sizes, page_size)
    n = sum(sizes)
    ranks = [rank for (rank,) in home.tuples("SELECT rank FROM core.listings ORDER BY rank")]
    assert ranks == list(range(1, n + 1))
    pages = home.tuples(
        "SELECT min(rank), min(record_index), count(*), max(record_index) "
        "FROM core.listings GROUP BY payload_sha256 ORDER BY 1"
    )
    assert len(pages) == n_pages
    for first_rank, first_index, n_records, last_index in pages:
        assert first_index == 0, "the index is that within the page's bytes"
        assert last_index == n_records - 1
        assert (first_rank - 1) % page_size == 0
