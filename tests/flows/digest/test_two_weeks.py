"""Two weeks of digests by mail, in small: `tests/soak/digest.py` has the whole.

It runs in a process of its own, because it forks the senders that it kills, and a fork keeps the
locks that other threads of the process hold.
"""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.soak.digest import load
from tests.support.folders import ROOT

pytestmark = pytest.mark.slow


def test_everybody_has_exactly_the_mails_wanted_though_relay_and_sender_break_off(
    tmp_path: Path,
) -> None:
    since = date(2026, 10, 26)
    load(tmp_path / "home", since, 14, is_sample=True)
    options = {"home": tmp_path / "home", "since": since, "people": 12, "kills": 5, "seed": 3}
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    lived = subprocess.run(
        [sys.executable, "-m", "tests.soak.digest", *words, "--minutes", "360"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=250,
    )
    assert lived.returncode == 0, lived.stdout + lived.stderr
    sent = re.search(r"(\d+) sent", lived.stdout)
    assert sent, lived.stdout
    assert int(sent[1]) > 40
