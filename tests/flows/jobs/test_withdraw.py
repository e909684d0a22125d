"""A wrong load is taken back: its rows go, its record stays, and the next good capture loads."""

from datetime import timedelta
from pathlib import Path

import pytest

from flows.jobs.replay import replay
from flows.jobs.review import NotLanded, NotLoaded, held_issues, release, withdraw
from flows.pipeline.issue_state import IssueStates
from flows.pipeline.report import RunReport
from flows.settings import Settings
from schemas.ops import QUARANTINE, RELEASES
from tests.support.arxiv_bodies import rss, rss_item
from tests.support.compare import current_rows, differences
from tests.support.issues import T0, Body, day, item
from tests.support.told import untold
from tests.support.warehouse import Warehouse
from warehouse.ledger import open_ledger

pytestmark = pytest.mark.slow

DAY, OTHER_DAY = "2026-11-19", "2026-11-20"
ISSUE = f"huggingface:daily:{DAY}"
SHARED = "2611.00001"
WRONG = day(DAY, [item(SHARED, upvotes=9), *(item(f"2611.0001{n}") for n in range(8))])
GOOD = day(DAY, [item(SHARED, upvotes=5), *(item(f"2611.0002{n}") for n in range(5))], minutes=90)
BESIDE = day(OTHER_DAY, [item(SHARED, upvotes=4), item("2611.00002")], minutes=30)
AFTER = T0 + timedelta(days=1)


def loaded(folder: Path, *bodies: Body) -> Warehouse:
    warehouse = Warehouse(folder)
    for number, body in enumerate(bodies):
        warehouse.load([body], now=AFTER + timedelta(minutes=number))
    return warehouse


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The wrong load and one beside it; only ever copied."""
    return loaded(tmp_path_factory.mktemp("both") / "home", WRONG, BESIDE)


@pytest.fixture
def wrongly_loaded(both: Warehouse, home: Path) -> Warehouse:
    """A warehouse of the test's own with the wrong load and one beside it."""
    return both.copy_to(home)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Only what was loaded beside the wrong load; only ever copied and read."""
    return loaded(tmp_path_factory.mktemp("alone") / "home", BESIDE)


def withdrawn(warehouse: Warehouse, *issues: str, minutes: int = 30) -> RunReport:
    now = AFTER + timedelta(minutes=minutes)
    return withdraw(
        Settings(home=warehouse.home), issues or (ISSUE,), why="another day's", clock=lambda: now
    )


def test_after_a_withdrawal_the_tables_are_as_if_it_had_never_been_loaded(
    wrongly_loaded: Warehouse, alone: Warehouse
) -> None:
    report = withdrawn(wrongly_loaded)
    assert (report.exit_code, report.command) == (0, "withdraw")
    assert differences(current_rows(alone), current_rows(wrongly_loaded)) == {}


def test_the_only_issue_of_a_warehouse_can_be_withdrawn(tmp_path: Path) -> None:
    warehouse = loaded(tmp_path, WRONG)
    withdrawn(warehouse)
    assert all(table.num_rows == 0 for table in current_rows(warehouse).values())
    assert warehouse.value("SELECT count(*) FROM core.papers") == 0


def test_status_shows_the_day_and_no_doubt_about_what_is_gone(tmp_path: Path) -> None:
    small = day(DAY, [item(SHARED)], minutes=60 * 24)
    warehouse = loaded(tmp_path / "home", small)
    assert "unconfirmed: huggingface:daily:2026-11-19" in warehouse.called("status").stdout
    withdrawn(warehouse)
    shown = warehouse.called("status", "--now", "2026-11-21T07:00:00").stdout
    assert "  week of 2026-11-16               W" in shown
    assert "unconfirmed:" not in shown


def test_the_next_good_capture_loads_by_itself(
    wrongly_loaded: Warehouse, alone: Warehouse, tmp_path: Path
) -> None:
    withdrawn(wrongly_loaded)
    report = wrongly_loaded.load([GOOD], now=AFTER + timedelta(hours=2))
    assert [outcome.outcome for outcome in report.outcomes] == ["settled"]
    never = alone.copy_to(tmp_path / "never")
    never.load([GOOD], now=AFTER + timedelta(minutes=1))
    assert differences(current_rows(never), current_rows(wrongly_loaded)) == {}


def test_a_capture_that_the_wrong_one_kept_out_loads_with_the_withdrawal(tmp_path: Path) -> None:
    small = day(DAY, [item(SHARED), item("2611.00031")], minutes=60)
    warehouse = loaded(tmp_path, WRONG, small)
    assert [row["outcome"] for row in held_issues(Settings(home=warehouse.home))] == ["held"]
    withdrawn(warehouse)
    papers = "SELECT paper_id FROM core.listings WHERE removed_at IS NULL ORDER BY ALL"
    assert warehouse.tuples(papers) == [(SHARED,), ("2611.00031",)]


def test_the_withdrawn_bytes_stay_out_when_they_come_again_and_in_a_replay(
    wrongly_loaded: Warehouse,
) -> None:
    withdrawn(wrongly_loaded)
    before = current_rows(wrongly_loaded)
    report = wrongly_loaded.load(
        [WRONG._replace(captured_at=T0 + timedelta(hours=5))], now=AFTER + timedelta(hours=1)
    )
    assert [(o.outcome, o.reason) for o in report.outcomes] == [
        ("withdrawn", "a person withdrew these bytes: another day's")
    ]
    assert report.exit_code == 0
    replay(Settings(home=wrongly_loaded.home), clock=lambda: AFTER + timedelta(hours=3))
    assert differences(before, current_rows(wrongly_loaded)) == {}


def test_what_was_withdrawn_keeps_its_bytes_from_no_other_date(tmp_path: Path) -> None:
    """Where the bytes do not say whose they are: a person has said whose they are not."""
    same = WRONG._replace(
        issue=f"huggingface:daily:{OTHER_DAY}", captured_at=T0 + timedelta(minutes=5)
    )
    warehouse = loaded(tmp_path, WRONG, same)
    assert [row["issue_id"] for row in held_issues(Settings(home=warehouse.home))] == [same.issue]
    withdrawn(warehouse)
    assert warehouse.tuples("SELECT issue_id, n_accepted FROM core.issues") == [(same.issue, 9)]


def test_it_is_on_record_asked_for_again_and_told_by_history(wrongly_loaded: Warehouse) -> None:
    withdrawn(wrongly_loaded)
    (row,) = wrongly_loaded.rows("FROM ops.releases")
    assert (row["issue_id"], row["decision"], row["why"]) == (ISSUE, "withdrawn", "another day's")
    assert row["held_because"] == "not held, loaded as settled"
    states = f"SELECT state, reason FROM ops.coverage WHERE issue_id = '{ISSUE}'"
    ((state, reason),) = wrongly_loaded.tuples(states)
    assert (state, untold(reason, "another day's")) == ("withdrawn", [])
    past = wrongly_loaded.called("sql", "--as-of", "2", "SELECT count(*) FROM core.listings")
    assert "11" in past.stdout
    changed = wrongly_loaded.value(
        "SELECT n_removed FROM ops.snapshots JOIN ops.runs USING (run_id) "
        "WHERE command = 'withdraw' AND table_name = 'core.listings'"
    )
    assert changed == 9


def released(warehouse: Warehouse, hours: int) -> RunReport:
    now = AFTER + timedelta(hours=hours)
    return release(Settings(home=warehouse.home), ISSUE, why="right", clock=lambda: now)


def test_somebody_who_changes_their_mind_releases_it(wrongly_loaded: Warehouse) -> None:
    before = current_rows(wrongly_loaded)
    withdrawn(wrongly_loaded)
    settings = Settings(home=wrongly_loaded.home)
    report = release(settings, ISSUE, why="it was right", clock=lambda: AFTER + timedelta(hours=2))
    assert report.exit_code == 0
    assert differences(before, current_rows(wrongly_loaded)) == {}


@pytest.mark.parametrize("times", [1, 2])
def test_who_released_it_can_withdraw_it_again(wrongly_loaded: Warehouse, times: int) -> None:
    """The newest decision counts, however often a person changes their mind."""
    withdrawn(wrongly_loaded)
    before = current_rows(wrongly_loaded)
    for hours in range(2, 2 + 2 * times, 2):
        released(wrongly_loaded, hours)
        withdrawn(wrongly_loaded, minutes=60 * (hours + 1))
        assert differences(before, current_rows(wrongly_loaded)) == {}
    again = WRONG._replace(captured_at=T0 + timedelta(hours=5))
    report = wrongly_loaded.load([again], now=AFTER + timedelta(hours=12))
    assert [outcome.outcome for outcome in report.outcomes] == ["withdrawn"]


def test_a_held_issue_that_was_released_can_be_withdrawn(tmp_path: Path) -> None:
    small = day(DAY, [item(SHARED), item("2611.00031")], minutes=60)
    warehouse = loaded(tmp_path, WRONG)
    before = current_rows(warehouse)
    warehouse.load([small], now=AFTER + timedelta(minutes=1))
    released(warehouse, 1)
    assert differences(before, current_rows(warehouse)) != {}
    withdrawn(warehouse, minutes=120)
    assert warehouse.value("SELECT count(*) FROM core.issues") == 0


def test_what_is_not_loaded_cannot_be_withdrawn(alone: Warehouse, tmp_path: Path) -> None:
    with pytest.raises(NotLoaded, match=f"{ISSUE}: not loaded"):
        withdrawn(alone.copy_to(tmp_path / "home"))


def test_the_command_withdraws_several_issues_at_once(wrongly_loaded: Warehouse) -> None:
    issues = [ISSUE, f"huggingface:daily:{OTHER_DAY}"]
    done = wrongly_loaded.called("issues", "withdraw", *issues, "--why", "a stale cache")
    assert done.returncode == 0, done.stderr
    assert wrongly_loaded.value("SELECT count(*) FROM core.issues") == 0
    assert wrongly_loaded.called("issues", "list").stderr.startswith("2 held; ")


def quarantine_states(warehouse: Warehouse) -> list[str]:
    with open_ledger(warehouse.home / "ledger.sqlite") as ledger:
        return [row["state"] for row in ledger.rows(QUARANTINE)]


BAD = item("2611.00041", upvotes=-1)


@pytest.mark.parametrize(
    ("later", "state"),
    [
        ([item("2611.00041"), item("2611.00042")], "superseded"),
        ([item("2611.00041"), item("2611.00042", upvotes=-2)], "superseded"),
        ([BAD, item("2611.00042", upvotes=3)], "open"),
    ],
    ids=["a clean capture", "the record is good, another is not", "it is still bad"],
)
def test_a_rejected_record_that_a_later_fetch_has_right_is_superseded(
    tmp_path: Path, later: list[dict[str, object]], state: str
) -> None:
    first = day(DAY, [BAD, item("2611.00042")])
    warehouse = loaded(tmp_path, first, day(DAY, later, minutes=60))
    assert quarantine_states(warehouse)[0] == state


def test_an_older_good_capture_that_comes_late_supersedes_nothing(tmp_path: Path) -> None:
    good = day(DAY, [item("2611.00041"), item("2611.00042")])
    warehouse = loaded(tmp_path, day(DAY, [BAD, item("2611.00042")], minutes=60), good)
    assert quarantine_states(warehouse) == ["open"]


def test_what_is_withdrawn_leaves_no_open_record_behind(tmp_path: Path) -> None:
    warehouse = loaded(tmp_path, day(DAY, [BAD, item("2611.00042")]))
    withdrawn(warehouse)
    assert quarantine_states(warehouse) == ["dropped"]


def test_good_bytes_that_a_wrong_capture_replaced_load_when_they_come_again(tmp_path: Path) -> None:
    good_first = GOOD._replace(captured_at=T0 - timedelta(hours=1))
    warehouse = loaded(tmp_path, good_first, WRONG)
    withdrawn(warehouse)
    again = GOOD._replace(captured_at=T0 + timedelta(hours=9))
    report = warehouse.load([again], now=AFTER + timedelta(hours=2))
    assert [outcome.outcome for outcome in report.outcomes] == ["settled"]
    assert warehouse.value("SELECT count(*) FROM core.listings WHERE removed_at IS NULL") == 6


def test_a_withdrawal_that_cannot_be_done_is_not_on_record(wrongly_loaded: Warehouse) -> None:
    before = current_rows(wrongly_loaded)
    for record in (wrongly_loaded.home / "landing").rglob("receipts.jsonl"):
        record.unlink()
    with pytest.raises(NotLanded, match="backup"):
        withdrawn(wrongly_loaded)
    assert differences(before, current_rows(wrongly_loaded)) == {}
    with open_ledger(wrongly_loaded.home / "ledger.sqlite") as ledger:
        assert ledger.rows(RELEASES) == []


def test_a_decision_without_a_reason_is_refused(tmp_path: Path) -> None:
    warehouse = loaded(tmp_path, WRONG)
    for command in (["issues", "withdraw"], ["issues", "release"], ["quarantine", "drop"]):
        done = warehouse.called(*command, ISSUE, "--why", " ")
        assert (done.returncode, untold(done.stderr, "--why", "reason")) == (2, [])
    assert warehouse.value("SELECT count(*) FROM core.issues") == 1


def test_no_capture_of_a_withdrawn_issue_counts_as_an_answer(tmp_path: Path) -> None:
    good_first = GOOD._replace(captured_at=T0 - timedelta(hours=1))
    warehouse = loaded(tmp_path, good_first, WRONG)
    with open_ledger(warehouse.home / "ledger.sqlite") as ledger:
        assert ISSUE in IssueStates(warehouse.lake.current(), ledger).answered_at()
    withdrawn(warehouse)
    with open_ledger(warehouse.home / "ledger.sqlite") as ledger:
        assert ISSUE not in IssueStates(warehouse.lake.current(), ledger).answered_at()


def test_who_is_hidden_is_taken_back_with_the_issue_and_known_again_with_its_next_good_capture(
    tmp_path: Path,
) -> None:
    """Another source lists the paper too, and does not know who asked not to be shown."""
    hidden = [{"name": "Nobody Seen", "hidden": True}]
    feed = rss(rss_item(f"{SHARED}v1", creators="Nobody Seen"))
    listed = Body("arxiv:cs.CL:2026-11-20", feed, T0 - timedelta(hours=2))
    wrong = day(DAY, [item(SHARED, authors=hidden), *(item(f"2611.0001{n}") for n in range(8))])
    warehouse = loaded(tmp_path, listed, wrong)
    shown = "SELECT count(*) FROM mart.author_activity WHERE name_key = 'nobody seen'"
    assert warehouse.value(shown) == 0
    withdrawn(warehouse)
    assert warehouse.value(shown) == 1, "docs/quality.md says so"
    warehouse.load(
        [day(DAY, [item(SHARED, authors=hidden)], minutes=90)], now=AFTER + timedelta(hours=2)
    )
    assert warehouse.value(shown) == 0
