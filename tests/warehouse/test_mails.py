"""An issue goes to a person at most once, whatever breaks off and whatever the clock says."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from warehouse.mails import Mail, Mails, NoSuchMail, NotWanted
from warehouse.subscriber import Subscriber, Wishes
from warehouse.subscribers import Subscribers, open_subscribers

NOW = datetime(2026, 5, 6, 7, tzinfo=UTC)
DAY = date(2026, 5, 5)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def people(tmp_path: Path) -> Iterator[Subscribers]:
    with open_subscribers(tmp_path / "subscribers.sqlite") as store:
        yield store


@pytest.fixture
def mails(people: Subscribers) -> Mails:
    return Mails(people)


@pytest.fixture
def ada(people: Subscribers) -> Subscriber:
    return people.add("ada@mail.example", Wishes(), state="active", origin="test", now=NOW)


def begin(mails: Mails, person: Subscriber, *, on: date = DAY, now: datetime = NOW) -> Mail | None:
    return mails.begin(
        person, issue=("daily", str(on)), issued_on=on, due_at=NOW, domain="x.example", now=now
    )


def begun(mails: Mails, person: Subscriber, **more: datetime) -> Mail:
    mail = begin(mails, person, **more)
    assert mail is not None
    return mail


def test_a_mail_goes_its_way_and_is_not_begun_again(mails: Mails, ada: Subscriber) -> None:
    mail = begun(mails, ada)
    mails.hand_over(mail, NOW)
    mails.settle(mail, "sent", NOW, code=250, text="taken")
    assert begin(mails, ada) is None
    (sent,) = mails.where("true")
    assert (sent.state, sent.n_tries, sent.code, sent.text) == ("sent", 1, 250, "taken")


@pytest.mark.parametrize("state", ["sent", "refused", "in doubt", "nothing", "given up", "dropped"])
def test_what_is_settled_is_never_begun_again(mails: Mails, ada: Subscriber, state: str) -> None:
    mails.settle(begun(mails, ada), state, NOW)  # type: ignore[arg-type]
    for now in (NOW, NOW - timedelta(days=400), NOW + timedelta(days=400)):
        assert begin(mails, ada, now=now) is None


def test_a_second_try_has_the_id_and_the_date_of_the_first(mails: Mails, ada: Subscriber) -> None:
    first = begun(mails, ada)
    mails.settle(first, "deferred", NOW, next_try_at=NOW + 5 * MINUTE)
    second = begun(mails, ada, now=NOW + 5 * MINUTE)
    assert (second.message_id, second.begun_at) == (first.message_id, first.begun_at)
    assert first.message_id == f"<{first.mail_id}@x.example>"


def test_who_stopped_after_the_mail_was_begun_gets_nothing(
    people: Subscribers, mails: Mails, ada: Subscriber
) -> None:
    mail = begun(mails, ada)
    people.change(ada, state="stopped", now=NOW)
    with pytest.raises(NotWanted):
        mails.hand_over(mail, NOW)


def test_a_body_goes_out_once_only(mails: Mails, ada: Subscriber) -> None:
    mail = begun(mails, ada)
    mails.hand_over(mail, NOW)
    with pytest.raises(NotWanted):
        mails.hand_over(mail, NOW)


def test_what_a_dead_process_was_handing_over_is_in_doubt_and_what_it_had_begun_is_not(
    people: Subscribers, mails: Mails, ada: Subscriber
) -> None:
    bob = people.add("bob@mail.example", Wishes(), state="active", origin="test", now=NOW)
    mails.hand_over(begun(mails, ada), NOW)
    safe = begun(mails, bob)
    (doubted,) = mails.doubt_abandoned(NOW)
    assert (doubted.subscriber_id, doubted.state) == (ada.subscriber_id, "in doubt")
    assert begin(mails, ada) is None
    assert begun(mails, bob) == safe
    assert mails.doubt_abandoned(NOW) == []


def test_the_operator_decides_what_is_in_doubt(mails: Mails, ada: Subscriber) -> None:
    mail = begun(mails, ada)
    mails.settle(mail, "in doubt", NOW)
    wrong: list[dict[str, list[str]]] = [
        {"resend": [mail.mail_id, "nothing-like-it"], "drop": []},
        {"resend": [mail.mail_id], "drop": ["nothing-like-it"]},
        {"resend": [mail.mail_id], "drop": [mail.mail_id]},
    ]
    for ids in wrong:
        with pytest.raises(NoSuchMail, match=ids["drop"][0] if ids["drop"] else "nothing-like-it"):
            mails.decide(**ids, now=NOW)
    assert mails.n_by_state() == {"in doubt": 1}
    mails.decide(resend=[mail.mail_id, mail.mail_id], drop=[], now=NOW)
    again = begun(mails, ada)
    assert again.message_id == mail.message_id
    mails.settle(again, "in doubt", NOW)
    mails.decide(resend=[], drop=[mail.mail_id], now=NOW)
    assert begin(mails, ada) is None


def test_pauses_grow_and_a_clock_that_is_set_back_ends_one(mails: Mails, ada: Subscriber) -> None:
    waits = []
    for _ in range(5):
        mail = begun(mails, ada)
        waits.append(mail.after_deferral(NOW) - NOW)
        mails.settle(mail, "deferred", NOW, next_try_at=mail.after_deferral(NOW))
    assert [wait // MINUTE for wait in waits] == [5, 15, 60, 180, 180]
    (paused,) = mails.where("true")
    moments = [NOW, NOW + 179 * MINUTE, NOW + 180 * MINUTE, NOW - MINUTE]
    assert [paused.may_be_tried(now) for now in moments] == [False, False, True, True]


def test_two_refusals_are_in_a_row_only_if_no_mail_was_taken_between_them(
    people: Subscribers, mails: Mails, ada: Subscriber
) -> None:
    in_a_row = []
    for number, state in enumerate(
        ("refused", "deferred", "sent", "refused", "nothing", "refused")
    ):
        # the clock goes back, and the order stays
        now = NOW + timedelta(minutes=10 - number)
        mail = begin(mails, ada, on=DAY + timedelta(days=number), now=now)
        assert mail is not None
        mails.settle(mail, state, now)  # type: ignore[arg-type]
        in_a_row.append(mails.refused_in_a_row(ada))
    assert in_a_row == [1, 1, 0, 1, 1, 2]
    people.bounce(ada, now=NOW + 20 * MINUTE)
    bounced = people.find(id=ada.subscriber_id)
    assert bounced is not None
    assert bounced.state == "bouncing"
    assert bounced.nonce != ada.nonce, "links that were mailed before are of no use"
    back = people.change(bounced, state="active", now=NOW + 30 * MINUTE)
    assert mails.refused_in_a_row(back) == 0


def test_a_person_who_stopped_does_not_become_one_that_bounces(
    people: Subscribers, ada: Subscriber
) -> None:
    people.change(ada, state="stopped", now=NOW)
    people.bounce(ada, now=NOW)
    assert [person.state for person in people.all()] == ["stopped"]


def test_new_wishes_leave_the_mails_and_a_removed_person_takes_them_along(
    people: Subscribers, mails: Mails, ada: Subscriber
) -> None:
    mail = begun(mails, ada)
    mails.settle(mail, "sent", NOW)
    people.change(ada, wishes=Wishes(min_votes=3), now=NOW)
    assert begin(mails, ada) is None
    people.connection.execute("DELETE FROM subscribers")
    assert mails.where("true") == []
    mails.settle(mail, "sent", NOW)  # the answer comes when nobody is there any more


def test_old_mails_go_by_the_newest_issue_and_not_by_the_clock(
    mails: Mails, ada: Subscriber
) -> None:
    for days in (0, 180, 181):
        mail = begin(mails, ada, on=DAY - timedelta(days=days))
        assert mail is not None
        mails.settle(mail, "sent", NOW)
    assert mails.forget_old() == 1
    assert begin(mails, ada, now=NOW + timedelta(days=4000)) is None
    assert mails.forget_old() == 0


def test_moments_are_stored_in_one_zone(mails: Mails, ada: Subscriber) -> None:
    from datetime import timezone  # noqa: PLC0415 - only here

    far = NOW.astimezone(timezone(timedelta(hours=-9)))
    mails.settle(begun(mails, ada, now=far), "sent", far)
    assert mails.n_by_state(since=NOW) == {"sent": 1}
    assert mails.n_by_state(since=NOW + MINUTE) == {}
