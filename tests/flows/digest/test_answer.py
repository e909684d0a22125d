"""Requests are answered once, again after a failure that may pass, and never for ever."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.digest import answer as module
from flows.digest.answer import answer_requests, answering
from flows.digest.relay import RelayNotSet
from tests.support.subscribing import Served, link_in, served
from warehouse.requests import Requests
from warehouse.subscriber import Wishes

WHO = "reader@example.org"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "home") as started:
        yield started


def n_waiting(site: Served) -> int:
    with site.store() as store:
        return Requests(store).n_waiting()


def answers(site: Served, *codes: str) -> None:
    """Have the mail server refuse the next addresses."""
    left = list(codes)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if left:
            return left.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    site.mails.handle_RCPT = handle_RCPT  # type: ignore[attr-defined]


def test_an_answer_that_is_put_off_comes_later_and_once(site: Served) -> None:
    answers(site, "451 4.7.1 greylisted", "451 4.7.1 greylisted")
    site.subscribe(WHO)
    assert site.answer() == []
    assert site.answer() == [], "not at once"
    site.clock.forward(minutes=1)
    assert site.answer() == []
    site.clock.forward(minutes=5)
    assert len(site.answer()) == 1
    site.clock.forward(days=1)
    assert site.answer() == []
    assert n_waiting(site) == 0


def test_an_answer_that_cannot_come_is_given_up(
    site: Served, caplog: pytest.LogCaptureFixture
) -> None:
    answers(site, *["451 4.7.1 never"] * 20)
    site.subscribe(WHO)
    for _ in range(8):
        assert site.answer() == []
        site.clock.forward(hours=5)
    assert n_waiting(site) == 0
    answers(site, "550 5.1.1 no such mailbox")
    site.subscribe("other@example.org")
    assert site.answer() == []
    assert n_waiting(site) == 0
    assert "address_refused (550)" in caplog.text
    assert "example.org" not in caplog.text


def test_a_request_waits_while_no_relay_is_set(site: Served) -> None:
    site.subscribe(WHO)
    unset = site.settings.model_copy(
        update={"digest": site.settings.digest.model_copy(update={"smtp": None})}
    )
    with pytest.raises(RelayNotSet, match=r"digest\.smtp"):
        answer_requests(unset, clock=site.clock)
    assert len(site.answer()) == 1


def test_who_does_not_confirm_is_deleted_after_a_week(site: Served) -> None:
    site.subscribe(WHO)
    (mail,) = site.answer()
    site.clock.forward(days=3)
    assert "too old" in site.get(link_in(mail)).text
    site.answer()
    assert site.state(WHO) == "pending"
    site.clock.forward(days=5)
    site.answer()
    assert site.state(WHO) is None


def test_no_more_people_are_pending_than_the_file_should_have(
    site: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_PENDING", 2)
    site.become("active@example.org", "active")
    for n in range(4):
        site.subscribe(f"r{n}@example.org")
    site.subscribe("active@example.org")
    assert len(site.answer()) == 3
    assert site.state("r3@example.org") is None


def test_two_requests_of_one_person_keep_the_last_wish_and_either_link_confirms(
    site: Served,
) -> None:
    site.subscribe(WHO, hour="6")
    site.subscribe(WHO, hour="20")
    first, _second = site.answer()
    site.post(link_in(first))
    person = site.person(WHO)
    assert person
    assert (person.state, person.wishes) == ("active", Wishes(hour=20))


def test_mails_keep_the_pace_that_is_set(site: Served) -> None:
    for n in range(3):
        site.subscribe(f"r{n}@example.org")
    slow = site.settings.digest.model_copy(update={"mails_per_minute": 30})
    pauses: list[float] = []
    settings = site.settings.model_copy(update={"digest": slow})
    assert answer_requests(settings, clock=site.clock, sleep=pauses.append) == 3
    assert pauses == [2, 2, 2]


def test_an_end_of_the_pages_leaves_the_rest_for_later(site: Served) -> None:
    for n in range(3):
        site.subscribe(f"r{n}@example.org")
    assert answer_requests(site.settings, clock=site.clock, sleep=lambda _: True) == 1
    assert len(site.answer()) == 2


def test_who_is_removed_while_a_request_is_answered_is_not_brought_back(site: Served) -> None:
    person = site.become(WHO, "active")
    assert person
    site.subscribe(WHO)
    with site.store() as store:
        taken = Requests(store).take(site.clock())
        assert taken
        store.remove(person, now=site.clock())
        assert not Requests(store).is_there(taken)
    site.clock.forward(hours=1)
    assert site.answer() == []
    assert site.person(WHO) is None


def test_an_address_that_cannot_be_mailed_costs_nobody_else_a_mail(site: Served) -> None:
    site.subscribe("b\u00fccher@example.org")
    site.subscribe(WHO)
    assert WHO in [mail["To"] for mail in site.answer()]


def test_a_thread_answers_while_pages_are_served_and_tells_a_fault_once(
    site: Served, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("paperhouse"), "propagate", True)
    unset = site.settings.model_copy(
        update={"digest": site.settings.digest.model_copy(update={"smtp": None})}
    )
    site.clock.forward(days=-300)  # the thread has the clock of the machine
    site.subscribe(WHO)
    with answering(unset, every_s=0.01):
        wait_until(lambda: "cannot be answered" in caplog.text)
    assert caplog.text.count("cannot be answered") == 1
    with answering(site.settings, every_s=0.01):
        wait_until(lambda: bool(site.mails.received))
    assert n_waiting(site) == 0


def wait_until(holds: Any) -> None:
    import time  # noqa: PLC0415

    until = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)
