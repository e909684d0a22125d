"""Until a commit's rename nothing a reader can find has changed; after it, everything has."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from schemas import NO_CHANGE, Change
from schemas.core import LISTINGS, PAPER_ALIASES
from tests.support.rows import NOW, commit, listings, rows_of
from warehouse.lake.snapshot import Lake
from warehouse.lake.transaction import Transaction, recover

OCTOBER, NOVEMBER = "2026-10", "2026-11"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake whose snapshot 1 has one listing in each of two months."""
    lake = Lake(tmp_path / "lake")
    commit(lake, listings(OCTOBER, "2610.00001"), listings(NOVEMBER, "2611.00001"))
    return lake


def draft_of(lake: Lake) -> Transaction:
    return Transaction(lake, run_id="run-2", now=NOW)


def papers(lake: Lake) -> list[str]:
    return sorted(lake.current().dataset(LISTINGS).to_table()["paper_id"].to_pylist())


def everything(lake: Lake) -> list[Path]:
    return sorted(lake.root.rglob("*"))


def test_a_draft_without_a_change_commits_nothing(lake: Lake) -> None:
    before = everything(lake)
    assert draft_of(lake).commit().number == 1
    assert everything(lake) == before


def test_a_month_rewritten_without_a_change_of_rows_is_a_snapshot_that_changed_nothing(
    lake: Lake,
) -> None:
    transaction = draft_of(lake)
    transaction.replace(LISTINGS, NOVEMBER, listings(NOVEMBER, "2611.00001"), NO_CHANGE)
    assert transaction.changes == {}
    snapshot = transaction.commit()
    assert snapshot.number == 2
    assert not snapshot.table(LISTINGS).change


def test_the_first_draft_of_an_empty_lake_without_rows_commits_nothing(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    assert draft_of(lake).commit().number == 0
    assert not lake.root.exists()


def test_an_abandoned_draft_leaves_nothing(lake: Lake) -> None:
    before = everything(lake)
    transaction = draft_of(lake)
    transaction.append(LISTINGS, NOVEMBER, listings(NOVEMBER, "2611.00002"), Change(added=1))
    transaction.abandon()
    assert everything(lake) == before
    assert lake.current().number == 1


def test_readers_see_nothing_of_a_draft_before_it_is_committed(lake: Lake) -> None:
    transaction = draft_of(lake)
    transaction.append(LISTINGS, NOVEMBER, listings(NOVEMBER, "2611.00002"), Change(added=1))
    assert transaction.dataset(LISTINGS).count_rows() == 3
    assert lake.numbers() == [1]
    assert papers(lake) == ["2610.00001", "2611.00001"]
    transaction.commit()
    assert papers(lake) == ["2610.00001", "2611.00001", "2611.00002"]


def test_a_month_written_twice_in_one_draft_has_the_second_rows_only(lake: Lake) -> None:
    transaction = draft_of(lake)
    for paper in ("2611.00002", "2611.00003"):
        transaction.replace(LISTINGS, NOVEMBER, listings(NOVEMBER, paper), Change(changed=1))
    snapshot = transaction.commit()
    assert papers(lake) == ["2610.00001", "2611.00003"]
    assert len(list((snapshot.root / "core.listings").rglob("*.parquet"))) == 2
    assert snapshot.table(LISTINGS).change == Change(changed=2)


def test_a_month_replaced_by_nothing_is_gone(lake: Lake) -> None:
    transaction = draft_of(lake)
    transaction.replace(LISTINGS, NOVEMBER, LISTINGS.empty(), Change(removed=1))
    snapshot = transaction.commit()
    assert papers(lake) == ["2610.00001"]
    assert not (snapshot.root / "core.listings" / f"issue_month={NOVEMBER}").exists()


def test_rows_appended_are_a_file_of_their_own_beside_the_old_one(lake: Lake) -> None:
    (old,) = (lake.current().root / "core.listings" / f"issue_month={NOVEMBER}").iterdir()
    transaction = draft_of(lake)
    transaction.append(LISTINGS, NOVEMBER, listings(NOVEMBER, "2611.00002"), Change(added=1))
    folder = transaction.commit().root / "core.listings" / f"issue_month={NOVEMBER}"
    assert len(list(folder.iterdir())) == 2
    assert (folder / old.name).stat().st_ino == old.stat().st_ino


@pytest.fixture
def held(lake: Lake) -> Iterator[tuple[Transaction, threading.Event]]:
    """A draft whose thread writes nothing until the event is set."""
    transaction, may_write = draft_of(lake), threading.Event()
    transaction._writer.submit(may_write.wait)
    yield transaction, may_write
    may_write.set()
    transaction.abandon()


def test_rows_that_are_not_written_yet_are_read_beside_those_that_are(
    held: tuple[Transaction, threading.Event],
) -> None:
    transaction, may_write = held
    added = listings(NOVEMBER, "2611.00002")
    transaction.append(LISTINGS, NOVEMBER, added, Change(added=1))
    is_new = pc.field("paper_id") == "2611.00002"

    def read() -> list[pa.Table]:
        november = transaction.dataset(LISTINGS, {NOVEMBER})
        return [
            november.to_table().sort_by("paper_id"),
            november.to_table(["submitter", "paper_id"], filter=is_new),
            transaction.dataset(LISTINGS, {OCTOBER}).to_table(),
        ]

    unwritten = read()
    assert not list(transaction._next.root.rglob("*.parquet"))
    may_write.set()
    assert len(transaction.places(LISTINGS)) == 3
    assert unwritten == read()
    assert [rows.num_rows for rows in unwritten] == [2, 1, 1]


def test_rows_are_let_go_when_they_are_written(lake: Lake) -> None:
    with draft_of(lake) as transaction:
        transaction.append(LISTINGS, NOVEMBER, listings(NOVEMBER, "2611.00002"), Change(added=1))
        (writing,) = transaction._unwritten[LISTINGS.full_name]
        writing.file.result()
        assert writing.rows is None
        assert transaction.dataset(LISTINGS).count_rows() == 3


def test_a_draft_can_be_asked_for_some_months_only(lake: Lake) -> None:
    transaction = draft_of(lake)
    assert transaction.dataset(LISTINGS, {OCTOBER}).count_rows() == 1
    assert transaction.dataset(LISTINGS, {"2020-01"}).count_rows() == 0
    assert transaction.dataset(LISTINGS, set()).count_rows() == 0


def test_tables_that_a_draft_does_not_touch_come_along(lake: Lake) -> None:
    transaction = draft_of(lake)
    transaction.replace(PAPER_ALIASES, None, rows_of(PAPER_ALIASES, 1), Change(added=1))
    transaction.commit()
    commit(lake, listings(NOVEMBER, "2611.00009"))
    assert lake.current().dataset(PAPER_ALIASES).count_rows() == 1
    assert lake.current().table(PAPER_ALIASES).change == NO_CHANGE


def test_numbers_only_grow_also_after_a_snapshot_was_lost_sight_of(lake: Lake) -> None:
    commit(lake, listings(NOVEMBER, "2611.00002"))
    lake.link.unlink()
    lake.link.symlink_to("snapshots/1")
    assert commit(lake, listings(NOVEMBER, "2611.00003")).number == 3
    assert lake.numbers() == [1, 2, 3]


def test_recovery_removes_the_folder_of_a_crashed_draft(lake: Lake) -> None:
    before = everything(lake)
    transaction = draft_of(lake)
    transaction.append(LISTINGS, NOVEMBER, listings(NOVEMBER, "2611.00002"), Change(added=1))
    (lake.root / ".unfinished-7-current").symlink_to("snapshots/2")
    assert everything(lake) != before
    recover(lake)
    assert everything(lake) == before


def test_recovery_finishes_a_commit_that_lacked_only_the_flip(lake: Lake) -> None:
    commit(lake, listings(NOVEMBER, "2611.00002"))
    lake.link.unlink()
    lake.link.symlink_to("snapshots/1")
    assert papers(lake) == ["2610.00001", "2611.00001"]
    recover(lake)
    assert lake.current().number == 2
    assert papers(lake) == ["2610.00001", "2611.00002"]


def test_recovery_finishes_the_very_first_commit(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    commit(lake, listings(NOVEMBER, "2611.00002"))
    lake.link.unlink()
    recover(lake)
    assert lake.current().number == 1


def test_recovery_of_a_healthy_or_an_empty_lake_changes_nothing(lake: Lake, tmp_path: Path) -> None:
    before = everything(lake)
    recover(lake)
    assert everything(lake) == before
    recover(Lake(tmp_path / "nowhere"))
    assert not (tmp_path / "nowhere").exists()
