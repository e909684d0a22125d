"""Writes the mail that somebody would get, to look at; nothing is sent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from flows.digest.addresses import normalised
from flows.digest.choose import choose
from flows.digest.issues import Issue, due_issues
from flows.digest.letter import Letter, LetterLinks, letter_of
from flows.settings import Settings
from schemas.errors import UsageError
from warehouse.query.read_only import reading
from warehouse.subscriber import Wishes
from warehouse.subscribers import open_subscribers

_ANY_AGE = 100_000


class NothingToPreview(UsageError):
    """There is no issue or no subscriber as asked for; the text says which."""


def write_preview(
    settings: Settings,
    folder: Path,
    *,
    address: str | None = None,
    day: date | None = None,
    weekly: bool = False,
    now: datetime,
) -> Letter:
    """Write `digest.html` and `digest.txt` to a folder, as somebody with the wishes of a
    subscriber, or with none, would get them the day after the issue, with the votes of `now`.

    Without a day it is the newest issue. The links to change and to stop lead to the first page, so
    a preview can be passed on. Raises `NothingToPreview`, what `reading` raises, and
    `UsageError` where the folder cannot be written.
    """
    wishes = _wishes(settings, address)
    wishes = replace(wishes, frequency="weekly") if weekly else wishes
    with reading(settings.warehouse().publication) as connection:
        issues = due_issues(connection, now, _ANY_AGE)
        issue = _issue([one for one in issues if one.frequency == wishes.frequency], day)
        soon = datetime.combine(issue.on + timedelta(days=1), time(12), UTC)
        chosen = choose(connection, issue, wishes, min(now, soon))
    site = settings.site.url
    letter = letter_of(chosen, links=LetterLinks(site, site, site), settings=settings)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "digest.html").write_text(letter.html, encoding="utf-8")
        (folder / "digest.txt").write_text(letter.text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write into {folder}: {error.strerror}") from error
    return letter


def _wishes(settings: Settings, address: str | None) -> Wishes:
    if address is None:
        return Wishes()
    path = settings.warehouse().subscribers
    if path.exists():
        with open_subscribers(path) as people:
            if person := people.find(address=normalised(address)):
                return person.wishes
    raise NothingToPreview(
        "nobody subscribed with this address; leave --for out to see the mail of somebody without "
        "wishes"
    )


def _issue(issues: Sequence[Issue], day: date | None) -> Issue:
    """The issue of a day or of its week, or the newest."""
    found = [one for one in issues if day is None or one.first_on <= day <= one.on]
    if not found:
        which = f"of {day}" if day else "at all"
        raise NothingToPreview(
            f"there is no list {which} to mail: it is not loaded, held, or still growing; "
            "`paperhouse status` shows the days there are"
        )
    return found[-1]
