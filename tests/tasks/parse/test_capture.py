"""A capture knows its bytes, its month, and what its pages hold together."""

import hashlib
from datetime import UTC, datetime

from tasks.parse.capture import Capture, payload_sha256
from tasks.parse.model import IssueRef
from tests.support.captures import DAY, at, page, record

NOW = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)


def of(n_records: int, issue: str = DAY) -> Capture:
    """A capture of so many records."""
    records = [record(f"2511.{n:05}") for n in range(n_records)]
    return Capture(IssueRef.parse(issue), NOW, (page(*records),))


def test_the_month_is_that_of_the_issue_else_of_the_capture_in_utc() -> None:
    late = datetime.fromisoformat("2026-11-30T23:30:00-05:00")
    assert of(1).issue_month == "2026-11"
    assert of(1, issue="pagedump:search:afe59ee0768d").issue_month == "2026-12"
    search = IssueRef.parse("pagedump:search:afe59ee0768d")
    assert Capture(search, late, (page(),)).issue_month == "2026-12"


def test_a_body_is_named_by_its_hash_and_several_by_the_hash_of_the_list() -> None:
    assert payload_sha256(["a" * 64]) == "a" * 64
    both = payload_sha256(["a" * 64, "b" * 64])
    assert both == hashlib.sha256(b"a" * 64 + b"\n" + b"b" * 64).hexdigest()
    assert both != payload_sha256(["b" * 64, "a" * 64])


def test_pages_of_a_capture_are_counted_together() -> None:
    pages = (
        page(record(), n_declared=3),
        page(record("2511.00002")),
        page(n_declared=4, query="x"),
    )
    landed = Capture(IssueRef.parse(DAY), at(0), pages)
    assert (landed.n_parsed, landed.n_declared, landed.query) == (2, 7, "x")
    assert of(1).n_declared is None
    assert of(1).query is None
