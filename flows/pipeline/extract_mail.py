"""Getting new mails of a mailbox on a server into the landing.

The folder is opened for reading only and nothing in it is changed, not even the mark that a mail
was seen. Which mails were taken is told by the receipts of the landing, whose origin is the mail's
address (RFC 5092: server, folder, its UIDVALIDITY, and the mail's UID).
"""

import imaplib
import os
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from flows.pipeline.captures import LandedCapture
from flows.pipeline.intake import MAX_FILE_BYTES, land_body
from flows.pipeline.report import IssueOutcome
from flows.pipeline.run import Run
from flows.settings import ImapSettings, Settings
from schemas.ops import FETCHES
from tasks.errors import FetchError, Unreachable, UnusableAnswer
from tasks.sources import sources

SOURCE = "mailbox"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_Part = bytes | tuple[bytes, bytes] | None
"""One part of a server's answer: a line, or the line before a literal with the literal."""

_FAULTS = (imaplib.IMAP4.error, OSError, ssl.SSLError, EOFError)


@dataclass(frozen=True)
class _Folder:
    """An open folder; `address` names it for good, `…/INBOX;UIDVALIDITY=7`."""

    connection: imaplib.IMAP4
    address: str


def fetch_mail(run: Run, settings: Settings) -> list[LandedCapture]:
    """Take the new mails of the configured folder, oldest first, at most as many as are allowed.

    Looked at are mails that reached the server within the look-back, or since the source's `since`.
    Nothing is taken where no server is configured or the source is turned off. What goes wrong is
    an outcome of the run; what was taken before it stays taken.
    """
    source = settings.source(SOURCE)
    if source.imap is None or not source.enabled:
        return []
    oldest = run.clock().date() - timedelta(days=settings.look_back_days)
    since = min(source.since, oldest) if source.since else oldest
    landed: list[LandedCapture] = []
    address = _address(source.imap)
    started_at, error = run.clock(), None
    try:
        with _open(source.imap) as folder:
            for uid in _new(run, folder, since)[: source.imap.max_messages]:
                found = _take(run, folder, uid)
                if found:
                    landed.append(found)
    except FetchError as fault:
        error = str(fault)
    except _FAULTS as fault:
        error = str(Unreachable(f"the connection broke: {_told(fault)}"))
    if error:
        run.outcomes.append(IssueOutcome(address, started_at, "unfetched", reason=error))
    _record(run, address, started_at, error)
    return landed


@contextmanager
def _open(settings: ImapSettings) -> Iterator[_Folder]:
    """Connect, log in, and open the folder for reading only."""
    variable = sources()[SOURCE].token_variable or ""
    password = os.environ.get(variable)
    if not password:
        raise UnusableAnswer(f"no password: set the environment variable {variable}")
    connection = _connect(settings)
    try:
        try:
            connection.login(settings.user, password)
        except imaplib.IMAP4.error as error:
            raise UnusableAnswer(f"{settings.user} may not log in: {_told(error)}") from error
        status, _ = connection.select(_quoted(settings.folder), readonly=True)
        if status != "OK":
            raise UnusableAnswer(f"there is no folder {settings.folder!r}")
        validity = connection.response("UIDVALIDITY")[1]
        number = int(validity[0]) if validity and validity[0] else 0
        yield _Folder(connection, f"{_address(settings)};UIDVALIDITY={number}")
    finally:
        _leave(connection)


def _connect(settings: ImapSettings) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    where = (settings.host, settings.port or (993 if settings.security == "tls" else 143))
    try:
        if settings.security == "tls":
            return imaplib.IMAP4_SSL(*where, ssl_context=context, timeout=settings.timeout_s)
        connection = imaplib.IMAP4(*where, timeout=settings.timeout_s)
        if settings.security == "starttls":
            try:
                connection.starttls(context)
            except BaseException:
                connection.shutdown()
                raise
    except _FAULTS as error:
        raise Unreachable(f"no connection to {where[0]}:{where[1]}: {_told(error)}") from error
    return connection


def _leave(connection: imaplib.IMAP4) -> None:
    """Log out; where the server is gone already there is nothing to leave."""
    try:
        connection.logout()
    except _FAULTS:
        connection.shutdown()


def _new(run: Run, folder: _Folder, since: date) -> list[int]:
    """UIDs of mails that came since a day and are not in the landing, in the folder's order."""
    day = f"{since.day:02d}-{_MONTHS[since.month - 1]}-{since.year}"
    listed = _asked(folder.connection.uid("SEARCH", "SINCE", day), "to list mails")
    uids = {int(uid) for part in listed for uid in _head(part).split()}
    prefix = f"{folder.address}/;UID="
    seen = {
        int(capture_record.origin.removeprefix(prefix))
        for capture_record in run.landing.capture_records()
        if capture_record.origin.startswith(prefix)
    }
    return sorted(uids - seen)


def _take(run: Run, folder: _Folder, uid: int) -> LandedCapture | None:
    """Fetch one mail and land it; None when it is no digest, too large, or gone by now."""
    origin = f"{folder.address}/;UID={uid}"
    answer = _asked(folder.connection.uid("FETCH", str(uid), "(RFC822.SIZE)"), "for a size")
    sizes = [int(n) for part in answer for n in _SIZE.findall(_head(part))]
    if sizes and sizes[0] > MAX_FILE_BYTES:
        reason = f"a mail of {sizes[0]:,} bytes; a digest has at most {MAX_FILE_BYTES:,}"
        run.outcomes.append(IssueOutcome(origin, run.clock(), "unfetched", reason=reason))
        return None
    answer = _asked(folder.connection.uid("FETCH", str(uid), "(BODY.PEEK[])"), "for a mail")
    bodies = [part[1] for part in answer if isinstance(part, tuple)]
    return land_body(run, bodies[0], origin, origin) if bodies else None


def _asked(answer: tuple[str, list[Any]], what: str) -> list[_Part]:
    """What the server gave when asked. Raises `UnusableAnswer` when it would not."""
    status, found = answer
    if status != "OK":
        raise UnusableAnswer(f"the server was asked {what} and said {status}")
    return found


def _head(part: _Part) -> bytes:
    return part[0] if isinstance(part, tuple) else part or b""


def _address(settings: ImapSettings) -> str:
    """The folder's address without user or password: `imap://mail.example/INBOX`."""
    return f"imap://{settings.host}/{quote(settings.folder, safe='')}"


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _told(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _record(run: Run, address: str, started_at: datetime, error: str | None) -> None:
    """One row for the session in the ledger, like a request."""
    ended_at = run.clock().astimezone(UTC)
    row = {
        "run_id": run.run_id,
        "fetch_index": run.next_fetch(),
        "source": SOURCE,
        "issue_id": address,
        "url": address,
        "attempt": 1,
        "started_at": started_at,
        "duration_s": (ended_at - started_at).total_seconds(),
        "error": error,
    }
    run.ledger.record(FETCHES, [row])
