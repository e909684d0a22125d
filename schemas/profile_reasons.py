"""Why an issue is held or warned about, in words: one function for each kind of measure, from the
profile that broke its rule."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from schemas.words import counted

Profile = Mapping[str, Any]
Reason = Callable[[Profile], str]

_CALLED = {
    "github_repo": "code repository",
    "project_page": "project page",
    "published_at": "date of publication",
    "upvotes": "number of votes",
}
"""What fields are called in sentences, where that is not their name."""


def listed_elsewhere(n_records: int, n_known: int, period: str, n_others: int = 0) -> str:
    """`8 of 9 records were listed on 2025-08-05`, or, for a week or a month, `in 2025-W32`. Where
    more, `n_others`, were not listed when they should, on several days: `8 of 9 records were listed
    on other days, 3 of them on 2025-08-05`."""
    is_date, is_week = len(period) == len("2025-08-05"), "W" in period
    named = f"{'on' if is_date else 'in'} {period}"
    if n_others <= n_records:
        be = "was" if n_known == 1 else "were"
        return f"{n_records} of {counted(n_known, 'record')} {be} listed {named}"
    elsewhere = "on other days" if is_date else f"in other {'weeks' if is_week else 'months'}"
    of_them = f"{n_records:,} of them {named}"
    return f"{n_others} of {counted(n_known, 'record')} were listed {elsewhere}, {of_them}"


def as_others_show(n_records: int, n_parsed: int, period: str, n_others: int = 0) -> str:
    """The same of a body that does not say when its records were listed."""
    return f"{listed_elsewhere(n_records, n_parsed, period, n_others)}, as other issues show"


def on_other_day(profile: Profile) -> str:
    n_records, other_day = profile["n_on_other_day"], profile["other_day"]
    if n_known := profile["n_day_known"]:
        n_others = round(n_known * (1 - profile["share_on_day"]))
        return listed_elsewhere(n_records, n_known, other_day, n_others)
    n_parsed = profile["n_parsed"]
    n_others = round(n_parsed * (profile["share_elsewhere"] or 0))
    return as_others_show(n_records, n_parsed, other_day, n_others)


def shows_another_date(profile: Profile) -> str:
    issued_on = profile["issued_on"]
    return f"it shows the date {issued_on + timedelta(profile['days_off'])}, not {issued_on}"


def same_bytes(profile: Profile) -> str:
    return f"its bytes belong to {profile['same_bytes_as']}"


def fewer_than_known(profile: Profile) -> str:
    return f"it has only {_percent(profile['share_of_known'])} of the records known for the issue"


def not_as_declared(profile: Profile) -> str:
    n_parsed = profile["n_parsed"]
    return f"it declares {counted(n_parsed - profile['records_off'], 'record')} and has {n_parsed}"


def far_from_usual(profile: Profile) -> str:
    return f"it has {profile['volume_ratio']:.2g} times as many records as is usual on the weekday"


def abstract_length(profile: Profile) -> str:
    return f"the median length of its abstracts is {profile['median_abstract_length']:.0f}"


def same_value(name: str) -> Reason:
    """The reason for one value of a field in most records."""
    found = f"of the records have the same {_CALLED.get(name, name)}"
    return share_that(f"top_share_{name}", found)


def vanished(name: str, share: str, rise: str) -> Reason:
    """The reason for a field without value in many more records than usual; `share` and `rise` are
    the columns that say in how many."""

    def reason(profile: Profile) -> str:
        found, usual = profile[share], profile[share] - profile[rise]
        what = _CALLED.get(name, name)
        return f"{_percent(found)} of the records have no {what}, usually {_percent(usual)}"

    return reason


def share_that(column: str, found: str) -> Reason:
    """`60 % of the records could not be read`: a share and what is true of it."""
    return lambda profile: f"{_percent(profile[column])} {found}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
