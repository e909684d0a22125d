"""Measures a capture as a whole: its row of ops.issue_profiles, which the rules check.

Pure functions of the capture and of what came before it; every measure says in
`schemas/profiles.py` what it is.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, timedelta
from statistics import median
from typing import Any

from schemas.core import ARXIV_ID
from schemas.profiles import (
    FEWEST_ISSUES,
    FEWEST_RECORDS,
    OFTEN_FILLED,
    SELDOM_SHARED,
    SETTLED_AFTER_DAYS,
    TRAILING_DAYS,
    null_rise,
    null_share,
)
from tasks.merge.resolve import paper_month
from tasks.parse.capture import Capture
from tasks.parse.model import Record
from tasks.quality.listing_days import (
    KnownDays,
    agreement,
    agreement_of_papers,
    listing_days,
    share_too_young,
)

Profile = dict[str, Any]
"""One row of ops.issue_profiles, less what the run adds."""


def measure(capture: Capture) -> Profile:
    """The measures of a capture alone, from all that its records say."""
    records = [record for page in capture.pages for record in page.parsed.records]
    n_parsed, issued_on = capture.n_parsed, capture.issue.issued_on
    return {
        "issue_id": str(capture.issue),
        "captured_at": capture.captured_at,
        "payload_sha256": capture.sha256,
        "issued_on": issued_on,
        "n_parsed": n_parsed,
        "days_off": _days_off(capture),
        "records_off": None if capture.n_declared is None else n_parsed - capture.n_declared,
        **{f"top_share_{name}": _top_share(records, name) for name in SELDOM_SHARED},
        "share_later_ids": _share_later_ids(records, issued_on),
        "share_too_young": share_too_young(capture.issue, records),
        **{null_share(name): _null_share(records, name) for name in OFTEN_FILLED},
        "median_abstract_length": _median_length(records),
        "share_zero_votes": _share_zero_votes(records, capture),
        "share_repeated": _share_repeated(records),
        "share_unreadable": _share(n_parsed - len(records), n_parsed),
    }


def measure_days(
    capture: Capture, same_bytes_as: str | None = None, known_days: KnownDays | None = None
) -> Profile:
    """How a capture's records agree with the date of its issue; `same_bytes_as` is another issue
    that these bytes are of, `known_days` when its papers were listed, for a body that does not say
    it."""
    n_parsed = capture.n_parsed
    days = agreement(capture.issue, listing_days(capture.records))
    papers = [] if days.n_known else [record.arxiv_id for record in capture.records]
    known = agreement_of_papers(capture.issue, papers, known_days or {})
    return {
        "n_day_known": days.n_known,
        "share_on_day": days.share,
        "share_elsewhere": (known.n_known - known.n_agreeing) / n_parsed if known.n_known else None,
        "other_day": days.other or known.other,
        "n_on_other_day": days.n_other or known.n_other,
        "same_bytes_as": same_bytes_as if n_parsed else None,
    }


def compare(found: Profile, by_day: Mapping[date, Profile], n_known: int) -> Profile:
    """The measures of a capture that compare it with earlier ones.

    `by_day` has one profile for each dated issue of the edition; `n_known` is the most records
    loaded of this issue, 0 for none.
    """
    n_parsed, issued_on = found["n_parsed"], found["issued_on"]
    trailing = _trailing(by_day, issued_on) if issued_on else []
    weekday = [
        past["n_parsed"] for past in trailing if past["issued_on"].weekday() == issued_on.weekday()
    ]
    usual = median(weekday) if len(weekday) >= FEWEST_ISSUES else 0
    return {
        "n_known": n_known or None,
        "share_of_known": n_parsed / n_known if n_known else None,
        "volume_ratio": n_parsed / usual if usual else None,
        **{null_rise(name): _rise(found, trailing, name) for name in OFTEN_FILLED},
    }


def _trailing(by_day: Mapping[date, Profile], day: date) -> list[Profile]:
    """The profiles of the weeks before a day."""
    days = (day - timedelta(days=n) for n in range(1, TRAILING_DAYS + 1))
    return [by_day[earlier] for earlier in days if earlier in by_day]


def _rise(found: Profile, trailing: Sequence[Profile], name: str) -> float | None:
    column = null_share(name)
    before = [past[column] for past in trailing if past[column] is not None]
    if found[column] is None or len(before) < FEWEST_ISSUES:
        return None
    return float(found[column] - median(before))


def _days_off(capture: Capture) -> int | None:
    """The largest difference, in either direction, that a page of the capture shows."""
    issued_on = capture.issue.issued_on
    shown = [page.parsed.shown_on for page in capture.pages if page.parsed.shown_on]
    if issued_on is None or not shown:
        return None
    return max(((day - issued_on).days for day in shown), key=abs)


def _share(n: int, n_all: int) -> float | None:
    return n / n_all if n_all >= FEWEST_RECORDS else None


def _null_share(records: Sequence[Record], name: str) -> float | None:
    n_missing = sum(getattr(record, name) in (None, ()) for record in records)
    return _share(n_missing, len(records))


def _top_share(records: Sequence[Record], name: str) -> float | None:
    """Of the most frequent value; NULL when no record has one."""
    counted = Counter(value for record in records if (value := getattr(record, name)))
    return _share(max(counted.values()), len(records)) if counted else None


def _share_later_ids(records: Sequence[Record], issued_on: date | None) -> float | None:
    if issued_on is None:
        return None
    month = f"{issued_on:%Y-%m}"
    ids = [record.arxiv_id for record in records if record.arxiv_id]
    months = [paper_month(known) for known in ids if re.search(ARXIV_ID, known)]
    return _share(sum(later > month for later in months), len(months))


def _median_length(records: Iterable[Record]) -> float | None:
    lengths = [len(record.abstract) for record in records if record.abstract]
    return float(median(lengths)) if len(lengths) >= FEWEST_RECORDS else None


def _share_zero_votes(records: Iterable[Record], capture: Capture) -> float | None:
    issued_on = capture.issue.issued_on
    if issued_on is None:
        return None
    age = capture.captured_at.astimezone(UTC).date() - issued_on
    votes = [record.upvotes for record in records if record.upvotes is not None]
    return _share(votes.count(0), len(votes)) if age.days >= SETTLED_AFTER_DAYS else None


def _share_repeated(records: Sequence[Record]) -> float | None:
    ids = [record.arxiv_id for record in records if record.arxiv_id]
    return _share(len(ids) - len(set(ids)), len(records))
