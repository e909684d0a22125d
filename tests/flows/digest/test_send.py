"""Mails go out once, to those who want them, through a relay that does what it wants."""

import sqlite3
import threading
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from flows.digest.relay import RelayNotSet
from tests.support.digest import THURSDAY, Post, addresses, doing
from tests.support.relay import BREAK
from tests.support.samples import API, FIRST
from tests.support.warehouse import Warehouse
from warehouse.storage.writer_lock import MailerBusy, mailing

pytestmark = pytest.mark.slow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADA, BOB = "ada@mail.example", "bob@mail.example"


def test_a_mail_goes_out_at_its_hour_and_the_next_run_sends_nothing(post: Post) -> None:
    post.add(ADA, hour=7)
    assert post.send().counts == {}
    assert post.send(after=HOUR).counts == {"sent": 1}
    assert post.send(after=HOUR).counts == {}
    (got,) = post.server.delivered
    assert (got.address, got.sender) == (ADA, "digest@example.org")
    assert isinstance(got.message, EmailMessage)
    assert got.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (mail,) = post.mails()
    assert (mail.issue_key, got.message["Message-ID"]) == ("2026-11-11", mail.message_id)


def test_a_clock_that_is_set_back_or_forth_repeats_nothing(post: Post) -> None:
    post.add(ADA, hour=7)
    post.send(after=HOUR)
    for jump in (-2 * DAY, -DAY, 2 * DAY, HOUR, -HOUR, timedelta(hours=-5)):
        post.send(after=jump)
    assert post.delivered() == {ADA: 1}
    post.send(after=THURSDAY + 25 * HOUR - post.now)
    assert [mail.issue_key for mail in post.mails()] == ["2026-11-11", "2026-11-12"]


def test_two_processes_do_not_send_at_once(post: Post) -> None:
    post.add(ADA)
    with (
        mailing(post.settings.warehouse(), owner="other", now=post.now),
        pytest.raises(MailerBusy, match="other"),
    ):
        post.send(after=HOUR)
    assert post.send().counts == {"sent": 1}


def test_mails_go_out_while_a_form_writes(post: Post) -> None:
    post.add(*addresses(20))
    ended = threading.Event()

    def write() -> None:
        number = 0
        while not ended.is_set():
            post.add(f"new-{number}@mail.example", hour=23)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert post.send(after=HOUR).counts == {"sent": 20}
    finally:
        ended.set()
        writer.join()


def test_a_deferred_mail_is_tried_again_as_the_same_mail_after_its_pause(post: Post) -> None:
    post.add(ADA)
    post.server.script = doing("451 4.7.1 greylisted", at="rcpt", times=2)
    found = [post.send(after=HOUR).counts]
    found += [post.send(after=timedelta(minutes=minutes)).counts for minutes in (4, 1, 14, 1)]
    assert found == [{"deferred": 1}, {}, {"deferred": 1}, {}, {"sent": 1}]
    (mail,) = post.mails()
    (got,) = post.server.delivered
    assert mail.n_tries == 3
    assert got.message["Message-ID"] == mail.message_id
    assert got.message["Date"].datetime == mail.begun_at == THURSDAY + HOUR


def test_a_mail_that_is_deferred_until_its_day_is_too_old_is_given_up_and_told(post: Post) -> None:
    post.add(ADA)
    post.server.script = doing("451 4.7.1 greylisted", at="rcpt", to=ADA)
    post.send(after=HOUR)
    (mail,) = post.mails()
    report = post.send(after=4 * DAY)
    assert report.counts["given up"] == 1
    assert any(mail.mail_id in line and "greylisted" in line for line in report.faults)
    assert report.exit_code == 3
    assert ADA not in "".join(report.lines())


def test_a_deferred_mail_of_who_stopped_ends_without_a_word(post: Post) -> None:
    post.add(ADA, BOB)
    post.server.script = doing("451 4.7.1 greylisted", at="rcpt")
    post.send(after=HOUR)
    with post.people() as store:
        ada, bob = store.find(address=ADA), store.find(address=BOB)
        assert ada
        assert bob
        store.change(ada, state="stopped", now=post.now)
        store.change(bob, wishes=replace(bob.wishes, frequency="weekly"), now=post.now)
    report = post.send(after=4 * DAY)
    daily = [mail.state for mail in post.mails() if mail.frequency == "daily"]
    assert (report.faults, daily) == ([], ["dropped", "dropped"])


def test_what_broke_off_after_the_body_is_told_and_never_repeated_by_itself(post: Post) -> None:
    post.add(ADA, BOB)
    post.server.script = doing(BREAK, at="accepted", to=ADA)
    report = post.send(after=HOUR)
    assert report.counts == {"in doubt": 1, "sent": 1}
    assert (report.exit_code, len(report.faults)) == (3, 1)
    for _ in range(3):
        assert post.send(after=HOUR).counts == {}
    assert post.delivered() == {ADA: 1, BOB: 1}


@pytest.mark.parametrize("point", ["mail", "rcpt", "data"])
def test_what_broke_off_before_the_body_is_sent_by_the_next_run(post: Post, point: str) -> None:
    post.add(ADA)
    post.server.script = doing(BREAK, at=point, times=1)
    first = post.send(after=HOUR)
    assert (first.exit_code, post.delivered()) == (1, {})
    assert post.send(after=HOUR).counts == {"sent": 1}


def test_an_address_that_refuses_two_issues_in_a_row_gets_no_more(post: Post) -> None:
    post.add(ADA, BOB)
    post.server.script = doing("550 5.1.1 no such mailbox", at="rcpt", to=ADA)
    first = post.send(after=HOUR)
    second = post.send(after=DAY)
    assert (first.counts, first.exit_code) == ({"refused": 1, "sent": 1}, 0)
    assert second.counts == {"refused": 1, "bouncing": 1, "sent": 1}
    with post.people() as store:
        assert {person.address: person.state for person in store.all()} == {
            ADA: "bouncing",
            BOB: "active",
        }


def test_one_mail_taken_between_two_refusals_keeps_an_address(post: Post) -> None:
    post.add(ADA)
    for answer in ("550 5.1.1 no", None, "550 5.1.1 no"):
        post.server.script = doing(answer, at="rcpt") if answer else doing("", at="never")
        post.send(after=DAY)
    with post.people() as store:
        assert store.all()[0].state == "active"


def test_a_relay_that_refuses_everybody_costs_no_address_and_ends_the_run(post: Post) -> None:
    post.add(*addresses(12))
    post.server.script = doing("554 5.7.1 relay access denied", at="rcpt")
    report = post.send(after=HOUR)
    assert report.exit_code == 1
    assert report.counts == {"deferred": 5, "waiting": 7}
    assert "relay access denied" in (report.relay_fault or "")
    post.server.script = doing("", at="never")
    assert post.send(after=HOUR).counts == {"sent": 12}


def test_a_mail_that_a_relay_never_takes_is_given_up_after_a_few_tries(post: Post) -> None:
    post.add(ADA)
    post.server.script = doing("554 5.7.1 looks like spam", at="end")
    found = [post.send(after=4 * HOUR).counts for _ in range(6)]
    assert found == [{"deferred": 1}] * 4 + [{"given up": 1}, {}]


def test_a_relay_that_is_away_is_asked_a_few_times_with_growing_pauses(post: Post) -> None:
    post.add(*addresses(12))
    post.server.script = doing(BREAK, at="ehlo")
    report = post.send(after=HOUR)
    assert (report.counts, report.exit_code) == ({"waiting": 12}, 1)
    assert [pause for pause in post.slept_s if pause >= 2] == [2, 4, 8, 16]
    assert post.server.n_connections == 5
    assert post.states() == ["trying"] * 5
    post.server.script = doing("", at="never")
    assert post.send(after=HOUR).counts == {"sent": 12}


def test_a_relay_that_fails_now_and_then_ends_no_run(post: Post) -> None:
    post.add(*addresses(12))
    calls = [0]

    def script(point: str, _address: str) -> str | None:
        calls[0] += point == "mail"
        return "451 4.3.0 busy" if point == "mail" and calls[0] % 3 == 0 else None

    post.server.script = script
    report = post.send(after=HOUR)
    assert report.counts == {"sent": 8, "waiting": 4}
    assert post.server.n_connections == 1


@pytest.mark.parametrize("moment", ["rcpt", "data"])
def test_who_stops_between_choosing_and_handing_over_gets_nothing(post: Post, moment: str) -> None:
    post.add(ADA, BOB)

    def script(point: str, address: str) -> None:
        if (point, address) == (moment, ADA):
            with post.people() as store:
                person = store.find(address=ADA)
                assert person is not None
                store.change(person, state="stopped", now=post.now)

    post.server.script = script
    assert post.send(after=HOUR).counts == {"dropped": 1, "sent": 1}
    assert post.delivered() == {BOB: 1}


def test_who_is_removed_while_the_mail_is_on_its_way_leaves_nothing_behind(post: Post) -> None:
    post.add(ADA)

    def script(point: str, _address: str) -> None:
        if point == "end":
            with post.people() as store:
                store.connection.execute("DELETE FROM subscribers")

    post.server.script = script
    assert post.send(after=HOUR).counts == {"sent": 1}
    assert post.mails() == []


def test_a_mail_that_cannot_be_written_costs_no_other_and_says_no_address(post: Post) -> None:
    post.add("ada\r\nBcc: eve@mail.example", BOB)
    report = post.send(after=HOUR)
    assert report.counts == {"failed": 1, "sent": 1}
    assert report.exit_code == 3
    assert "eve" not in "".join(report.lines())


def test_a_file_that_cannot_be_written_ends_the_run_before_anything_goes_out(post: Post) -> None:
    post.add(*addresses(3))
    post.send()
    with post.people() as store:
        store.connection.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON mails WHEN new.state = 'handing over' "
            "BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    with pytest.raises(sqlite3.Error):
        post.send(after=HOUR)
    assert (post.server.delivered, post.states()) == ([], ["trying"])


def test_an_answer_that_cannot_be_recorded_is_a_doubt(post: Post) -> None:
    post.add(*addresses(3))
    post.send()
    with post.people() as store:
        store.connection.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON mails WHEN new.state = 'sent' "
            "BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    with pytest.raises(sqlite3.Error):
        post.send(after=HOUR)
    with post.people() as store:
        store.connection.execute("DROP TRIGGER full")
    assert post.send().counts == {"in doubt": 1, "sent": 2}
    assert sorted(post.delivered().values()) == [1, 1, 1]


def test_nothing_to_say_is_recorded_and_not_mailed_unless_asked(post: Post) -> None:
    post.add(ADA, min_votes=10**6)
    post.add(BOB, min_votes=10**6, when_nothing=True)
    assert post.send(after=HOUR).counts == {"nothing": 1, "sent": 1}
    assert post.delivered() == {BOB: 1}
    assert post.send(after=HOUR).counts == {}


def test_mails_are_paced_as_set(post: Post) -> None:
    post.more = {"mails_per_minute": 30}
    post.add(*addresses(6))
    post.send(after=HOUR)
    assert post.slept_s == [2.0] * 5


def test_a_day_that_goes_away_and_comes_back_is_not_mailed_again(
    post: Post, tmp_path: Path
) -> None:
    post.add(ADA)
    post.send(after=HOUR)
    earlier = Warehouse(tmp_path / "earlier")
    earlier.ingest(API / "2026-11-10.json", at=FIRST)
    whole = post.home / "warehouse.duckdb"
    kept = whole.rename(tmp_path / "kept")
    (earlier.home / "warehouse.duckdb").rename(whole)
    assert post.send(after=HOUR).counts == {}
    kept.replace(whole)
    assert post.send(after=HOUR).counts == {}
    assert post.delivered() == {ADA: 1}


def test_without_people_or_papers_there_is_nothing_to_do(post: Post) -> None:
    assert post.send().lines() == ["digest: nothing to send"]
    assert not (post.home / "subscribers.sqlite").exists()
    post.add(ADA)
    (post.home / "warehouse.duckdb").unlink()
    assert post.send(after=HOUR).counts == {}


def test_without_a_relay_it_says_what_to_set(post: Post) -> None:
    post.more = {"smtp": None}
    with pytest.raises(RelayNotSet, match=r"digest\.smtp"):
        post.send()


def test_no_file_but_that_of_the_subscribers_has_an_address(post: Post, caplog: Any) -> None:
    post.add(ADA, BOB)
    post.server.script = doing(f"550 5.1.1 <{ADA}> is unknown", at="rcpt", to=ADA)
    report = post.send(after=HOUR)
    for file in post.home.rglob("*"):
        if not file.name.startswith("subscribers.sqlite"):
            assert b"@mail.example" not in file.read_bytes(), file
    assert "mail.example" not in caplog.text + "".join(report.lines())
    assert [mail.text for mail in post.mails() if mail.state == "refused"] == [
        "5.1.1 <…> is unknown"
    ]
