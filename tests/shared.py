"""Real digests that lie beside the repository on some machines; they are never copied into it."""

from pathlib import Path

import pytest

DIGESTS = Path(__file__).parents[2] / "shared" / "digests"


def digests(part: str = "") -> Path:
    """The folder of real digests, or a part of it; skips the test where there is none."""
    folder = DIGESTS / part
    if not folder.exists():
        pytest.skip(f"no real digests at {folder}: they are not part of the repository")
    return folder
