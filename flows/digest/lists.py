"""Subscribers as a list in CSV: what is exported can be imported again, here or elsewhere.

One bad line costs one person, never the others. Whom a person removed, a list does not bring back.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO, get_args

from flows.digest.addresses import BadAddress, normalised
from flows.digest.wishes import BadWish, Given, consent_of, wishes_of
from schemas.errors import UsageError
from schemas.nearest import or_nearest
from tasks.parse.text import printable
from warehouse.requests import Requests
from warehouse.subscriber import State, Subscriber, Wishes, identity_of
from warehouse.subscribers import Subscribers

_WISHES = tuple(Wishes.__dataclass_fields__)
_TIMES = ("asked_at", "consented_at")
COLUMNS = ("address", "state", "origin", *_TIMES, *_WISHES)
"""The columns of an exported list; an imported one needs the first one only."""


class BadList(UsageError):
    """A file is no list of subscribers."""


class _Refused(Exception):
    """One line cannot be taken, and why."""


@dataclass
class Imported:
    """What became of the lines of a list. `faults` has a text for each line that was refused."""

    n_added: int = 0
    n_asked: int = 0
    n_there: int = 0
    faults: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        counts = (
            f"{self.n_added:,} added, {self.n_asked:,} to be asked by mail, {self.n_there:,} there "
            f"already, {len(self.faults):,} refused"
        )
        return [*self.faults, counts]


def import_list(store: Subscribers, path: Path, *, consent: str | None, now: datetime) -> Imported:
    """Add the people of a list. `consent` says how those agreed whose line has no `origin`; without
    both, the person is asked by mail. Raises `BadList` for a file that is none, and `BadWish` for a
    consent of several lines."""
    consent = consent and consent_of(consent)
    done, asked = Imported(), set[str]()
    with store.transaction():
        for line, row in _rows(path):
            try:
                _take(store, row, f"import of {printable(path.name)}", consent, now, done, asked)
            except _Refused as refused:
                done.faults.append(f"line {line}: refused: {refused}")
    return done


def export_list(people: list[Subscriber], target: TextIO) -> None:
    """Write people as a list."""
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    for person in people:
        times = (getattr(person, name) for name in _TIMES)
        wishes = (_cell(getattr(person.wishes, name)) for name in _WISHES)
        said = (person.address, person.state, person.origin)
        writer.writerow([*said, *(at.isoformat() if at else "" for at in times), *wishes])


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(value) if isinstance(value, tuple) else str(value)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str] | str]]:
    """Each line with its number: its cells by column, or why it cannot be read."""
    try:
        opened = path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as error:
        raise BadList(f"{path} cannot be read: {error.strerror}") from error
    with opened:
        records = _records(opened.readlines())
    _, names = next(records, (1, []))
    if isinstance(names, str):
        raise BadList(f"{path} is no CSV: {names}")
    names = [name.strip() for name in names]
    _check(names, path)
    for line, cells in records:
        if isinstance(cells, str):
            yield line, f"no CSV: {cells}"
        elif len(cells) > len(names):
            yield line, f"{len(cells)} cells, but {len(names)} columns"
        elif any(cell.strip() for cell in cells):
            yield line, dict(zip(names, cells, strict=False))


def _records(lines: list[str]) -> Iterator[tuple[int, list[str] | str]]:
    """The cells of each record with the number of its last line, or why a line begins none.

    Behind such a line reading begins anew: a quotation mark that nothing closes would take the
    people below it for the text of a cell.
    """
    n_read = 0
    while n_read < len(lines):
        reader = csv.reader(lines[n_read:], strict=True)
        n_whole = 0
        try:
            for cells in reader:
                n_whole = reader.line_num
                yield n_read + n_whole, cells
        except csv.Error as error:
            n_read += n_whole + 1
            yield n_read, str(error)
        else:
            return


def _check(names: list[str], path: Path) -> None:
    if "address" not in names:
        raise BadList(
            f"{path} has no column `address` in its first line; columns have commas between them"
        )
    if len(set(names)) < len(names):
        raise BadList(f"{path} names a column twice")
    if unknown := [name for name in names if name not in COLUMNS]:
        near = or_nearest(unknown[0], list(COLUMNS), f"there are: {', '.join(COLUMNS)}")
        raise BadList(f"{path}: no column is called {unknown[0]!r}; {near}")


def _take(
    store: Subscribers,
    row: dict[str, str] | str,
    source: str,
    consent: str | None,
    now: datetime,
    done: Imported,
    asked: set[str],
) -> None:
    """Add the person of one line, or ask for consent. Raises `_Refused`."""
    if isinstance(row, str):
        raise _Refused(row)
    try:
        address = normalised(row["address"])
        wishes = wishes_of(_wishes(row))
        origin = consent_of(row.get("origin", ""))
    except (BadAddress, BadWish) as error:
        raise _Refused(str(error)) from error
    state = _state(row)
    times = {name: _time(row, name, now) for name in _TIMES}
    if store.find(address=address) or identity_of(address) in asked:
        done.n_there += 1
    elif store.was_removed(address):
        raise _Refused("this person was removed; the form brings the address back, no list does")
    elif (origin or consent) and state != "pending":
        origin = origin or f"{consent} ({source})"
        store.add(address, wishes, state=state or "active", origin=origin, now=now, **times)
        done.n_added += 1
    elif state == "stopped":
        store.add(address, wishes, state=state, origin=source, now=now, **times)
        done.n_added += 1
    elif Requests(store).put(address, wishes, origin=source, asked_from=None, now=now):
        asked.add(identity_of(address))
        done.n_asked += 1
    else:
        raise _Refused("too many wait to be asked by mail; import this line later")


def _wishes(row: dict[str, str]) -> dict[str, Given]:
    """The wishes of a line; an empty cell leaves what is usual."""
    return {name: row[name] for name in _WISHES if row.get(name, "").strip()}


def _state(row: dict[str, str]) -> State | None:
    text = row.get("state", "").strip()
    state: State | None = next((known for known in get_args(State) if known == text), None)
    if text and state is None:
        raise _Refused(f"state: there are: {', '.join(get_args(State))}")
    return state


def _time(row: dict[str, str], name: str, now: datetime) -> datetime | None:
    """A time of the past, in UTC: times are stored, compared and shown so."""
    text = row.get(name, "").strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _Refused(f"{name}: a time as in 2026-11-20T07:00:00+00:00 is wanted") from error
    if moment.tzinfo is None:
        raise _Refused(f"{name}: a time with its zone is wanted, as in 2026-11-20T07:00:00+00:00")
    if moment > now:
        raise _Refused(f"{name}: this time is yet to come")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise _Refused(f"{name}: there is no such time in UTC") from error
