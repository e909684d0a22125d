"""Ways in which digest pipelines have failed in public, each played by the replica over HTTP.

What is wanted every time: nothing published changes for the worse, the outcome says what was seen,
the bytes are kept, and the next good fetch is loaded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from flows.jobs.ingest import ingest
from flows.pipeline.report import RunReport
from flows.settings import Settings
from tests.replica.process import Replica, running_replica
from tests.support.samples import API, items_of, write_items
from tests.support.told import untold
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

THURSDAY, FRIDAY, SATURDAY = (date(2026, 11, day) for day in (12, 13, 14))
EVENING = datetime(2026, 11, 14, 3, tzinfo=UTC)
"""When Friday's list has just closed."""


@dataclass(frozen=True)
class Digest:
    """A digest whose bodies a test writes, and a warehouse that is filled from it."""

    folder: Path
    replica: Replica
    warehouse: Warehouse

    def publish(self, day: date, items: list[dict[str, Any]]) -> None:
        """What the digest answers for a day from now on."""
        write_items(self.folder / "huggingface" / "api" / f"{day}.json", items)

    def fetch(self, *days: date, hours: int = 0) -> RunReport:
        """Fetch some days over HTTP, so many hours after Friday evening."""
        source = {"base_url": self.replica.url}
        settings = Settings.model_validate(
            {"home": self.warehouse.home, "sources": {"huggingface": source}}
        )
        return ingest(
            settings,
            [f"huggingface:daily:{day}" for day in days],
            clock=lambda: EVENING + timedelta(hours=hours),
        )

    def listed(self, day: date) -> int:
        """How many papers the published issue of a day lists now."""
        found: int = self.warehouse.value(
            "SELECT count(*) FROM core.listings "
            f"WHERE issue_id = 'huggingface:daily:{day}' AND removed_at IS NULL"
        )
        return found


@pytest.fixture
def digest(tmp_path: Path, warehouse: Warehouse) -> Iterator[Digest]:
    folder = tmp_path / "site"
    folder.mkdir()
    with running_replica(folder, SATURDAY) as replica:
        yield Digest(folder, replica, warehouse)


@pytest.fixture(scope="module")
def friday() -> list[dict[str, Any]]:
    return items_of(API / f"{FRIDAY}.json")


@pytest.fixture(scope="module")
def thursday() -> list[dict[str, Any]]:
    return items_of(API / f"{THURSDAY}.json")


def reason(report: RunReport) -> str:
    (fault,) = report.faults
    assert fault.outcome == "held"
    return str(fault.reason)


def test_a_half_published_day_is_completed_and_a_shrunken_one_never_replaces_it(
    digest: Digest, friday: list[dict[str, Any]]
) -> None:
    digest.publish(FRIDAY, friday[:4])
    assert digest.fetch(FRIDAY).outcome == "ok"
    assert digest.listed(FRIDAY) == 4
    digest.publish(FRIDAY, friday)
    assert digest.fetch(FRIDAY, hours=1).outcome == "ok"
    assert digest.listed(FRIDAY) == len(friday)

    digest.publish(FRIDAY, friday[:5])
    before = digest.warehouse.state()
    report = digest.fetch(FRIDAY, hours=2)

    assert f"(5 records, {len(friday)} known)" in reason(report)
    assert digest.warehouse.state() == before
    assert digest.warehouse.body(str(report.faults[0].payload_sha256))
    digest.publish(FRIDAY, friday[1:])
    assert digest.fetch(FRIDAY, hours=3).outcome == "ok"
    assert digest.listed(FRIDAY) == len(friday) - 1


def test_a_weekend_page_that_snapped_back_to_friday_is_not_loaded_as_saturday(
    digest: Digest, friday: list[dict[str, Any]], tmp_path: Path
) -> None:
    digest.publish(FRIDAY, friday)
    digest.fetch(FRIDAY)
    page = requests.get(f"{digest.replica.url}/papers/date/{SATURDAY}", timeout=10)
    assert page.status_code == 200
    saved = tmp_path / "page.html"
    saved.write_bytes(page.content)
    before = digest.warehouse.state()

    report = digest.warehouse.ingest(
        saved, given=f"huggingface:daily:{SATURDAY}", at=EVENING + timedelta(hours=1)
    )

    assert untold(reason(report), f"{FRIDAY}", f"not {SATURDAY}") == []
    assert digest.warehouse.state() == before
    assert digest.fetch(SATURDAY, hours=2).outcomes[0].outcome == "empty"


def test_yesterdays_bytes_under_todays_date_are_not_loaded(
    digest: Digest, thursday: list[dict[str, Any]], friday: list[dict[str, Any]]
) -> None:
    digest.publish(THURSDAY, thursday)
    digest.publish(FRIDAY, thursday)
    report = digest.fetch(THURSDAY, FRIDAY)

    assert report.outcome == "partial"
    assert untold(reason(report), f"belong to huggingface:daily:{THURSDAY}") == []
    assert (digest.listed(THURSDAY), digest.listed(FRIDAY)) == (len(thursday), 0)
    digest.publish(FRIDAY, friday)
    assert digest.fetch(FRIDAY, hours=1).outcome == "ok"
    assert digest.listed(FRIDAY) == len(friday)


def test_the_footers_link_in_every_row_is_not_everyones_code(
    digest: Digest, friday: list[dict[str, Any]]
) -> None:
    digest.publish(FRIDAY, friday)
    digest.fetch(FRIDAY)
    footer = "https://github.com/site/website"
    spoilt = [{**item, "paper": {**item["paper"], "githubRepo": footer}} for item in friday]
    digest.publish(FRIDAY, spoilt)

    report = digest.fetch(FRIDAY, hours=1)

    assert untold(reason(report), "100 %", "same code repository") == []
    papers = f"SELECT count(*) FROM core.paper_versions WHERE github_repo = '{footer}'"
    assert digest.warehouse.value(papers) == 0


def test_ids_that_became_numbers_are_kept_out_one_by_one_and_none_is_guessed(
    digest: Digest, friday: list[dict[str, Any]]
) -> None:
    numbers = [
        {**item, "paper": {**item["paper"], "id": float(item["paper"]["id"])}}
        for item in friday[:3]
    ]
    digest.publish(FRIDAY, [*numbers, *friday[3:]])
    report = digest.fetch(FRIDAY)

    (outcome,) = report.outcomes
    assert (outcome.outcome, outcome.n_quarantined) == ("partial", 3)
    assert digest.listed(FRIDAY) == len(friday) - 3
    rows = digest.warehouse.rows("SELECT reason, raw FROM ops.quarantine ORDER BY record_index")
    for row, item in zip(rows, friday[:3], strict=True):
        assert untold(row["reason"], "`paper.id`", "text", "number") == []
        assert item["paper"]["title"].split()[0] in row["raw"]


def test_votes_written_as_1_41k_are_1410_and_the_conversion_is_told(
    digest: Digest, friday: list[dict[str, Any]]
) -> None:
    rounded = [{**item, "paper": {**item["paper"], "upvotes": "1.41k"}} for item in friday]
    digest.publish(FRIDAY, rounded)
    report = digest.fetch(FRIDAY)

    assert report.outcome == "ok"
    votes = digest.warehouse.rows("SELECT DISTINCT upvotes FROM core.observations")
    assert votes == [{"upvotes": 1410}]
    told = [(found.path, found.kind) for found in report.drift if found.kind == "converted"]
    assert told == [("paper.upvotes", "converted")]


def test_a_week_of_silence_is_noticed_although_nothing_runs(
    digest: Digest, friday: list[dict[str, Any]]
) -> None:
    digest.publish(FRIDAY, friday)
    digest.fetch(FRIDAY)
    strict = ("status", "--strict", "--now")
    assert digest.warehouse.called(*strict, "2026-11-14T09:00:00").returncode == 0
    silent = digest.warehouse.called(*strict, "2026-11-21T09:00:00")
    assert silent.returncode == 4
    (line,) = [line for line in silent.stdout.splitlines() if "issues late" in line]
    assert untold(line, "huggingface daily", "5 issues", "2026-11-16") == []
