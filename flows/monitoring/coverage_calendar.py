"""The coverage of the last weeks as a calendar of signs, for a terminal without colours."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

from tasks.coverage import Day, DayState

SIGNS: dict[DayState, str] = {
    "loaded": "+",
    "empty": "0",
    "held": "H",
    "broken": "B",
    "unfetched": "U",
    "missing": "M",
    "not due": "-",
    "not expected": ".",
}
"""A capital letter means that somebody should look at the day."""
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
        signs = {day.issued_on: SIGNS[day.state] for day in mine}
        if not any(first <= day <= last for day in signs):
            continue
        lines.append(f"{f'{source} {edition}':<24}  Mo Tu We Th Fr Sa Su")
        lines += [_week(first + timedelta(weeks=n), signs) for n in range(N_WEEKS)]
    if lines:
        lines.append("  " + "  ".join(f"{sign} {state}" for state, sign in SIGNS.items()))
    return lines


def _week(monday: date, signs: dict[date, str]) -> str:
    row = "  ".join(signs.get(monday + timedelta(days=n), " ") for n in range(7))
    return f"  {f'week of {monday}':<22}  {row}".rstrip()
