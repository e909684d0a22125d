"""Issues are held against the rules about issues; each reason says what was seen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas.profiles import ISSUE_PROFILES
from tasks.parse.capture import Capture, CaptureId
from tasks.parse.model import Author, IssueRef, Listed, Record
from tasks.quality.issue_checks import CheckedIssue, Precedents, check_issues
from tasks.quality.profile import Profile, compare, measure
from tests.support.captures import DAY, UNREADABLE, at, page, record
from tests.support.told import untold

FRIDAY = date(2026, 11, 20)
KNOWN = Precedents({}, {}, {})


def papers(n_records: int, **told: Any) -> list[Record]:
    """So many good records, which all say what a test adds."""
    return [
        record(
            f"2511.{n:05}",
            abstract=f"Abstract {n} of a paper, which is as long as abstracts usually are." * 5,
            authors=(Author("Author 1"),),
            upvotes=n + 1,
            published_at=at(0),
        )._replace(**told)
        for n in range(n_records)
    ]


def landed(
    n_records: int,
    *,
    hour: int = 1,
    issue: str = DAY,
    shown_on: date | None = None,
    n_declared: int | None = None,
    **told: Any,
) -> Capture:
    """A capture of so many records."""
    body = page(*papers(n_records, **told), shown_on=shown_on, n_declared=n_declared)
    return Capture(IssueRef.parse(issue), at(hour), (body,))


def admitted(captures: Sequence[Capture], known: Precedents = KNOWN) -> list[CheckedIssue]:
    return list(check_issues(captures, known).captures)


def reasons(captures: Sequence[Capture], known: Precedents = KNOWN) -> list[str | None]:
    """Why each capture is held, None for those that are not."""
    return [item.held_because for item in admitted(captures, known)]


def weeks_of(n_records: int, **told: Any) -> Mapping[date, Profile]:
    """Profiles of the weekdays of eight weeks."""
    days = (FRIDAY - timedelta(days=n) for n in range(1, 57))
    return {
        day: measure(landed(n_records, issue=f"huggingface:daily:{day}", **told))
        for day in days
        if day.weekday() < 5
    }


def after(weeks: Mapping[date, Profile]) -> Precedents:
    return Precedents({}, {("huggingface", "daily"): weeks}, {})


@pytest.mark.parametrize(
    ("n_records", "n_known", "is_held"),
    [(20, 40, False), (19, 40, True), (21, 41, False), (20, 41, True), (0, 1, True), (0, 0, False)],
)
def test_less_than_half_of_what_is_known_is_held(
    n_records: int, n_known: int, is_held: bool
) -> None:
    (reason,) = reasons([landed(n_records)], Precedents({DAY: n_known}, {}, {}))
    assert (reason is not None) == is_held
    if reason:
        share = f"{100 * n_records / n_known:.3g} %"
        facts = (f"only {share} of the records known", f"{n_records} records", f"{n_known} known")
        assert untold(reason, *facts) == []


def test_what_is_known_grows_within_a_batch_and_a_held_capture_does_not_lower_it() -> None:
    batch = [landed(n, hour=hour) for hour, n in enumerate((4, 40, 15, 30))]
    assert [reason is not None for reason in reasons(batch)] == [False, False, True, False]


def test_a_capture_held_for_another_reason_says_nothing_of_how_many_are_known() -> None:
    snapped = landed(40, hour=1, shown_on=date(2026, 11, 19))
    assert [reason is not None for reason in reasons([snapped, landed(13, hour=2)])] == [
        True,
        False,
    ]


@pytest.mark.parametrize("shown_on", [date(2026, 11, 19), date(2026, 11, 21)])
def test_a_page_that_shows_another_date_is_held(shown_on: date) -> None:
    (reason,) = reasons([landed(3, shown_on=shown_on)])
    assert reason == f"it shows the date {shown_on}, not {FRIDAY} (3 records)"


def test_one_page_of_another_date_holds_the_whole_capture() -> None:
    pages = (page(shown_on=FRIDAY), page(shown_on=date(2026, 11, 19)))
    assert reasons([Capture(IssueRef.parse(DAY), at(1), pages)]) != [None]


def test_a_page_that_shows_the_date_asked_for_or_none_is_not_held() -> None:
    assert reasons([landed(3, shown_on=FRIDAY), landed(3, hour=2)]) == [None, None]


def test_an_issue_without_a_date_cannot_be_of_another() -> None:
    search = landed(3, shown_on=date(2026, 11, 19), issue="pagedump:search:afe59ee0768d")
    assert reasons([search]) == [None]


def test_bytes_that_another_date_had_first_are_held_unless_they_are_empty() -> None:
    copy, empty = landed(9), landed(0, hour=2)
    twins = dict.fromkeys((copy.id, empty.id), "huggingface:daily:2026-11-19")
    held, not_held = reasons([copy, empty], Precedents({}, {}, twins))
    assert held == "its bytes belong to huggingface:daily:2026-11-19 (9 records)"
    assert not_held is None


ON_OTHER_DAYS = "records were listed on other days"


def dated(*days: int | None, issue: str = DAY) -> Capture:
    """A capture whose records were listed on these days of November 2026; None does not say."""
    found = [
        paper._replace(listed=Listed.exactly(date(2026, 11, day)) if day else None)
        for paper, day in zip(papers(len(days)), days, strict=True)
    ]
    return Capture(IssueRef.parse(issue), at(1), (page(*found, shown_on=None),))


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        ([19] * 8 + [20], "8 of 9 records were listed on 2026-11-19 (9 records)"),
        ([19], "1 of 1 record was listed on 2026-11-19 (1 record)"),
        ([20, 19, 19], "2 of 3 records were listed on 2026-11-19 (3 records)"),
        (
            [19, 19, 18, 20],
            f"3 of 4 {ON_OTHER_DAYS}, 2 of them on 2026-11-19 (4 records)",
        ),
        ([21, None, None, None], "1 of 1 record was listed on 2026-11-21 (4 records)"),
        ([19, 20], None),
        ([20, None, None], None),
        ([None] * 9, None),
    ],
)
def test_an_issue_most_of_whose_records_were_listed_on_another_day_is_held(
    days: list[int | None], reason: str | None
) -> None:
    for n_known in (0, len(days)):
        assert [
            found and found.replace(f", {n_known} known", "")
            for found in reasons([dated(*days)], Precedents({DAY: n_known}, {}, {}))
        ] == [reason]


def at_arxiv(*found: tuple[str | None, int | None], listed: int | None = None) -> Capture:
    """A capture of records with these arXiv ids, and published on these days of November 2026."""
    records = [
        paper._replace(
            arxiv_id=arxiv_id,
            published_at=datetime(2026, 11, day, tzinfo=UTC) if day else None,
            listed=Listed.exactly(date(2026, 11, listed)) if listed else None,
        )
        for paper, (arxiv_id, day) in zip(papers(len(found)), found, strict=True)
    ]
    return Capture(IssueRef.parse(DAY), at(1), (page(*records, shown_on=None),))


@pytest.mark.parametrize(
    ("found", "share"),
    [
        ([("2611.00001", 21)], "100 %"),
        ([("2612.00001", None)], "100 %"),
        ([(None, 21), (None, None)], "100 %"),
        ([("2611.00001", 25), ("2611.00002", 25), ("2611.00003", 20)], "66.7 %"),
        ([("2611.00001", 25), ("2611.00002", 20)], None),
        ([("2611.00001", 20)], None),
        ([("2510.00001", None)], None),
        ([("hep-th/9901001", None)], None),
        ([(None, None)] * 3, None),
    ],
)
def test_what_was_at_arxiv_only_later_is_another_days_however_few_the_records(
    found: list[tuple[str | None, int | None]], share: str | None
) -> None:
    """Bodies that do not say when their records were listed."""
    (reason,) = reasons([at_arxiv(*found)])
    assert (reason and reason.split(" of the")[0]) == share
    assert reason is None or "of the records were first at arXiv after the issue" in reason


def test_what_says_that_it_was_listed_on_the_day_is_not_doubted_for_a_wrong_date_of_arxiv() -> None:
    assert reasons([at_arxiv(("2612.00001", 28), listed=20)]) == [None]


@pytest.mark.parametrize(
    ("days", "warnings"),
    [
        ([19] * 4 + [20] * 5, ("4 of 9 records were listed on 2026-11-19",)),
        ([19] * 5 + [20] * 5, ("5 of 10 records were listed on 2026-11-19",)),
        (
            [18, 19, 19, *[20] * 6],
            (f"3 of 9 {ON_OTHER_DAYS}, 2 of them on 2026-11-19",),
        ),
        ([20] * 9, ()),
        ([None] * 9, ()),
    ],
)
def test_fewer_records_of_another_day_are_a_warning_and_loaded(
    days: list[int | None], warnings: tuple[str, ...]
) -> None:
    (item,) = admitted([dated(*days)])
    assert (item.held_because, item.warnings) == (None, warnings)


def test_a_list_of_another_week_or_month_is_held() -> None:
    week, month, right = (
        dated(*[9] * 7, issue=f"huggingface:{issue}")
        for issue in ("weekly:2026-W47", "monthly:2026-10", "weekly:2026-W46")
    )
    assert reasons([week, month, right]) == [
        "7 of 7 records were listed in 2026-W46 (7 records)",
        "7 of 7 records were listed in 2026-11 (7 records)",
        None,
    ]


def test_a_page_of_the_right_date_with_the_records_of_another_is_held() -> None:
    records = [found._replace(listed=Listed.exactly(date(2026, 11, 19))) for found in papers(5)]
    shown = Capture(IssueRef.parse(DAY), at(1), (page(*records, shown_on=FRIDAY),))
    assert reasons([shown]) == ["5 of 5 records were listed on 2026-11-19 (5 records)"]


@pytest.mark.parametrize(
    ("column", "called"),
    [
        ("github_repo", "code repository"),
        ("project_page", "project page"),
        ("abstract", "abstract"),
        ("title", "title"),
    ],
)
def test_one_value_in_most_records_holds_the_issue(column: str, called: str) -> None:
    footer: dict[str, Any] = {column: "https://github.com/site/footer"}
    (reason,) = reasons([landed(8, **footer)])
    assert reason is not None
    assert untold(reason, f"100 % of the records have the same {called}") == []


def test_few_records_that_agree_say_nothing() -> None:
    assert reasons([landed(4, github_repo="https://github.com/lab/code")]) == [None]


@pytest.mark.parametrize(("n_declared", "is_held"), [(7, False), (8, True), (6, True), (0, True)])
def test_a_body_that_does_not_hold_what_it_declares_is_held(n_declared: int, is_held: bool) -> None:
    (reason,) = reasons([landed(7, n_declared=n_declared)])
    told = f"it declares {n_declared} records and has 7 (7 records)"
    assert reason == (told if is_held else None)


def test_every_rule_about_an_issue_says_in_words_what_was_found() -> None:
    rules = [(column, rule) for column in ISSUE_PROFILES.columns for rule in column.rules]
    assert rules
    assert [column.name for column, rule in rules if rule.because is None] == []


def test_ids_of_later_months_than_the_issue_hold_it() -> None:
    undated: dict[str, Any] = {"published_at": None}
    early = landed(6, issue="huggingface:daily:2025-10-31", **undated)
    on_time = landed(6, issue="huggingface:daily:2025-11-03", **undated)
    nonsense = landed(6, issue="huggingface:daily:2025-10-30", arxiv_id="no id", **undated)
    assert [reason is not None for reason in reasons([early, on_time, nonsense])] == [
        True,
        False,
        False,
    ]


def test_a_volume_far_from_that_of_the_same_weekday_is_a_warning_and_loaded() -> None:
    few, usual = landed(3), landed(30)
    warned, quiet = (admitted([c], after(weeks_of(30)))[0] for c in (few, usual))
    assert warned.held_because is None
    (warning,) = warned.warnings
    assert untold(warning, "0.1 times as many records as is usual") == []
    assert quiet.warnings == ()


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("abstract", "abstract"),
        ("authors", "authors"),
        ("upvotes", "number of votes"),
        ("published_at", "date of publication"),
    ],
)
def test_a_field_that_vanishes_from_most_records_is_a_warning(name: str, called: str) -> None:
    nothing: dict[str, Any] = {name: () if name == "authors" else None}
    gone = landed(10, **nothing)
    (item,) = admitted([gone], after(weeks_of(10)))
    assert f"100 % of the records have no {called}, usually 0 %" in item.warnings
    (never_there,) = admitted([gone], after(weeks_of(10, **nothing)))
    assert not [w for w in never_there.warnings if "usually" in w]


def test_without_earlier_issues_there_is_nothing_to_compare_with() -> None:
    found = compare(measure(landed(10)), {}, 0)
    assert set(found.values()) == {None}


def test_votes_that_stay_zero_are_a_warning_only_when_the_issue_is_old_enough() -> None:
    fresh, old = (landed(10, hour=hour, upvotes=0) for hour in (1, 72))
    warnings = [item.warnings for item in admitted([fresh, old])]
    assert warnings[0] == ()
    (warning,) = warnings[1]
    assert warning == "100 % of the records still have no votes"


def test_unreadable_records_are_counted_and_many_of_them_are_a_warning() -> None:
    body = page(*papers(4), rejects=(UNREADABLE,) * 2)
    (item,) = admitted([Capture(IssueRef.parse(DAY), at(1), (body,))])
    assert item.profile["n_parsed"] == 6
    (warning,) = item.warnings
    assert warning == "33.3 % of the records could not be read"


def test_the_same_paper_again_and_again_in_one_body_is_a_warning() -> None:
    (item,) = admitted([landed(8, arxiv_id="2511.00001")])
    (warning,) = item.warnings
    assert warning == "87.5 % of the records repeat a paper of the same body"


def test_a_released_capture_comes_in_and_is_what_later_ones_are_compared_with() -> None:
    small, later, tiny = landed(10, hour=1), landed(12, hour=2), landed(4, hour=3)
    released = replace(Precedents({DAY: 40}, {}, {}), released={small.id})
    items = admitted([small, later, tiny], released)
    assert [item.held_because is None for item in items] == [True, True, False]
    assert items[2].profile["n_known"] == 12


def test_the_order_of_a_batch_does_not_change_what_issues_are_compared_with() -> None:
    days = sorted(weeks_of(30))
    batch = [landed(30, issue=f"huggingface:daily:{day}") for day in (*days, FRIDAY)]
    forth, back = (
        {item.profile["issue_id"]: item.profile["volume_ratio"] for item in admitted(order)}
        for order in (batch, batch[::-1])
    )
    assert forth == back
    assert forth[DAY] == 1


def test_every_rule_has_a_result_and_every_capture_a_profile() -> None:
    issue_checks = check_issues([landed(6), landed(0, hour=2)], KNOWN)
    n_rules = sum(len(column.rules) for column in ISSUE_PROFILES.columns)
    assert len(issue_checks.results) == n_rules
    known = [r for r in issue_checks.results if r.rule_id.endswith("share_of_known.between")]
    assert [(r.n_broken, r.observed) for r in known] == [(1, "0")]
    for item in issue_checks.captures:
        assert item.profile.keys() == set(ISSUE_PROFILES.column_names) - {"run_id"}


def test_no_captures_need_no_verdict() -> None:
    assert check_issues([], KNOWN).captures == ()


def ids(captures: Iterable[Capture]) -> list[CaptureId]:
    return [capture.id for capture in captures]


def test_a_capture_is_named_by_issue_time_and_bytes() -> None:
    one, other = landed(1), landed(2)
    assert ids([one, other]) == [
        (DAY, datetime(2026, 11, 20, 1, tzinfo=UTC), one.sha256),
        (DAY, datetime(2026, 11, 20, 1, tzinfo=UTC), other.sha256),
    ]
