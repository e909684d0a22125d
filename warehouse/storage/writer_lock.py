"""The locks that allow one writer of a home at a time, and beside it one that sends mails.

They prevent the two loads that each begin from the same snapshot, of which one would be lost, and
the two senders that each see a mail as not sent yet.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from schemas.errors import PaperhouseError
from warehouse.storage.home import Home, HomeUnusable


class WriterBusy(PaperhouseError):
    """Another process is loading into this home."""


class MailerBusy(PaperhouseError):
    """Another process is sending this home's mails."""


@contextmanager
def writing(home: Home, *, owner: str, now: datetime) -> Iterator[None]:
    """Hold the home's writer lock for a block. Raises `WriterBusy` at once when another process
    holds it."""
    busy = WriterBusy(f"{home.root} is being written by")
    with _holding(home, home.lock, busy, owner=owner, now=now):
        yield


@contextmanager
def mailing(home: Home, *, owner: str, now: datetime) -> Iterator[None]:
    """Hold the lock of those who send mails for a block; loads go on meanwhile. Raises `MailerBusy`
    at once when another process holds it."""
    busy = MailerBusy(f"mails of {home.root} are being sent by")
    with _holding(home, home.digest_lock, busy, owner=owner, now=now):
        yield


@contextmanager
def _holding(
    home: Home, path: Path, busy: PaperhouseError, *, owner: str, now: datetime
) -> Iterator[None]:
    """Hold a lock for a block; `busy` is how the message begins that names its owner.

    The lock is `flock`: the kernel releases it the moment its owner dies, however it dies, so a
    dead owner never blocks anyone and no heartbeat is needed. The file's text names the owner for
    the message.
    """
    home.create()
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise HomeUnusable(
            f"cannot write in {home.root}: {error.strerror}; give its user write permission"
        ) from error
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise type(busy)(
                f"{busy} {_owner_of(file.read())}; wait for it to end, or run again later"
            ) from error
        file.truncate(0)
        json.dump({"owner": owner, "pid": os.getpid(), "since": now.isoformat()}, file)
        file.flush()
        yield
        file.truncate(0)


def is_writing(home: Home) -> bool:
    """Whether a process holds the home's writer lock now."""
    try:
        descriptor = os.open(home.lock, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    with os.fdopen(descriptor) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _owner_of(text: str) -> str:
    """The owner that a lock file names, in words; the file may be empty for a moment."""
    if not text:
        return "another process"
    owner = json.loads(text)
    return f"{owner['owner']} (process {owner['pid']}, since {owner['since']})"
