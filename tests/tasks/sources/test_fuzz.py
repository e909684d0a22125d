"""Damaged bodies raise nothing and lose no record: a short run of `python -m tests.soak.fuzz`."""

from tests.soak.fuzz import run


def test_damaged_bodies_raise_only_typed_errors_and_every_record_is_accounted_for() -> None:
    found = run(250, seed=7, seconds=60)
    assert found.failures == []
    assert found.n_cases > 50
    assert min(found.n_bad_bodies, found.n_rejects, found.n_quarantined, found.n_accepted) > 0
