"""Whether the records of an issue were listed on its day, by what the records themselves say.

A server can answer one date with the body of another, with status 200 and no hint. The times in the
records show it. An issue of a week or a month must agree with that period.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date
from typing import NamedTuple

from schemas.core import ARXIV_ID
from tasks.merge.resolve import paper_month
from tasks.parse.model import IssueRef, Listed, Record

KnownDays = Mapping[tuple[str, str], Collection[Listed]]
"""When papers were listed, as bodies with listing times say: by source and paper."""


class Agreement(NamedTuple):
    """How the listing days of records agree with the date, ISO week or month of their issue."""

    n_known: int
    """Records that say when they were listed."""
    n_agreeing: int
    other: str | None = None
    """The date, ISO week or month that most of those that do not agree name; None if all agree."""
    n_other: int = 0
    """How many name that one."""

    @property
    def share(self) -> float | None:
        """The share of the records that agree; None if none says when it was listed."""
        return self.n_agreeing / self.n_known if self.n_known else None


def listing_days(records: Iterable[Record]) -> Counter[Listed]:
    """When records say that they were listed, and how many say so; those that do not say, left
    out."""
    return Counter(record.listed for record in records if record.listed)


def agreement(issue: IssueRef, listed: Mapping[Listed, int]) -> Agreement:
    """Compare listing days with the period of an issue. Nothing is known of one without a period.

    A record disagrees only if it is certain that it was not listed in that period.
    """
    if issue.period is None:
        return Agreement(0, 0)
    others: Counter[str] = Counter()
    for found, n_records in listed.items():
        if not issue.may_list(found):
            others[str(issue.period_of(found.on))] += n_records
    n_known = sum(listed.values())
    other, n_other = min(others.items(), key=lambda item: (-item[1], item[0]), default=(None, 0))
    return Agreement(n_known, n_known - others.total(), other, n_other)


def agreement_of_papers(
    issue: IssueRef, papers: Iterable[str | None], known: KnownDays
) -> Agreement:
    """Compare the period of an issue with the days on which its source listed the same papers.

    For bodies without listing times. A paper disagrees only if it is certain that each of its days
    is of another period; it counts for all of them.
    """
    days = [known.get((issue.source, paper), ()) for paper in papers if paper]
    if issue.period is None:
        return Agreement(0, 0)
    others: Counter[str] = Counter()
    n_known = n_agreeing = 0
    for found in filter(None, days):
        n_known += 1
        if any(map(issue.may_list, found)):
            n_agreeing += 1
        else:
            others.update({str(issue.period_of(listed.on)) for listed in found})
    other, n_other = min(others.items(), key=lambda item: (-item[1], item[0]), default=(None, 0))
    return Agreement(n_known, n_agreeing, other, n_other)


def support(issue: IssueRef, listed: Mapping[Listed, int]) -> int:
    """How many records name the period of an issue as the most likely one of their listing: decides
    which of several issues the same bytes belong to."""
    period = issue.period
    return sum(n for found, n in listed.items() if period and issue.period_of(found.on) == period)


def share_too_young(issue: IssueRef, records: Iterable[Record]) -> float | None:
    """Of the records that do not say when they were listed: the share whose papers were first at
    arXiv after the issue, so that it cannot list them. None if nothing says it, for an issue
    without a period, and for a mail, whose own date nobody asked for."""
    last_day = issue.ends_on if issue.period == issue.key else None
    if last_day is None:
        return None
    found = [_is_younger(record, last_day) for record in records if not record.listed]
    known = [is_younger for is_younger in found if is_younger is not None]
    return sum(known) / len(known) if known else None


def _is_younger(record: Record, day: date) -> bool | None:
    """Whether a paper was at arXiv only after a day, by its id or its date of publication; None if
    it has neither."""
    known, published_at = record.arxiv_id, record.published_at
    has_month = known is not None and re.search(ARXIV_ID, known) is not None
    if not has_month and published_at is None:
        return None
    is_of_later_month = has_month and paper_month(str(known)) > f"{day:%Y-%m}"
    return is_of_later_month or bool(published_at and published_at.astimezone(UTC).date() > day)
