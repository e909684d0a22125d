"""Going through the past: snapshots, as-of, diff, rollback, upkeep, and growth of the schema."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from flows.jobs.maintenance import LakeDamaged, maintain
from flows.jobs.replay import replay
from flows.jobs.snapshots import published_as_of, rollback
from flows.settings import Settings
from schemas import LAKE, Change, Table
from schemas.core import LISTINGS
from schemas.errors import UsageError
from schemas.table import COUNT, TEXT, Column
from tests.support.compare import current_rows, differences
from tests.support.issues import T0, day, item
from tests.support.warehouse import Warehouse
from warehouse.lake.diff import diff, differing, snapshot_at
from warehouse.lake.schema_evolution import SchemaChanged, check_described
from warehouse.lake.snapshot import NoSuchSnapshot, as_dataset
from warehouse.publication.published import published_snapshot
from warehouse.query.read_only import query

pytestmark = pytest.mark.slow

PAPERS = ["2611.00001", "2611.00002", "2611.00003"]
COUNT_LISTINGS = "SELECT count(*) AS n FROM core.listings"


@pytest.fixture(scope="session")
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("three_nights") / "home")
    for night in range(3):
        body = day(f"2026-11-1{6 + night}", [item(PAPERS[night])], minutes=night)
        now = T0 + timedelta(days=night)
        warehouse.load([body], now=now)
    return warehouse


@pytest.fixture
def three_nights(_made_once: Warehouse, home: Path) -> Warehouse:
    """A warehouse with a snapshot on each of three days: one paper more each night."""
    return _made_once.copy_to(home)


def _settings(warehouse: Warehouse, **given: int) -> Settings:
    return Settings.model_validate({"home": warehouse.home, **given})


def _listed_as_of(warehouse: Warehouse, at: str) -> int:
    with published_as_of(warehouse.paths, at) as path:
        return int(query(path, COUNT_LISTINGS)["n"][0].as_py())


def test_an_older_snapshot_answers_by_number_and_by_date(three_nights: Warehouse) -> None:
    assert [_listed_as_of(three_nights, str(number)) for number in (1, 2, 3)] == [1, 2, 3]
    assert _listed_as_of(three_nights, "2026-11-21") == 2
    assert _listed_as_of(three_nights, "2026-11-21T05:59") == 1


def test_the_published_file_says_what_each_snapshot_changed(three_nights: Warehouse) -> None:
    changed = """
        SELECT snapshot, n_added, n_rows FROM ops.snapshots
        WHERE table_name = 'core.listings' ORDER BY snapshot
    """
    rows = query(three_nights.file, changed).to_pylist()
    assert [tuple(row.values()) for row in rows] == [(1, 1, 1), (2, 1, 2), (3, 1, 3)]


def test_a_time_before_everything_and_a_word_that_is_no_time_are_usage_errors(
    three_nights: Warehouse,
) -> None:
    for at in ("2026-11-19", "yesterday"):
        with pytest.raises(UsageError, match=at):
            snapshot_at(three_nights.lake, at)


def test_a_diff_counts_and_names_the_rows_that_differ(three_nights: Warehouse) -> None:
    lake = three_nights.lake
    first, last = lake.snapshot(1), lake.snapshot(3)

    assert diff(first, last)["core.listings"] == Change(added=2)
    assert diff(last, first)["core.listings"] == Change(removed=2)
    assert diff(last, last) == {}
    rows = differing(LISTINGS, first, last)
    assert rows["what"].to_pylist() == ["added", "added"]
    assert sorted(rows["paper_id"].to_pylist()) == PAPERS[1:]


def test_a_rollback_publishes_the_old_rows_as_a_new_snapshot_and_deletes_nothing(
    three_nights: Warehouse,
) -> None:
    report = rollback(_settings(three_nights), 1, clock=lambda: T0 + timedelta(days=9))

    lake = three_nights.lake
    assert lake.numbers() == [1, 2, 3, 4]
    assert published_snapshot(three_nights.file) == 4
    assert diff(lake.snapshot(1), lake.snapshot(4)) == {}
    assert report.changes["core.listings"] == Change(removed=2)
    assert _listed_as_of(three_nights, "3") == 3


def test_what_was_rolled_back_can_be_loaded_again(three_nights: Warehouse, tmp_path: Path) -> None:
    before = current_rows(three_nights)
    rollback(_settings(three_nights), 1, clock=lambda: T0 + timedelta(days=9))
    bodies = [
        day(f"2026-11-1{6 + night}", [item(PAPERS[night])], minutes=night) for night in range(3)
    ]
    three_nights.load(bodies, now=T0 + timedelta(days=10))
    assert differences(before, current_rows(three_nights)) == {}


def test_upkeep_keeps_what_retention_says_and_an_expired_snapshot_is_a_clear_error(
    three_nights: Warehouse,
) -> None:
    before = _listed_as_of(three_nights, "2")
    upkeep = maintain(
        _settings(three_nights, keep_snapshots=2, keep_days=1),
        clock=lambda: T0 + timedelta(days=30),
    )

    assert upkeep.expired == (1,)
    assert upkeep.n_bytes_freed > 0
    assert _listed_as_of(three_nights, "2") == before
    with pytest.raises(NoSuchSnapshot, match="kept are: 2, 3"):
        snapshot_at(three_nights.lake, "1")


def test_a_snapshot_younger_than_the_days_is_kept_however_many_there_are(
    three_nights: Warehouse,
) -> None:
    upkeep = maintain(
        _settings(three_nights, keep_snapshots=1, keep_days=7),
        clock=lambda: T0 + timedelta(days=3),
    )
    assert upkeep.expired == ()


def test_a_month_of_many_files_becomes_one_with_the_same_rows(
    three_nights: Warehouse, tmp_path: Path
) -> None:
    for votes in range(4):
        body = day("2026-11-16", [item(PAPERS[0], upvotes=votes)], minutes=10 + votes)
        now = T0 + timedelta(days=4, minutes=votes)
        three_nights.load([body], now=now)
    before = current_rows(three_nights)

    upkeep = maintain(_settings(three_nights, max_files=2), clock=lambda: T0 + timedelta(days=5))

    assert upkeep.n_compacted == 1
    observations = three_nights.lake.current().tables["core.observations"]
    assert len(observations.files) == 1
    assert differences(before, current_rows(three_nights)) == {}


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_damaged_file_is_named_and_replay_rebuilds_the_rows(
    three_nights: Warehouse, damage: str
) -> None:
    before = current_rows(three_nights)
    (path,) = three_nights.lake.current().places(LISTINGS).values()
    if damage == "gone":
        path.unlink()
    else:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)

    with pytest.raises(LakeDamaged, match=path.name):
        maintain(_settings(three_nights), clock=lambda: T0 + timedelta(days=5))
    replay(_settings(three_nights), clock=lambda: T0 + timedelta(days=6))

    assert differences(before, current_rows(three_nights)) == {}


def test_replay_tells_all_anew_from_the_landing_and_finds_no_difference(
    three_nights: Warehouse,
) -> None:
    before = current_rows(three_nights)
    report = replay(_settings(three_nights), clock=lambda: T0 + timedelta(days=9))
    assert report.changes == {}
    assert differences(before, current_rows(three_nights)) == {}


def test_a_replay_of_some_captures_leaves_no_trace_when_they_tell_the_same(
    three_nights: Warehouse,
) -> None:
    for limit in ({"source": "huggingface"}, {"since": T0 + timedelta(minutes=1)}):
        report = replay(_settings(three_nights), clock=lambda: T0 + timedelta(days=9), **limit)
        assert report.changes == {}
        assert report.snapshot is None


def _with_columns(table: Table, *columns: Column) -> Table:
    return replace(table, columns=columns)


NEW = Column("mood", TEXT, "A column nobody had thought of.")


def test_a_new_column_reads_as_null_in_old_months_and_nothing_is_rewritten(
    three_nights: Warehouse,
) -> None:
    snapshot = three_nights.lake.current()
    grown = _with_columns(LISTINGS, *LISTINGS.columns, NEW)

    check_described(snapshot, [*(t for t in LAKE if t is not LISTINGS), grown])
    rows = as_dataset(grown, snapshot.places(LISTINGS).values()).to_table()

    assert rows["mood"].type == pa.string()
    assert rows["mood"].null_count == rows.num_rows == 3


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ([c for c in LISTINGS.columns if c.name != "submitter"], "submitter is gone"),
        (
            [replace(c, type=COUNT) if c.name == "submitter" else c for c in LISTINGS.columns],
            "submitter is int64.*string",
        ),
        ([*LISTINGS.columns, replace(NEW, nullable=False)], "mood is new.*nullable"),
    ],
)
def test_a_dropped_or_changed_column_is_refused_with_the_way_through(
    three_nights: Warehouse, columns: list[Column], says: str
) -> None:
    described = [*(t for t in LAKE if t is not LISTINGS), _with_columns(LISTINGS, *columns)]
    with pytest.raises(SchemaChanged, match=says) as refused:
        check_described(three_nights.lake.current(), described)
    assert "paperhouse replay" in str(refused.value)
