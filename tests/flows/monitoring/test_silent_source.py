"""A source that answers and lists nothing any more is noticed, told once, and well again later."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.jobs.ingest import ingest
from flows.monitoring.metrics import metrics_of
from flows.monitoring.notify import URLS
from flows.monitoring.silence import send_alerts
from flows.monitoring.status import read_status
from flows.settings import Settings
from tests.support.issues import papers_of
from tests.support.receivers import Mails, running_smtp
from tests.support.samples import FIRST, write_items
from tests.support.told import untold
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

STALE = 4
WEEKDAYS = [day for n in range(40) if (day := date(2026, 11, 16) + timedelta(days=n)).weekday() < 5]
"""From the first one after the sample, which ends on Friday the 13th."""
STRIKE = WEEKDAYS[:10]


class Life:
    """Nights that read the list of each day after it closed, and what the operator gets."""

    def __init__(self, warehouse: Warehouse, folder: Path, **source: Any) -> None:
        self.folder = folder
        self.settings = Settings(home=warehouse.home, sources={"huggingface": source})

    def night(self, day: date, *, n_papers: int = 0) -> list[str]:
        """Read the list of a day; gives the causes of the messages that were sent."""
        file = write_items(self.folder / f"{day}.json", papers_of(day, n_papers))
        now = closed_at(day)
        report = ingest(self.settings, [str(file)], clock=lambda: now)
        assert report.exit_code == 0
        status = read_status(self.settings, now=now)
        return [alert.cause for alert in send_alerts(self.settings, status, now=now)]

    def is_silent(self, day: date) -> bool:
        """Whether the objective is missed, for status and for Prometheus."""
        now = closed_at(day)
        status = read_status(self.settings, now=now)
        assert status.missed == ()
        report = ingest(self.settings, [str(self.folder / f"{day}.json")], clock=lambda: now)
        samples = {m.name: m.samples for m in metrics_of(status, report).collect()}
        n_missed = samples["paperhouse_broken_promises"][0].value
        assert (status.strict_exit_code == STALE) == bool(n_missed)
        return status.strict_exit_code == STALE


def closed_at(day: date) -> datetime:
    """A night after the list of a day closed, before the next one must be loaded."""
    return datetime(day.year, day.month, day.day, 6, tzinfo=UTC) + timedelta(days=1)


@pytest.fixture
def life(loaded: Warehouse, tmp_path: Path) -> Life:
    return Life(loaded, tmp_path / "lists")


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mails]:
    with running_smtp() as running:
        monkeypatch.setenv(URLS, running.url)
        yield running


def test_ten_empty_weekdays_miss_the_objective_with_one_message_and_a_good_day_mends_it(
    life: Life, loaded: Warehouse, mails: Mails
) -> None:
    sent = [life.night(day) for day in STRIKE]

    assert sent == [[], [], ["empty huggingface daily"], *[[]] * 7]
    (mail,) = mails.received
    assert untold(mail["Subject"], "huggingface daily", "empty since 2026-11-16") == []
    assert untold(mail.as_string(), "3 expected days in a row", "docs/alerts.md") == []
    assert life.is_silent(STRIKE[-1])
    now = str(closed_at(STRIKE[-1]))[:19]
    strict = loaded.called("status", "--strict", "--now", now)
    assert strict.returncode == STALE
    line = "empty since 2026-11-16: 10 expected days in a row"
    assert untold(strict.stdout, f"missed objective: huggingface daily: {line}", "2026-11-13") == []
    assert "; silent; next out" in strict.stdout
    fresh = loaded.rows("SELECT state, empty_since_on, n_empty_in_a_row FROM ops.freshness")
    assert [tuple(map(str, row.values())) for row in fresh] == [("silent", "2026-11-16", "10")]

    good = WEEKDAYS[10]
    assert life.night(good, n_papers=12) == []
    assert not life.is_silent(good)
    assert len(mails.received) == 1
    assert loaded.called("status", "--strict", "--now", str(closed_at(good))[:19]).returncode == 0


def test_the_next_silence_is_another_one_with_a_message_of_its_own(
    life: Life, mails: Mails
) -> None:
    for day in WEEKDAYS[:3]:
        life.night(day)
    life.night(WEEKDAYS[3], n_papers=12)
    sent = [life.night(day) for day in WEEKDAYS[4:8]]
    assert sent == [[], [], ["empty huggingface daily"], []]
    assert [mail["Subject"].rpartition(" ")[2] for mail in mails.received] == [
        "2026-11-16",
        "2026-11-20",
    ]


def test_two_empty_days_are_holidays_and_a_day_between_breaks_the_row(life: Life) -> None:
    for number, day in enumerate(WEEKDAYS[:6]):
        life.night(day, n_papers=12 * (number % 3 == 2))
        assert not life.is_silent(day)


def test_a_day_that_is_still_open_does_not_count_yet(life: Life) -> None:
    for day in WEEKDAYS[:2]:
        life.night(day)
    third = WEEKDAYS[2]
    file = write_items(life.folder / f"{third}.json", [])
    early = closed_at(third) - timedelta(days=1)
    ingest(life.settings, [str(file)], clock=lambda: early)
    assert read_status(life.settings, now=early).strict_exit_code == 0
    ingest(life.settings, [str(file)], captured_at=closed_at(third), clock=lambda: closed_at(third))
    assert life.is_silent(third)


def test_the_operator_says_how_many_in_a_row(loaded: Warehouse, tmp_path: Path) -> None:
    patient = Life(loaded, tmp_path / "lists", empty_in_a_row=5)
    for day in WEEKDAYS[:4]:
        patient.night(day)
        assert not patient.is_silent(day)
    patient.night(WEEKDAYS[4])
    assert patient.is_silent(WEEKDAYS[4])


def test_an_old_archive_that_ends_with_empty_days_is_not_silent(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    days = [date(2024, 8, day) for day in (1, 2, 5, 6, 7, 8)]
    files = [
        write_items(tmp_path / f"{day}.json", papers_of(day, 12 * (day.day < 5))) for day in days
    ]
    warehouse.ingest(*files, at=FIRST)
    status = read_status(Settings(home=warehouse.home), now=FIRST)
    assert (status.strict_exit_code, status.freshness[0].state) == (0, "fresh")
    assert status.completeness[0].n_by_state["unconfirmed"] == 4


def test_fresh_stands_beside_what_is_expected_there_and_not_owed(warehouse: Warehouse) -> None:
    day = date(2026, 10, 26)
    file = write_items(warehouse.home.parent / f"{day}.json", papers_of(day, 12))
    warehouse.ingest(file, at=FIRST)
    said = warehouse.called("status", "--now", "2026-11-14T07:00:00").stdout.splitlines()
    (number,) = (n for n, line in enumerate(said) if "; fresh; " in line)
    counted = "of 14 expected since 2026-10-26: 1 loaded, 13 not owed (out before the first run)"
    assert said[number + 1].strip() == counted
    assert "  week of 2026-11-02      m  m  m  m  m  .  ." in said
