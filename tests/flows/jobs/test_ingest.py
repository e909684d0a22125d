"""What is in the bodies is in the tables, once; and nothing changes that need not."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import flows.pipeline.load
from flows.jobs.ingest import ingest
from flows.settings import Settings
from tests.support.compare import assert_nothing_became_null, by_key
from tests.support.mails import mail
from tests.support.samples import AFTERWARDS, API, FIRST, LATER, counts_of, items_of
from tests.support.told import untold
from tests.support.warehouse import Warehouse
from warehouse.storage.landing import Landing

pytestmark = pytest.mark.slow

COUNTS = ("upvotes", "comments", "github_stars")
ALL_ITEMS = [item for file in sorted(API.glob("*.json")) for item in items_of(file)]


def test_every_record_of_the_sample_is_in_the_tables(loaded: Warehouse) -> None:
    papers = {item["paper"]["id"] for item in ALL_ITEMS}
    signed = {item["paper"]["id"]: item["paper"]["authors"] for item in ALL_ITEMS}
    expected = {
        "core.issues": 15,
        "core.issue_captures": 15,
        "core.listings": len(ALL_ITEMS),
        "core.papers": len(papers),
        "core.paper_versions": len(papers),
        "core.paper_authors": sum(map(len, signed.values())),
        "core.observations": len(papers),
        "ops.quarantine": 0,
        "ops.runs": 1,
        "ops.issue_outcomes": 15,
    }
    assert len(ALL_ITEMS) == 240
    assert len(papers) == 239
    found = {table: loaded.value(f"SELECT count(*) FROM {table}") for table in expected}
    assert found == expected


def test_each_issue_holds_its_records_in_the_order_of_its_body(loaded: Warehouse) -> None:
    for file in API.glob("*.json"):
        listed = loaded.rows(
            f"SELECT rank, paper_id FROM core.listings "
            f"WHERE issue_id = 'huggingface:daily:{file.stem}' ORDER BY rank"
        )
        ids = [item["paper"]["id"] for item in items_of(file)]
        assert [(row["rank"], row["paper_id"]) for row in listed] == list(enumerate(ids, 1))


def test_the_report_tells_what_the_tables_hold(warehouse: Warehouse) -> None:
    report = warehouse.ingest(API / "2026-11-06.json", at=FIRST)
    assert (report.outcome, report.exit_code, report.snapshot) == ("ok", 0, 1)
    assert untold(report.headline(), "ingest ok", "1 settled", "snapshot 1") == []
    added = {name: change.added for name, change in report.changes.items()}
    for table, n_rows in added.items():
        assert warehouse.value(f"SELECT count(*) FROM {table}") == n_rows


def test_papers_listed_twice_have_one_current_row_and_two_listings(loaded: Warehouse) -> None:
    listed = Counter(item["paper"]["id"] for item in ALL_ITEMS)
    (twice,) = [paper for paper, n in listed.items() if n == 2]
    assert loaded.value(f"SELECT count(*) FROM core.listings WHERE paper_id = '{twice}'") == 2
    assert loaded.value(f"SELECT count(*) FROM core.papers WHERE paper_id = '{twice}'") == 1


def test_no_votes_is_zero_and_no_stars_is_null(loaded: Warehouse) -> None:
    without_votes = [i["paper"]["id"] for i in ALL_ITEMS if i["paper"]["upvotes"] == 0]
    without_stars = {i["paper"]["id"] for i in ALL_ITEMS if "githubStars" not in i["paper"]}
    seen = by_key(loaded.rows("SELECT * FROM core.observations"), "paper_id")
    assert without_votes
    assert all(seen[paper,]["upvotes"] == 0 for paper in without_votes)
    assert all(seen[paper,]["github_stars"] is None for paper in without_stars)


def test_loading_the_same_again_changes_not_a_byte(loaded: Warehouse) -> None:
    before = loaded.state()
    report = loaded.ingest(API)
    assert {outcome.outcome for outcome in report.outcomes} == {"unchanged"}
    assert (report.outcome, report.exit_code, report.snapshot) == ("unchanged", 0, None)
    assert loaded.state() == before
    assert loaded.lake.numbers() == [1]


def test_the_same_bytes_read_again_later_are_not_another_sighting(loaded: Warehouse) -> None:
    loaded.ingest(API)
    assert {capture_record.captured_at for capture_record in loaded.capture_records()} == {FIRST}


@pytest.fixture(scope="module")
def refetched(
    sample_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Warehouse, Warehouse]:
    """The sample before and after three of its days were fetched again; only to be read."""
    before = Warehouse(sample_home)
    after = before.copy_to(tmp_path_factory.mktemp("refetched") / "home")
    assert after.ingest(LATER, at=AFTERWARDS).exit_code == 0
    return before, after


def test_a_later_fetch_adds_what_came_late_and_keeps_what_is_known(
    refetched: tuple[Warehouse, Warehouse],
) -> None:
    before, after = refetched
    new = items_late()
    assert len(new) == 5
    late = after.rows("SELECT * FROM core.listings WHERE first_seen_at > TIMESTAMPTZ '2026-11-15'")
    assert {row["paper_id"] for row in late} == new
    gone = after.rows("SELECT * FROM core.listings WHERE removed_at IS NOT NULL")
    assert gone == []
    assert_nothing_became_null(before, after)


def items_late() -> set[str]:
    known = {item["paper"]["id"] for item in ALL_ITEMS}
    return {i["paper"]["id"] for f in LATER.glob("*.json") for i in items_of(f)} - known


def test_every_changed_count_of_a_later_fetch_is_an_observation(
    refetched: tuple[Warehouse, Warehouse],
) -> None:
    before, after = refetched
    known = by_key(before.rows("SELECT * FROM core.observations"), "paper_id")
    expected = set()
    for file in LATER.glob("*.json"):
        for item in items_of(file):
            paper, now = item["paper"]["id"], counts_of(item)
            was = known.get((paper,), {})
            if any(now[name] is not None and now[name] != was.get(name) for name in COUNTS):
                expected.add((paper, *now.values()))
    added = after.rows("SELECT * FROM core.observations WHERE observed_at > '2026-11-15'")
    assert {(row["paper_id"], *(row[name] for name in COUNTS)) for row in added} == expected
    unchanged = [row for row in after.rows("SELECT * FROM core.observations") if row not in added]
    assert by_key(unchanged, "paper_id") == known


def test_a_summary_that_vanished_stays_known_and_is_no_new_version(
    refetched: tuple[Warehouse, Warehouse],
) -> None:
    _, after = refetched
    vanished = [items_of(file)[-1]["paper"] for file in LATER.glob("*.json")]
    for paper in vanished:
        assert "ai_summary" not in paper
        rows = after.rows(f"SELECT * FROM core.paper_versions WHERE paper_id = '{paper['id']}'")
        assert [row["ai_summary"] is None for row in rows] == [False] * len(rows)


def test_a_code_link_that_appeared_is_a_new_version_valid_from_then(
    refetched: tuple[Warehouse, Warehouse],
) -> None:
    before, after = refetched
    linked = before.rows("SELECT paper_id FROM core.papers WHERE github_repo IS NULL")
    filled = after.rows(
        "SELECT * FROM core.papers WHERE github_repo IS NOT NULL AND paper_id IN "
        f"({', '.join(repr(row['paper_id']) for row in linked)})"
    )
    assert len(filled) == 3
    for row in filled:
        versions = after.rows(
            "SELECT valid_from, valid_to, github_repo FROM core.paper_versions "
            f"WHERE paper_id = '{row['paper_id']}' ORDER BY valid_from"
        )
        assert [v["valid_from"] for v in versions] == [FIRST, AFTERWARDS]
        assert [v["valid_to"] for v in versions] == [AFTERWARDS, None]
        assert versions[0]["github_repo"] is None


def test_a_second_load_of_what_came_later_changes_nothing(
    refetched: tuple[Warehouse, Warehouse],
) -> None:
    _, after = refetched
    state = after.state()
    assert after.ingest(API, LATER).outcome == "unchanged"
    assert after.state() == state


def test_each_listing_leads_through_the_landing_to_its_record(loaded: Warehouse) -> None:
    landing = Landing(loaded.home / "landing")
    for row in loaded.rows("SELECT * FROM core.listings"):
        (capture_record,) = landing.of_bytes(row["payload_sha256"])
        record = json.loads(landing.read(capture_record))[row["record_index"]]
        assert capture_record.issue_id == row["issue_id"]
        assert record["paper"]["id"] == row["paper_id"]
        assert " ".join(record["title"].split()) == " ".join(row["title_as_listed"].split())


@pytest.mark.parametrize(("n_files", "n_batches"), [(1, 3), (2, 2), (3, 1)])
def test_a_batch_ends_when_its_bodies_are_large(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, n_files: int, n_batches: int
) -> None:
    files = sorted(API.glob("*.json"))[:3]
    limit = sum(file.stat().st_size for file in files[:n_files])
    monkeypatch.setattr(flows.pipeline.load, "BATCH_BYTES", limit)
    assert warehouse.ingest(*files).exit_code == 0
    assert warehouse.value("SELECT count(DISTINCT batch) FROM ops.quality_results") == n_batches
    n_items = sum(len(items_of(file)) for file in files)
    assert warehouse.value("SELECT count(*) FROM core.listings") == n_items


def warned(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "paperhouse"]


def test_old_files_without_a_capture_time_are_loaded_with_a_warning_in_one_line(
    warehouse: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    """Days of 2026-10-26 to 2026-11-13, loaded when those before November are 31 days old."""
    warehouse.ingest(API, at=datetime(2026, 12, 2, tzinfo=UTC))
    (line,) = warned(caplog)
    assert "\n" not in line
    told = ("warning", "5 issues were loaded", "2026-10-26 to 2026-10-30", "--captured-at")
    assert untold(line, *told) == []
    caplog.clear()
    warehouse.ingest(API, at=datetime(2026, 12, 24, tzinfo=UTC))
    assert warned(caplog) == [], "nothing was loaded"


def test_a_capture_time_that_is_not_yet_is_a_warning(
    warehouse: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    now = datetime(2026, 11, 7, 12, tzinfo=UTC)
    for later, n_lines in [(timedelta(), 0), (timedelta(days=1500), 1)]:
        ingest(
            Settings(home=warehouse.home),
            [str(API / "2026-11-06.json")],
            captured_at=now + later,
            clock=lambda: now,
        )
        assert len(warned(caplog)) == n_lines
    assert untold(warned(caplog)[0], "--captured-at 2030-12-16", "later than now") == []


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(datetime(2026, 12, 7, 23, tzinfo=UTC), id="31 days old"),
        pytest.param(datetime(2026, 12, 8, tzinfo=UTC), id="32 days old"),
    ],
)
def test_a_file_is_old_when_its_date_is_more_than_31_days_past(
    warehouse: Warehouse, caplog: pytest.LogCaptureFixture, at: datetime
) -> None:
    warehouse.ingest(API / "2026-11-06.json", at=at)
    assert [("1 issue was" in line, "2026-11-06" in line) for line in warned(caplog)] == (
        [(True, True)] if at.day == 8 else []
    )


def test_files_with_a_capture_time_are_loaded_without_a_warning(
    warehouse: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    ingest(
        Settings(home=warehouse.home),
        [str(API)],
        captured_at=AFTERWARDS,
        clock=lambda: datetime(2027, 6, 1, tzinfo=UTC),
    )
    assert warehouse.value("SELECT count(*) FROM core.issues") == 15
    assert warned(caplog) == []


def test_a_mail_that_says_when_it_was_sent_is_loaded_without_a_warning(
    warehouse: Warehouse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    saved = tmp_path / "digest.eml"
    saved.write_bytes(mail())
    report = warehouse.ingest(saved, at=datetime(2027, 6, 1, tzinfo=UTC))
    assert report.outcome == "ok"
    assert warned(caplog) == []
