"""During a load cyclic garbage is collected when the load says so, and afterwards as before."""

import gc

import pytest

from flows.pipeline.garbage import collected_by_hand


@pytest.mark.parametrize("was_enabled", [True, False])
def test_after_the_block_the_collector_is_as_it_was_even_when_it_fails(was_enabled: bool) -> None:
    enabled = gc.isenabled()
    try:
        (gc.enable if was_enabled else gc.disable)()
        with pytest.raises(ZeroDivisionError):
            _fail_in_the_block()
        assert gc.isenabled() == was_enabled
        assert gc.get_freeze_count() == 0
    finally:
        (gc.enable if enabled else gc.disable)()


def test_cycles_made_in_the_block_are_freed_when_it_collects() -> None:
    with collected_by_hand() as collect:
        cycle: list[object] = []
        cycle.append(cycle)
        del cycle
        assert collect() != 0


def _fail_in_the_block() -> None:
    with collected_by_hand():
        assert not gc.isenabled()
        _ = 1 / 0
