"""What somebody may wish of the digest: texts from a form, a command or a file, made into `Wishes`.

Nothing passes that a mail, a page or a table would take for more than a text.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, get_args, get_type_hints
from zoneinfo import available_timezones

from flows.digest.wording import languages
from schemas.errors import UsageError
from schemas.nearest import or_nearest
from warehouse.subscriber import Wishes

_NAMES = {"de": "Deutsch", "en": "English"}
LANGUAGES = {code: _NAMES.get(code, code) for code in languages()}
"""The languages that the frame of a mail is written in, by code, as they call themselves."""
MOST_PAPERS = 100
_MOST_VOTES = 1_000_000
_MOST_WORDS = 30
_LONGEST = 80
_LONGEST_CONSENT = 300
_SPREADSHEET = "=+-@"
_TRUE = frozenset({"true", "yes", "on", "1"})
_NO_ZONES = {"localtime", "posixrules", "Factory"}
"""Names of files beside those of time zones."""
_FALSE = frozenset({"false", "no", "off", "0", ""})
Given = str | Sequence[str] | bool | int


class BadWish(UsageError):
    """A wish is none that can be granted; `field` is its name in `Wishes`."""

    def __init__(self, field: str, fault: str) -> None:
        super().__init__(f"{field.replace('_', ' ')}: {fault}")
        self.field = field
        self.fault = fault


def wishes_of(given: Mapping[str, Given], before: Wishes | None = None) -> Wishes:
    """The wishes that texts give; those not given stay as before.

    Lists may be given as such, or as text with a semicolon or a new line between entries. Raises
    `BadWish`, and for unknown names too.
    """
    read: dict[str, Any] = {}
    for field, value in given.items():
        if field not in _READERS:
            raise BadWish(field, or_nearest(field, list(_READERS), "there is no such wish"))
        read[field] = _READERS[field](field, value)
    return replace(before or Wishes(), **read)


@cache
def topics_by_area() -> dict[str, list[str]]:
    """The topics that can be wished for, by area."""
    from tasks.derive.taxonomy import AREAS  # noqa: PLC0415 - builds the search for all phrases

    found: dict[str, list[str]] = {}
    for topic, area in AREAS.items():
        found.setdefault(area, []).append(topic)
    return found


@cache
def time_zones() -> tuple[str, ...]:
    """The names of time zones that mean a place, and UTC."""
    places = re.compile(
        r"(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/"
    )
    return ("UTC", *sorted(zone for zone in available_timezones() if places.match(zone)))


def consent_of(text: str) -> str:
    """What somebody says of how a person agreed: one short line. Raises `BadWish`."""
    said = text.strip()
    if not (said.isprintable() and len(said) <= _LONGEST_CONSENT):
        raise BadWish("consent", f"one line of at most {_LONGEST_CONSENT} characters is wanted")
    if said.startswith(tuple(_SPREADSHEET)):
        raise BadWish("consent", f"it may not begin with one of {_SPREADSHEET}")
    return said


def in_words(wishes: Wishes) -> list[tuple[str, str]]:
    """Wishes as people read them: what is asked for, and how."""
    rhythm = "every day with a list" if wishes.frequency == "daily" else "once a week"
    said = [
        ("How often", f"{rhythm}, from {wishes.hour}:00 on ({wishes.time_zone})"),
        ("At most", f"{wishes.max_papers} papers"),
        ("Topics", ", ".join(wishes.topics)),
        ("Words", ", ".join(wishes.words)),
        ("Authors", ", ".join(wishes.authors)),
        ("Only with code", "yes" if wishes.code_only else ""),
        ("At least", f"{wishes.min_votes} votes" if wishes.min_votes else ""),
    ]
    return [(name, text) for name, text in said if text]


def _text(field: str, value: Given) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise BadWish(field, "one value is wanted")
    return str(value).strip()


def _number(least: int, most: int) -> Callable[[str, Given], int]:
    def read(field: str, value: Given) -> int:
        text = _text(field, value)
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise BadWish(field, f"a number from {least:,} to {most:,} is wanted")
        number = int(text)
        if not least <= number <= most:
            raise BadWish(field, f"{number:,} is not between {least:,} and {most:,}")
        return number

    return read


def _one_of(known: Iterable[str]) -> Callable[[str, Given], str]:
    names = tuple(known)

    def read(field: str, value: Given) -> str:
        text = _text(field, value)
        if text not in names:
            raise BadWish(field, or_nearest(text, names, f"there are: {', '.join(names)}"))
        return text

    return read


def _time_zone(field: str, value: Given) -> str:
    text = _text(field, value)
    by_small = {zone.lower(): zone for zone in available_timezones() - _NO_ZONES}
    if text.lower() not in by_small:
        near = or_nearest(text, time_zones(), "names are as in Europe/Vienna")
        raise BadWish(field, f"there is no such time zone; {near}")
    return by_small[text.lower()]


def _is(field: str, value: Given) -> bool:
    if isinstance(value, bool):
        return value
    text = _text(field, value).lower()
    if text not in _TRUE | _FALSE:
        raise BadWish(field, "yes or no is wanted")
    return text in _TRUE


def _entries(field: str, value: Given) -> tuple[str, ...]:
    """The entries of a list, each once, in their order."""
    if isinstance(value, bool | int):
        raise BadWish(field, "a list of texts is wanted")
    listed = re.split(r"[;\n]", value.replace("\r\n", "\n")) if isinstance(value, str) else value
    entries = tuple(dict.fromkeys(re.sub(" +", " ", entry).strip(" ") for entry in listed))
    entries = tuple(entry for entry in entries if entry)
    if len(entries) > _MOST_WORDS:
        raise BadWish(field, f"at most {_MOST_WORDS} can be given")
    for entry in entries:
        if len(entry) > _LONGEST:
            raise BadWish(field, f"each may have at most {_LONGEST} characters")
        if not entry.isprintable() or ";" in entry or entry[0] in _SPREADSHEET:
            raise BadWish(
                field,
                f"none may begin with one of {_SPREADSHEET} or have signs that do not print",
            )
    return entries


def _topics(field: str, value: Given) -> tuple[str, ...]:
    known = {topic.lower(): topic for topics in topics_by_area().values() for topic in topics}
    entries = _entries(field, value)
    for entry in entries:
        if entry.lower() not in known:
            near = or_nearest(entry.lower(), list(known), "the page of topics has them all")
            raise BadWish(field, f"no topic is called {entry!r}; {near}")
    return tuple(dict.fromkeys(known[entry.lower()] for entry in entries))


_HINTS = get_type_hints(Wishes)
_READERS: dict[str, Callable[[str, Given], Any]] = {
    "frequency": _one_of(get_args(_HINTS["frequency"])),
    "topics": _topics,
    "words": _entries,
    "authors": _entries,
    "code_only": _is,
    "min_votes": _number(0, _MOST_VOTES),
    "max_papers": _number(1, MOST_PAPERS),
    "language": _one_of(LANGUAGES),
    "time_zone": _time_zone,
    "hour": _number(0, 23),
    "unconfirmed": _one_of(get_args(_HINTS["unconfirmed"])),
    "when_nothing": _is,
}
"""How the text of each wish is read."""
LISTS = ("topics", "words", "authors")
"""The wishes that are lists."""
EITHER_OR = ("code_only", "when_nothing")
"""The wishes that are yes or no."""
