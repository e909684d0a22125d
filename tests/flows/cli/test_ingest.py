"""`ingest` and `quarantine`: the exit code, the report and the records that were not loaded."""

import json
from pathlib import Path

import pytest

from tests.support.samples import API, FIRST, items_of, write_items
from tests.support.told import untold
from tests.support.warehouse import Warehouse

pytestmark = pytest.mark.slow

BAD_INDEX = 3


@pytest.fixture(scope="module")
def quarantined(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse with one record in quarantine; only to be read."""
    folder = tmp_path_factory.mktemp("quarantined")
    items = items_of(API / "2026-11-06.json")
    items[BAD_INDEX]["paper"]["id"] = 2611.5
    warehouse = Warehouse(folder / "home")
    warehouse.ingest(write_items(folder / "2026-11-06.json", items), at=FIRST)
    return warehouse


def test_nothing_new_is_success_and_says_so(loaded: Warehouse) -> None:
    done = loaded.command("ingest", API)
    assert (done.returncode, done.stderr) == (0, "")
    (headline,) = done.stdout.splitlines()
    assert untold(headline, "ingest unchanged", "15 unchanged", "no snapshot") == []


def test_the_report_as_json(loaded: Warehouse, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_bytes(b"1")
    done = loaded.called("ingest", API, bad, "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (3, "")
    assert (report["outcome"], report["exit_code"], report["snapshot"]) == ("partial", 3, None)
    (fault,) = [o for o in report["outcomes"] if o["outcome"] == "broken"]
    assert fault["issue_id"] == str(bad)
    assert "docs/sources.md lists what can be read" in fault["reason"]


def test_a_failed_load_is_told_on_standard_error_with_expected_and_found(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.html"
    bad.write_bytes(b"<html><head><title>Not found</title></head></html>")
    done = warehouse.command("ingest", bad)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    (told,) = [line for line in done.stderr.splitlines() if "expected" in line]
    assert untold(told, "web page", "'Not found'") == []


def test_a_load_prints_what_changed(warehouse: Warehouse) -> None:
    done = warehouse.called(
        "ingest", API / "2026-11-06.json", "--captured-at", "2026-11-07T12:00:00"
    )
    assert (done.returncode, done.stderr) == (0, "")
    headline, records, *changes = done.stdout.splitlines()
    assert untold(headline, "ingest ok", "1 settled", "snapshot 1") == []
    counts = ("9 parsed", "9 accepted", "0 quarantined", "0 duplicate")
    assert untold(records, *counts) == []
    assert "  core.listings: 9 added" in changes
    assert (
        str(warehouse.value("SELECT captured_at FROM core.issues")) == "2026-11-07 12:00:00+00:00"
    )


def test_an_empty_quarantine_is_an_answer(warehouse: Warehouse) -> None:
    done = warehouse.called("quarantine", "list")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "0 in quarantine\n")
    assert not warehouse.home.exists()


def test_the_quarantine_lists_each_record_with_its_reason(quarantined: Warehouse) -> None:
    for arguments in (["list"], ["list", "--all"]):
        done = quarantined.called("quarantine", *arguments)
        assert (done.returncode, done.stderr) == (0, "1 in quarantine\n")
        (line,) = done.stdout.splitlines()
        facts = ("huggingface:daily:2026-11-06", "record 3", "`paper.id`", "number")
        assert untold(line, *facts) == []


def test_a_quarantined_record_is_shown_with_where_it_stands_and_its_raw_text(
    quarantined: Warehouse,
) -> None:
    (row,) = quarantined.rows("SELECT * FROM ops.quarantine")
    done = quarantined.called("quarantine", "show", row["quarantine_id"])
    head, raw = done.stdout.split("\n\n", 1)
    facts = (
        ("huggingface:daily:2026-11-06", "record 3", "open"),
        (str(row["span_start"]), str(row["span_end"]), row["payload_sha256"]),
        ("parse",),
        ("`paper.id`", "text", "number 2611.5"),
    )
    for line, told in zip(head.splitlines(), facts, strict=True):
        assert untold(line, *told) == []
    assert json.loads(raw)["paper"]["id"] == 2611.5
    assert "quarantine: 1 open" in quarantined.called("status").stdout
