"""Which of several dated issues the same bytes belong to.

A server with a stale cache answers one date with the body of another. Where the records say when
they were listed, the bytes belong to the issue that most of them name, whoever had them first; else
to the date that the body shows. Only where neither decides, the issue that had them first keeps
them.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from flows.pipeline.captures import landed_captures
from flows.pipeline.run import Run
from schemas.profiles import MOST_TOO_YOUNG
from tasks.parse.capture import Capture, CaptureId, Page
from tasks.parse.model import IssueRef
from tasks.quality.listing_days import listing_days, share_too_young, support
from warehouse.storage.landing import CaptureRecord

_Claim = tuple[bool, int, bool]
"""How much speaks for an issue: whether its papers were at arXiv by then, the records that say they
were listed on its date, and whether the body shows that date. The larger claim decides."""


class _Twin(NamedTuple):
    """Another dated issue of the source that has a body of a capture."""

    issue_id: str
    captured_at: datetime
    its: _Claim
    own: _Claim
    """The claim of the capture's issue."""


def belonging_elsewhere(run: Run, captures: Collection[Capture]) -> dict[CaptureId, str]:
    """The captures whose bytes belong to another dated issue of the source, with that issue.

    Neither the order of loading nor that of capturing matters where the bytes say whose they are.
    """
    found: dict[CaptureId, str] = {}
    for capture in captures:
        first = (capture.captured_at, str(capture.issue))
        twins = [
            twin
            for twin in _twins(run, capture)
            if twin.its > twin.own
            or (twin.its == twin.own and (twin.captured_at, twin.issue_id) < first)
        ]
        if twins:
            strongest = max(twin.its for twin in twins)
            _, found[capture.id] = min(
                (twin.captured_at, twin.issue_id) for twin in twins if twin.its == strongest
            )
    return found


def wrongly_dated(run: Run, capture: Capture) -> set[tuple[str, datetime]]:
    """Issue and time of the captures of other dates whose bytes belong to the date of this one."""
    return {
        (twin.issue_id, twin.captured_at) for twin in _twins(run, capture) if twin.own > twin.its
    }


def _twins(run: Run, capture: Capture) -> Iterator[_Twin]:
    """Every capture of another date that has a body of this one, but for those that a person
    withdrew. A body without records is nobody's."""
    if not capture.issue.issued_on:
        return
    for page in capture.pages:
        if not page.parsed.n_parsed:
            continue
        for record in run.landing.of_bytes(page.sha256):
            if _is_another_day(capture.issue, record.issue_id) and not _is_withdrawn(run, record):
                other = IssueRef.parse(str(record.issue_id))
                claims = _claim(other, page), _claim(capture.issue, page)
                yield _Twin(str(other), record.captured_at, *claims)


def _claim(issue: IssueRef, page: Page) -> _Claim:
    records = page.parsed.records
    is_possible = (share_too_young(issue, records) or 0) <= MOST_TOO_YOUNG
    shows_it = page.parsed.shown_on == issue.issued_on
    return is_possible, support(issue, listing_days(records)), shows_it


def _is_withdrawn(run: Run, record: CaptureRecord) -> bool:
    issue_id = str(record.issue_id)
    if all(issue_id != withdrawn for withdrawn, _ in run.issues.withdrawn):
        return False
    return any(
        run.issues.why_withdrawn(capture.id) is not None
        for capture in landed_captures(run.landing, {issue_id}).values()
        if capture.captured_at == record.captured_at
        and any(page.sha256 == record.sha256 for page in capture.records)
    )


def _is_another_day(issue: IssueRef, other: str | None) -> bool:
    if other is None or other == str(issue):
        return False
    named = IssueRef.parse(other)
    return named.source == issue.source and named.issued_on not in (None, issue.issued_on)
