"""A digest whose API is gone is read from its pages, said so, and the API is not asked in vain."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.jobs.backfill import backfill
from flows.jobs.backfill_plan import Wanted
from flows.jobs.ingest import ingest
from flows.jobs.nightly import night
from flows.pipeline.captures import LandedCapture
from flows.pipeline.extract import fetch_issue, open_fetcher, with_newest_capture
from flows.pipeline.report import IssueOutcome
from flows.pipeline.run import running
from flows.settings import Settings
from tasks.calendar import Due
from tasks.parse.model import IssueRef
from tasks.sources import sources
from tests.replica.bodies import Bodies
from tests.replica.faults import Script
from tests.replica.inside import Inside, replica_inside
from tests.replica.site import Site
from tests.support.bodies import item
from tests.support.folders import SAMPLE
from tests.support.told import untold
from tests.support.warehouse import Warehouse

AT = datetime(2026, 11, 14, 6, tzinfo=UTC)
API, PAGES = "/api/daily_papers", "/papers/date/*"
DAYS = ["2026-11-13", "2026-11-12", "2026-11-11", "2026-11-10"]


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Inside]:
    with replica_inside(Bodies(SAMPLE), AT.date(), tmp_path / "requests.jsonl") as inside:
        yield inside


@pytest.fixture
def settings(warehouse: Warehouse, replica: Inside) -> Settings:
    return Settings(home=warehouse.home, sources={"huggingface": {"base_url": replica.url}})


class Fetching:
    """Runs that fetch days and load nothing; each run begins with a fetcher of its own."""

    def __init__(self, warehouse: Warehouse, settings: Settings, replica: Inside) -> None:
        self.warehouse, self.settings, self.replica = warehouse, settings, replica
        self.landed: list[LandedCapture] = []

    def run(
        self,
        days: Sequence[str] = DAYS,
        *,
        edition: str = "daily",
        max_requests: int | None = None,
    ) -> list[IssueOutcome]:
        """The outcomes of the days that did not land, and the reason for each that did."""
        self.replica.forget()
        due = [Due(IssueRef("huggingface", edition, day), "asked for") for day in days]
        with running(self.warehouse.paths, "nightly", clock=lambda: AT) as run:
            fetcher = open_fetcher(
                run,
                self.settings,
                sources()["huggingface"],
                max_requests=max_requests,
                sleep=lambda _: None,
            )
            with closing(fetcher.session):
                found = [fetch_issue(run, fetcher, item) for item in with_newest_capture(run, due)]
            self.landed = [capture for capture in found if capture]
            run.outcomes += [
                IssueOutcome(str(capture.issue), AT, "landed") for capture in self.landed
            ]
        outcomes = {o.issue_id.rpartition(":")[2]: o for o in run.report().outcomes}
        return [outcomes[day] for day in days]

    @property
    def asked(self) -> list[tuple[str, int | None]]:
        """What the server was asked for, and its answers: `api` or the day of a page."""
        return [
            ("api" if r["path"].startswith(API) else r["path"].rpartition("/")[2], r["status"])
            for r in self.replica.requests()
        ]


@pytest.fixture
def fetching(warehouse: Warehouse, settings: Settings, replica: Inside) -> Fetching:
    return Fetching(warehouse, settings, replica)


def gone(status: int = 410, path: str = API, **rule: Any) -> dict[str, Any]:
    return {"path": path, "fault": "status", "status": status} | rule


def of_day(day: str) -> dict[str, Any]:
    return {"query": {"date": day}}


PAST = {"Retry-After": "Fri, 13 Nov 2026 12:00:30 GMT"}


@pytest.mark.parametrize(
    ("status", "tries", "headers"),
    [(404, 1, {}), (410, 1, {}), (500, 4, {}), (503, 4, {}), (503, 4, PAST)],
)
def test_an_api_that_is_gone_is_asked_for_two_issues_and_the_pages_are_read(
    fetching: Fetching, replica: Inside, status: int, tries: int, headers: dict[str, str]
) -> None:
    replica.misbehave(gone(status, headers=headers))
    outcomes = fetching.run()
    assert [outcome.outcome for outcome in outcomes] == ["landed"] * 4
    assert {body.record.format for capture in fetching.landed for body in capture.bodies} == {
        "page"
    }
    api, pages = [("api", status)] * tries, [(day, 200) for day in DAYS]
    assert fetching.asked == [*api, pages[0], *api, *pages[1:]]
    for number, outcome in enumerate(outcomes):
        told = [f"requested /papers/date/{DAYS[number]} instead", f"answered {status}"]
        told += ["failed for 2 issues in a row and is not requested again"] * (number > 1)
        assert untold(str(outcome.reason), *told) == []


def test_the_next_run_asks_the_api_again(fetching: Fetching, replica: Inside) -> None:
    replica.misbehave(gone())
    fetching.run()
    replica.change(script=Script([]))
    assert [outcome.reason for outcome in fetching.run()] == [None] * 4
    assert fetching.asked == [("api", 200)] * 4


def test_where_the_pages_fail_too_both_reasons_are_said(
    fetching: Fetching, replica: Inside
) -> None:
    replica.misbehave(gone(410), gone(404, PAGES))
    outcomes = fetching.run()
    assert [outcome.outcome for outcome in outcomes] == ["unfetched"] * 4
    for outcome in outcomes:
        assert untold(str(outcome.reason), "answered 404", "answered 410", "instead") == []
    assert Counter(fetching.asked)["api", 410] == 2


def test_a_404_about_one_day_where_others_are_answered_is_an_answer_about_that_day(
    fetching: Fetching, replica: Inside
) -> None:
    replica.misbehave(gone(404, **of_day(DAYS[1])), gone(410, **of_day(DAYS[3])))
    outcomes = fetching.run()
    assert [o.outcome for o in outcomes] == ["landed", "unfetched", "landed", "unfetched"]
    assert [str(o.reason).partition("answered ")[2] for o in outcomes] == ["", "404", "", "410"]
    assert {name for name, _ in fetching.asked} == {"api"}


def test_a_404_about_the_first_day_alone_costs_that_day_a_page_and_the_others_nothing(
    fetching: Fetching, replica: Inside
) -> None:
    replica.misbehave(gone(404, **of_day(DAYS[0])))
    assert [outcome.outcome for outcome in fetching.run()] == ["landed"] * 4
    assert fetching.asked == [("api", 404), (DAYS[0], 200), *[("api", 200)] * 3]


def test_a_server_error_about_one_day_is_read_from_its_page_and_the_api_goes_on(
    fetching: Fetching, replica: Inside
) -> None:
    replica.misbehave(gone(500, **of_day(DAYS[0])), gone(500, **of_day(DAYS[2])))
    assert [outcome.outcome for outcome in fetching.run()] == ["landed"] * 4
    failed = [("api", 500)] * 4
    assert fetching.asked == [
        *[*failed, (DAYS[0], 200), ("api", 200)],
        *[*failed, (DAYS[2], 200), ("api", 200)],
    ]


def test_an_api_that_goes_away_during_a_run_is_noticed_at_the_second_issue(
    fetching: Fetching, replica: Inside
) -> None:
    replica.misbehave(gone(404, after=1))
    outcomes = fetching.run()
    assert [o.outcome for o in outcomes] == ["landed", "unfetched", "landed", "landed"]
    assert fetching.asked[1:] == [("api", 404), ("api", 404), (DAYS[2], 200), (DAYS[3], 200)]


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param({"fault": "reset"}, id="no answer"),
        pytest.param({"fault": "status", "status": 400}, id="a day after today"),
        pytest.param({"fault": "status", "status": 429}, id="bare 429"),
        pytest.param(
            {"fault": "status", "status": 503, "headers": {"Retry-After": "3600"}}, id="wait"
        ),
    ],
)
def test_no_page_is_asked_for_where_the_host_is_silent_or_asks_to_wait(
    fetching: Fetching, replica: Inside, rule: dict[str, Any]
) -> None:
    replica.misbehave({"path": API} | rule)
    assert {outcome.outcome for outcome in fetching.run()} == {"unfetched"}
    assert {name for name, _ in fetching.asked} == {"api"}


def test_a_refused_connection_is_no_reason_to_ask_the_same_host_for_a_page(
    fetching: Fetching, replica: Inside
) -> None:
    replica.server.shutdown()
    replica.server.server_close()
    outcomes = fetching.run(DAYS[:1])
    assert outcomes[0].outcome == "unfetched"
    assert str(outcomes[0].reason).endswith("did not answer: Connection refused")
    assert "instead" not in str(outcomes[0].reason)


def test_requests_of_the_second_format_count_against_the_budget(
    fetching: Fetching, replica: Inside
) -> None:
    replica.misbehave(gone(404))
    outcomes = fetching.run(max_requests=5)
    assert [outcome.outcome for outcome in outcomes] == ["landed", "landed", "landed", "left"]
    assert len(fetching.asked) == 5


def test_many_tries_of_an_api_do_not_keep_its_host_from_answering_with_a_page(
    fetching: Fetching, replica: Inside
) -> None:
    fetching.settings = fetching.settings.model_copy(update={"max_tries": 10})
    replica.misbehave(gone(502))
    assert fetching.run(DAYS[:1])[0].outcome == "landed"
    assert fetching.asked == [*[("api", 502)] * 10, (DAYS[0], 200)]


def test_a_page_of_a_week_that_is_cut_off_does_not_replace_the_whole_list(
    fetching: Fetching, replica: Inside, tmp_path: Path
) -> None:
    folder = tmp_path / "huggingface" / "api"
    folder.mkdir(parents=True)
    for day, n_papers in (("2026-11-10", 60), ("2026-11-12", 50), ("2026-11-03", 60)):
        rows = [item(id=f"{day[2:4]}{day[8:]}.{number:05}") for number in range(n_papers)]
        (folder / f"{day}.json").write_text(json.dumps(rows))
    replica.change(site=Site(Bodies(tmp_path), AT.date()))
    replica.misbehave(gone(410))
    long, short = fetching.run(["2026-W46", "2026-W45"], edition="weekly")
    assert (long.outcome, short.outcome) == ("broken", "landed")
    assert untold(str(long.reason), "105", "cut off", "answered 410") == []
    assert [body.parsed and body.parsed.n_parsed for body in fetching.landed[0].bodies] == [60]


@pytest.mark.slow
def test_validators_go_with_the_format_they_are_of(
    warehouse: Warehouse, settings: Settings, replica: Inside
) -> None:
    issue = f"huggingface:daily:{DAYS[0]}"

    def asked(hours: int) -> list[tuple[str, int, bool]]:
        """What a run requests: path, answer, and whether it is conditional."""
        replica.forget()
        at = AT + timedelta(hours=hours)
        assert ingest(settings, [issue], clock=lambda: at).exit_code == 0
        return [
            (r["path"].partition("?")[0], r["status"], bool(r["headers"]["if-none-match"]))
            for r in replica.requests()
        ]

    page = f"/papers/date/{DAYS[0]}"
    replica.misbehave(gone())
    assert asked(0) == [(API, 410, False), (page, 200, False)]
    assert asked(1) == [(API, 410, False), (page, 304, True)]
    replica.change(script=Script([]))
    assert asked(2) == [(API, 200, False)]


@pytest.mark.slow
def test_a_backfill_of_many_days_uses_one_connection_and_each_batch_asks_the_api_again(
    settings: Settings, replica: Inside
) -> None:
    wanted = Wanted(
        "huggingface",
        since=datetime(2026, 10, 26, tzinfo=UTC).date(),
        until=datetime(2026, 11, 13, tzinfo=UTC).date(),
    )

    def filled() -> list[dict[str, Any]]:
        replica.forget()
        report = backfill(settings, wanted, clock=lambda: AT, sleep=lambda _: None)
        assert (report.outcome, len(report.reports)) == ("ok", 2)
        return list(replica.requests())

    replica.misbehave(gone(404, path=API))
    seen = filled()
    assert len({r["client_port"] for r in seen}) == 1
    n_asked = Counter(r["path"].startswith(API) for r in seen)
    assert n_asked == {True: 2 * 2, False: 15}


@pytest.mark.slow
def test_a_night_from_pages_alone_loads_every_day_and_says_why_for_each(
    warehouse: Warehouse, settings: Settings, replica: Inside
) -> None:
    replica.misbehave(gone(410))
    with running(warehouse.paths, "nightly", run_id="night", clock=lambda: AT) as run:
        night(run, settings, sleep=lambda _: None)
    report = run.report()
    assert {(o.outcome, "instead" in str(o.reason)) for o in report.outcomes} == {("settled", True)}
    assert len({r["client_port"] for r in replica.requests()}) == 1
    rows = warehouse.rows("SELECT count(*) AS n FROM core.issues WHERE source = 'huggingface'")
    assert rows == [{"n": len(report.outcomes)}]
