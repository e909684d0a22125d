"""Damaged bodies raise nothing and lose no record: a short run of `python -m tests.soak.fuzz`."""

import pytest

from tasks.sources import sources
from tests.soak.fuzz import run
from tests.soak.fuzz_bodies import Seed, seeds

SEEDS = seeds()


def test_the_fuzz_leaves_no_format_out() -> None:
    registered = {
        f"{source.name} {body_format.name}"
        for source in sources().values()
        for body_format in source.formats
    }
    assert {seed.label for seed in SEEDS if len(seed.records) > 0} == registered


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"{seed.label} {seed.name}")
def test_every_body_is_good_before_it_is_damaged(seed: Seed) -> None:
    assert seed.format.recognise(seed.content)
    assert seed.parsed.rejects == ()
    assert all(seed.values(record) for record in seed.records)


def test_damaged_bodies_raise_only_typed_errors_and_every_record_is_accounted_for() -> None:
    found = run(250, seed=7, seconds=60)
    assert found.failures == []
    assert found.n_cases > 50
    assert 0 < found.n_lost <= found.n_one_value
    assert min(found.n_bad_bodies, found.n_rejects, found.n_quarantined, found.n_accepted) > 0
