"""The stages of a run, with what none of them took, are the time of the run."""

import time
from collections.abc import Iterator

import pytest

from flows.pipeline.timings import Timings


def spend(seconds: float) -> None:
    time.sleep(seconds)


def test_an_inner_stage_is_not_counted_for_the_outer_one() -> None:
    timings = Timings()
    with timings.of("check"):
        spend(0.02)
        with timings.of("read"):
            spend(0.05)
    found = timings.seconds
    assert found["read"] >= 0.05
    assert 0.02 <= found["check"] < found["check"] + found["read"]
    assert found["check"] < found["read"]


def test_all_stages_together_are_the_whole_run() -> None:
    timings = Timings()
    with timings.of("parse"):
        spend(0.01)
    with pytest.raises(ValueError, match="broken"), timings.of("merge"):
        raise ValueError("broken")
    spend(0.01)
    rows = timings.rows()
    assert [row["stage"] for row in rows] == ["other", "parse", "merge"]
    assert sum(float(row["share"]) for row in rows) == pytest.approx(1, abs=0.01)
    assert timings.seconds["other"] >= 0.01


def test_what_workers_took_is_told_beside_the_run() -> None:
    timings = Timings()
    timings.worker_seconds = 12.5
    assert timings.lines()[-1].split() == ["in", "workers,", "meanwhile", "12.50", "s"]


def test_getting_items_is_counted_and_what_is_done_with_them_is_not() -> None:
    def slowly() -> Iterator[int]:
        for number in range(2):
            spend(0.02)
            yield number

    timings = Timings()
    for _ in timings.each("get", slowly()):
        spend(0.05)
    assert 0.04 <= timings.seconds["get"] < timings.seconds["other"]
