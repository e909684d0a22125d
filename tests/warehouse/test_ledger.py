"""The ledger tells how every run ended, also when nobody was left to say so."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pytest

from schemas import LEDGER, Table
from schemas.ops import FETCHES, OUTCOMES, QUALITY_RESULTS, RUNS
from tests.support.rows import NOW, rows_of
from tests.support.told import untold
from warehouse.ledger import Ledger, LedgerUnreadable, open_ledger

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "home" / "ledger.sqlite")
    yield opened
    opened.close()


def open_run(ledger: Ledger, run_id: str, now: datetime = NOW) -> None:
    ledger.open_run(run_id=run_id, command="ingest", now=now, version="0")


def run_of(ledger: Ledger, run_id: str) -> dict[str, object]:
    (row,) = ledger.rows(RUNS, "run_id = ?", [run_id])
    return row


def test_a_run_is_on_record_before_it_ends(ledger: Ledger) -> None:
    open_run(ledger, "one")
    row = run_of(ledger, "one")
    assert (row["outcome"], row["started_at"], row["ended_at"]) == ("running", NOW, None)


def test_a_run_left_open_by_a_crash_is_closed_as_crashed_by_the_next(ledger: Ledger) -> None:
    open_run(ledger, "one")
    open_run(ledger, "two", LATER)
    one, two = run_of(ledger, "one"), run_of(ledger, "two")
    assert (one["outcome"], one["ended_at"], one["exit_code"]) == ("crashed", LATER, None)
    assert untold(one["error"], "ended without closing") == []
    assert (two["outcome"], two["error"]) == ("running", None)


def test_a_run_that_was_closed_stays_as_it_ended(ledger: Ledger) -> None:
    open_run(ledger, "one")
    ledger.close_run("one", now=LATER, outcome="partial", exit_code=3, snapshot=4, error="one bad")
    before = run_of(ledger, "one")
    open_run(ledger, "two", LATER)
    assert run_of(ledger, "one") == before
    assert (before["outcome"], before["exit_code"]) == ("partial", 3)
    assert (before["snapshot"], before["error"]) == (4, "one bad")


@pytest.mark.parametrize("table", LEDGER, ids=lambda table: table.name)
def test_every_table_round_trips_through_arrow_in_its_declared_types(
    ledger: Ledger, table: Table
) -> None:
    rows = rows_of(table, 3)
    ledger.record(table, rows.to_pylist())
    found = ledger.arrow(table)
    assert found.schema.equals(table.arrow)
    assert found.to_pylist() == sorted(
        rows.to_pylist(), key=lambda row: tuple(row[name] for name in table.key)
    )


@pytest.mark.parametrize("table", LEDGER, ids=lambda table: table.name)
def test_recording_twice_is_harmless(ledger: Ledger, table: Table) -> None:
    rows = rows_of(table, 2).to_pylist()
    ledger.record(table, rows)
    ledger.record(table, rows)
    assert len(ledger.rows(table)) == 2


def test_an_empty_table_has_the_declared_types_too(ledger: Ledger) -> None:
    assert ledger.arrow(FETCHES) == FETCHES.empty()


def test_values_come_back_typed(ledger: Ledger) -> None:
    new_york = timezone(-timedelta(hours=5))
    (fetch,) = rows_of(FETCHES, 1, duration_s=[1.5], n_bytes=[0]).to_pylist()
    fetch["started_at"] = NOW.astimezone(new_york)
    (quality,) = rows_of(QUALITY_RESULTS, 1, is_met=[True]).to_pylist()
    ledger.record(FETCHES, [fetch])
    ledger.record(QUALITY_RESULTS, [quality])

    (found,) = ledger.rows(FETCHES)
    assert (found["duration_s"], found["n_bytes"], found["status"]) == (1.5, 0, None)
    assert found["started_at"] == NOW
    assert found["started_at"].utcoffset() == timedelta(0)
    assert ledger.rows(QUALITY_RESULTS)[0]["is_met"] is True


def test_times_sort_as_text_also_at_full_seconds(ledger: Ledger) -> None:
    for number, moment in enumerate([LATER, NOW, NOW + timedelta(microseconds=1)]):
        open_run(ledger, str(number), moment)
    started = [row["started_at"] for row in ledger.rows(RUNS, "true")]
    ordered = sqlite_rows(ledger, "SELECT started_at FROM runs ORDER BY started_at")
    assert [datetime.fromisoformat(row) for row in ordered] == sorted(started)


def sqlite_rows(ledger: Ledger, query: str) -> list[str]:
    return [row[0] for row in ledger._connection.execute(query)]


def test_a_value_of_another_type_is_refused_by_the_database(ledger: Ledger) -> None:
    (row,) = rows_of(FETCHES, 1).to_pylist()
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT value in INTEGER"):
        ledger.record(FETCHES, [{**row, "attempt": "first"}])


def test_a_column_that_does_not_exist_is_refused(ledger: Ledger) -> None:
    (row,) = rows_of(FETCHES, 1).to_pylist()
    with pytest.raises(KeyError, match=r"ops.fetches has no column cookies"):
        ledger.record(FETCHES, [{**row, "cookies": "secret"}])


def test_of_rows_recorded_together_all_are_or_none(ledger: Ledger) -> None:
    good, bad = rows_of(OUTCOMES, 2).to_pylist()
    with pytest.raises(sqlite3.IntegrityError):
        ledger.record(OUTCOMES, [good, {**bad, "outcome": None}])
    assert ledger.rows(OUTCOMES) == []


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    writer = Ledger(path)
    open_run(writer, "one")
    with writer._transaction():
        writer._connection.execute("UPDATE runs SET outcome = 'failed'")
        reader = sqlite3.connect(path, timeout=0)
        assert reader.execute("SELECT outcome FROM runs").fetchall() == [("running",)]
        reader.close()
    writer.close()


def test_looking_into_a_ledger_that_does_not_exist_creates_none(tmp_path: Path) -> None:
    path = tmp_path / "home" / "ledger.sqlite"
    with open_ledger(path) as ledger:
        assert ledger.rows(RUNS) == []
    assert list(tmp_path.iterdir()) == []


def test_what_was_recorded_is_there_for_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    first = Ledger(path)
    open_run(first, "one", NOW.astimezone(UTC))
    first.close()
    with open_ledger(path) as second:
        assert second.arrow(RUNS)["run_id"] == pa.chunked_array([["one"]])


def test_a_file_that_is_no_ledger_is_told_in_one_line_with_the_fix(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"something else altogether")
    with (
        pytest.raises(LedgerUnreadable, match=r"cannot be read: file is not a database; bring"),
        open_ledger(path),
    ):
        pytest.fail("it was opened")


def test_the_row_added_last_is_found_for_each_value_of_a_column(ledger: Ledger) -> None:
    added = (("b", "one"), ("a", "one"), ("a", "two"), ("c", "two"))
    for place, (run_id, issue_id) in enumerate(added):
        row = {"run_id": run_id, "outcome_index": place, "issue_id": issue_id}
        ledger.record(OUTCOMES, [{**row, "captured_at": NOW, "outcome": "held"}])

    def newest(where: str = "true") -> list[tuple[str, str]]:
        rows = ledger.newest(OUTCOMES, "issue_id", where)
        return [(row["run_id"], row["issue_id"]) for row in rows]

    assert newest() == [("a", "one"), ("c", "two")]
    assert newest("run_id <> 'c' AND issue_id = 'two'") == [("a", "two")]
