"""Whether readers see the lake as it is: runs, backfills and `status` all ask one function."""

import pytest

from flows.pipeline.publish import SeenByReaders, seen_by_readers
from tests.support.rows import november
from tests.support.warehouse import Warehouse

FIRST, SECOND = november("2611.00001"), november("2611.00001", "2611.00002")


def test_of_an_empty_lake_readers_see_all_there_is(warehouse: Warehouse) -> None:
    seen = seen_by_readers(warehouse.file)
    assert seen == SeenByReaders(None)
    assert seen.is_snapshot(0)


def test_they_see_the_lake_once_it_is_published_and_not_what_is_committed_later(
    warehouse: Warehouse,
) -> None:
    warehouse.commit(FIRST)
    assert not seen_by_readers(warehouse.file).is_snapshot(1)
    warehouse.refresh()
    for build_state in (None, warehouse.build_state):
        seen = seen_by_readers(warehouse.file, build_state)
        assert seen == SeenByReaders(1)
        assert seen.is_snapshot(1)
    warehouse.commit(SECOND)
    assert not seen_by_readers(warehouse.file, warehouse.build_state).is_snapshot(2)


def test_of_a_file_that_somebody_replaced_they_see_what_is_in_it(warehouse: Warehouse) -> None:
    warehouse.commit(FIRST)
    warehouse.refresh()
    older = warehouse.file.read_bytes()
    warehouse.commit(SECOND)
    warehouse.refresh()
    warehouse.file.write_bytes(older)
    assert seen_by_readers(warehouse.file, warehouse.build_state) == SeenByReaders(1)


@pytest.mark.parametrize("number", [0, 1])
def test_of_a_file_that_cannot_be_read_they_see_nothing_and_are_told_why(
    warehouse: Warehouse, number: int
) -> None:
    warehouse.paths.create()
    warehouse.file.write_bytes(b"no database")
    for build_state in (None, warehouse.build_state):
        seen = seen_by_readers(warehouse.file, build_state)
        assert str(warehouse.file) in str(seen.fault)
        assert not seen.is_snapshot(number)
