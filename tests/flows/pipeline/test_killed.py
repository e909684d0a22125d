"""Loads killed with SIGKILL at the moments that matter and at random ones.

A few here; `python -m tests.soak.crash --kills 200` kills at every step and many moments more.
"""

import pytest

from tests.soak.crash import run_trials
from tests.support import folders
from tests.support.folders import DIGESTS
from tests.support.process import in_new_process

SAMPLE = folders.SAMPLE / "huggingface" / "api"
MOMENTS = {
    "before a body has its name": ("os.rename", ".api.zst"),
    "before the receipts are written": ("open", "receipts.jsonl"),
    "while months are being written": ("os.mkdir", "core.issues/issue_month="),
    "while unchanged files are being linked": ("os.link", "core."),
    "before the snapshot has its name": ("os.rename", "lake/snapshots/2"),
    "before the new snapshot is the current one": ("os.rename", "lake/current"),
    "before it is noted what was published": ("os.rename", "build/published.json"),
    "before the new publication takes the place of the old": ("os.rename", "warehouse.duckdb"),
}


@pytest.mark.slow
def test_a_load_killed_at_any_moment_leaves_the_old_state_or_the_new_and_the_next_run_ends_it() -> (
    None
):
    real = DIGESTS / "huggingface" / "api"
    days = real if real.is_dir() else SAMPLE
    given = {"n_random": 2, "seed": 7, "moments": list(MOMENTS.values()), "n_days": 2}
    found = in_new_process(run_trials, days, **given)

    assert len(found.kills) == len(set(found.kills)) == len(MOMENTS) + 2
    assert found.is_clean, str(found)
    assert (found.n_saw_old, found.n_saw_new) >= (len(MOMENTS), 0)
