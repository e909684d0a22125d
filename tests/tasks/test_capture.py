"""A capture knows its bytes and its month; a worse one is kept out, and the reason says why."""

import hashlib
from datetime import UTC, date, datetime

import pytest

from tasks.capture import Capture, payload_sha256, why_held
from tasks.model import IssueRef
from tests.tasks.captures import DAY, UNREADABLE, at, page, record

NOW = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)


def of(n_records: int, shown_on: date | None = None, issue: str = DAY) -> Capture:
    """A capture of so many records that shows a date."""
    records = [record(f"2511.{n:05}") for n in range(n_records)]
    return Capture(IssueRef.parse(issue), NOW, (page(*records, shown_on=shown_on),))


@pytest.mark.parametrize(
    ("n_records", "n_known", "is_held"),
    [(20, 40, False), (19, 40, True), (21, 41, False), (20, 41, True), (0, 1, True), (0, 0, False)],
)
def test_less_than_half_of_what_is_known_is_held(
    n_records: int, n_known: int, is_held: bool
) -> None:
    reason = why_held(of(n_records), n_known)
    assert (reason is not None) == is_held
    if reason:
        assert reason == f"it has {n_records} records where {n_known} are known, less than half"


def test_a_page_that_shows_another_date_is_held() -> None:
    reason = why_held(of(3, shown_on=date(2026, 11, 19)), 0)
    assert reason == "the page shows 2026-11-19, not 2026-11-20"


def test_one_page_of_another_date_holds_the_whole_capture() -> None:
    pages = (page(shown_on=date(2026, 11, 20)), page(shown_on=date(2026, 11, 19)))
    assert why_held(Capture(IssueRef.parse(DAY), NOW, pages), 0)


def test_a_page_that_shows_the_date_asked_for_or_none_is_not_held() -> None:
    assert why_held(of(3, shown_on=date(2026, 11, 20)), 3) is None
    assert why_held(of(3), 3) is None


def test_an_issue_without_a_date_cannot_be_of_another() -> None:
    search = of(3, shown_on=date(2026, 11, 19), issue="pagedump:search:afe59ee0768d")
    assert why_held(search, 0) is None


def test_unreadable_records_count_as_there() -> None:
    taken = Capture(IssueRef.parse(DAY), NOW, (page(record(), rejects=(UNREADABLE,)),))
    assert why_held(taken, 4) is None


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
    taken = Capture(IssueRef.parse(DAY), at(0), pages)
    assert (taken.n_parsed, taken.n_declared, taken.query) == (2, 7, "x")
    assert of(1).n_declared is None
    assert of(1).query is None
