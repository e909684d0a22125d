"""Values as people read them: dates, numbers, short texts, addresses and names of files."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha256

from tasks.derive.paper import sentence_span

_MONTHS = [
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
]
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_LONGEST_LEAD = 320
_TITLES = {
    "huggingface": "Hugging Face Daily Papers",
    "arxiv": "arXiv announcements",
    "mailbox": "Digests by mail",
    "pagedump": "Saved pages",
    "textdump": "Weekly dumps",
}
"""What pages call a source; one that is not here is called by its name."""


def day_in_words(day: date) -> str:
    """`Friday, 13 November 2026`."""
    return f"{_WEEKDAYS[day.weekday()]}, {date_in_words(day)}"


def date_in_words(day: date) -> str:
    """`13 November 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """`13 Nov 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


def month_in_words(month: str) -> str:
    """`November 2026`, of `2026-11`."""
    year, _, number = month.partition("-")
    return f"{_MONTHS[int(number) - 1]} {year}"


def week_in_words(week: str) -> str:
    """`9 to 15 November 2026`, of `2026-W46`."""
    year, _, number = week.partition("-W")
    first = date.fromisocalendar(int(year), int(number), 1)
    last = first + timedelta(days=6)
    begin = str(first.day)
    if first.month != last.month:
        begin += f" {_MONTHS[first.month - 1]}"
    if first.year != last.year:
        begin += f" {first.year}"
    return f"{begin} to {date_in_words(last)}"


def number(value: float) -> str:
    """Whole numbers with separators, others with one digit behind the point."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def percent(share: float) -> str:
    """A share from 0 to 1."""
    return f"{share:.1%}"


def change_in_points(change: float) -> str:
    """A difference of two shares, with its sign."""
    text = f"{100 * change:+.1f}".replace("-", "\u2212")
    return text if text.strip("+\u22120.") else "0.0"


def plural(n: int, word: str, several: str | None = None) -> str:
    """`1 paper`, `2 papers`."""
    return f"{n:,} {word if n == 1 else several or f'{word}s'}"


@lru_cache(maxsize=4096)
def slug(name: str) -> str:
    """A name for a file. Two names never share one: what a slug loses, a checksum keeps apart."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    plain = _NOT_PLAIN.sub("-", folded).strip("-")[:80]
    if plain.replace("-", " ") == name:
        return plain
    checksum = sha256(name.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{plain}-{checksum}" if plain else checksum


def paper_file(paper_id: str) -> str:
    """The name of a paper's page without its ending: an id has `/` or `:` at most once."""
    return paper_id.replace("/", "_").replace(":", "_")


def lead(text: str | None) -> str:
    """The first sentence of a text, cut at a word if it is long."""
    if not text:
        return ""
    first, last = sentence_span(text, 0, 1)
    sentence = text[first:last].strip()
    if len(sentence) <= _LONGEST_LEAD:
        return sentence
    cut = sentence[:_LONGEST_LEAD].rpartition(" ")[0]
    return f"{cut} \u2026"


def names_in_short(names: Sequence[str], n_names: int, most: int = 3) -> str:
    """The first names, and how many more there are."""
    if n_names <= most + 1:
        return ", ".join(names[: most + 1])
    return f"{', '.join(names[:most])} and {n_names - most:,} more"


def web_address(url: str | None) -> str | None:
    """An address that a link may lead to; None for any other text."""
    return url if url and url.startswith(("https://", "http://")) else None


def source_title(source: str) -> str:
    """What pages call a source."""
    return _TITLES.get(source, source)
