"""Removals: captures that no longer list papers which their issue listed until then.

A few papers vanish from real lists. A third of a day at once, or a tenth of many days in one run,
is what a source does that answers with other days' lists, so a person is told of it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

import pyarrow.compute as pc

from flows.pipeline.report import LOADED, IssueOutcome, Removal
from schemas.core import LISTINGS
from tasks.merge.batch import is_in
from tasks.parse.model import IssueRef
from warehouse.lake.snapshot import Snapshot

MANY = 1 / 3
"""More than this share of an issue's papers removed by one capture."""
SOME, MANY_ISSUES = 1 / 10, 5
"""At least this share of an issue's papers, of so many issues in one run."""


def find_removals(snapshot: Snapshot, outcomes: Iterable[IssueOutcome]) -> tuple[Removal, ...]:
    """The captures of a load that removed many papers; or all that removed some, if their issues
    are many. `snapshot` is the one that the load wrote. Answers to a query are no list of a time:
    other papers may be found by it tomorrow."""
    captures = [
        (o.issue_id, o.captured_at)
        for o in outcomes
        if o.outcome in LOADED and IssueRef.parse(o.issue_id).ends_on
    ]
    counted = _counted(snapshot, captures)
    if len({found.issue_id for found in counted if found.share >= SOME}) >= MANY_ISSUES:
        return tuple(found for found in counted if found.share >= SOME)
    return tuple(found for found in counted if found.share > MANY)


def _counted(snapshot: Snapshot, captures: Collection[tuple[str, datetime]]) -> list[Removal]:
    """Every capture that removed papers."""
    if not captures:
        return []
    issues = {issue_id for issue_id, _ in captures}
    months = {f"{IssueRef.parse(issue_id).begins_on:%Y-%m}" for issue_id in issues}
    listings, of_months = snapshot.dataset(LISTINGS), is_in("issue_month", months)
    has_removed = of_months & is_in("issue_id", issues) & pc.field("removed_at").is_valid()
    losing = set(listings.to_table(["issue_id"], filter=has_removed)["issue_id"].to_pylist())
    if not losing:
        return []
    rows = listings.to_table(
        ["issue_id", "first_seen_at", "removed_at"],
        filter=of_months & is_in("issue_id", losing),
    )
    by_issue: defaultdict[str, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for issue_id, first_seen_at, removed_at in zip(*rows.to_pydict().values(), strict=True):
        by_issue[issue_id].append((first_seen_at, removed_at))
    counted = []
    for issue_id, at in sorted(captures):
        before = [
            gone for since, gone in by_issue[issue_id] if since < at and not (gone and gone < at)
        ]
        if n_removed := before.count(at):
            counted.append(Removal(issue_id, at, n_removed, len(before)))
    return counted
