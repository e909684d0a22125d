"""A server answers dates with the bodies of other dates, and later rightly.

No row of another day is ever loaded, all right rows are in the end, and nobody has to do anything.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.jobs.nightly import night
from flows.pipeline.report import RunReport
from flows.pipeline.run import running
from flows.settings import Settings
from tests.replica.bodies import Bodies
from tests.replica.inside import Inside, replica_inside
from tests.replica.site import Site
from tests.replica.stale import StaleBodies
from tests.support.folders import digests
from tests.support.samples import API, items_of, write_items
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

FIRST, LAST = date(2025, 6, 16), date(2025, 6, 27)
"""Ten issue days."""
DAYS = [FIRST + timedelta(days=n) for n in range(12) if (FIRST + timedelta(days=n)).weekday() < 5]
WEEK = [date(2025, 6, 24) + timedelta(days=n) for n in range(7)]
"""Nights of which each asks for all issue days that are out."""
AFTERWARDS = date(2025, 7, 1)
LISTED = "SELECT issue_key, paper_id FROM core.listings JOIN core.issues USING (issue_id)"
WRONG = f"{LISTED} WHERE issued_on != CAST(submitted_at AT TIME ZONE 'UTC' AS DATE)"


@dataclass(frozen=True)
class Nights:
    """A warehouse and a site of real days that answers late or rightly."""

    warehouse: Warehouse
    replica: Inside
    folder: Path

    def live(self, today: date, *, is_stale: bool) -> RunReport:
        """One night; no row may be another day's after it."""
        bodies = (StaleBodies if is_stale else Bodies)(self.folder)
        self.replica.change(site=Site(bodies, today))
        at = datetime(today.year, today.month, today.day, 6, tzinfo=UTC)
        settings = Settings.model_validate(
            {
                "home": self.warehouse.home,
                "sources": {"huggingface": {"base_url": self.replica.url}},
                "look_back_days": 15,
            }
        )
        run_id = f"night-{today}-{is_stale}"
        with running(self.warehouse.paths, "nightly", run_id=run_id, clock=lambda: at) as run:
            night(run, settings, sleep=lambda _: None)
        assert self._rows(WRONG) == []
        return run.report()

    def listed(self) -> set[tuple[str, str]]:
        """Date and paper of every listing of the ten days, also of removed ones."""
        rows = self._rows(f"{LISTED} WHERE issued_on BETWEEN '{FIRST}' AND '{LAST}'")
        return {(row["issue_key"], row["paper_id"]) for row in rows}

    def _rows(self, query: str) -> list[dict[str, Any]]:
        """Rows of the published file; none while nothing is published yet."""
        return self.warehouse.rows(query) if self.warehouse.file.exists() else []

    def wanted(self) -> set[tuple[str, str]]:
        """The same by the bodies themselves."""
        return {
            (str(day), item["paper"]["id"])
            for day in DAYS
            for item in json.loads(Bodies(self.folder).issue(day) or b"[]")
        }


@pytest.fixture
def nights(warehouse: Warehouse, tmp_path: Path) -> Iterator[Nights]:
    folder = digests()
    log = tmp_path / "requests.jsonl"
    with replica_inside(Bodies(folder), AFTERWARDS, log) as replica:
        yield Nights(warehouse, replica, folder)


def held_because(report: RunReport) -> dict[str, str]:
    """Date and reason of the held issues of a night."""
    return {
        outcome.issue_id.rpartition(":")[2]: str(outcome.reason)
        for outcome in report.outcomes
        if outcome.outcome == "held"
    }


def test_ten_real_days_answered_one_day_late_for_a_week_and_then_rightly(nights: Nights) -> None:
    for today in WEEK:
        reasons = held_because(nights.live(today, is_stale=True))
        assert reasons.keys() >= {str(day) for day in DAYS if day <= today}
        assert "were listed on 2025-06-18" in reasons["2025-06-19"]
        assert nights.listed() == set()

    report = nights.live(AFTERWARDS, is_stale=False)

    assert report.exit_code == 0, report.lines()
    assert nights.listed() == nights.wanted()
    assert nights.warehouse.value("SELECT count(*) FROM ops.releases") == 0


def test_the_same_by_pages_that_show_the_date_asked_for(nights: Nights) -> None:
    nights.replica.misbehave({"path": "/api/daily_papers", "fault": "html"})
    for today in WEEK[-2:]:
        reasons = held_because(nights.live(today, is_stale=True))
        assert reasons.keys() >= set(map(str, DAYS))
        assert nights.listed() == set()

    nights.live(AFTERWARDS, is_stale=False)

    assert nights.listed() == nights.wanted()


def test_a_wrong_answer_after_a_good_load_changes_nothing(nights: Nights) -> None:
    nights.live(WEEK[0], is_stale=False)
    for today in WEEK[1:]:
        before = nights.listed()
        nights.live(today, is_stale=True)
        assert nights.listed() == before
    assert nights.listed() < nights.wanted()

    nights.live(AFTERWARDS, is_stale=False)

    assert nights.listed() == nights.wanted()
    assert nights.warehouse.value("SELECT count(removed_at) FROM core.listings") == 0


def test_a_body_answered_for_another_date_is_held_and_blocks_neither_date(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """By files, as somebody saves and ingests them: first Friday's name on Thursday's body."""
    thursday, friday = items_of(API / "2026-11-12.json"), items_of(API / "2026-11-13.json")
    wrong = write_items(tmp_path / "wrong" / "2026-11-13.json", thursday)
    done = warehouse.called("ingest", wrong)
    assert done.returncode == 1
    assert f"{len(thursday)} of {len(thursday)} records were listed on 2026-11-12" in done.stderr

    assert warehouse.called("ingest", API / "2026-11-12.json").returncode == 0
    assert warehouse.called("ingest", API / "2026-11-13.json").returncode == 0

    listed = warehouse.rows(f"{LISTED} ORDER BY ALL")
    assert listed == [
        {"issue_key": day, "paper_id": paper_id}
        for day, items in (("2026-11-12", thursday), ("2026-11-13", friday))
        for paper_id in sorted(item["paper"]["id"] for item in items)
    ]
    assert warehouse.called("ingest", wrong).returncode == 1
    assert warehouse.rows(f"{LISTED} ORDER BY ALL") == listed
