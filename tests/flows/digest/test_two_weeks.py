"""Two weeks of digests by mail, in small: `tests/soak/digest.py` has the whole."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.soak.digest import live, load

pytestmark = pytest.mark.slow


def test_everybody_has_exactly_the_mails_wanted_though_relay_and_sender_break_off(
    tmp_path: Path,
) -> None:
    since = date(2026, 10, 26)
    file = load(tmp_path / "home", since, 14, is_sample=True)
    step = timedelta(hours=6)
    found = live(file, since, days=14, n_people=20, kills=6, seed=3, step=step)
    assert not any(found.faults.values()), str(found)
    assert found.states["sent"] > 60
    assert found.n_kills.total() >= 6
