"""A day that was seen half is visible as such, is asked for again, and is completed by that."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from flows.jobs.backfill import BackfillReport, backfill
from flows.jobs.backfill_plan import BadRange, Wanted
from flows.jobs.ingest import ingest
from flows.jobs.nightly import night
from flows.monitoring.status import read_status
from flows.pipeline.report import RunReport
from flows.pipeline.run import running
from flows.settings import Settings
from tests.replica.bodies import Bodies
from tests.replica.inside import Inside, replica_inside
from tests.replica.site import Site
from tests.support.folders import DIGESTS
from tests.support.issues import item, papers_of
from tests.support.samples import write_items
from tests.support.told import untold
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

CASE = DIGESTS.parent / "cases" / "19-half-day"
SINCE, UNTIL = date(2026, 9, 1), date(2026, 10, 25)
"""55 days."""
WEEKDAYS = [day for n in range(55) if (day := SINCE + timedelta(days=n)).weekday() < 5]
N_DAYS = len(WEEKDAYS)
AT = datetime(2026, 11, 14, 6, tzinfo=UTC)
N_NOT_OWED = 14
"""Weekdays after them that were out before the first run."""
FULL = 12


@dataclass
class Source:
    """A server whose lists grow, and a warehouse that reads them."""

    folder: Path
    replica: Inside
    warehouse: Warehouse

    @property
    def settings(self) -> Settings:
        source = {"base_url": self.replica.url, "since": SINCE}
        return Settings(home=self.warehouse.home, sources={"huggingface": source})

    def serve(self, n_papers: Mapping[date, int]) -> None:
        """From now on these days have so many papers."""
        for day, n in n_papers.items():
            file = self.folder / "huggingface" / "api" / f"{day}.json"
            write_items(file, papers_of(day, n))

    def asked(self) -> list[str]:
        """The days asked for since the last time, in order."""
        days = [r["path"].partition("date=")[2][:10] for r in self.replica.requests()]
        self.replica.forget()
        return days

    def fill(self, at: datetime = AT, **given: Any) -> BackfillReport:
        wanted = Wanted("huggingface", **({"since": SINCE, "until": UNTIL} | given))
        return backfill(self.settings, wanted, clock=lambda: at, sleep=lambda _: None)

    def night(self, at: datetime) -> RunReport:
        self.replica.change(site=Site(Bodies(self.folder), at.date()))
        wanted = self.settings.expectations()
        with running(self.warehouse.paths, "nightly", clock=lambda: at, wanted=wanted) as run:
            night(run, self.settings, sleep=lambda _: None)
        return run.report()

    def states(self, at: datetime) -> Counter[str]:
        """The states of the days by now, as the published file and `status` have them."""
        shown = read_status(self.settings, now=at).completeness[0].n_by_state
        query = "SELECT state, count(*) AS n FROM ops.coverage GROUP BY ALL"
        published = {row["state"]: row["n"] for row in self.warehouse.rows(query)}
        for state in ("open", "unconfirmed"):
            assert published.get(state, 0) == shown.get(state, 0)
        return Counter(shown)


def _doubt(reason: str | None) -> str | None:
    """Which doubt a reason names, if any."""
    return next((word for word in ("open", "unconfirmed") if f"{word}: " in str(reason)), None)


@pytest.fixture
def source(tmp_path: Path, warehouse: Warehouse) -> Iterator[Source]:
    log = tmp_path / "requests.jsonl"
    with replica_inside(Bodies(tmp_path), AT.date(), log) as replica:
        yield Source(tmp_path, replica, warehouse)


def half() -> dict[date, int]:
    """One to three papers a day."""
    return {day: 1 + number % 3 for number, day in enumerate(WEEKDAYS)}


def test_a_backfill_that_sees_half_of_every_day_says_so_and_the_next_completes_them(
    source: Source,
) -> None:
    source.serve(half())
    first = source.fill()

    assert (first.outcome, first.exit_code, len(first.unconfirmed)) == ("partial", 3, N_DAYS)
    assert (
        untold(first.lines()[-1], f"{N_DAYS} unconfirmed", "2026-09-01", "the same command") == []
    )
    reasons = {o.reason for report in first.reports for o in report.outcomes}
    assert "unconfirmed: 1 record at the only look, fewer than 4" in reasons
    assert source.states(AT) == {"unconfirmed": N_DAYS, "not owed": N_NOT_OWED}
    trust = "SELECT sum(n_unconfirmed)::INT, sum(n_loaded)::INT, max(completeness) FROM mart.trust"
    assert source.warehouse.tuples(trust) == [(N_DAYS, 0, 0)]

    source.asked()
    source.serve(dict.fromkeys(WEEKDAYS, FULL))
    second = source.fill(AT + timedelta(hours=1))
    assert source.asked() == [str(day) for day in WEEKDAYS]
    assert (second.outcome, second.exit_code, second.unconfirmed) == ("ok", 0, ())
    assert source.states(AT) == {"loaded": N_DAYS, "not owed": N_NOT_OWED}
    assert source.fill(AT + timedelta(hours=2)).reports == ()
    assert source.asked() == []


def test_a_backfill_begun_again_asks_for_exactly_the_days_that_are_in_doubt(source: Source) -> None:
    small = set(WEEKDAYS[5:20:5])
    source.serve({day: 2 if day in small else FULL for day in WEEKDAYS})
    assert source.fill().exit_code == 3
    source.asked()

    again = source.fill(AT + timedelta(hours=1))

    assert source.asked() == sorted(map(str, small))
    assert again.n_known == N_DAYS - 3
    assert (again.outcome, again.unconfirmed) == ("unchanged", ()), "two looks agree"
    assert source.states(AT) == {"loaded": N_DAYS, "not owed": N_NOT_OWED}
    assert source.fill(AT + timedelta(hours=2)).reports == ()


def test_within_the_look_back_a_small_day_needs_a_look_of_another_day(source: Source) -> None:
    recent = date(2026, 11, 12)
    source.serve({recent: 0})
    for hours, exit_code in ((0, 3), (19, 3), (20, 0)):
        done = source.fill(AT + timedelta(hours=hours), since=recent, until=recent)
        assert (done.exit_code, source.asked()) == (exit_code, [str(recent)])
    assert source.fill(AT + timedelta(hours=21), since=recent, until=recent).reports == ()
    published = "SELECT state FROM ops.coverage WHERE issue_id IS NOT NULL"
    assert source.warehouse.tuples(published)[0] == ("empty",)


def test_missing_asks_for_what_is_in_doubt_too_and_again_for_everything(source: Source) -> None:
    source.serve(dict.fromkeys(WEEKDAYS, FULL) | {WEEKDAYS[3]: 1})
    source.fill()
    source.asked()
    later = AT + timedelta(days=30)

    source.fill(later, is_missing_only=True)
    assert source.asked() == [str(WEEKDAYS[3])]
    source.fill(later + timedelta(hours=1), is_again=True)
    assert source.asked() == [str(day) for day in WEEKDAYS]
    source.fill(later + timedelta(hours=2), is_again=True)
    assert source.asked() == [str(day) for day in WEEKDAYS]
    with pytest.raises(BadRange, match="contradict"):
        source.fill(later, is_again=True, is_missing_only=True)


def test_a_day_with_records_in_quarantine_is_asked_for_again(source: Source) -> None:
    source.serve(dict.fromkeys(WEEKDAYS, FULL))
    day = WEEKDAYS[7]
    file = source.folder / "huggingface" / "api" / f"{day}.json"
    nameless = item("2609.99999") | {"title": ""}
    nameless["paper"]["title"] = ""
    write_items(file, [*(item(f"2609.{n:05}") for n in range(90000, 90009)), nameless])
    assert source.fill().exit_code == 0
    assert source.warehouse.value("SELECT count(*) FROM ops.quarantine") == 1
    source.asked()

    source.fill(AT + timedelta(hours=1))
    assert source.asked() == [str(day)]
    source.fill(AT + timedelta(hours=2), is_missing_only=True)
    assert source.asked() == []


def test_nights_see_every_day_open_then_half_then_whole(source: Source) -> None:
    nights = [SINCE + timedelta(days=n) for n in range(14)]
    for today in nights:
        shown = [day for day in WEEKDAYS if day <= today]
        source.serve({day: [1, 3, FULL][min((today - day).days, 2)] for day in shown[-4:]})
        at = datetime.combine(today, AT.time(), UTC)
        report = source.night(at)
        assert report.exit_code == 0
        told = {o.issue_id[-10:]: _doubt(o.reason) for o in report.outcomes}
        expected = {0: "open", 1: "unconfirmed"}
        for day in shown[-2:]:
            assert told[str(day)] == expected.get((today - day).days)
    assert source.states(at)["loaded"] == sum((nights[-1] - day).days > 1 for day in shown)
    trust = (
        "SELECT completeness FROM mart.trust WHERE week_on BETWEEN '2026-09-01' AND '2026-09-13'"
    )
    assert set(source.warehouse.tuples(trust)) == {(1.0,)}


def test_nights_ask_beyond_the_look_back_once_in_twenty_hours_newest_first(source: Source) -> None:
    source.serve({day: 1 if day in WEEKDAYS[:3] else FULL for day in WEEKDAYS})
    source.fill()
    old = [str(day) for day in reversed(WEEKDAYS[:3])]
    source.asked()

    source.night(AT + timedelta(hours=19))
    assert set(old).isdisjoint(source.asked())
    source.serve({WEEKDAYS[1]: 2})
    source.night(AT + timedelta(hours=20))
    assert [day for day in source.asked() if day in old] == old
    source.night(AT + timedelta(hours=30))
    assert set(old).isdisjoint(source.asked())
    source.night(AT + timedelta(hours=40))
    assert [day for day in source.asked() if day in old] == [str(WEEKDAYS[1])]
    source.night(AT + timedelta(hours=60))
    assert set(old).isdisjoint(source.asked()), "two looks agree on each"


def test_an_issue_asked_for_by_name_is_open_or_unconfirmed_and_the_exit_code_is_0(
    source: Source,
) -> None:
    today = AT.date() - timedelta(days=1)
    source.serve({today: 30, WEEKDAYS[0]: 1})
    issues = [f"huggingface:daily:{day}" for day in (WEEKDAYS[0], today)]
    at = datetime.combine(today, AT.time(), UTC)
    report = ingest(source.settings, issues, clock=lambda: at)
    assert report.exit_code == 0
    assert [_doubt(o.reason) for o in report.outcomes] == ["unconfirmed", "open"]
    assert [line for line in report.lines() if "before it closed" in line]
    asked = source.fill(at + timedelta(hours=1), since=today, until=today)
    assert (asked.exit_code, asked.reports[0].outcome) == (0, "unchanged"), (
        "an early look is normal"
    )
    assert "last seen 2026-11-13 07:00 UTC" in str(asked.reports[0].outcomes[0].reason)


def case_of_a_half_day() -> tuple[Path, Path]:
    if not CASE.exists():
        pytest.skip(f"no cases at {CASE}: they are not part of the repository")
    return CASE / "2025-08-05.json", CASE / "later" / "2025-08-05.json"


def _same(at: datetime) -> datetime:
    return at


def test_two_halves_of_a_day_do_not_confirm_each_other(tmp_path: Path) -> None:
    papers = papers_of(date(2026, 11, 10), 6)
    warehouse = Warehouse(tmp_path / "home")
    state = "SELECT state FROM ops.coverage WHERE issue_id = 'huggingface:daily:2026-11-10'"
    seen = []
    for number, half in enumerate([papers[:3], papers[3:], papers[3:], papers]):
        file = write_items(tmp_path / str(number) / "2026-11-10.json", half)
        at = datetime(2026, 11, 11 + number, 6, tzinfo=UTC)
        ingest(Settings(home=warehouse.home), [str(file)], captured_at=at, clock=partial(_same, at))
        seen.append(warehouse.value(state))
    assert seen == ["unconfirmed", "unconfirmed", "loaded", "loaded"]
    assert warehouse.tuples("SELECT count(*), count(removed_at) FROM core.listings") == [(6, 0)]


def test_the_half_day_of_a_file_is_complete_once_a_later_file_has_more(
    warehouse: Warehouse,
) -> None:
    first, later = case_of_a_half_day()
    trust = "SELECT n_loaded, n_unconfirmed FROM mart.trust ORDER BY week_on LIMIT 1"
    done = warehouse.called("ingest", first)
    assert done.returncode == 0
    assert untold(done.stdout, "unconfirmed", "1 record at the only look, fewer than 4") == []
    assert warehouse.tuples(trust) == [(0, 1)]
    assert (
        "unconfirmed: huggingface:daily:2025-08-05: 1 record" in warehouse.called("status").stdout
    )

    assert warehouse.called("ingest", first).returncode == 0
    assert warehouse.tuples(trust) == [(0, 1)], "reading a file twice is not seeing the issue twice"
    assert warehouse.called("ingest", later).returncode == 0
    assert warehouse.tuples(trust) == [(1, 0)]
    assert "1 loaded" in warehouse.called("status").stdout


def test_the_half_day_of_a_server_is_asked_for_again_by_the_same_backfill(
    source: Source, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, later = case_of_a_half_day()
    served = source.folder / "huggingface" / "api" / first.name
    write_items(served, [])
    monkeypatch.setenv("PAPERHOUSE_SOURCES__HUGGINGFACE__BASE_URL", source.replica.url)
    day = ("backfill", "huggingface", "--since", "2025-08-05", "--until", "2025-08-05")

    served.write_bytes(first.read_bytes())
    done = warehouse.called(*day)
    assert done.returncode == 3
    assert "1 unconfirmed, first huggingface:daily:2025-08-05; the same command" in done.stderr
    served.write_bytes(later.read_bytes())
    assert warehouse.called(*day).returncode == 0
    assert warehouse.called(*day).returncode == 0
    assert source.asked() == ["2025-08-05"] * 2
    assert warehouse.value("SELECT n_loaded FROM mart.trust ORDER BY week_on LIMIT 1") == 1
