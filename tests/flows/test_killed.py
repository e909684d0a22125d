"""Loads killed with SIGKILL at steps spread over the whole load, and at random moments.

A few of each here; `python -m tests.crash --kills 200` kills at every step and many moments more.
"""

from pathlib import Path

import pytest

from tests.crash import run_trials
from tests.shared import DIGESTS

SAMPLE = Path(__file__).parents[1] / "sample" / "huggingface" / "api"


@pytest.mark.slow
def test_a_load_killed_at_any_moment_leaves_the_old_state_or_the_new_and_the_next_run_ends_it() -> (
    None
):
    real = DIGESTS / "huggingface" / "api"
    found = run_trials(real if real.is_dir() else SAMPLE, n_steps=5, n_random=2, seed=7)

    assert len(found.kills) == 7
    assert (found.torn, found.lost, found.leftovers) == ([], [], []), str(found)
