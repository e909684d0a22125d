"""Finds issues that are loaded under a wrong date, by the listing times of their papers.

Versions before the rule about listing days loaded the body of another date when a server answered
with one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from schemas.profile_reasons import listed_elsewhere
from schemas.profiles import LEAST_ON_DAY
from tasks.parse.model import IssueRef, Listed
from tasks.quality.listing_days import agreement
from tasks.sources import sources

LISTING_TIMES = """
SELECT issue_id, count(*) AS n_records,
    date_trunc('hour', submitted_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS submitted_at
FROM core.listings JOIN core.issues USING (issue_id)
ANTI JOIN ops.releases USING (issue_id, captured_at)
WHERE removed_at IS NULL AND submitted_at IS NOT NULL
GROUP BY ALL
"""
"""Papers by issue and hour of listing, from the published file; without issues whose newest capture
a person released."""


def wrongly_dated(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The wrongly dated issues among the rows of `LISTING_TIMES`: id, and the evidence in words.

    An issue whose papers have no listing time is not among them.
    """
    listed: defaultdict[str, Counter[Listed]] = defaultdict(Counter)
    for row in rows:
        found = _listed(row["issue_id"], row["submitted_at"])
        if found:
            listed[row["issue_id"]][found] += row["n_records"]
    for issue_id, counted in sorted(listed.items()):
        days = agreement(IssueRef.parse(issue_id), counted)
        if days.other and days.share is not None and days.share < LEAST_ON_DAY:
            yield issue_id, listed_elsewhere(days.n_other, days.n_known, days.other)


def _listed(issue_id: str, submitted_at: datetime) -> Listed | None:
    source = sources().get(IssueRef.parse(issue_id).source)
    return source.listed_by_stored(submitted_at) if source else None
