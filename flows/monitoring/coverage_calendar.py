"""The coverage of the last weeks as a calendar of signs, for a terminal without colours."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from tasks.coverage import Day, DayState

SIGNS: dict[DayState, str] = {
    "loaded": "+",
    "empty": "0",
    "open": "o",
    "unconfirmed": "?",
    "held": "H",
    "broken": "B",
    "unfetched": "U",
    "withdrawn": "W",
    "missing": "M",
    "not due": "-",
    "not expected": ".",
}
"""A capital letter means that somebody should look at the day; in small letters it is a day that
was out before the first run, and is not owed."""
NOT_OWED = "not owed"
N_WEEKS = 5


def shown_days(today: date) -> tuple[date, date]:
    """The first and last day of the calendar: `N_WEEKS` weeks up to the end of this one."""
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(weeks=N_WEEKS - 1), monday + timedelta(days=6)


def calendar_lines(days: Sequence[Day], today: date) -> list[str]:
    """A row per week and a sign per day for each edition, and the meaning of the signs.

    Days before the first known issue of an edition are blank.
    """
    lines: list[str] = []
    first, last = shown_days(today)
    for (source, edition), mine in groupby(days, key=lambda day: (day.source, day.edition)):
        signs = {day.issued_on: _sign(day) for day in mine}
        if not any(first <= day <= last for day in signs):
            continue
        lines.append(f"{f'{source} {edition}':<24}  Mo Tu We Th Fr Sa Su")
        lines += [_week(first + timedelta(weeks=n), signs) for n in range(N_WEEKS)]
    if lines:
        known = "  ".join(f"{sign} {state}" for state, sign in SIGNS.items())
        lines.append(f"  {known}  m missing, {NOT_OWED}")
    return lines


def _sign(day: Day) -> str:
    sign = SIGNS[day.state]
    return sign if day.is_owed else sign.lower()


def _week(monday: date, signs: dict[date, str]) -> str:
    row = "  ".join(signs.get(monday + timedelta(days=n), " ") for n in range(7))
    return f"  {f'week of {monday}':<22}  {row}".rstrip()


@dataclass(frozen=True)
class Completeness:
    """How many issues of a list are expected by now, and what became of them."""

    source: str
    edition: str
    since: date
    n_expected: int
    n_by_state: dict[str, int]
    """Days by state; those that were out before the first run and are missing are `not owed`."""

    def line(self) -> str:
        """What is expected, what is there, and what is not owed."""
        states = ", ".join(f"{n:,} {state}" for state, n in self.n_by_state.items())
        why = " (out before the first run)" if NOT_OWED in self.n_by_state else ""
        return f"  of {self.n_expected:,} expected since {self.since}: {states}{why}"


def completeness(days: Iterable[Day]) -> list[Completeness]:
    """The days of each list that should have an issue by now, counted; `days` are by list."""
    found = []
    for (source, edition), mine in groupby(days, key=lambda day: (day.source, day.edition)):
        due = [day for day in mine if day.state not in ("not expected", "not due")]
        counted = Counter(day.state if day.is_owed else NOT_OWED for day in due)
        by_state = {state: counted[state] for state in (*SIGNS, NOT_OWED) if counted[state]}
        if due:
            found.append(Completeness(source, edition, due[0].issued_on, len(due), by_state))
    return found
