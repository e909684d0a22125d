"""A mail is wanted once its hour has come in the person's zone, and never for what was before."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from flows.digest.due import wanted_mails, when_due
from flows.digest.issues import Issue
from warehouse.mails import Mail
from warehouse.subscriber import Subscriber, Wishes

DAY = Issue("daily", "2026-05-05", date(2026, 5, 5), "5 May", True, 7)
WEEK = Issue("weekly", "2026-W18", date(2026, 5, 3), "week 18", True, 90)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
ADA = Subscriber(
    "ada", "a@x.example", "active", Wishes(), "test", LONG_AGO, LONG_AGO, LONG_AGO, "n"
)
LATER = datetime(2026, 5, 7, tzinfo=UTC)


def n_wanted(
    person: Subscriber, now: datetime = LATER, issue: Issue = DAY, mail: Mail | None = None
) -> int:
    recorded: dict[tuple[str, str, str], Mail] = {}
    if mail:
        recorded[person.subscriber_id, issue.frequency, issue.key] = mail
    return len(wanted_mails([issue], [person], recorded, now))


def wishing(**wishes: object) -> Subscriber:
    return replace(ADA, wishes=replace(ADA.wishes, **wishes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("zone", "hour", "on", "wanted"),
    [
        ("UTC", 7, date(2026, 5, 5), "2026-05-06 07:00"),
        ("America/New_York", 7, date(2026, 5, 5), "2026-05-06 11:00"),
        ("Asia/Kolkata", 7, date(2026, 5, 5), "2026-05-06 01:30"),
        ("Pacific/Kiritimati", 0, date(2026, 5, 5), "2026-05-05 10:00"),
        ("Pacific/Niue", 23, date(2026, 5, 5), "2026-05-07 10:00"),
        # New York: 2:00 to 3:00 does not exist on 8 March and 1:00 to 2:00 comes twice on 1 Nov
        ("America/New_York", 2, date(2026, 3, 7), "2026-03-08 07:00"),
        ("America/New_York", 3, date(2026, 3, 7), "2026-03-08 07:00"),
        ("America/New_York", 1, date(2026, 10, 31), "2026-11-01 05:00"),
        ("Australia/Lord_Howe", 2, date(2026, 10, 3), "2026-10-03 15:30"),
        # a day that Samoa never had
        ("Pacific/Apia", 7, date(2011, 12, 29), "2011-12-30 17:00"),
        ("Atlantis/Centre", 7, date(2026, 5, 5), "2026-05-06 07:00"),
        ("../../etc/passwd", 7, date(2026, 5, 5), "2026-05-06 07:00"),
    ],
)
def test_the_hour_is_the_persons_own_on_days_when_clocks_change_too(
    zone: str, hour: int, on: date, wanted: str
) -> None:
    found = when_due(replace(DAY, on=on), Wishes(time_zone=zone, hour=hour))
    assert f"{found:%Y-%m-%d %H:%M}" == wanted


def test_a_mail_is_wanted_from_its_hour_on() -> None:
    due_at = datetime(2026, 5, 6, 7, tzinfo=UTC)
    moments = [due_at - timedelta(seconds=1), due_at, due_at + timedelta(days=1)]
    assert [n_wanted(ADA, now) for now in moments] == [0, 1, 1]


@pytest.mark.parametrize("field", ["consented_at", "state_since"])
def test_nobody_gets_what_was_due_before_they_agreed_or_during_a_pause(field: str) -> None:
    due_at = datetime(2026, 5, 6, 7, tzinfo=UTC)
    moments = [due_at - timedelta(hours=1), due_at, due_at + timedelta(hours=1)]
    people = [replace(ADA, **{field: moment}) for moment in moments]  # type: ignore[arg-type]
    assert [n_wanted(person) for person in people] == [1, 1, 0]


@pytest.mark.parametrize("state", ["pending", "paused", "stopped", "bouncing"])
def test_only_who_is_active_gets_mail(state: str) -> None:
    assert n_wanted(replace(ADA, state=state)) == 0  # type: ignore[arg-type]


def test_a_week_goes_to_those_who_want_weeks() -> None:
    weekly = wishing(frequency="weekly")
    assert [n_wanted(who, issue=issue) for who in (ADA, weekly) for issue in (DAY, WEEK)] == [
        1, 0, 0, 1,
    ]  # fmt: skip


def test_a_day_that_may_be_incomplete_waits_or_goes_out_marked_as_wished() -> None:
    doubtful = replace(DAY, is_confirmed=False)
    found = [n_wanted(wishing(unconfirmed=wish), issue=doubtful) for wish in ("wait", "mark")]
    assert found == [0, 1]


@pytest.mark.parametrize(
    ("state", "n"),
    [("trying", 1), ("deferred", 1), ("handing over", 0), ("sent", 0), ("refused", 0),
     ("in doubt", 0), ("nothing", 0), ("given up", 0), ("dropped", 0)],
)  # fmt: skip
def test_what_is_recorded_decides_whether_a_mail_is_still_wanted(state: str, n: int) -> None:
    moments = {"due_at": LATER, "begun_at": LATER, "changed_at": LATER, "next_try_at": None}
    issue = {"frequency": "daily", "issue_key": DAY.key, "issued_on": DAY.on}
    said = {"subscriber_id": "ada", "message_id": "<a@b>", "n_tries": 1, "code": None, "text": None}
    mail = Mail(**moments, **issue, **said, state=state)  # type: ignore[arg-type]
    assert n_wanted(ADA, mail=mail) == n


def test_who_waits_longest_comes_first() -> None:
    early, late = replace(ADA, subscriber_id="early"), wishing(hour=20)
    found = wanted_mails([DAY], [late, early], {}, LATER)
    assert [wanted.person for wanted in found] == [early, late]
