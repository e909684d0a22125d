"""Computes the state of the digest: who gets mail, what became of the mails, which are late.

It follows the same rule as sending, so a sender that does not run any more shows as mails that are
late.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from flows.digest.due import Wanted, wanted_mails
from flows.digest.issues import due_issues
from flows.monitoring.digest_state import DigestState
from flows.monitoring.status import Status
from flows.pipeline.run import log
from flows.settings import Settings
from schemas.errors import PaperhouseError
from warehouse.mails import Mail, Mails
from warehouse.query.read_only import reading
from warehouse.requests import Requests
from warehouse.subscribers import Subscribers, SubscribersClosed, open_subscribers


def read_digest_state(settings: Settings, *, now: datetime) -> DigestState | None:
    """The state of a home; None where nobody ever subscribed."""
    home = settings.warehouse()
    if not home.subscribers.exists():
        return None
    late_after = timedelta(hours=settings.digest.late_after_h)
    with open_subscribers(home.subscribers) as people:
        mails, requests = Mails(people), Requests(people)
        pending = _pending(settings, people, mails, now)
        late = [wanted for wanted in pending if now - wanted.due_at > late_after]
        return DigestState(
            as_of=now,
            late_after_h=settings.digest.late_after_h,
            n_subscribers=dict(Counter(person.state for person in people.all())),
            n_mails=dict(mails.n_by_state()),
            n_last_day=dict(mails.n_by_state(since=now - timedelta(days=1))),
            n_pending=len(pending),
            oldest_due_at=min((wanted.due_at for wanted in pending), default=None),
            n_late=len(late),
            n_late_deferred=sum(_is_deferred(wanted) for wanted in late),
            in_doubt=tuple(in_doubt_line(mail) for mail in mails.where("state = 'in doubt'")),
            n_requests=requests.n_waiting(),
            oldest_asked_at=requests.oldest_asked_at(),
        )


def with_digest(status: Status, settings: Settings) -> Status:
    """The state of a warehouse with that of its digest; without it for who may read the warehouse
    but not who subscribed."""
    try:
        return replace(status, digest=read_digest_state(settings, now=status.as_of))
    except SubscribersClosed as error:
        log.warning("the state of the digest by mail is not known: %s", error)
        return status


def mails_in_doubt(settings: Settings) -> list[Mail]:
    """The mails that may or may not have arrived, oldest first."""
    path = settings.warehouse().subscribers
    if not path.exists():
        return []
    with open_subscribers(path) as people:
        return Mails(people).where("state = 'in doubt'")


def decide(
    settings: Settings, *, resend: Iterable[str], drop: Iterable[str], now: datetime
) -> None:
    """Send mails that are in doubt again, or leave them. Raises `NoSuchMail`."""
    with open_subscribers(settings.warehouse().subscribers) as people:
        Mails(people).decide(resend=resend, drop=drop, now=now)


def in_doubt_line(mail: Mail) -> str:
    """A mail that may or may not have arrived, as an operator looks for it in the relay's log."""
    return (
        f"{mail.mail_id}: {mail.frequency} {mail.issue_key} to {mail.subscriber_id}, "
        f"{mail.changed_at:%Y-%m-%d %H:%M} UTC, Message-ID {mail.message_id}: {mail.text}"
    )


def _pending(settings: Settings, people: Subscribers, mails: Mails, now: datetime) -> list[Wanted]:
    home = settings.warehouse()
    if not home.publication.exists():
        return []
    try:
        with reading(home.publication) as published:
            issues = due_issues(published, now, settings.digest.oldest_days)
    except PaperhouseError as error:  # status and doctor tell of the file by themselves
        log.warning("which mails are due is not known: %s", error)
        return []
    recorded = mails.of_issues((issue.frequency, issue.key) for issue in issues)
    return wanted_mails(issues, people.all("active"), recorded, now)


def _is_deferred(wanted: Wanted) -> bool:
    return wanted.mail is not None and wanted.mail.state == "deferred"
