"""One run keeps one pace for a host, whichever sources are on it."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from flows.jobs.ingest import ingest
from flows.settings import Settings
from tests.replica.bodies import Bodies
from tests.replica.inside import replica_inside
from tests.replica.paths import SavedPath
from tests.support.arxiv_bodies import rss, rss_item
from tests.support.folders import SAMPLE
from tests.support.warehouse import Warehouse

AT = datetime(2026, 11, 14, 6, tzinfo=UTC)


@pytest.mark.slow
def test_two_sources_on_one_host_share_its_pace(warehouse: Warehouse, tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(rss(rss_item()))
    days = [f"huggingface:daily:2026-11-{day}" for day in (10, 11, 12)]
    with replica_inside(Bodies(SAMPLE), AT.date(), tmp_path / "requests.jsonl") as replica:
        replica.change(paths=[SavedPath("/rss/cs.CL", feed, "application/rss+xml")])
        settings = Settings(
            home=warehouse.home,
            max_requests_per_s=4,
            sources={name: {"base_url": replica.url} for name in ("huggingface", "arxiv")},
        )
        ingest(settings, [*days, "arxiv:cs.CL:2026-11-13"], clock=lambda: AT)
        at = [request["monotonic_s"] for request in replica.requests()]
    assert len(at) == 4
    assert min(later - first for first, later in pairwise(at)) >= 0.25
