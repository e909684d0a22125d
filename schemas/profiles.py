"""What a capture of an issue looks like as a whole, and what must hold of that before it is loaded.

A profile is one row of measures per capture. Its rules are what keeps a bad issue out (`hold`) or
has somebody look at it (`warn`); like every rule they are checked by Great Expectations. They go
back to ways in which digest pipelines have failed: a half-published day that replaced the whole
one, a page that snapped back to another day, a page footer saved as everyone's link.
"""

from functools import partial

from schemas.rules import Absent, Between
from schemas.table import COUNT, DATE, FLAG, NUMBER, TEXT, TIME, Column, Table

FEWEST_RECORDS = 5
"""Shares of fewer records than this say nothing and are NULL."""

TRAILING_DAYS = 56
"""How far back an issue is compared with earlier ones: eight weeks."""

FEWEST_ISSUES = 4
"""With fewer earlier issues than this there is nothing to compare with, and measures are NULL."""

SETTLED_AFTER_DAYS = 2
"""From this age on, an issue's papers have had time to get a vote."""

OFTEN_FILLED = ("abstract", "authors", "published_at", "upvotes")
"""Fields whose disappearing from most records means that a source has changed."""

SELDOM_SHARED = ("title", "abstract", "github_repo", "project_page")
"""Fields that differ between papers: one value in most records was not theirs."""

_ours = partial(Column, is_ours=True)


def null_share(name: str) -> str:
    """The column for the share of records without a field; `_at` would promise a time."""
    return f"null_share_{name.removesuffix('_at')}"


def null_rise(name: str) -> str:
    """The column for how that share has risen."""
    return f"null_rise_{name.removesuffix('_at')}"


def _null_share(name: str) -> Column:
    return Column(
        null_share(name),
        NUMBER,
        f"Share of the records without {name}; NULL for fewer than {FEWEST_RECORDS} records.",
        unit="share",
    )


def _null_rise(name: str) -> Column:
    return Column(
        null_rise(name),
        NUMBER,
        f"{null_share(name)} less its median over the trailing {TRAILING_DAYS} days.",
        unit="share",
        rules=(Between(most=0.3, severity="warn"),),
    )


def _top_share(name: str) -> Column:
    return Column(
        f"top_share_{name}",
        NUMBER,
        f"Share of the records that have the most frequent {name}; NULL for fewer than "
        f"{FEWEST_RECORDS} records.",
        unit="share",
        rules=(Between(most=0.5, severity="hold"),),
    )


ISSUE_PROFILES = Table(
    "ops",
    "issue_profiles",
    "What each capture of an issue looked like as a whole when it came, also when it was then "
    "held. Its rules hold an issue or warn.",
    (
        _ours("run_id", TEXT, "The run.", nullable=False),
        _ours("issue_id", TEXT, "The issue.", nullable=False),
        _ours("captured_at", TIME, "When the body was taken.", nullable=False),
        _ours("payload_sha256", TEXT, "SHA-256 of the body.", nullable=False),
        _ours("issued_on", DATE, "Date of the issue; NULL for a capture without one."),
        _ours("n_parsed", COUNT, "Records found.", nullable=False, unit="records"),
        _ours(
            "n_known",
            COUNT,
            "The most records loaded of this issue, since a release if there was one; NULL for a "
            "first capture.",
            unit="records",
        ),
        _ours("is_admitted", FLAG, "Whether it went on to be loaded.", nullable=False),
        Column(
            "days_off",
            COUNT,
            "Days from the issue's date to the date the body shows; NULL when it shows none.",
            unit="days",
            rules=(Between(least=0, most=0, severity="hold"),),
        ),
        Column(
            "same_bytes_as",
            TEXT,
            "Another dated issue of the source that was taken earlier with the same records byte "
            "for byte.",
            rules=(Absent(severity="hold"),),
        ),
        Column(
            "share_of_known",
            NUMBER,
            "n_parsed against n_known.",
            unit="share",
            rules=(Between(least=0.5, severity="hold"),),
        ),
        Column(
            "records_off",
            COUNT,
            "n_parsed less the number the body itself declares; NULL when it declares none.",
            unit="records",
            rules=(Between(least=0, most=0, severity="hold"),),
        ),
        *map(_top_share, SELDOM_SHARED),
        Column(
            "share_later_ids",
            NUMBER,
            "Share of the records whose arXiv id is of a later month than the issue; NULL for "
            f"fewer than {FEWEST_RECORDS} such ids, or without a date.",
            unit="share",
            rules=(Between(most=0.5, severity="hold"),),
        ),
        Column(
            "volume_ratio",
            NUMBER,
            "n_parsed against the median of the issues on the same weekday of the trailing "
            f"{TRAILING_DAYS} days; NULL for fewer than {FEWEST_ISSUES}.",
            unit="ratio",
            rules=(Between(least=0.2, most=5, severity="warn"),),
        ),
        *map(_null_share, OFTEN_FILLED),
        *map(_null_rise, OFTEN_FILLED),
        Column(
            "median_abstract_length",
            NUMBER,
            f"Median length of the abstracts; NULL for fewer than {FEWEST_RECORDS}.",
            unit="characters",
            rules=(Between(least=200, most=5_000, severity="warn"),),
        ),
        Column(
            "share_zero_votes",
            NUMBER,
            f"Share of zero among the votes {SETTLED_AFTER_DAYS} days or more after the issue's "
            f"date; NULL for fewer than {FEWEST_RECORDS} votes.",
            unit="share",
            rules=(Between(most=0.6, severity="warn"),),
        ),
        Column(
            "share_repeated",
            NUMBER,
            f"Share of the records whose id an earlier one had; NULL for fewer than "
            f"{FEWEST_RECORDS}.",
            unit="share",
            rules=(Between(most=0.1, severity="warn"),),
        ),
        Column(
            "share_unreadable",
            NUMBER,
            f"Share of the records that could not be read; NULL for fewer than {FEWEST_RECORDS}.",
            unit="share",
            rules=(Between(most=0.2, severity="warn"),),
        ),
    ),
    key=("run_id", "issue_id", "captured_at", "payload_sha256"),
)
