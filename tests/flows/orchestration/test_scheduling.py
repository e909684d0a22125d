"""A run that finds another process writing has its turn later, and gives up in the end."""

import pytest

from flows.orchestration.scheduling import POLL_S, wait_for_writer
from warehouse.storage.writer_lock import WriterBusy


class Clock:
    """Time that passes only while somebody sleeps."""

    now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def monotonic(self) -> float:
        return self.now


def busy_until(clock: Clock, end: float) -> str:
    if clock.now < end:
        raise WriterBusy("the house is being written by another")
    return "done"


def test_work_begins_as_soon_as_nobody_else_writes() -> None:
    clock = Clock()
    done = wait_for_writer(
        lambda: busy_until(clock, 600),
        patience_s=3600,
        sleep=clock.sleep,
        monotonic=clock.monotonic,
    )
    assert (done, clock.now) == ("done", 600)


@pytest.mark.parametrize("patience_s", [0, 60])
def test_patience_ends_and_then_the_error_names_who_writes(patience_s: float) -> None:
    clock = Clock()
    with pytest.raises(WriterBusy, match="by another"):
        wait_for_writer(
            lambda: busy_until(clock, 600),
            patience_s=patience_s,
            sleep=clock.sleep,
            monotonic=clock.monotonic,
        )
    assert patience_s <= clock.now <= patience_s + POLL_S
