"""Fetches new mails from a mailbox on a server into the landing.

The folder is opened for reading only and nothing in it is changed, not even the mark that a mail
was seen. The capture records of the landing say which mails were fetched: their origin is the
mail's address (RFC 5092: server, folder, its UIDVALIDITY, and the mail's UID).
"""

import imaplib
import os
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from imap_tools import (
    AND,
    BaseMailBox,
    ImapToolsError,
    MailBox,
    MailboxFolderSelectError,
    MailboxLoginError,
    MailBoxStartTls,
    MailBoxUnencrypted,
    MailMessage,
)
from imap_tools.imap_utf7 import utf7_decode, utf7_encode

from flows.pipeline.captures import LandedCapture
from flows.pipeline.file_bodies import MAX_FILE_BYTES
from flows.pipeline.intake import land_body
from flows.pipeline.report import IssueOutcome
from flows.pipeline.run import Run
from flows.settings import Settings
from flows.settings.sections import ImapSettings
from schemas.ops import FETCH_FAILED, FETCHES
from tasks.errors import FetchError, Unreachable, UnusableAnswer
from tasks.sources import sources

SOURCE = "mailbox"
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_Part = bytes | tuple[bytes, bytes] | None
"""One part of a server's answer: a line, or the line before a literal with the literal."""

_FAULTS = (ImapToolsError, imaplib.IMAP4.error, OSError, EOFError)


class _RawMail(MailMessage):
    """The bytes of a mail as the server sent them; None when the mail is gone by now.

    imap-tools' own class parses a mail and keeps the result alone. Here bytes are landed before
    anything parses them.
    """

    def __init__(self, fetch_data: Sequence[_Part]) -> None:
        self.raw = next((part[1] for part in fetch_data if isinstance(part, tuple)), None)


@dataclass(frozen=True)
class _Folder:
    """An open folder; `address` names it for good, `…/INBOX;UIDVALIDITY=7`."""

    mailbox: BaseMailBox
    address: str


def fetch_mail(run: Run, settings: Settings) -> list[LandedCapture]:
    """Fetch the new mails of the configured folder, oldest first, at most `max_messages`.

    New are mails that reached the server within the look-back, or since the source's `since`, and
    are not in the landing. Nothing is fetched where no server is configured or the source is turned
    off. A fault is an outcome of the run; mails landed before it stay landed.
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
                landed += filter(None, [_fetch_one(run, folder, uid)])
    except FetchError as fault:
        error = str(fault)
    except _FAULTS as fault:
        error = str(Unreachable(f"the connection broke: {_message(fault)}"))
    if error:
        run.outcomes.append(IssueOutcome(address, started_at, FETCH_FAILED, reason=error))
    _record(run, address, started_at, error)
    return landed


@contextmanager
def _open(settings: ImapSettings) -> Iterator[_Folder]:
    """Connect, log in, and open the folder for reading only."""
    variable = sources()[SOURCE].token_variable or ""
    password = os.environ.get(variable)
    if not password:
        raise UnusableAnswer(f"no password: set the environment variable {variable}")
    mailbox = _connect(settings)
    mailbox.email_message_class = _RawMail
    try:
        # LOGIN accepts ASCII only; AUTHENTICATE accepts the rest, but not every server knows it
        is_ascii = f"{settings.user}{password}".isascii()
        login = mailbox.login if is_ascii else mailbox.login_utf8
        try:
            # no initial folder: imap-tools would open it for writing
            login(settings.user, password, initial_folder=None)
        except (MailboxLoginError, imaplib.IMAP4.error) as error:
            raise UnusableAnswer(f"{settings.user} may not log in: {_message(error)}") from error
        try:
            mailbox.folder.set(_readable(settings.folder), readonly=True)
        except MailboxFolderSelectError as error:
            raise UnusableAnswer(f"there is no folder {settings.folder!r}") from error
        # from the answer to EXAMINE: servers need not answer STATUS for the folder that is open
        validity = mailbox.client.response("UIDVALIDITY")[1]
        number = int(validity[0]) if validity and validity[0] else 0
        yield _Folder(mailbox, f"{_address(settings)};UIDVALIDITY={number}")
    finally:
        _log_out(mailbox)


def _readable(folder: str) -> str:
    """A folder's name as people read it. Settings may have it as IMAP writes it (`Entw&APw-rfe`,
    RFC 3501), because versions up to 0.1 sent it unchanged."""
    try:
        name = utf7_decode(folder.encode("ascii"))
        return name if utf7_encode(name) == folder.encode("ascii") else folder
    except (UnicodeError, ValueError):  # no ASCII, or no base64 behind an ampersand
        return folder


def _connect(settings: ImapSettings) -> BaseMailBox:
    """Connect. The TLS context is ours: without one, imaplib would not check the certificate."""
    context, timeout_s = ssl.create_default_context(), settings.timeout_s
    host, port = settings.host, settings.port or (993 if settings.security == "tls" else 143)
    try:
        if settings.security == "tls":
            return MailBox(host, port, timeout=timeout_s, ssl_context=context)
        if settings.security == "starttls":
            return MailBoxStartTls(host, port, timeout=timeout_s, ssl_context=context)
        return MailBoxUnencrypted(host, port, timeout=timeout_s)
    except (*_FAULTS, ValueError) as error:  # ValueError: STARTTLS on the port of TLS
        raise Unreachable(f"no connection to {host}:{port}: {_message(error)}") from error


def _log_out(mailbox: BaseMailBox) -> None:
    """Log out; if the server is gone, close the connection only."""
    try:
        mailbox.logout()
    except _FAULTS:
        mailbox.client.shutdown()


def _new(run: Run, folder: _Folder, since: date) -> list[int]:
    """UIDs of mails that came since a day and are not in the landing, in the folder's order.

    Requested through imaplib, because a server may list them in several answers and imap-tools
    reads the first one only: later mails would never be seen.
    """
    criteria = str(AND(date_gte=since))
    listed = _checked(folder.mailbox.client.uid("SEARCH", criteria), "to list mails")
    uids = {int(uid) for part in listed for uid in _head(part).split()}
    prefix = f"{folder.address}/;UID="
    seen = {
        int(capture_record.origin.removeprefix(prefix))
        for capture_record in run.landing.capture_records()
        if capture_record.origin.startswith(prefix)
    }
    return sorted(uids - seen)


def _fetch_one(run: Run, folder: _Folder, uid: int) -> LandedCapture | None:
    """Fetch one mail and land it; None when it is no digest, too large, or gone by now.

    The size is requested through imaplib: imap-tools gets it only together with the mail.
    """
    origin = f"{folder.address}/;UID={uid}"
    answer = _checked(folder.mailbox.client.uid("FETCH", str(uid), "(RFC822.SIZE)"), "for a size")
    sizes = [int(n) for part in answer for n in _SIZE.findall(_head(part))]
    if sizes and sizes[0] > MAX_FILE_BYTES:
        reason = f"a mail of {sizes[0]:,} bytes; a digest has at most {MAX_FILE_BYTES:,}"
        run.outcomes.append(IssueOutcome(origin, run.clock(), FETCH_FAILED, reason=reason))
        return None
    for mail in folder.mailbox.fetch(uid_list=str(uid), mark_seen=False):
        if isinstance(mail, _RawMail) and mail.raw is not None:
            return land_body(run, mail.raw, origin, origin)
    return None


def _checked(answer: tuple[str, list[Any]], what: str) -> list[_Part]:
    """The parts of an answer. Raises `UnusableAnswer` unless the server said OK."""
    status, found = answer
    if status != "OK":
        raise UnusableAnswer(f"the server answered the request {what} with {status}")
    return found


def _head(part: _Part) -> bytes:
    return part[0] if isinstance(part, tuple) else part or b""


def _address(settings: ImapSettings) -> str:
    """The folder's address without user or password: `imap://mail.example/INBOX`."""
    return f"imap://{settings.host}/{quote(settings.folder, safe='')}"


def _message(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _record(run: Run, address: str, started_at: datetime, error: str | None) -> None:
    """One row for the session in the ledger, like a request."""
    ended_at = run.clock().astimezone(UTC)
    row = {
        "run_id": run.run_id,
        "fetch_index": next(run.fetch_indexes),
        "source": SOURCE,
        "issue_id": address,
        "url": address,
        "attempt": 1,
        "started_at": started_at,
        "duration_s": (ended_at - started_at).total_seconds(),
        "error": error,
    }
    run.ledger.record(FETCHES, [row])
