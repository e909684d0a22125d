"""What `paperhouse doctor` says of the digest by mail."""

import os
import sqlite3
import stat
from collections.abc import Iterator

from flows.digest.job import is_set_up
from flows.digest.relay import PASSWORD, RelayNotSet, open_relay
from flows.digest.state import read_digest_state
from flows.monitoring.doctor import Check
from flows.pipeline.run import utc_now
from flows.settings import Settings
from schemas.errors import PaperhouseError
from schemas.words import counted

_NAME = "digest by mail"


def check_digest(settings: Settings) -> Iterator[Check]:
    """Whether mails can go out, and whether those that should have did; without a connection."""
    home = settings.warehouse()
    try:
        state = read_digest_state(settings, now=utc_now())
    except (PaperhouseError, sqlite3.Error) as error:
        yield Check(_NAME, str(error), "mend the file and check again")
        return
    n_active = state.n_subscribers.get("active", 0) if state else 0
    if not is_set_up(settings):
        fix = "set digest.smtp and digest.sender (docs/digest.md)" if n_active else None
        yield Check(_NAME, f"not set up; {n_active:,} people are to get it", fix)
        return
    try:
        with open_relay(settings.digest, os.environ.get(PASSWORD)):
            pass
    except RelayNotSet as error:
        yield Check(_NAME, str(error), "set it and check again")
        return
    if state is None:
        yield Check(_NAME, "set up; nobody subscribed yet")
        return
    mode = stat.S_IMODE(home.subscribers.stat().st_mode)
    if mode & 0o077:
        yield Check(
            _NAME, f"others may read who subscribed ({mode:o})", f"chmod 600 {home.subscribers}"
        )
    found = f"{n_active:,} people get it; {counted(state.n_pending, 'mail')} to be sent"
    if state.n_requests:
        found += f", {counted(state.n_requests, 'request')} without an answer yet"
    fix = None
    if state.in_doubt:
        found += f", {len(state.in_doubt)} in doubt"
        fix = "decide: `paperhouse digest in-doubt`"
    if state.missed:
        found += f"; {state.missed[0]}"
        fix = "look at the relay's answers: `paperhouse digest send`"
    yield Check(_NAME, found, fix)
