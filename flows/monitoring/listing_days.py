"""Finds issues that are loaded under a wrong date, by the listing times of their papers.

Versions before the rules about listing days loaded the body of another date when a server answered
with one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from schemas.profile_reasons import as_others_show, listed_elsewhere
from schemas.profiles import LEAST_ON_DAY, MOST_ELSEWHERE
from tasks.parse.model import IssueRef, Listed
from tasks.quality.listing_days import agreement, agreement_of_papers
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


TIMES_ELSEWHERE = """
WITH silent AS (
    SELECT issue_id, split_part(issue_id, ':', 1) AS source, count(*) AS n_records
    FROM core.listings WHERE removed_at IS NULL GROUP BY ALL HAVING count(submitted_at) = 0
)
SELECT silent.issue_id, n_records, paper_id, saying.issue_id AS said_by, saying.submitted_at
FROM silent JOIN core.issues USING (issue_id) ANTI JOIN ops.releases USING (issue_id, captured_at)
JOIN core.listings AS listed USING (issue_id) JOIN core.listings AS saying USING (paper_id)
WHERE listed.removed_at IS NULL AND saying.submitted_at IS NOT NULL
    AND split_part(saying.issue_id, ':', 1) = silent.source
"""
"""The papers of issues without listing times, each with every time that another issue of the source
has for it."""


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
            n_others = days.n_known - days.n_agreeing
            yield issue_id, listed_elsewhere(days.n_other, days.n_known, days.other, n_others)


def known_elsewhere(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The same among the rows of `TIMES_ELSEWHERE`: issues most of whose papers were listed on
    other days only."""
    known: defaultdict[str, defaultdict[tuple[str, str], set[Listed]]]
    known, n_records = defaultdict(lambda: defaultdict(set)), {}
    for row in rows:
        issue, saying = IssueRef.parse(row["issue_id"]), IssueRef.parse(row["said_by"])
        found = _listed(row["said_by"], row["submitted_at"])
        if found and saying.may_list(found):
            known[row["issue_id"]][issue.source, row["paper_id"]].add(found)
            n_records[row["issue_id"]] = row["n_records"]
    for issue_id, papers in sorted(known.items()):
        n = n_records[issue_id]
        days = agreement_of_papers(IssueRef.parse(issue_id), [p for _, p in papers], papers)
        n_others = days.n_known - days.n_agreeing
        if days.other and n_others > MOST_ELSEWHERE * n:
            yield issue_id, as_others_show(days.n_other, n, days.other, n_others)


def _listed(issue_id: str, submitted_at: datetime) -> Listed | None:
    source = sources().get(IssueRef.parse(issue_id).source)
    return source.listed_by_stored(submitted_at) if source else None
