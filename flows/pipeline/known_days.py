"""When papers were listed, by the loaded issues that say it: evidence for bodies that do not.

A page of cards has no listing times, so nothing in it tells that it is another day's. But the same
papers may be in issues whose bodies had them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

import pyarrow.compute as pc

from flows.pipeline.run import Run
from schemas.core import LISTINGS
from schemas.profiles import ISSUE_PROFILES, MOST_ELSEWHERE
from tasks.merge.batch import Existing, is_in
from tasks.parse.capture import Capture
from tasks.parse.model import IssueRef, Listed
from tasks.quality.listing_days import KnownDays
from tasks.sources import source_of, stored_days


def known_days(
    existing: Existing, captures: Iterable[Capture], replaced: Collection[str]
) -> KnownDays:
    """When the papers of captures without listing times were listed, as the loaded issues of those
    days say; but not those that are `replaced`, whose captures are read again."""
    papers = {
        record.arxiv_id
        for capture in captures
        if capture.issue.period and not says_when(capture)
        for record in capture.records
        if record.arxiv_id
    }
    known: defaultdict[tuple[str, str], set[Listed]] = defaultdict(set)
    if not papers:
        return known
    has_time = is_in("paper_id", papers) & pc.field("submitted_at").is_valid()
    columns = ["issue_id", "paper_id", "submitted_at"]
    rows = existing.dataset(LISTINGS).to_table(columns=columns, filter=has_time)
    for issue_id, paper_id, submitted_at in zip(*rows.to_pydict().values(), strict=True):
        issue = IssueRef.parse(issue_id)
        listed = source_of(issue).listed_by_stored(submitted_at)
        if listed and issue.may_list(listed) and issue_id not in replaced:
            known[issue.source, paper_id].add(listed)
    return known


def judged_again(run: Run, existing: Existing, batch: Iterable[Capture]) -> set[str]:
    """The issues whose bodies have no listing times and about whose papers a batch says what was
    not known: loaded ones that list a paper on a day when it was not listed, and those held for
    that, of a day on which papers of the batch were listed."""
    said: defaultdict[tuple[str, str], set[Listed]] = defaultdict(set)
    for capture in batch:
        for paper, listed in stored_days(capture):
            said[capture.issue.source, paper].add(listed)
    return _doubtful(existing, said) | _held(run, said) if said else set()


def says_when(capture: Capture) -> bool:
    """Whether some record of a capture says when it was listed."""
    return any(record.listed for record in capture.records)


def _doubtful(existing: Existing, said: KnownDays) -> set[str]:
    """The loaded issues that list a paper, without a time, in a period that none of its days is
    of."""
    no_time = is_in("paper_id", {paper for _, paper in said}) & pc.field("submitted_at").is_null()
    columns = ["issue_id", "paper_id"]
    rows = existing.dataset(LISTINGS).to_table(columns=columns, filter=no_time)
    found = set()
    for issue_id, paper_id in zip(*rows.to_pydict().values(), strict=True):
        issue = IssueRef.parse(issue_id)
        days = said.get((issue.source, paper_id), ())
        if days and not any(map(issue.may_list, days)):
            found.add(issue_id)
    return found


def _held(run: Run, said: KnownDays) -> set[str]:
    is_held = f"NOT is_admitted AND share_elsewhere > {MOST_ELSEWHERE}"
    issues = {row["issue_id"] for row in run.ledger.rows(ISSUE_PROFILES, is_held)}
    days = {(source, listed) for (source, _), found in said.items() for listed in found}
    return {
        issue_id
        for issue_id in issues
        for issue in [IssueRef.parse(issue_id)]
        if any(issue.source == source and issue.may_list(listed) for source, listed in days)
    }
