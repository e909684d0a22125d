"""Which of several dated issues the same bytes belong to.

A server with a stale cache answers one date with the body of another. Where the records say when
they were listed, the bytes belong to the issue that most of them name, whoever had them first. Only
where they do not decide, the issue that had them first keeps them.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from flows.pipeline.run import Run
from tasks.parse.capture import Capture, CaptureId
from tasks.parse.model import IssueRef
from tasks.quality.listing_days import listing_days, support


class _Twin(NamedTuple):
    """Another dated issue of the source that has a body of a capture."""

    issue_id: str
    captured_at: datetime
    n_for_it: int
    """Records that say they were listed on its date."""
    n_for_own: int
    """Records that say they were listed on the date of the capture's issue."""


def belonging_elsewhere(run: Run, captures: Collection[Capture]) -> dict[CaptureId, str]:
    """The captures whose bytes belong to another dated issue of the source, with that issue.

    Neither the order of loading nor that of capturing matters where records say when they were
    listed.
    """
    found: dict[CaptureId, str] = {}
    for capture in captures:
        own = (capture.captured_at, str(capture.issue))
        twins = [
            (-twin.n_for_it, twin.captured_at, twin.issue_id)
            for twin in _twins(run, capture)
            if (-twin.n_for_it, twin.captured_at, twin.issue_id) < (-twin.n_for_own, *own)
        ]
        if twins:
            *_, found[capture.id] = min(twins)
    return found


def wrongly_dated(run: Run, capture: Capture) -> set[tuple[str, datetime]]:
    """Issue and time of the captures of other dates whose bytes belong to the date of this one."""
    return {
        (twin.issue_id, twin.captured_at)
        for twin in _twins(run, capture)
        if twin.n_for_own > twin.n_for_it
    }


def _twins(run: Run, capture: Capture) -> Iterator[_Twin]:
    """Every capture of another date that has a body of this one; a body without records is none."""
    if not capture.issue.issued_on:
        return
    for page in capture.pages:
        if not page.parsed.n_parsed:
            continue
        others = [
            record
            for record in run.landing.of_bytes(page.sha256)
            if _is_another_day(capture.issue, record.issue_id)
        ]
        days = listing_days(page.parsed.records) if others else {}
        for record in others:
            issue_id = str(record.issue_id)
            yield _Twin(
                issue_id,
                record.captured_at,
                support(IssueRef.parse(issue_id), days),
                support(capture.issue, days),
            )


def _is_another_day(issue: IssueRef, other: str | None) -> bool:
    if other is None or other == str(issue):
        return False
    named = IssueRef.parse(other)
    return named.source == issue.source and named.issued_on not in (None, issue.issued_on)
