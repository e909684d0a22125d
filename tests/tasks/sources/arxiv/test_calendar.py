"""Which of arXiv's issues there are, and which of them can still be asked for."""

from datetime import UTC, date, datetime

import pytest

from tasks.calendar import due
from tasks.errors import BadIssueId
from tasks.parse.model import IssueRef
from tasks.sources import source_of, sources
from tasks.sources.arxiv import SOURCE
from tasks.sources.arxiv.issues import expected, newest_day

CATEGORIES = ("cs.CL", "astro-ph")


def days(first: str, last: str) -> list[str]:
    found = expected(date.fromisoformat(first), date.fromisoformat(last), ("cs.CL",))
    return [issue.key for issue in found]


def test_nothing_is_asked_of_arxiv_until_somebody_names_a_category() -> None:
    assert expected(date(2026, 11, 16), date(2026, 11, 20)) == []
    assert due(SOURCE, {}, now=datetime(2026, 11, 20, 12, tzinfo=UTC)) == []


def test_issues_are_dated_monday_to_friday() -> None:
    assert days("2026-11-14", "2026-11-22") == [f"2026-11-{day}" for day in range(16, 21)]


@pytest.mark.parametrize(
    "evening",
    [
        *("2023-01-16", "2023-06-14", "2023-06-19", "2023-07-04", "2023-09-04", "2023-11-23"),
        *("2023-12-25", "2023-12-27", "2024-01-15", "2024-05-22", "2024-06-19", "2024-07-04"),
        *("2024-09-02", "2024-11-28", "2024-12-25", "2024-12-26", "2024-12-31", "2026-11-26"),
    ],
)
def test_the_issue_after_a_holiday_of_arxiv_is_missing(evening: str) -> None:
    following = date.fromordinal(date.fromisoformat(evening).toordinal() + 1)
    assert days(str(following), str(following)) == []


@pytest.mark.parametrize("evening", ["2023-02-20", "2023-05-29", "2023-10-09", "2024-01-01"])
def test_after_other_federal_holidays_an_issue_is_expected(evening: str) -> None:
    following = date.fromordinal(date.fromisoformat(evening).toordinal() + 1)
    assert days(str(following), str(following)) == [str(following)]


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 20, 4, 59, tzinfo=UTC), "2026-11-19"),
        (datetime(2026, 11, 20, 5, 0, tzinfo=UTC), "2026-11-20"),
        (datetime(2026, 7, 10, 3, 59, tzinfo=UTC), "2026-07-09"),
        (datetime(2026, 7, 10, 4, 0, tzinfo=UTC), "2026-07-10"),
    ],
)
def test_the_feed_rolls_at_midnight_in_new_york(now: datetime, day: str) -> None:
    assert str(newest_day(now)) == day


@pytest.mark.parametrize(
    ("now", "asked"),
    [("2026-11-20T15:00Z", "2026-11-20"), ("2026-11-21T03:00Z", "2026-11-20")],
)
def test_only_the_issue_of_the_day_can_be_fetched(now: str, asked: str) -> None:
    found = due(
        SOURCE,
        {},
        now=datetime.fromisoformat(now),
        since=date(2026, 10, 1),
        editions=CATEGORIES,
    )
    assert [str(item.issue) for item in found] == [f"arxiv:{name}:{asked}" for name in CATEGORIES]


def test_at_weekends_nothing_is_due() -> None:
    assert due(SOURCE, {}, now=datetime(2026, 11, 22, 12, tzinfo=UTC), editions=CATEGORIES) == []


def test_a_category_that_cannot_be_is_refused() -> None:
    with pytest.raises(BadIssueId, match="cs CL"):
        expected(date(2026, 11, 20), date(2026, 11, 20), ("cs CL",))


@pytest.mark.parametrize(
    "issue",
    [
        "arxiv:cs.CL:2026-11-20",
        "arxiv:astro-ph:2026-11-21",
        "arxiv:cond-mat.mes-hall:2026-11-20",
        "arxiv:query:cat:cs.CL+AND+ti:lists",
        "arxiv:ids:hep-th/9901001,2611.00001",
    ],
)
def test_issues_have_names_that_are_read_back(issue: str) -> None:
    ref = IssueRef.parse(issue)
    assert source_of(ref) is sources()["arxiv"]
    assert str(ref) == issue


@pytest.mark.parametrize(
    "issue", ["arxiv:cs.CL:20261120", "arxiv:cs.CL:today", "arxiv:CS:2026-11-20", "arxiv:ids:a?b"]
)
def test_what_cannot_be_an_issue_is_refused(issue: str) -> None:
    with pytest.raises(BadIssueId):
        source_of(IssueRef.parse(issue))


def test_an_edition_that_is_not_wanted_is_not_expected_of_hugging_face() -> None:
    huggingface = sources()["huggingface"]
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert due(huggingface, {}, now=now, editions=("daily",)) == due(huggingface, {}, now=now)
    weekly = due(huggingface, {}, now=now, editions=("weekly",))
    assert {item.issue.edition for item in weekly} == {"weekly"}
