"""Where things lie: the checkout, the sample, and the real digests beside it on some machines.

Real digests are never copied into the project.
"""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "sample"
FIXTURES = ROOT / "tests" / "fixtures"
DIGESTS = ROOT.parent / "shared" / "digests"


def digests(part: str = "") -> Path:
    """The folder of real digests, or a part of it; skips the test where there is none."""
    folder = DIGESTS / part
    if not folder.exists():
        pytest.skip(f"no real digests at {folder}: they are not part of the repository")
    return folder
