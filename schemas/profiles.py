"""Measures of a capture of an issue as a whole, and the rules they must meet before it is loaded.

A profile is one row of measures per capture. Its rules keep a bad issue out (`hold`) or ask a
person to look at it (`warn`); like every rule they are checked by Great Expectations. They come
from ways in which digest pipelines have failed: a half-published day that replaced the complete
one, a page that fell back to another day, a link in the page's footer saved as every paper's link.
"""

from schemas.profile_reasons import (
    abstract_length,
    far_from_usual,
    fewer_than_known,
    not_as_declared,
    on_other_day,
    same_bytes,
    same_value,
    share_that,
    shows_another_date,
    vanished,
)
from schemas.rules import Absent, Between, Rule
from schemas.table import COUNT, DATE, FLAG, NUMBER, TEXT, TIME, Column, Table, ours

FEWEST_RECORDS = 5
"""Shares of fewer records than this are not meaningful and are NULL."""

TRAILING_DAYS = 56
"""How far back an issue is compared with earlier ones: eight weeks."""

FEWEST_ISSUES = 4
"""With fewer earlier issues than this a comparison is not meaningful, and measures are NULL."""

SETTLED_AFTER_DAYS = 2
"""From this age in days on, an issue's papers have had time to get a vote."""

LEAST_ON_DAY = 0.5
"""When fewer of an issue's records were listed on its day, the body is that of another day."""

MOST_TOO_YOUNG = 0.5
"""When more of an issue's papers were first at arXiv after it, the body is that of a later day."""

MOST_ELSEWHERE = 0.5
"""When more of an issue's papers were listed on other days only, the body is that of another
day."""

OFTEN_FILLED = ("abstract", "authors", "published_at", "upvotes")
"""Fields that most records have: when they vanish, the source has changed."""

SELDOM_SHARED = ("title", "abstract", "github_repo", "project_page")
"""Fields that differ between papers: one value in most records is a mistake."""


_LATER_IDS = share_that("share_later_ids", "of the arXiv ids are of a later month than the issue")
_TOO_YOUNG = share_that("share_too_young", "of the records were first at arXiv after the issue")
_NO_VOTES = share_that("share_zero_votes", "of the records still have no votes")
_REPEATED = share_that("share_repeated", "of the records repeat a paper of the same body")
_UNREADABLE = share_that("share_unreadable", "of the records could not be read")


def null_share(name: str) -> str:
    """The column for the share of records without a field; `_at` would mean a time."""
    return f"null_share_{name.removesuffix('_at')}"


def null_rise(name: str) -> str:
    """The column for the rise of that share."""
    return f"null_rise_{name.removesuffix('_at')}"


def _share(name: str, prose: str, *rules: Rule) -> Column:
    return Column(name, NUMBER, prose, unit="share", rules=rules)


def _null_share(name: str) -> Column:
    few = f"NULL for fewer than {FEWEST_RECORDS} records."
    return _share(null_share(name), f"Share of the records without {name}; {few}")


def _null_rise(name: str) -> Column:
    prose = f"{null_share(name)} minus its median over the trailing {TRAILING_DAYS} days."
    why = vanished(name, null_share(name), null_rise(name))
    return _share(null_rise(name), prose, Between(most=0.3, severity="warn", because=why))


def _top_share(name: str) -> Column:
    return _share(
        f"top_share_{name}",
        f"Share of the records that have the most frequent {name}; NULL for fewer than "
        f"{FEWEST_RECORDS} records.",
        Between(most=0.5, severity="hold", because=same_value(name)),
    )


ISSUE_PROFILES = Table(
    "ops",
    "issue_profiles",
    "Measures of each capture of an issue as a whole, including captures that were then held. Its "
    "rules hold an issue or warn.",
    (
        ours("run_id", TEXT, "The run."),
        ours("issue_id", TEXT, "The issue."),
        ours("captured_at", TIME, "When the body was captured."),
        ours("payload_sha256", TEXT, "SHA-256 of the body."),
        ours(
            "issued_on", DATE, "Date of the issue; NULL for a capture without one.", nullable=True
        ),
        ours("n_parsed", COUNT, "Records found.", unit="records"),
        ours(
            "n_known",
            COUNT,
            "The largest number of records loaded of this issue, since its release if there was "
            "one; NULL for a first capture.",
            unit="records",
            nullable=True,
        ),
        ours("is_admitted", FLAG, "Whether it was loaded."),
        Column(
            "days_off",
            COUNT,
            "Days from the issue's date to the date the body shows; NULL when it shows none.",
            unit="days",
            rules=(Between(least=0, most=0, severity="hold", because=shows_another_date),),
        ),
        Column(
            "n_day_known",
            COUNT,
            "Records that say when they were listed; 0 for an issue that is not of a date, a week "
            "or a month.",
            unit="records",
        ),
        _share(
            "share_on_day",
            "Share of those that may have been listed on the issue's date, or in its week or "
            "month; NULL when no record says when.",
            Between(least=LEAST_ON_DAY, severity="hold", because=on_other_day),
        ),
        _share(
            "share_elsewhere",
            "For a body that does not say when its records were listed: the share of its records "
            "whose papers the source listed on other days only, as other issues show; NULL when "
            "none of its papers is known so.",
            Between(most=MOST_ELSEWHERE, severity="hold", because=on_other_day),
        ),
        Column(
            "other_day",
            TEXT,
            "The date, ISO week or month in which most of the others were listed; NULL when there "
            "are none.",
            rules=(Absent(severity="warn", because=on_other_day),),
        ),
        Column("n_on_other_day", COUNT, "How many were listed then.", unit="records"),
        Column(
            "same_bytes_as",
            TEXT,
            "Another dated issue of the source that the same records belong to, byte for byte: "
            "more of them say that they were listed on its date, or as many and it was captured "
            "earlier.",
            rules=(Absent(severity="hold", because=same_bytes),),
        ),
        _share(
            "share_of_known",
            "n_parsed divided by n_known.",
            Between(least=0.5, severity="hold", because=fewer_than_known),
        ),
        Column(
            "records_off",
            COUNT,
            "n_parsed minus the number that the body declares; NULL when it declares none.",
            unit="records",
            rules=(Between(least=0, most=0, severity="hold", because=not_as_declared),),
        ),
        *map(_top_share, SELDOM_SHARED),
        _share(
            "share_later_ids",
            "Share of the records whose arXiv id is of a later month than the issue; NULL for "
            f"fewer than {FEWEST_RECORDS} such ids, or without a date.",
            Between(most=0.5, severity="hold", because=_LATER_IDS),
        ),
        _share(
            "share_too_young",
            "Of the records that do not say when they were listed, but have an arXiv id or a date "
            "of publication: the share that can only be listed later than in the issue, because "
            "the id is of a later month or the paper was published on a later day; NULL when there "
            "are none, or for an issue that is not of a date, a week or a month, as mails are not.",
            Between(most=MOST_TOO_YOUNG, severity="hold", because=_TOO_YOUNG),
        ),
        Column(
            "volume_ratio",
            NUMBER,
            "n_parsed divided by the median of the issues on the same weekday of the trailing "
            f"{TRAILING_DAYS} days; NULL for fewer than {FEWEST_ISSUES}.",
            unit="ratio",
            rules=(Between(least=0.2, most=5, severity="warn", because=far_from_usual),),
        ),
        *map(_null_share, OFTEN_FILLED),
        *map(_null_rise, OFTEN_FILLED),
        Column(
            "median_abstract_length",
            NUMBER,
            f"Median length of the abstracts; NULL for fewer than {FEWEST_RECORDS}.",
            unit="characters",
            rules=(Between(least=200, most=5_000, severity="warn", because=abstract_length),),
        ),
        _share(
            "share_zero_votes",
            f"Share of zeros among the votes, {SETTLED_AFTER_DAYS} days or more after the issue's "
            f"date; NULL for fewer than {FEWEST_RECORDS} votes.",
            Between(most=0.6, severity="warn", because=_NO_VOTES),
        ),
        _share(
            "share_repeated",
            f"Share of the records whose id an earlier record had; NULL for fewer than "
            f"{FEWEST_RECORDS}.",
            Between(most=0.1, severity="warn", because=_REPEATED),
        ),
        _share(
            "share_unreadable",
            f"Share of the records that could not be read; NULL for fewer than {FEWEST_RECORDS}.",
            Between(most=0.2, severity="warn", because=_UNREADABLE),
        ),
    ),
    key=("run_id", "issue_id", "captured_at", "payload_sha256"),
)
