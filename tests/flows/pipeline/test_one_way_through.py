"""An issue goes one way through the code, the way that docs/architecture.md lists.

Prevents the list that nobody trusts, and the step that is called from two places.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import pytest

from flows.jobs.ingest import ingest
from flows.settings import Settings
from tests.replica.bodies import Bodies
from tests.replica.inside import replica_inside
from tests.support.folders import ROOT, SAMPLE

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 14, 6, tzinfo=UTC)
HEADING = "## One issue, from its source to the file"
_STEP = re.compile(r"^\d+\. `([\w.]+)`", re.MULTILINE)


def listed() -> list[str]:
    """The functions of the page, in its order."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    found = _STEP.findall(page.partition(HEADING)[2].partition("\n## ")[0])
    assert len(found) > 20
    return found


@contextmanager
def calls(names: list[str]) -> Iterator[list[str]]:
    """Which of some functions are called in the block, in the order of their first calls."""
    found: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            name = f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}"
            if name in names and name not in found:
                found.append(name)

    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(None)


def test_an_issue_passes_the_functions_of_the_page_in_their_order(
    home: Path, tmp_path: Path
) -> None:
    with replica_inside(Bodies(SAMPLE), NOW.date(), tmp_path / "requests.jsonl") as replica:
        settings = Settings(home=home, sources={"huggingface": {"base_url": replica.url}})
        with calls(listed()) as called:
            report = ingest(settings, ["huggingface:daily:2026-11-12"], clock=lambda: NOW)
    assert report.outcome == "ok"
    assert called == listed()
