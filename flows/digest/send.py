"""Sends the mails that are due, each one once.

One process at a time sends (`digest.lock`, apart from the lock of loads: neither waits for the
other). Each mail is recorded in `warehouse/mails.py` before it is begun, right before its body goes
out, and when the relay answered; who stopped in between gets nothing. A relay that fails ends the
run after a few tries, and the next run goes on where this one was.
"""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, timedelta

import duckdb

from flows.digest.choose import choose, choose_ahead, is_worth_sending
from flows.digest.due import Wanted, wanted_mails, wants
from flows.digest.issues import due_issues
from flows.digest.letter import LetterLinks, letter_of
from flows.digest.links import signed_links
from flows.digest.message import message_of
from flows.digest.pace import Pace
from flows.digest.relay import PASSWORD, Relay, open_relay, sender_domain
from flows.digest.relay_answers import Kind, Outcome
from flows.digest.report import DigestReport
from flows.pipeline.run import Clock, log
from flows.settings import Settings
from warehouse.mails import Mail, Mails, NotWanted, State
from warehouse.query.read_only import reading
from warehouse.storage.writer_lock import mailing
from warehouse.subscriber import Subscriber
from warehouse.subscribers import Subscribers, open_subscribers

_FAILURES = 5
"""So many failures of the relay in a row end a run."""
_FIRST_WAIT_S = 2.0
"""After a failure of the relay; twice as long after each further one in a row."""
_POLICY_TRIES = 5
"""A refusal that is no address's fault is often a fault of the set-up, which the operator mends: it
is tried again over four hours, then given up."""
_STATES: dict[Kind, State] = {
    "sent": "sent",
    "deferred": "deferred",
    "mail_refused": "deferred",
    "address_refused": "refused",
    "relay_failed": "trying",
    "in_doubt": "in doubt",
}
_TOGETHER = 500
"""For so many people is chosen at once."""
_REFUSALS = 2
"""So many refusals in a row because of the address end the mails to it."""


def send_due(
    settings: Settings,
    *,
    clock: Clock,
    sleep: Callable[[float], None] = time.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> DigestReport:
    """Send what is due by now, at the set pace.

    Raises `RelayNotSet` without a relay, and `MailerBusy` while another process sends.
    """
    home, now = settings.warehouse(), clock()
    with ExitStack() as stack:
        relay = stack.enter_context(open_relay(settings.digest, os.environ.get(PASSWORD)))
        if not (home.subscribers.exists() and home.publication.exists()):
            return DigestReport()
        stack.enter_context(mailing(home, owner="digest send", now=now))
        people = stack.enter_context(open_subscribers(home.subscribers))
        published = stack.enter_context(reading(home.publication))
        pace = Pace(settings.digest.mails_per_minute, sleep=sleep, monotonic=monotonic)
        run = _Run(settings, clock, sleep, pace, relay, people, published)
        run.settle_what_was_left()
        run.send_all()
        return run.report


class _Run:
    """One run, which has everything open that it needs."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        sleep: Callable[[float], None],
        pace: Pace,
        relay: Relay,
        people: Subscribers,
        published: duckdb.DuckDBPyConnection,
    ) -> None:
        self._settings, self._clock, self._sleep, self._pace = settings, clock, sleep, pace
        self._relay, self._people, self._published = relay, people, published
        self._mails = Mails(people)
        self._links = signed_links(people, settings)
        self._issues = due_issues(published, clock(), settings.digest.oldest_days)
        self._failures = 0
        self.report = DigestReport()

    def settle_what_was_left(self) -> None:
        """Put in doubt what a process that is gone was handing over, and give up what is too
        old."""
        now = self._clock()
        for mail in self._mails.doubt_abandoned(now):
            self._tell("in doubt", mail)
        oldest = now.astimezone(UTC).date() - timedelta(days=self._settings.digest.oldest_days)
        due = {(issue.frequency, issue.key) for issue in self._issues}
        for mail in self._mails.open_before(oldest):
            if (mail.frequency, mail.issue_key) not in due:
                self._end(mail)
        self._mails.forget_old()

    def _end(self, mail: Mail) -> None:
        """End a mail that is too old to be tried again; who did not want it any more is not
        told of."""
        person = self._people.find(id=mail.subscriber_id)
        is_wanted = (
            person is not None
            and person.state == "active"
            and person.wishes.frequency == mail.frequency
        )
        state: State = "given up" if is_wanted else "dropped"
        self._mails.settle(mail, state, self._clock(), code=mail.code, text=mail.text)
        if is_wanted:
            self._tell(state, mail)

    def _tell(self, state: State, mail: Mail) -> None:
        self.report.add(state)
        self.report.faults.append(_line(state, mail, mail.text))

    def send_all(self) -> None:
        """Send the mails that are due, until none is left or the relay fails too often."""
        wanted = self._wanted()
        for number, mail in enumerate(wanted):
            if number % _TOGETHER == 0:
                self._choose_ahead(wanted[number : number + _TOGETHER])
            if self._failures >= _FAILURES:
                self.report.add("waiting", len(wanted) - number)
                return
            try:
                self._send(mail)
            except sqlite3.Error:
                raise  # the disk, not the mail
            except Exception as error:  # noqa: BLE001 - one mail costs no other; it is told
                # the kind of the error only: its text may have what the mail is made of
                who = mail.person.subscriber_id
                line = f"mail to {who} for {mail.issue.key}: {type(error).__name__}"
                self.report.add("failed")
                self.report.faults.append(line)
                log.warning("%s", line)

    def _choose_ahead(self, wanted: list[Wanted]) -> None:
        """Choose for many people in one query. Where that fails, `choose` says for whom."""
        for issue in dict.fromkeys(one.issue for one in wanted):
            many = [one.person.wishes for one in wanted if one.issue == issue]
            with suppress(duckdb.Error):
                choose_ahead(self._published, issue, many, self._clock())

    def _wanted(self) -> list[Wanted]:
        now = self._clock()
        recorded = self._mails.of_issues((issue.frequency, issue.key) for issue in self._issues)
        wanted = wanted_mails(self._issues, self._people.all("active"), recorded, now)
        return [w for w in wanted if w.mail is None or w.mail.may_be_tried(now)]

    def _send(self, wanted: Wanted) -> None:
        """Choose, write and hand over one mail; the person's wishes are read now."""
        person, issue = self._people.find(id=wanted.person.subscriber_id), wanted.issue
        if person is None or person.state != "active" or not wants(person, issue):
            return
        chosen = choose(self._published, issue, person.wishes, self._clock())
        mail = self._begin(person, wanted)
        if mail is None:
            return
        if not is_worth_sending(chosen, person.wishes):
            self._settle(mail, "nothing")
            return
        links = self._links_of(person, mail)
        letter = letter_of(chosen, links=links, settings=self._settings)
        message = message_of(
            letter,
            person,
            stop_url=links.stop,
            manage_url=links.manage,
            settings=self._settings.digest,
            now=mail.begun_at,
            message_id=mail.message_id,
        )
        self._pace.wait()
        try:
            outcome = self._relay.hand_over(
                message,
                person.address,
                before_body=lambda: self._mails.hand_over(mail, self._clock()),
            )
        except NotWanted:
            self._settle(mail, "dropped")
            return
        self._record(person, mail, outcome)

    def _links_of(self, person: Subscriber, mail: Mail) -> LetterLinks:
        """The person's own links, the same in each try of a mail; none where the pages have no
        address."""
        if self._links is None:
            return LetterLinks()
        links = replace(self._links, clock=lambda: mail.begun_at)
        return LetterLinks(links.manage(person), links.stop(person), self._settings.site.url)

    def _begin(self, person: Subscriber, wanted: Wanted) -> Mail | None:
        return self._mails.begin(
            person,
            issue=(wanted.issue.frequency, wanted.issue.key),
            issued_on=wanted.issue.on,
            due_at=wanted.due_at,
            domain=sender_domain(self._settings.digest),
            now=self._clock(),
        )

    def _record(self, person: Subscriber, mail: Mail, outcome: Outcome) -> None:
        """Record what the relay answered, and what follows for the person and for the run."""
        is_last = outcome.kind == "mail_refused" and mail.n_tries + 1 >= _POLICY_TRIES
        state: State = "given up" if is_last else _STATES[outcome.kind]
        self._settle(mail, state, outcome)
        if state in ("in doubt", "given up"):
            self.report.faults.append(_line(state, mail, outcome.text))
        if state == "refused" and self._mails.refused_in_a_row(person) >= _REFUSALS:
            self._people.bounce(person, now=self._clock())
            self.report.add("bouncing")
        if not _is_failure(outcome):
            self._failures, self.report.relay_fault = 0, None
            return
        self._failures += 1
        self.report.relay_fault = outcome.text
        if self._failures < _FAILURES:
            self._sleep(_FIRST_WAIT_S * 2 ** (self._failures - 1))

    def _settle(self, mail: Mail, state: State, outcome: Outcome | None = None) -> None:
        now = self._clock()
        self._mails.settle(
            mail,
            state,
            now,
            code=outcome.code if outcome else None,
            text=outcome.text if outcome else None,
            next_try_at=mail.after_deferral(now) if state == "deferred" else None,
        )
        self.report.add("waiting" if state == "trying" else state)


def _is_failure(outcome: Outcome) -> bool:
    """Whether the relay is at fault: it did not answer, or refuses what has nothing to do with an
    address."""
    is_silent = outcome.code is None and outcome.kind in ("deferred", "in_doubt")
    return is_silent or outcome.kind in ("relay_failed", "mail_refused")


def _line(state: str, mail: Mail, text: str | None) -> str:
    """A mail that needs a person, in one line."""
    return (
        f"{state}: mail {mail.mail_id} to {mail.subscriber_id} for {mail.issue_key}: "
        f"{text or 'the relay was never reached'}"
    )
