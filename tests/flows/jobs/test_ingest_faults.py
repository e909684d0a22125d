"""One bad body or record stops nothing else, is never lost, and never replaces what is good."""

import json
from pathlib import Path

import pytest

from flows.pipeline.report import RunReport
from tests.support.samples import API, FIRST, HTML, Item, items_of, write_items
from tests.support.told import untold
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

SMALL_DAY = API / "2026-11-06.json"
ISSUE = "huggingface:daily:2026-11-06"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder to put bodies in."""
    folder = tmp_path / "bodies"
    folder.mkdir()
    return folder


def copied(file: Path, folder: Path) -> Path:
    target = folder / file.name
    target.write_bytes(file.read_bytes())
    return target


def test_a_bad_file_among_good_ones_is_told_and_kept_and_the_good_ones_are_loaded(
    warehouse: Warehouse, folder: Path
) -> None:
    copied(SMALL_DAY, folder)
    bad = folder / "2026-11-09.json"
    bad.write_bytes(b'{"error": "come back later"}')
    empty = folder / "2026-11-10.json"
    empty.touch()
    report = warehouse.ingest(folder)

    assert (report.outcome, report.exit_code) == ("partial", 3)
    assert sorted(fault.issue_id for fault in report.faults) == [str(bad), str(empty)]
    assert "expected" in str(report.faults[0].reason)
    assert "a JSON object with error" in str(report.faults[0].reason)
    assert warehouse.value("SELECT count(*) FROM core.listings") == len(items_of(SMALL_DAY))
    for fault, file in zip(report.faults, (bad, empty), strict=True):
        assert warehouse.body(str(fault.payload_sha256)) == file.read_bytes()


def test_bytes_that_are_no_digest_are_kept_once(warehouse: Warehouse, folder: Path) -> None:
    bad = folder / "2026-11-09.json"
    bad.write_bytes(b"1")
    for _ in range(2):
        report = warehouse.ingest(bad)
        assert (report.outcome, report.exit_code) == ("failed", 1)
    (capture_record,) = warehouse.capture_records()
    assert (capture_record.source, capture_record.issue_id, capture_record.origin) == (
        "unrecognised",
        None,
        bad.name,
    )
    assert not warehouse.file.exists()


def test_a_file_too_large_to_be_a_digest_does_not_sink_the_others(
    loaded: Warehouse, folder: Path
) -> None:
    copied(SMALL_DAY, folder)
    with (folder / "2026-11-09.json").open("wb") as large:
        large.truncate(32 * 1024 * 1024 + 1)
    report = loaded.ingest(folder)
    assert [outcome.outcome for outcome in report.outcomes] == ["broken", "unchanged"]
    assert report.exit_code == 3
    assert "has 33,554,433 bytes" in str(report.faults[0].reason)


def test_a_json_list_without_papers_is_broken_and_told_by_its_issue(
    loaded: Warehouse, folder: Path
) -> None:
    before = loaded.state()
    odd = folder / "2026-11-20.json"
    odd.write_bytes(b'["one", "two"]')
    report = loaded.ingest(odd)
    assert report.exit_code == 1
    assert untold(report.faults[0].reason, "list of 2", "text") == []
    assert loaded.state() == before


def test_a_fetch_with_less_than_half_is_held_and_nothing_changes(
    loaded: Warehouse, folder: Path
) -> None:
    before = loaded.state()
    few = write_items(folder / SMALL_DAY.name, items_of(SMALL_DAY)[:4])
    report = loaded.ingest(few)
    assert (report.outcome, report.exit_code) == ("failed", 1)
    (fault,) = report.faults
    assert (fault.issue_id, fault.outcome) == (ISSUE, "held")
    facts = ("only 44.4 % of the records known", "4 records", "9 known")
    assert untold(fault.reason, *facts) == []
    assert loaded.state() == before
    assert loaded.body(str(fault.payload_sha256)) == few.read_bytes()


def test_an_empty_body_of_an_issue_that_has_papers_is_held(loaded: Warehouse, folder: Path) -> None:
    before = loaded.state()
    report = loaded.ingest(write_items(folder / SMALL_DAY.name, []))
    assert [fault.outcome for fault in report.faults] == ["held"]
    assert loaded.state() == before


def test_a_fetch_with_half_is_loaded_and_what_it_lacks_is_closed(
    loaded: Warehouse, folder: Path
) -> None:
    items = items_of(SMALL_DAY)
    report = loaded.ingest(write_items(folder / SMALL_DAY.name, items[:5]))
    assert report.exit_code == 0
    gone = loaded.rows(
        f"SELECT paper_id FROM core.listings WHERE issue_id = '{ISSUE}' AND removed_at IS NOT NULL"
    )
    assert {row["paper_id"] for row in gone} == {item["paper"]["id"] for item in items[5:]}
    assert loaded.value("SELECT count(*) FROM core.listings") == 240


def test_a_day_without_papers_is_an_empty_issue(warehouse: Warehouse, folder: Path) -> None:
    report = warehouse.ingest(write_items(folder / "2026-11-14.json", []))
    assert (report.exit_code, report.outcomes[0].outcome) == (0, "empty")
    assert warehouse.rows("SELECT state, n_parsed FROM core.issues") == [
        {"state": "empty", "n_parsed": 0}
    ]


def test_a_page_of_another_date_than_asked_for_is_held(loaded: Warehouse) -> None:
    before = loaded.state()
    report = loaded.ingest(HTML / "2026-11-13.html", given="huggingface:daily:2026-11-14")
    (fault,) = report.faults
    assert (fault.outcome, report.exit_code) == ("held", 1)
    assert untold(fault.reason, "2026-11-13", "not 2026-11-14", "14 records") == []
    assert loaded.state() == before


def with_bad_records() -> list[Item]:
    """Nine records: one with an id that is no text, one breaking two rules, one named twice."""
    items = items_of(SMALL_DAY)
    items[0]["paper"]["title"] = items[0]["title"] = "Größe zählt: ∑ of Münchhausen's 数"
    items[2]["paper"]["id"] = 2611.1
    items[4]["paper"]["summary"] = items[4]["summary"] = "zu kurz ✂"
    items[4]["title"] = "A title with a bell \x07 in it"
    items[7] = dict(items[6])
    return items


@pytest.fixture(scope="module")
def with_quarantine(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, RunReport]:
    """A warehouse with those records, and the report of loading them; only to be read."""
    folder = tmp_path_factory.mktemp("quarantine")
    warehouse = Warehouse(folder / "home")
    file = write_items(folder / SMALL_DAY.name, with_bad_records())
    return warehouse, warehouse.ingest(file, at=FIRST)


def test_a_bad_record_is_quarantined_with_its_reason_its_bytes_and_where_they_stand(
    with_quarantine: tuple[Warehouse, RunReport],
) -> None:
    items = with_bad_records()
    warehouse, report = with_quarantine
    assert (report.exit_code, report.outcome) == (0, "ok")

    rows = warehouse.rows("SELECT * FROM ops.quarantine ORDER BY record_index")
    assert [row["record_index"] for row in rows] == [2, 4]
    for row in rows:
        span = slice(row["span_start"], row["span_end"])
        assert warehouse.body(row["payload_sha256"])[span].decode() == row["raw"]
        assert json.loads(row["raw"]) == items[row["record_index"]]
        assert (row["issue_id"], row["state"]) == (ISSUE, "open")
    unreadable, broken = rows
    assert unreadable["rules"] == "parse"
    assert untold(unreadable["reason"], "`paper.id`", "text", "number 2611.1") == []
    assert broken["rules"].splitlines() == [
        "core.listings.title_as_listed.excludes",
        "core.paper_versions.abstract.length",
    ]
    assert untold(broken["reason"], "20", "20000", "'zu kurz") == []


def test_every_record_is_accepted_quarantined_or_duplicate(
    with_quarantine: tuple[Warehouse, RunReport],
) -> None:
    warehouse, report = with_quarantine
    (row,) = warehouse.rows("SELECT * FROM core.issues")
    assert row["state"] == "partial"
    counts = [row[f"n_{name}"] for name in ("parsed", "accepted", "quarantined", "duplicate")]
    assert counts == [9, 6, 2, 1]
    assert warehouse.value("SELECT count(*) FROM core.listings") == 6
    assert "9 parsed = 6 accepted + 2 quarantined + 1 duplicate" in "\n".join(report.lines())


def test_a_record_in_quarantine_does_not_close_the_listing_it_had(
    loaded: Warehouse, folder: Path
) -> None:
    items = items_of(SMALL_DAY)
    items[2]["paper"]["id"] = 7
    loaded.ingest(write_items(folder / SMALL_DAY.name, items))
    removed = loaded.value("SELECT count(*) FROM core.listings WHERE removed_at IS NOT NULL")
    assert removed == 0
